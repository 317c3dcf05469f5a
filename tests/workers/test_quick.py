"""The commands of machines: as the whole command line would answer, without loading it."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
_WATCHED = """
import runpy, sys
sys.argv = ["tambour", *sys.argv[1:]]
try:
    runpy.run_path("deploy/tambour", run_name="__main__")
except SystemExit as end:
    print("status", end.code, "all there is" if "server.cli.app" in sys.modules else "little")
"""


def tambour(home: Path, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", _WATCHED, *arguments],
        cwd=ROOT,
        env=os.environ | {"TAMBOUR_HOME": str(home), "TAMBOUR_PORT": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip().splitlines()[-1]


def test_a_health_check_and_a_migration_load_little(tmp_path: Path) -> None:
    assert tambour(tmp_path, "alive", "--worker") == "status 1 little", "no database yet"
    assert tambour(tmp_path, "migrate") == "status 0 little"
    assert tambour(tmp_path, "alive") == "status 1 little", "no web here"
    assert tambour(tmp_path, "settings") == "status 0 all there is"

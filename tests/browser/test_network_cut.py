"""The whole day with the network cut: in a namespace of its own where that is allowed, and with a relay that is gone anyway."""

import subprocess
import sys
from pathlib import Path

from tests.browser.instance import ROOT

# Its own network, in which only the machine itself can be reached.
_CUT = ("unshare", "--map-root-user", "--net", "sh", "-c", 'ip link set lo up && exec "$@"', "sh")


def test_a_day_without_the_network(tmp_path: Path) -> None:
    """Everywhere the relay is away for the day; where the machine lets us, there is nothing else outside either."""
    is_allowed = subprocess.run([*_CUT, "true"], check=False, capture_output=True).returncode == 0
    day = [*(_CUT if is_allowed else ()), sys.executable, "-m", "tests.browser.cut_day", str(tmp_path)]
    done = subprocess.run(day, cwd=ROOT, check=False, capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, done.stdout + done.stderr

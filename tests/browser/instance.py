"""A whole instance as a stranger starts it: `tambour run --demo` in a process of its own, on a free port."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_PATIENCE = 300.0
_KEPT: list[socket.socket] = []


@dataclass(frozen=True)
class Instance:
    """Where it answers, and the one-time links it printed for the people of the demonstration town."""

    url: str
    links: dict[str, str]
    """By the first part of the address: "nadege.rouault"."""

    @property
    def town(self) -> str:
        return f"{self.url}/saint-aubin"


@contextmanager
def running_instance(home: Path, settings: Mapping[str, str] | None = None) -> Iterator[Instance]:
    """Started, seen healthy, and stopped by the signal of Ctrl-C."""
    port = free_port()
    printed = home.with_suffix(".out")
    environment = os.environ | {"TAMBOUR_HOME": str(home), "TAMBOUR_PORT": str(port), "COLUMNS": "200"}
    environment |= settings or {}
    with printed.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "workers", "run", "--demo"], cwd=ROOT, env=environment, stdout=output
        )
    try:
        _wait_until_healthy(f"http://localhost:{port}/health", process)
        links = re.findall(r"\(([\w.-]+)@[^)]+\)\s+(\S+/desk/welcome/\S+)", printed.read_text())
        yield Instance(f"http://localhost:{port}", dict(links))
    finally:
        process.send_signal(signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=60)
        process.kill()  # nothing is left behind
    assert process.wait() == 0, "Ctrl-C must stop the instance cleanly"


def _wait_until_healthy(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise AssertionError("the instance stopped by itself")
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise AssertionError("the instance did not become healthy")


def free_port() -> int:
    """Nobody else is given it, though nobody listens there yet: a server may, as it may where one has just stopped."""
    kept = socket.socket()
    kept.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    kept.bind(("127.0.0.1", 0))
    _KEPT.append(kept)
    port: int = kept.getsockname()[1]
    return port

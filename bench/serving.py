"""`tambour run` in a process of its own, timed, weighed and asked for pages over HTTP."""

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
_PATIENCE = 300.0


@dataclass(frozen=True)
class Running:
    """An instance that answers."""

    process: subprocess.Popen[bytes]
    port: int
    seconds: float
    """From the start of the process to the first 200."""


@contextmanager
def running(
    home: Path, path: str, *, demo: bool = False, settings: Mapping[str, str] | None = None, alone: bool = False
) -> Iterator[Running]:
    """Start it and wait until `path` is answered with 200; stop it with the signal of Ctrl-C. `alone`: web, no workers."""
    port = _free_port()
    environment = os.environ | {"TAMBOUR_HOME": str(home), "TAMBOUR_PORT": str(port)} | dict(settings or {})
    command = [sys.executable, "-m", "workers", "serve" if alone else "run", *(["--demo"] if demo else [])]
    began = time.perf_counter()
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    try:
        while not _answers(port, path):
            if process.poll() is not None or time.perf_counter() - began > _PATIENCE:
                raise SystemExit("the instance did not start")
            time.sleep(0.005)
        yield Running(process, port, time.perf_counter() - began)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=60)


def times_of(port: int, path: str, *, cookie: str = "", rounds: int, warm_up: int) -> list[float]:
    """Milliseconds of each answer, one after another on one connection."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {"cookie": cookie} if cookie else {}
    found = []
    for _ in range(warm_up + rounds):
        began = time.perf_counter()
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        answer.read()
        found.append((time.perf_counter() - began) * 1000)
        if answer.status != 200:
            raise SystemExit(f"{path} answered {answer.status}")
    connection.close()
    return found[warm_up:]


def memory_mb(pid: int) -> float:
    """The proportional set size of a process and all its children."""
    pids, waiting = [], [pid]
    while waiting:
        one = waiting.pop()
        pids.append(one)
        for task in Path(f"/proc/{one}/task").iterdir():
            waiting += [int(child) for child in (task / "children").read_text().split()]
    sizes = (
        re.search(r"^Pss:\s+(\d+) kB", Path(f"/proc/{one}/smaps_rollup").read_text(), re.MULTILINE) for one in pids
    )
    return sum(int(size[1]) for size in sizes if size) / 1024


def _answers(port: int, path: str) -> bool:
    try:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except OSError:
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port

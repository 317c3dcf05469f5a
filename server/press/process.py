"""The press as others use it: a queue of sheets before one typesetter, which is a child process with limits."""

import asyncio
import atexit
import contextlib
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import IO, Any

from server.press import pipe
from server.press.errors import BadPicture, TooSlow, TypesetterDied, refusal_from
from server.press.pictures import as_svg
from server.press.sheet import TEMPLATES, Print, Sheet

_HOME = TEMPLATES.parents[1]
_DRAWING = 10.0  # seconds; a page takes a hundredth of one


class Child:
    """One running typesetter."""

    def __init__(self, memory_mb: int) -> None:
        self.jobs = 0
        self.peak_mb = 0
        self._process = subprocess.Popen(
            [sys.executable, "-m", "server.press.engine", str(memory_mb)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # a crash may quote what residents wrote
            cwd=_HOME,
            # Threads and their arenas are what makes the memory of a process grow with the number of cores.
            env={"PATH": os.defpath, "RAYON_NUM_THREADS": "2", "MALLOC_ARENA_MAX": "2", "PYTHONUTF8": "1"},
        )

    def do(self, head: Mapping[str, Any], files: list[bytes]) -> tuple[dict[str, Any], list[bytes]]:
        """Hand one job over and wait. Raises EOFError or OSError when the child is gone, or was stopped as too slow."""
        end = threading.Timer(head["seconds"], self._process.kill)
        end.daemon = True
        end.start()
        try:
            pipe.send(_open(self._process.stdin), head, files)
            report, pages = pipe.receive(_open(self._process.stdout))
        finally:
            end.cancel()
        self.jobs += "page" not in head  # drawing keeps nothing
        self.peak_mb = _peak_mb(self.pid)
        return report, pages

    def is_dead(self) -> bool:
        return self._process.poll() is not None

    def kill(self) -> None:
        self._process.kill()

    def stop(self) -> int:
        """End it, whatever it is doing; the status it ended with."""
        self.kill()
        status = self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            with contextlib.suppress(BrokenPipeError):  # what was still to be written to it is of no interest
                _open(stream).close()
        return status

    @property
    def pid(self) -> int:
        return self._process.pid


class Press:
    """Sets sheets one at a time, in the order asked. Its child is born with the first sheet, and another takes its place
    now and then: after `recycle_jobs`, above `recycle_mb`, after a failure. It is let go when idle.
    """

    def __init__(
        self, *, memory_mb: int = 1024, recycle_jobs: int = 500, recycle_mb: int = 400, idle_seconds: float = 120.0
    ) -> None:
        self._memory_mb = memory_mb
        self._recycle_jobs = recycle_jobs
        self._recycle_mb = recycle_mb
        self._idle_seconds = idle_seconds
        self._child: Child | None = None
        self._lock = threading.Lock()
        self._used_at = 0.0
        self._idle: threading.Timer | None = None
        # One thread is the queue. It belongs to no event loop, so a press can serve several.
        self._queue = ThreadPoolExecutor(1, thread_name_prefix="press")

    async def compile_sheet(self, sheet: Sheet) -> Print:
        """The sheet as PDF or pictures. Raises PressError."""
        return await asyncio.get_running_loop().run_in_executor(self._queue, self.print_now, sheet)

    def print_now(self, sheet: Sheet) -> Print:
        """The same for callers without an event loop."""
        head, files = _job(sheet)
        with self._lock:
            report, pages = self._do(sheet.product, head, files)
            if self._after_job() and sheet.output in {"png", "pages"}:
                self._queue.submit(self._warm_up, head, files)
        if "refused" in report:
            raise refusal_from(sheet.product, report["refused"])
        return Print(tuple(pages), report["facts"])

    async def draw_page(self, pdf: bytes, at: int, ppi: float) -> bytes:
        """A page of what was set, as PNG. Raises PressError."""
        return await asyncio.get_running_loop().run_in_executor(self._queue, self._draw, pdf, at, ppi)

    def _draw(self, pdf: bytes, at: int, ppi: float) -> bytes:
        with self._lock:
            _, (picture,) = self._do("pages", {"page": at, "ppi": ppi, "seconds": _DRAWING}, [pdf])
            self._after_job()
        return picture

    async def aclose(self) -> None:
        """Stop at once: the sheet being set and those waiting are refused. The press may be used again."""
        await asyncio.to_thread(self.close)

    def close(self) -> None:
        queue, self._queue = self._queue, ThreadPoolExecutor(1, thread_name_prefix="press")
        if child := self._child:
            child.kill()
        queue.shutdown(cancel_futures=True)
        with self._lock:
            self._let_go()

    @property
    def child_pid(self) -> int | None:
        return self._child.pid if self._child else None

    def _do(self, product: str, head: dict[str, Any], files: list[bytes]) -> tuple[dict[str, Any], list[bytes]]:
        if self._child and self._child.is_dead():  # ended from outside while it was idle
            self._let_go()
        self._child = self._child or Child(self._memory_mb)
        started = time.monotonic()
        try:
            return self._child.do(head, files)
        except (EOFError, OSError):
            status = self._let_go()
            if time.monotonic() - started >= head["seconds"]:
                raise TooSlow(product, head["seconds"]) from None
            raise TypesetterDied(product, status) from None

    def _warm_up(self, head: dict[str, Any], files: list[bytes]) -> None:
        """Somebody edits, and would wait for a whole bulletin instead of a word: a new child sets the last preview again."""
        with self._lock, contextlib.suppress(EOFError, OSError):  # one that ended is replaced at the next job
            if self._child and not self._child.jobs:
                self._child.do(head, files)

    def _after_job(self) -> bool:
        """Whether another child has taken the place."""
        child = self._child
        has_served = bool(child and (child.jobs >= self._recycle_jobs or child.peak_mb >= self._recycle_mb))
        if has_served:
            self._let_go()
            self._child = Child(self._memory_mb)  # it warms up while nobody waits for it
        self._used_at = time.monotonic()
        if self._idle is None:
            self._watch(self._idle_seconds)
        return has_served

    def _watch(self, seconds: float) -> None:
        self._idle = threading.Timer(seconds, self._rest)
        self._idle.daemon = True
        self._idle.start()

    def _rest(self) -> None:
        """Give the memory of an idle child back."""
        with self._lock:
            self._idle = None
            left = self._used_at + self._idle_seconds - time.monotonic()
            if self._child and left > 0:
                self._watch(left)
            else:
                self._let_go()

    def _let_go(self) -> int | None:
        child, self._child = self._child, None
        if self._idle:
            self._idle.cancel()
            self._idle = None
        return child.stop() if child else None


_own: ContextVar[Press | None] = ContextVar("press", default=None)


@cache
def press() -> Press:
    """The press of this process."""
    ours = Press()
    atexit.register(ours.close)
    return ours


@contextlib.contextmanager
def printing_on(own: Press) -> Iterator[None]:
    """What is set inside is set by `own`: a long run keeps nobody's preview waiting."""
    token = _own.set(own)
    try:
        yield
    finally:
        _own.reset(token)


async def compile_sheet(sheet: Sheet) -> Print:
    """Set a sheet on the press of this process, or on the one chosen by `printing_on`. Raises PressError."""
    return await (_own.get() or press()).compile_sheet(sheet)


async def draw_page(pdf: bytes, at: int, ppi: float) -> bytes:
    """A page of what was set, as PNG. Raises PressError."""
    return await (_own.get() or press()).draw_page(pdf, at, ppi)


async def aclose() -> None:
    """Stop the press of this process, if it ever ran."""
    if press.cache_info().currsize:
        await press().aclose()


def _job(sheet: Sheet) -> tuple[dict[str, Any], list[bytes]]:
    """Everything the typesetter may see: the templates as they are now, the data, the pictures."""
    files = {path.name: path.read_bytes() for path in TEMPLATES.glob("*.typ")}
    files["main.typ"] = files.pop(f"{sheet.product}.typ")
    files["data.json"] = json.dumps({"style": sheet.style.data, **sheet.data}).encode()
    for name, content in sheet.pictures.items():
        try:
            files[f"pictures/{name}.svg"] = as_svg(content)
        except ValueError:
            raise BadPicture(sheet.product, name) from None
    head = {
        "names": list(files),
        "output": "pdf" if sheet.output == "pages" else sheet.output,
        "ppi": sheet.ppi,
        "standards": sheet.standards,
        "seconds": sheet.seconds,
    }
    return head, list(files.values())


def _peak_mb(pid: int) -> int:
    """The most memory a process has held; 0 where the system does not tell. (What `getrusage` tells a child begins with
    what its parent held when it was born.)
    """
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) >> 10 for line in status.splitlines() if line.startswith("VmHWM:")), 0)


def _open(stream: IO[bytes] | None) -> IO[bytes]:
    assert stream is not None  # all three were asked for as pipes
    return stream

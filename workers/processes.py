"""Several processes of one kind of work on this machine: started together, started again when one ends, told to stop."""

import asyncio
import contextlib
import ctypes
import gc
import logging
import os
import sys
from collections.abc import Sequence

log = logging.getLogger(__name__)
_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 30.0
_MALLOC_ARENAS = -8  # M_ARENA_MAX of malloc.h


def default_processes() -> int:
    """One for each core this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def rest_the_collector() -> None:
    """What is loaded by now stays. A message makes no cycles: looking for them every 700 objects took a tenth of the time,
    and looking through all of it, with a list of ten thousand in hand, kept an urgent notice waiting for a third of a second.
    """
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def share_memory() -> None:
    """Two stores of memory for all threads, before there are any: with one for each, what one gave back no other would use."""
    with contextlib.suppress(AttributeError, OSError):  # a C library that has no such stores
        ctypes.CDLL(None).mallopt(_MALLOC_ARENAS, 2)


async def run_processes(arguments: Sequence[str], count: int, stop: asyncio.Event) -> None:
    """`tambour ARGUMENTS` in `count` processes until `stop`; each then ends in its own time, as SIGTERM asks."""
    async with asyncio.TaskGroup() as tasks:
        for _ in range(count):
            tasks.create_task(_keep_one(arguments, stop))


async def _keep_one(arguments: Sequence[str], stop: asyncio.Event) -> None:
    pause = _FIRST_PAUSE
    loop = asyncio.get_running_loop()
    while not stop.is_set():
        began = loop.time()
        # A group of its own: Ctrl-C reaches us alone, and we tell the others.
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "workers", *arguments, start_new_session=True
        )
        await _ended(process, stop)
        if stop.is_set():
            return
        log.error("a process of workers ended by itself", extra={"status": process.returncode})
        pause = _FIRST_PAUSE if loop.time() - began > _LONGEST_PAUSE else min(2 * pause, _LONGEST_PAUSE)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), pause)


async def _ended(process: asyncio.subprocess.Process, stop: asyncio.Event) -> None:
    """It ended by itself, or was asked to."""
    ending = asyncio.create_task(process.wait())
    stopping = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait((ending, stopping), return_when=asyncio.FIRST_COMPLETED)
        if not ending.done():
            process.terminate()
            await ending
    finally:
        stopping.cancel()
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()

"""What machines ask for every minute, or wait for, loads no more than it needs: a health check, a migration.

The whole command line takes seconds of a small processor to load; these take a third of that.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence

import typer

from server.cli.opening import bring_up_to_date, carry_out


async def _look_at_web() -> None:
    from workers.alive import look_at_web

    await look_at_web()


async def _look_at_workers() -> None:
    from workers.alive import look_at_workers

    await look_at_workers()


_QUICK: Mapping[tuple[str, ...], Callable[[], Awaitable[None]]] = {
    ("migrate",): bring_up_to_date,
    ("alive",): _look_at_web,
    ("alive", "--worker"): _look_at_workers,
}


def carry_out_quickly(arguments: Sequence[str]) -> int | None:
    """The exit status; None if this is a command that needs all there is."""
    command = _QUICK.get(tuple(arguments))
    if command is None:
        return None
    try:
        carry_out(command)
    except typer.Exit as end:
        return end.exit_code
    return 0

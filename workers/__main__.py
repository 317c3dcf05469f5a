"""`tambour`: the administration commands, and those that run something: the whole instance, or workers alone."""

from enum import StrEnum
from typing import Annotated

import typer

from server.cli.app import app
from server.cli.opening import carry_out, opened
from server.core.logging import start_logging
from workers.demo.command import demo
from workers.doctor import doctor
from workers.runner import KINDS, run_crew, stop_on_signals

__all__ = ["app", "main"]


class Kind(StrEnum):
    """What `tambour work` may do."""

    MAIL = "mail"
    CLOCK = "clock"
    RENDER = "render"
    ALL = "all"


app.command()(demo)
app.command()(doctor)


@app.command()
def run(
    demo: Annotated[bool, typer.Option("--demo", help="Open a demonstration town if there is no town yet.")] = False,
) -> None:
    """Run web, workers and, when no relay is set, the mail catcher: the whole instance in one process."""
    # Only who runs pays for the web's libraries: `tambour --help` stays quick.
    from workers.instance import run_instance

    carry_out(lambda: run_instance(demo=demo))


@app.command()
def serve() -> None:
    """Run the web without the workers, on a database that `tambour migrate` has given its shape."""
    from workers.instance import run_web

    carry_out(run_web)


@app.command()
def work(
    kind: Annotated[Kind, typer.Argument(help="Which work to do.")],
    processes: Annotated[
        int, typer.Option(min=0, help="How many processes share the mail; 0: one for each core. Other work needs one.")
    ] = 0,
) -> None:
    """Run workers without the web: several processes, on one machine or many, share the work."""
    import asyncio

    from workers.processes import default_processes, rest_the_collector, run_processes

    async def run_workers() -> None:
        async with opened(sending=True) as instance:
            start_logging(instance.settings.log_level)
            stop = asyncio.Event()
            stop_on_signals(stop)
            # The catcher of an instance without a relay is a server: one is enough.
            share = kind is Kind.MAIL and instance.settings.smtp_host
            count = (processes or default_processes()) if share else 1
            if count > 1:
                await run_processes(("work", kind.value, "--processes", "1"), count, stop)
                return
            kinds = KINDS if kind is Kind.ALL else (kind.value,)
            rest_the_collector()
            await run_crew(instance.settings, instance.database, instance.secrets, stop, kinds)

    carry_out(run_workers)


@app.command()
def alive(
    worker: Annotated[
        bool, typer.Option("--worker", help="Look for the workers of this machine, not its web.")
    ] = False,
) -> None:
    """Say whether what runs here is well: for the health check of a container. Exit status 1: it is not."""
    from workers.alive import look_at_web, look_at_workers

    carry_out(look_at_workers if worker else look_at_web)


def main() -> None:
    app()


if __name__ == "__main__":
    main()

"""`tambour boards`: what is to be printed for a round, into a file."""

from pathlib import Path
from typing import Annotated

import typer

from server.boards.pack import build_pack, zipped
from server.boards.queries.rounds import find_round_numbered
from server.cli.opening import Refused, carry_out, console, opened
from server.cli.staff import chosen_town
from server.press.process import aclose

app = typer.Typer(help="The display boards of a municipality.", no_args_is_help=True)


@app.callback()
def _several() -> None:
    """The display boards of a municipality."""


@app.command()
def export(
    number: Annotated[str, typer.Option("--round", help="The number of the round: 2026-07.")],
    town: Annotated[
        str, typer.Option(help="The first word of the municipality's addresses, if there are several.")
    ] = "",
    out: Annotated[Path | None, typer.Option(help="Where to; a ZIP in this folder if nothing is said.")] = None,
) -> None:
    """Write the pack of a round: its sheet, its cover list, the posters for each tray. Works without any network."""

    async def write_pack() -> None:
        async with opened() as instance:
            async with instance.database.reading() as session:
                chosen = await chosen_town(session, town)
                made = await find_round_numbered(session, chosen.id, number)
            if made is None:
                raise Refused(f"No round of {chosen.name} has the number {number}.")
            pack = await build_pack(instance.database, instance.files, chosen.id, made.id)
            await aclose()
            path = out or Path(f"tournee-{number}.zip")
            path.write_bytes(zipped(pack.files))
            console.print(f"{path}: {', '.join(f'{name} ({count} p.)' for name, count in pack.pages.items())}")

    carry_out(write_pack)

"""`tambour addresses`: the address file of a municipality."""

from pathlib import Path
from typing import Annotated

import typer

from server.cli.opening import carry_out, console, opened
from server.cli.staff import chosen_town
from server.streets.importing import apply_file, note_file
from server.streets.reading import read_addresses

app = typer.Typer(help="The address file of a municipality: every street, every door.", no_args_is_help=True)

_FILE = typer.Argument(exists=True, dir_okay=False, readable=True, help="The commune's CSV of the BAN, or its BAL.")
_TOWN = typer.Option(help="First word of the municipality's addresses; not needed if there is only one.")
_YES = typer.Option("--yes", help="Apply it without asking.")


@app.command(name="import")
def bring(file: Annotated[Path, _FILE], town: Annotated[str, _TOWN] = "", yes: Annotated[bool, _YES] = False) -> None:
    """Say what an address file changes, and apply it. Streets keep their sector, doors their letterboxes."""

    async def replace() -> None:
        async with opened() as instance:
            content = file.read_bytes()
            async with instance.database.writing() as session:
                municipality = await chosen_town(session, town)
                reading = read_addresses(content, municipality.insee_code)
                key = instance.files.put(municipality.id, content)
                brought = await note_file(session, municipality.id, None, key, reading)
            facts = brought.facts
            console.print(f"{municipality.name}: {len(reading.streets)} streets, {reading.doors} doors")
            console.print(f"  new doors {facts['new_doors']}, gone {facts['gone_doors']}, kept {facts['kept_doors']}")
            console.print(f"  rows left out: {reading.bad_rows} unreadable, {reading.elsewhere} of other communes")
            if yes or typer.confirm("Apply it?"):
                async with instance.database.writing() as session:
                    await apply_file(session, municipality.id, None, brought.id, reading)
                console.print("The address file is applied.")

    carry_out(replace)

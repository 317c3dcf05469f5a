"""`tambour town`: the municipalities of the instance."""

from typing import Annotated

import typer
from rich.table import Table

from server.accounts.staff import create_first_administrator
from server.cli.opening import carry_out, console, opened
from server.cli.staff import show_link
from server.municipalities import queries
from server.municipalities.addresses import public_url
from server.municipalities.schemas import MunicipalityDraft, slug_of
from server.municipalities.service import create_municipality

app = typer.Typer(help="The municipalities of this instance.", no_args_is_help=True)

_NAME = typer.Option(prompt="Name of the municipality", help="As people say it: Saint-Aubin-les-Prés.")
_SLUG = typer.Option(help="First word of its addresses: saint-aubin. Made of the name, if none is given.")
_EMAIL = typer.Option(prompt="Mail address of the town hall", help="Where residents write to.")
_PHONE = typer.Option(prompt="Telephone of the town hall", help="Printed on everything that leaves.")
_ADMINISTRATOR = typer.Option(prompt="Name of the first administrator", help="First name and surname.")
_ADMINISTRATOR_EMAIL = typer.Option(prompt="Mail address of the first administrator", help="A name to sign in with.")


@app.command()
def add(
    name: Annotated[str, _NAME],
    email: Annotated[str, _EMAIL],
    phone: Annotated[str, _PHONE],
    administrator: Annotated[str, _ADMINISTRATOR],
    administrator_email: Annotated[str, _ADMINISTRATOR_EMAIL],
    slug: Annotated[str, _SLUG] = "",
    insee: Annotated[str, typer.Option(help="INSEE code of the commune, if it is one.")] = "",
) -> None:
    """Open a municipality, and print the one-time link for its first administrator."""

    async def open_town() -> None:
        async with opened() as instance:
            given = {"name": name, "slug": slug or slug_of(name), "email": email, "phone": phone, "insee_code": insee}
            draft = MunicipalityDraft.model_validate(given)
            async with instance.database.writing() as session:
                town = await create_municipality(session, draft)
                invited = await create_first_administrator(
                    session, town.id, name=administrator, email=administrator_email
                )
            address = public_url(town, instance.settings.url)
            console.print(f"[bold]{town.name}[/] is open at {address}/")
            show_link(administrator_email, address, invited.token)

    carry_out(open_town)


@app.command(name="list")
def show() -> None:
    """List the municipalities."""

    async def print_towns() -> None:
        async with opened() as instance, instance.database.reading() as session:
            table = Table("Municipality", "Address", box=None, pad_edge=False, header_style="bold")
            for town in await queries.list_municipalities(session):
                table.add_row(town.name, f"{public_url(town, instance.settings.url)}/")
        console.print(table if table.row_count else "No municipality yet: `tambour town add` opens the first one.")

    carry_out(print_towns)

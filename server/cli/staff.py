"""`tambour staff`: who works in a municipality."""

from typing import Annotated

import typer

from server.accounts.models import Role
from server.accounts.queries import find_account_by_email
from server.accounts.schemas import StaffDraft
from server.accounts.staff import invite_staff, renew_link
from server.cli.opening import Instance, Refused, carry_out, console, opened
from server.core.database import ReadSession
from server.municipalities.addresses import public_url
from server.municipalities.models import Municipality
from server.municipalities.queries import find_by_host_or_slug, list_municipalities

app = typer.Typer(help="The people who work in a municipality.", no_args_is_help=True)

_TOWN = typer.Option(help="First word of the municipality's addresses; not needed if there is only one.")


@app.command()
def invite(
    email: Annotated[str, typer.Argument(help="A name to sign in with.")],
    name: Annotated[str, typer.Option(prompt="First name and surname")],
    role: Annotated[list[Role], typer.Option(help="May be given several times.")],
    town: Annotated[str, _TOWN] = "",
) -> None:
    """Give somebody roles, and print the one-time link with which they choose a password."""

    async def invite_somebody() -> None:
        async with opened() as instance, instance.database.writing() as session:
            municipality = await chosen_town(session, town)
            draft = StaffDraft.model_validate({"email": email, "name": name, "roles": role})
            invited = await invite_staff(session, municipality.id, None, draft)
        show_link(email, public_url(municipality, instance.settings.url), invited.token)

    carry_out(invite_somebody)


@app.command()
def link(
    email: Annotated[str, typer.Argument(help="The name they sign in with.")], town: Annotated[str, _TOWN] = ""
) -> None:
    """Print a new one-time link for somebody who lost the first one, or the password."""

    async def print_link() -> None:
        async with opened() as instance:
            address, token = await _new_link(instance, email, town)
            show_link(email, address, token)

    carry_out(print_link)


def show_link(email: str, address: str, token: str | None) -> None:
    """Where somebody chooses a password; nothing to choose for who has one already."""
    if token is None:
        console.print(f"{email} already has a password here: {address}/desk")
        return
    console.print(f"One-time link for {email}:")
    console.print(f"  {address}/desk/welcome/{token}", soft_wrap=True)


async def _new_link(instance: Instance, email: str, slug: str) -> tuple[str, str]:
    async with instance.database.writing() as session:
        municipality = await chosen_town(session, slug)
        account = await find_account_by_email(session, email.strip().lower())
        if account is None:
            raise Refused(f"Nobody called {email} works in {municipality.name}. `tambour staff invite` changes that.")
        token = await renew_link(session, municipality.id, None, account.id)
    return public_url(municipality, instance.settings.url), token


async def chosen_town(session: ReadSession, slug: str) -> Municipality:
    """The municipality named on the command line, or the only one there is."""
    if slug:
        found = await find_by_host_or_slug(session, "", slug)
        if found is None:
            raise Refused(f"There is no municipality called {slug}. `tambour town list` shows them.")
        return found
    towns = await list_municipalities(session)
    if len(towns) != 1:
        raise Refused("Say which municipality is meant: --town SLUG. `tambour town list` shows them.")
    return towns[0]

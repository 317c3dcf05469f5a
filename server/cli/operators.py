"""`tambour operator`: who runs the instance and sees its console, at /operator."""

from typing import Annotated

import typer

from server.accounts.operators import create_operator, renew_operator_link
from server.accounts.schemas import OperatorDraft
from server.cli.opening import carry_out, console, opened

app = typer.Typer(help="Who runs this instance, by its console at /operator.", no_args_is_help=True)


@app.command()
def add(
    email: Annotated[
        str, typer.Argument(help="A name to sign in with; not the address of somebody who works in a town.")
    ],
    name: Annotated[str, typer.Option(prompt="First name and surname")],
) -> None:
    """Let somebody run the instance, and print the one-time link with which they choose a password."""

    async def name_one() -> None:
        draft = OperatorDraft.model_validate({"email": email, "name": name})
        async with opened() as instance:
            async with instance.database.writing() as session:
                invited = await create_operator(session, draft)
            _show(draft.email, instance.settings.url, invited.token)

    carry_out(name_one)


@app.command()
def link(email: Annotated[str, typer.Argument(help="The name they sign in with.")]) -> None:
    """Print a new one-time link for who lost the first one, or the password."""

    async def print_link() -> None:
        async with opened() as instance:
            async with instance.database.writing() as session:
                token = await renew_operator_link(session, email)
            _show(email, instance.settings.url, token)

    carry_out(print_link)


def _show(email: str, url: str, token: str | None) -> None:
    if token is None:
        console.print(f"{email} already has a password here: {url}/operator")
        return
    console.print(f"One-time link for {email}:")
    console.print(f"  {url}/operator/welcome/{token}", soft_wrap=True)

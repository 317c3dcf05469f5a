"""What is printed when the instance starts: where to go, and with which account."""

from collections.abc import Mapping

from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table

from server.cli.opening import Instance, console
from server.municipalities.addresses import public_url
from server.municipalities.queries import list_municipalities

_MOST_TOWNS = 10


async def show_welcome(instance: Instance, links: Mapping[str, str]) -> None:
    """The first screen. `links`: one-time links of the people of a demonstration that was just made."""
    async with instance.database.reading() as session:
        towns = await list_municipalities(session)
    console.print()
    console.print(Rule("[bold]Tambour[/]", align="left", style="dim"))
    places = Table.grid(padding=(0, 3))
    for town in towns[:_MOST_TOWNS]:
        address = public_url(town, instance.settings.url)
        places.add_row(town.name, f"[bold]{address}/[/]")
        places.add_row("  the staff's rooms", f"{address}/desk")
    if len(towns) != 1:
        places.add_row(f"All {len(towns)} towns" if towns else "No town yet", f"{instance.settings.url}/")
    if not instance.settings.smtp_host:
        places.add_row("Mail, caught here", f"{instance.settings.url}/catcher")
    console.print(Padding(places, (1, 0, 1, 2)))
    if links:
        _show_people(links)
    elif not towns:
        console.print("  Open the first one with [bold].venv/bin/tambour town add[/].\n")
    else:
        console.print("  Lost your way in? [bold].venv/bin/tambour staff link YOUR-ADDRESS[/] prints a new link.\n")
    where = instance.database.url.render_as_string(hide_password=True)
    console.print(f"  [dim]Kept in {where}. Ctrl-C stops.[/]\n", soft_wrap=True)


def _show_people(links: Mapping[str, str]) -> None:
    console.print(
        "  [bold]Sign in as one of the staff.[/] Each link works once, for seven days: choose a password there.\n"
    )
    for person, link in links.items():
        console.print(f"  {person}", soft_wrap=True)
        console.print(f"    {link}\n", soft_wrap=True, style="bold")
    console.print("  [dim]A link was used or lost? .venv/bin/tambour staff link ADDRESS prints another.[/]\n")

"""`tambour doctor`: the instance and every town's sending domain looked over, the relay knocked at, in plain words."""

from typing import Annotated

import typer
from rich.table import Table

from server.cli.opening import Instance, Refused, carry_out, console
from server.core.database import Database
from server.core.files import FileStore
from server.core.i18n import sentence
from server.core.secrets import load_secrets
from server.core.settings import Settings, settings
from server.instance.certificate import examine_certificate
from server.instance.doctor import in_english, look_over
from server.mailings.alignment import Finding, Verdict, examine_reverse
from server.mailings.believing import examine_town, way_out_of
from server.mailings.names import PublicNames
from server.municipalities.queries import list_municipalities
from workers.transports.contract import RelayDown
from workers.transports.smtp import SmtpTransport

_MARKS = {
    Verdict.FINE: "[green]fine[/]",
    Verdict.DOUBTFUL: "[yellow]look[/]",
    Verdict.WRONG: "[red]wrong[/]",
    Verdict.UNKNOWN: "[dim]?[/]",
}


def doctor(
    town: Annotated[str, typer.Option(help="Only this town's sending domain.")] = "",
    *,
    offline: Annotated[bool, typer.Option("--offline", help="Ask neither the DNS nor the relay.")] = False,
) -> None:
    """Look over the instance and the towns' sending domains; exit status 1 if something is wrong."""

    async def examine() -> bool:
        configured = settings()
        database = Database(configured.database, configured.database_pool)
        try:
            found = await look_over(configured, database)
            if configured.url.startswith("https:") and not offline:
                found.append(await examine_certificate(configured.url))
            if configured.smtp_host and not offline:
                found.append(await _relay(configured))
                if host := way_out_of(configured).host:
                    found.append(await examine_reverse(PublicNames(), host))
            _show("This instance", found)
            if not offline and all(one.check != "database" or one.verdict is Verdict.FINE for one in found):
                found += await _towns(configured, database, town)
        finally:
            await database.close()
        return not any(one.verdict is Verdict.WRONG for one in found)

    if not carry_out(examine):
        raise typer.Exit(1)


async def _towns(configured: Settings, database: Database, slug: str) -> list[Finding]:
    instance = Instance(configured, database, load_secrets(configured.home), FileStore(configured.home / "files"))
    async with database.reading() as session:
        towns = [one for one in await list_municipalities(session) if slug in {"", one.slug}]
    if slug and not towns:
        raise Refused(f"There is no municipality called {slug}. `tambour town list` shows them.")
    everything: list[Finding] = []
    for town in towns:
        domain, found = await examine_town(database, instance.secrets, PublicNames(), town.id, way_out_of(configured))
        if domain:
            _show(f"{town.name}: {domain}", found)
            everything += found
        else:
            console.print(f"[bold]{town.name}[/]: no sender address yet, so nothing can be sent.\n")
    return everything


async def _relay(configured: Settings) -> Finding:
    """A line to the relay, opened and closed; nothing is sent."""
    try:
        line = await SmtpTransport.of(configured).open()
    except RelayDown as down:
        return Finding(
            "relay", Verdict.WRONG, sentence("No line to {host}: {why}", host=configured.smtp_host, why=down)
        )
    await line.close()
    return Finding("relay", Verdict.FINE, sentence("{host} takes our mail.", host=configured.smtp_host))


def _show(title: str, found: list[Finding]) -> None:
    table = Table(title, "", "", box=None, pad_edge=False, header_style="bold", title_justify="left")
    for one in found:
        table.add_row(one.check, _MARKS[one.verdict], in_english(one))
    console.print(table)
    for record in (one.record for one in found if one.record):
        console.print(f'  publish:  {record.name}. {record.kind} "{record.value}"', soft_wrap=True, markup=False)
    console.print()

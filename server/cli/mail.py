"""`tambour queue` and `tambour pace`: what waits to leave and why, and how much each provider gets."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

import typer
from rich.table import Column, Table

from server.cli.opening import Refused, carry_out, console, opened
from server.core import clock
from server.core.clock import PARIS
from server.core.i18n import translate
from server.mailings import paces, queue
from server.mailings.heartbeats import find_mail_trouble
from server.mailings.provider_rules import ProviderRule
from server.mailings.providers import provider_name
from server.municipalities.queries import list_municipalities

_NAME = typer.Argument(help="A provider (orange) or the domain of its mail hosts; none: show the table.")
_CONNECTIONS = typer.Option(min=1, max=50, help="Connections at once.")
_PER_CONNECTION = typer.Option(min=1, max=10_000, help="Messages on one connection.")
_PER_SECOND = typer.Option(min=0.01, max=1_000, help="Messages a second.")


def show_queue() -> None:
    """Show what waits to leave, by provider, and what each of them said last."""

    async def print_queue() -> None:
        now = clock.now()
        async with opened() as instance, instance.database.reading() as session:
            waiting = await queue.queue_by_provider(session, now)
            pauses = await queue.other_pauses(session, now, waiting)
            twice = await queue.count_twice(session)
            trouble = await find_mail_trouble(session)
            towns = {town.id: town.name for town in await list_municipalities(session)}
        if trouble is not None:
            console.print(translate(trouble.message, "en"), style="yellow")
        right = {"justify": "right", "no_wrap": True}
        columns = (Column("Waiting", **right), Column("Come back", **right), Column("Answer lost", **right))  # type: ignore[arg-type]
        table = Table("Provider", *columns, "Next try", "Left alone until", "Why", box=None, pad_edge=False)
        for one in waiting:
            why = f"{translate(one.why, 'en')} “{one.said}”" if one.why else ""
            counts = (str(one.waiting), str(one.deferred), str(one.uncertain))
            table.add_row(one.name, *counts, _moment(one.next_at), _moment(one.slowed_until), why)
        console.print(table if waiting else "Nothing waits: everything has left.")
        for pace in pauses:
            console.print(f"{_way(pace.name, towns)} is left alone until {_moment(pace.slowed_until)}: “{pace.said}”")
        for mailing, count in twice:
            console.print(f"{towns[mailing.municipality_id]}, “{mailing.subject}”: {count} possibly received it twice.")

    carry_out(print_queue)


def pace(
    provider: Annotated[str, _NAME] = "",
    connections: Annotated[int | None, _CONNECTIONS] = None,
    per_connection: Annotated[int | None, _PER_CONNECTION] = None,
    per_second: Annotated[float | None, _PER_SECOND] = None,
    *,
    preset: Annotated[bool, typer.Option("--preset", help="Go back to the preset.")] = False,
) -> None:
    """Show how much each provider gets when nothing else holds mail back, or change one line of the table."""

    async def change_or_show() -> None:
        async with opened() as instance:
            if provider:
                async with instance.database.writing() as session:
                    if preset:
                        await paces.restore_rule(session, provider)
                    elif connections or per_connection or per_second:
                        known = (await paces.rules_of(session, [provider]))[provider]
                        rule = ProviderRule(
                            connections or known.connections,
                            per_connection or known.per_connection,
                            per_second or known.per_second,
                        )
                        await paces.change_rule(session, provider, rule)
                    else:
                        raise Refused("Say what changes: --connections, --per-connection, --per-second or --preset.")
            async with instance.database.reading() as session:
                rules = await paces.all_rules(session)
        table = Table("Provider", "Connections", "Messages each", "A second", "Source", box=None, pad_edge=False)
        for name, (rule, is_changed) in rules.items():
            figures = (str(rule.connections), str(rule.per_connection), f"{rule.per_second:g}")
            table.add_row(provider_name(name), *figures, "changed here" if is_changed else rule.source)
        console.print(table)

    carry_out(change_or_show)


def _way(name: str, towns: Mapping[int, str]) -> str:
    """Who is left alone, as people call it."""
    if not queue.is_relay(name):
        return provider_name(name)
    town = name.removeprefix(queue.RELAY).removeprefix("/")
    return f"The relay of {towns.get(int(town), town)}" if town else "The relay"


def _moment(moment: datetime | None) -> str:
    return moment.astimezone(PARIS).strftime("%d/%m %H:%M") if moment else ""

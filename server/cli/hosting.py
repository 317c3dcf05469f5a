"""`tambour town …` for who hosts many: one table of all, three hundred at once, suspended, handed over, deleted."""

import os
import tempfile
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from sqlalchemy import select
from sqlmodel import col

from server.accounts import audit
from server.backups.arriving import import_town
from server.backups.errand_work import unpack
from server.backups.errands import EXPORTED
from server.backups.towns import delete_town, export_town
from server.cli.opening import Refused, carry_out, console, opened
from server.core import clock
from server.core.database import ReadSession
from server.core.i18n import translate
from server.hosting import service
from server.hosting.lists import open_many_towns
from server.hosting.queries import list_hosted_towns
from server.hosting.schemas import COLUMNS, HostedTown
from server.municipalities.models import Municipality

_SLUG = typer.Argument(help="First word of the town's addresses.")
_DNS = {None: "?", True: "aligned", False: "[red]not aligned[/]"}


def overview() -> None:
    """All towns in one table: people, last sending, refusals, DNS, disk."""

    async def print_table() -> None:
        async with opened() as instance, instance.database.reading() as session:
            table = Table("Town", "People", "Last sending", "Refused", "DNS", "Disk", "", box=None, pad_edge=False)
            for one in await list_hosted_towns(session, instance.files):
                table.add_row(*_cells(one))
        console.print(table)

    carry_out(print_table)


def _cells(one: HostedTown) -> tuple[str, ...]:
    return (
        one.town.slug,
        str(one.people),
        f"{one.last_sent_at:%Y-%m-%d}" if one.last_sent_at else "",
        "" if one.refused is None else f"{100 * one.refused:.1f} %",
        _DNS[one.is_aligned],
        f"{one.megabytes:.1f} MB",
        "suspended" if one.town.suspended_at else "",
    )


def bring_many(
    file: Annotated[Path, typer.Argument(help=f"CSV with the columns {', '.join(COLUMNS)}.")],
    links: Annotated[Path, typer.Option(help="Where the one-time links are written, one town a line.")],
) -> None:
    """Open many towns from a list, each with its administrator. A line that cannot be used is named; the others go on."""

    async def open_all() -> int:
        async with opened() as instance:
            with os.fdopen(os.open(links, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
                report = await open_many_towns(instance.database, None, file.read_bytes(), instance.settings.url)
                for one in report.opened:
                    out.write(f"{one.town.insee_code}\t{one.town.slug}\t{one.email}\t{one.link}\n")
        for number, why in report.refused:
            console.print(f"line {number}: {translate(why, 'en')}", markup=False, soft_wrap=True)
        return len(report.refused)

    try:
        refused = carry_out(open_all)
    except FileExistsError:
        console.print(f"{links} is there already: links are not written over links.")
        raise typer.Exit(1) from None
    if refused:
        raise typer.Exit(1)


def suspend(slug: Annotated[str, _SLUG]) -> None:
    """Close a town's pages and hold its mail; nothing is lost."""

    async def close() -> None:
        async with opened() as instance, instance.database.writing() as session:
            await service.suspend_town(session, None, (await _town(session, slug)).id)
        console.print(f"{slug} is closed. `tambour town resume {slug}` opens it again; its mailings stay paused.")

    carry_out(close)


def resume(slug: Annotated[str, _SLUG]) -> None:
    """Open a suspended town again."""

    async def reopen() -> None:
        async with opened() as instance, instance.database.writing() as session:
            await service.resume_town(session, None, (await _town(session, slug)).id)
        console.print(f"{slug} is open.")

    carry_out(reopen)


def export(slug: Annotated[str, _SLUG], folder: Annotated[Path, typer.Argument(help="A new folder.")]) -> None:
    """Hand a town everything that is its own: JSON, CSV, files, a manifest and checksums."""

    async def write() -> None:
        async with opened() as instance:
            async with instance.database.writing() as session:
                town = await _town(session, slug)
                await audit.record(session, town.id, None, EXPORTED, "municipality", town.id)
            try:
                done = await export_town(instance.database, instance.files, instance.secrets, town.id, folder)
            except FileExistsError as error:
                raise Refused(f"{folder} is there already: name a new folder.") from error
        console.print(
            f"{folder}: {sum(done.rows.values())} rows of {len(done.rows)} tables, {done.files} files, "
            f"{done.readable} mails and papers to read."
        )

    carry_out(write)


def arrive(
    place: Annotated[
        Path, typer.Argument(help="The folder `tambour town export` wrote, or the archive of the console.")
    ],
    slug: Annotated[str, typer.Option(help="Another first word of its addresses, if its own is taken here.")] = "",
) -> None:
    """Bring a town from another instance of the same version: all of it or nothing."""

    async def bring() -> None:
        async with opened() as instance:
            with tempfile.TemporaryDirectory(dir=instance.settings.home) as scratch:
                folder = Path(scratch) if place.is_file() else place
                if place.is_file():
                    unpack(place, folder)
                done = await import_town(instance.database, instance.files, instance.secrets, folder, slug=slug)
        console.print(f"{done.slug} lives here: {done.rows} rows, {done.files} files. What was under way is cancelled.")
        if done.unknown_marks:
            console.print(f"{done.unknown_marks} barred addresses were known by a mark alone, which says nothing here.")
        console.print(f"`tambour staff link EMAIL --town {done.slug}` lets its administrator choose a password.")

    carry_out(bring)


def delete(
    slug: Annotated[str, _SLUG],
    confirm: Annotated[str, typer.Option(prompt="Write the first word of its addresses once more", help="The same.")],
) -> None:
    """Delete a town with everything, and print what went from where: the proof. Backups forget it as they age."""

    async def remove() -> None:
        if confirm != slug:
            raise Refused("The two words are not the same. Nothing was deleted.")
        async with opened() as instance:
            async with instance.database.reading() as session:
                town = await _town(session, slug)
            gone = await delete_town(instance.database, instance.files, town.id)
        console.print(f"Deleted on {clock.now():%Y-%m-%d %H:%M} UTC: {town.name} (number {town.id}).")
        for name, count in gone.items():
            console.print(f"  {name}: {count}", highlight=False)

    carry_out(remove)


async def _town(session: ReadSession, slug: str) -> Municipality:
    """Suspended towns too."""
    town = (await session.scalars(select(Municipality).where(col(Municipality.slug) == slug))).first()
    if town is None:
        raise Refused(f"There is no municipality called {slug}. `tambour town overview` shows them all.")
    return town

"""`tambour town …` for who hosts many: one table of all, three hundred at once, suspended, handed over, deleted."""

import csv
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError
from rich.table import Table
from sqlalchemy import Select, func, select, update
from sqlmodel import col

from server.accounts import audit
from server.accounts.staff import create_first_administrator
from server.backups.towns import delete_town, export_town
from server.cli.opening import Instance, Refused, carry_out, console, opened
from server.core import clock
from server.core.database import ReadSession
from server.core.errors import Invalid, Refusal
from server.core.i18n import sentence, translate
from server.mailings.models import DomainCheck, Mailing, MailingState
from server.mailings.queries import figures_of
from server.municipalities.addresses import public_url
from server.municipalities.models import Municipality
from server.municipalities.schemas import MunicipalityDraft, slug_of
from server.municipalities.service import create_municipality
from server.residents.models import Resident
from server.web.forms import sentences_of

SUSPENDED = audit.action("town.suspended", sentence("Suspended the town"))
RESUMED = audit.action("town.resumed", sentence("Opened the town again"))
EXPORTED = audit.action("town.exported", sentence("Handed the town’s data over"))
_COLUMNS = ("insee", "name", "email", "phone", "administrator", "administrator_email")
_SLUG = typer.Argument(help="First word of the town's addresses.")


def overview() -> None:
    """All towns in one table: people, last sending, refusals, DNS, disk."""

    async def print_table() -> None:
        async with opened() as instance, instance.database.reading() as session:
            table = Table("Town", "People", "Last sending", "Refused", "DNS", "Disk", "", box=None, pad_edge=False)
            people = {row[0]: row[1] for row in await session.execute(_residents())}
            checks = {one.municipality_id: one for one in await session.scalars(select(DomainCheck))}
            for town in await session.scalars(select(Municipality).order_by(col(Municipality.name))):
                last, refused = await _last_sending(session, town.id)
                check = checks.get(town.id)
                dns = {None: "?", True: "aligned", False: "[red]not aligned[/]"}[check.is_aligned if check else None]
                disk = f"{instance.files.size(town.id) / 1e6:.1f} MB"
                is_shut = "suspended" if town.suspended_at else ""
                table.add_row(town.slug, str(people.get(town.id, 0)), last, refused, dns, disk, is_shut)
        console.print(table)

    carry_out(print_table)


def bring_many(
    file: Annotated[Path, typer.Argument(help=f"CSV with the columns {', '.join(_COLUMNS)}.")],
    links: Annotated[Path, typer.Option(help="Where the one-time links are written, one town a line.")],
) -> None:
    """Open many towns from a list, each with its administrator. A line that cannot be used is named; the others go on."""

    async def open_all() -> int:
        refused = 0
        async with opened() as instance:
            with os.fdopen(os.open(links, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
                for number, line in _lines(file):
                    try:
                        out.write(await _open_one(instance, line))
                    except Refusal as refusal:
                        refused += 1
                        console.print(f"line {number}: {_said(refusal)}", markup=False, soft_wrap=True)
        return refused

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
            town = await _town(session, slug)
            town.suspended_at = town.suspended_at or clock.now()
            held = (col(Mailing.municipality_id) == town.id, col(Mailing.state) == MailingState.SENDING)
            await session.execute(update(Mailing).where(*held).values(state=MailingState.PAUSED))
            await audit.record(session, town.id, None, SUSPENDED, "municipality", town.id)
        console.print(f"{slug} is closed. `tambour town resume {slug}` opens it again; its mailings stay paused.")

    carry_out(close)


def resume(slug: Annotated[str, _SLUG]) -> None:
    """Open a suspended town again."""

    async def reopen() -> None:
        async with opened() as instance, instance.database.writing() as session:
            town = await _town(session, slug)
            town.suspended_at = None
            await audit.record(session, town.id, None, RESUMED, "municipality", town.id)
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
                done = await export_town(instance.database, instance.files, town.id, folder)
            except FileExistsError as error:
                raise Refused(f"{folder} is there already: name a new folder.") from error
        console.print(f"{folder}: {sum(done.rows.values())} rows of {len(done.rows)} tables, {done.files} files.")

    carry_out(write)


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


def _residents() -> Select[int, int]:
    return (
        select(col(Resident.municipality_id), func.count())
        .where(col(Resident.left_at).is_(None))
        .group_by(col(Resident.municipality_id))
    )


async def _last_sending(session: ReadSession, municipality_id: int) -> tuple[str, str]:
    query = select(Mailing).where(col(Mailing.municipality_id) == municipality_id, col(Mailing.lane) != "transactional")
    mailing = (await session.scalars(query.order_by(col(Mailing.id).desc()).limit(1))).first()
    if mailing is None:
        return "", ""
    figures = (await figures_of(session, municipality_id, [mailing]))[mailing.id]
    share = f"{100 * figures.refused / figures.total:.1f} %" if figures.total else ""
    return f"{mailing.created_at:%Y-%m-%d}", share


def _lines(file: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """The lines of the list with their numbers. Raises Refused where a column is missing."""
    with file.open(encoding="utf-8-sig", newline="") as source:
        dialect = csv.Sniffer().sniff(source.readline(), ";,\t")
        source.seek(0)
        reader = csv.DictReader(source, dialect=dialect)
        if missing := set(_COLUMNS) - set(reader.fieldnames or ()):
            raise Refused(f"The list lacks these columns: {', '.join(sorted(missing))}.")
        for line in reader:
            yield reader.line_num, {name: (line[name] or "").strip() for name in _COLUMNS}


async def _open_one(instance: Instance, line: dict[str, str]) -> str:
    """A town and its administrator, together or not at all. The line for the list of links."""
    try:
        draft = MunicipalityDraft.model_validate(
            {"insee_code": line["insee"], "slug": slug_of(line["name"])}
            | {name: line[name] for name in ("name", "email", "phone")}
        )
    except ValidationError as error:
        raise Invalid(sentences_of(error.errors())) from error
    async with instance.database.writing() as session:
        town = await create_municipality(session, draft)
        invited = await create_first_administrator(
            session, town.id, name=line["administrator"] or line["name"], email=line["administrator_email"]
        )
        address = public_url(town, instance.settings.url)
    where = f"{address}/desk/welcome/{invited.token}" if invited.token else f"{address}/desk"
    return f"{line['insee']}\t{draft.slug}\t{line['administrator_email']}\t{where}\n"


def _said(refusal: Refusal) -> str:
    if isinstance(refusal, Invalid) and refusal.fields:
        return "; ".join(f"{name}: {translate(message, 'en')}" for name, message in refusal.fields.items())
    return translate(refusal.message, "en")


async def _town(session: ReadSession, slug: str) -> Municipality:
    """Suspended towns too."""
    town = (await session.scalars(select(Municipality).where(col(Municipality.slug) == slug))).first()
    if town is None:
        raise Refused(f"There is no municipality called {slug}. `tambour town overview` shows them all.")
    return town

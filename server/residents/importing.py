"""Bringing in a list the town hall has already: read into quarantine, its origin declared, then all of it at one stroke."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import CursorResult, delete, exists, update
from sqlmodel import col, select

from server.accounts.actors import Actor
from server.accounts.audit import action, record
from server.core import clock
from server.core.database import WriteSession
from server.core.errors import Conflict, Invalid
from server.core.i18n import Message, sentence
from server.core.secrets import Secrets
from server.mailings.leaving import forget_recipients
from server.mailings.models import Suppression
from server.mailings.service import hold_recipients
from server.residents.import_models import ImportRow, ImportState, ListFile, ListImport, Outcome
from server.residents.import_staging import stage_rows
from server.residents.import_writing import counts_of, sort_out, write_people
from server.residents.list_reading import ListReader, Staged, as_message
from server.residents.lists.columns import FIELDS
from server.residents.lists.reading import MOST_BYTES, Table, read_tables
from server.residents.lists.refusal import NotAList
from server.residents.models import Consent, ConsentWay, JoinRequest, Resident
from server.residents.queries.imports import get_import
from server.residents.queries.topics import list_topics
from server.residents.quota import refuse_more_people

BROUGHT = action("list.brought", sentence("Brought a list into quarantine"))
IMPORTED = action("residents.imported", sentence("Imported a list of people"))
DISCARDED = action("list.discarded", sentence("Discarded a list in quarantine"))
UNDONE = action("list.undone", sentence("Undid an import"))
UNDO_WITHIN = timedelta(days=7)
FORGOTTEN_AFTER = timedelta(days=14)
"""A list in quarantine that nobody confirmed."""
_LONGEST_ORIGIN = 200
_AT_ONCE = 500
_AFTER = {
    Outcome.NEW: Outcome.ADDED,
    Outcome.LEFT: Outcome.SUPPRESSED,
    Outcome.DEAD: Outcome.SUPPRESSED,
}


@dataclass(frozen=True)
class BadRow:
    line: int
    message: Message


@dataclass(frozen=True)
class ImportReport:
    """What became of a small list. With bad rows nothing was written: correct them and bring the whole list again."""

    added: int = 0
    already_known: int = 0
    not_to_be_written_to: int = 0
    bad: list[BadRow] = field(default_factory=list)


async def bring_list(
    session: WriteSession,
    municipality_id: int,
    actor: Actor,
    content: bytes,
    file_name: str,
    topic_ids: Collection[int] = (),
) -> ListImport:
    """Take a file; the clock reads it. `topic_ids`: for rows that name no topic; none: every topic. Raises Invalid."""
    if not content:
        raise Invalid({"file": sentence("Choose a file.")})
    if len(content) > MOST_BYTES:
        raise Invalid({"file": sentence("This file is too heavy: {most} MB at most.", most=MOST_BYTES // 1_000_000)})
    if not set(topic_ids) <= {topic.id for topic in await list_topics(session, municipality_id)}:
        raise Invalid({"topic_ids": sentence("Choose one of the topics of the list.")})
    brought = ListImport(
        municipality_id=municipality_id,
        file_name=" ".join(file_name.split())[-200:],
        state=ImportState.READING,
        topic_ids=list(topic_ids),
        brought_by_id=actor.account_id,
        brought_at=clock.now(),
    )
    session.add(brought)
    await session.flush()
    session.add(ListFile(import_id=brought.id, municipality_id=municipality_id, content=content))
    await record(session, municipality_id, actor.account_id, BROUGHT, "list_import", brought.id)
    await session.flush()
    return brought


async def choose_fields(
    session: WriteSession, municipality_id: int, import_id: int, fields: Sequence[Sequence[str]]
) -> None:
    """The columns mean something else than was guessed: the file is read again. Raises NotFound, Invalid and Conflict."""
    for table in fields:
        chosen = [name for name in table if name and name != "standing"]
        if not set(chosen) <= set(FIELDS) or len(set(chosen)) < len(chosen):
            raise Invalid({"fields": sentence("Give each meaning to one column only.")})
        if table and not {"email", "name", "first_name", "last_name"}.intersection(chosen):
            raise Invalid({"fields": sentence("Say which column holds the email address or the name.")})
    imported = await get_import(session, municipality_id, import_id)
    values = {"state": ImportState.READING, "fields": [list(table) for table in fields], "lease_until": None}
    await _turn(session, imported, ImportState.READ, rows_read=0, **values)


async def confirm_import(session: WriteSession, municipality_id: int, import_id: int, declared_origin: str) -> None:
    """These people said yes, and this is where the list comes from: the clock puts it on the list. Raises Invalid …"""
    imported = await get_import(session, municipality_id, import_id)
    origin = " ".join(declared_origin.split())[:_LONGEST_ORIGIN]
    if not origin:
        raise Invalid({"declared_origin": sentence("Say where this list comes from, and how these people said yes.")})
    await refuse_more_people(session, municipality_id, (await counts_of(session, imported)).get(Outcome.NEW, 0))
    await _turn(session, imported, ImportState.READ, state=ImportState.WRITING, origin=origin, lease_until=None)


async def discard_import(session: WriteSession, municipality_id: int, actor: Actor | None, import_id: int) -> None:
    """Nothing is kept of the people in it. Raises NotFound and Conflict."""
    imported = await get_import(session, municipality_id, import_id)
    await _turn(session, imported, ImportState.READ, state=ImportState.DISCARDED, closed_at=clock.now())
    await forget_rows(session, imported)
    by = actor.account_id if actor else None
    await record(session, municipality_id, by, DISCARDED, "list_import", import_id)


async def undo_import(session: WriteSession, municipality_id: int, actor: Actor, import_id: int) -> int:
    """Whom the list added goes, but for those who said something since; how many went. Raises NotFound and Conflict."""
    imported = await get_import(session, municipality_id, import_id)
    if imported.done_at is None or imported.done_at < clock.now() - UNDO_WITHIN:
        raise Conflict(sentence("An import can be undone within seven days."))
    await hold_recipients(session, municipality_id)
    await _turn(session, imported, ImportState.DONE, state=ImportState.UNDONE, closed_at=clock.now())
    gone = await _take_back(session, imported)
    rows = select(col(ImportRow.address_hash)).where(
        col(ImportRow.import_id) == import_id, col(ImportRow.outcome) == Outcome.SUPPRESSED
    )
    here = (col(Suppression.municipality_id) == municipality_id, col(Suppression.at) == imported.done_at)
    await session.execute(delete(Suppression).where(*here, col(Suppression.address_hash).in_(rows)))
    await forget_rows(session, imported)
    await record(session, municipality_id, actor.account_id, UNDONE, "list_import", import_id, {"gone": gone})
    return gone


async def import_residents(
    session: WriteSession,
    secrets: Secrets,
    municipality_id: int,
    actor: Actor,
    content: bytes,
    *,
    declared_origin: str,
    topic_ids: Collection[int] = (),
    filename: str = "list",
) -> ImportReport:
    """A small list in one transaction: all of it, or with a bad row nothing. Raises Invalid."""
    if not declared_origin.strip():
        raise Invalid({"declared_origin": sentence("Say where this list comes from, and how these people said yes.")})
    imported = await bring_list(session, municipality_id, actor, content, filename, topic_ids)
    imported.origin = " ".join(declared_origin.split())[:_LONGEST_ORIGIN]
    reader = await ListReader.of(session, secrets, municipality_id, topic_ids)
    try:
        rows = list(staged_rows(content, imported, reader, []))
    except NotAList as error:
        raise Invalid({"file": error.message}) from error
    if bad := [BadRow(row["number"], as_message(row["problem"])) for row in rows if row["outcome"] is Outcome.BAD]:
        await session.delete(imported)
        return ImportReport(bad=bad)
    await stage_rows(session, rows)
    await hold_recipients(session, municipality_id)
    counts = await finish_import(session, imported)
    await refuse_more_people(session, municipality_id, 0)
    known = counts.get(Outcome.KNOWN, 0) + counts.get(Outcome.TWICE, 0)
    return ImportReport(counts.get(Outcome.ADDED, 0), known, counts.get(Outcome.BARRED, 0))


def staged_rows(
    content: bytes, held: ListImport, reader: ListReader, shown: list[dict[str, object]]
) -> Iterator[Staged]:
    """Row by row, ready for quarantine. `shown` collects what the page shows of each table."""
    fixed = {"municipality_id": held.municipality_id, "import_id": held.id, "resident_id": None}
    for place, table in enumerate(read_tables(content, held.file_name)):
        fields = held.fields[place] if place < len(held.fields) else table.fields
        shown.append(_shown(table, fields))
        for number, cells in table.rows:
            yield reader.stage(table, fields, number, cells) | fixed


def _shown(table: Table, fields: list[str]) -> dict[str, object]:
    return {
        "name": table.name,
        "header": table.header,
        "fields": fields,
        "sample": table.sample,
        "standing": table.standing.value,
    }


async def finish_import(session: WriteSession, held: ListImport) -> dict[str, int]:
    """Put the quarantine on the list; nothing is kept of it but what undoing needs."""
    now = clock.now()
    counts = await sort_out(session, held)
    await write_people(session, held, now)
    await clear_quarantine(session, held)
    counts = {after.value: count for after, count in _done(counts).items()}
    done = update(ListImport).where(col(ListImport.id) == held.id)
    await session.execute(done.values(state=ImportState.DONE, counts=counts, done_at=now, lease_until=None))
    figures = {outcome.value: counts.get(outcome, 0) for outcome in (Outcome.ADDED, Outcome.KNOWN, Outcome.BARRED)}
    await record(session, held.municipality_id, held.brought_by_id, IMPORTED, "list_import", held.id, {**figures})
    return counts


def _done(counts: Mapping[str, int]) -> Counter[Outcome]:
    """What became of the rows that were to be written."""
    found: Counter[Outcome] = Counter()
    for before, count in counts.items():
        found[_AFTER.get(Outcome(before), Outcome(before))] += count
    return found


async def clear_quarantine(session: WriteSession, imported: ListImport) -> None:
    """The file goes, and every row but the bars, which undoing takes away."""
    mine = col(ImportRow.import_id) == imported.id
    await session.execute(delete(ImportRow).where(mine, col(ImportRow.outcome) != Outcome.SUPPRESSED))
    await session.execute(delete(ListFile).where(col(ListFile.import_id) == imported.id))


async def forget_imports(session: WriteSession) -> None:
    """For the clock, all towns: quarantines nobody confirmed, and rows that nothing can undo any more."""
    old = select(ListImport).where(
        col(ListImport.state) == ImportState.READ, col(ListImport.brought_at) < clock.now() - FORGOTTEN_AFTER
    )
    for imported in list(await session.scalars(old)):
        await discard_import(session, imported.municipality_id, None, imported.id)
    done = select(col(ListImport.id)).where(col(ListImport.done_at) < clock.now() - UNDO_WITHIN)
    await session.execute(delete(ImportRow).where(col(ImportRow.import_id).in_(done)))


async def _take_back(session: WriteSession, imported: ListImport) -> int:
    """Those who are still as the list brought them: the proof says who came with it."""
    spoke = exists().where(col(Consent.resident_id) == col(Resident.id), col(Consent.way) != ConsentWay.IMPORT)
    added = select(col(Consent.resident_id)).where(
        col(Consent.municipality_id) == imported.municipality_id,
        col(Consent.way) == ConsentWay.IMPORT,
        col(Consent.at) == imported.done_at,
        col(Consent.detail)["import"].as_integer() == imported.id,
    )
    query = select(col(Resident.id)).where(
        col(Resident.municipality_id) == imported.municipality_id, col(Resident.id).in_(added), ~spoke
    )
    ids = list(await session.scalars(query))
    for start in range(0, len(ids), _AT_ONCE):
        part = ids[start : start + _AT_ONCE]
        await forget_recipients(session, imported.municipality_id, part)
        await session.execute(delete(JoinRequest).where(col(JoinRequest.resident_id).in_(part)))
        await session.execute(delete(Resident).where(col(Resident.id).in_(part)))
    return len(ids)


async def forget_rows(session: WriteSession, imported: ListImport) -> None:
    """The file and every row of it."""
    await session.execute(delete(ImportRow).where(col(ImportRow.import_id) == imported.id))
    await session.execute(delete(ListFile).where(col(ListFile.import_id) == imported.id))


async def _turn(session: WriteSession, imported: ListImport, before: ImportState, **values: object) -> None:
    """From one state to the next, for whoever comes first. Raises Conflict."""
    statement = update(ListImport).where(col(ListImport.id) == imported.id, col(ListImport.state) == before)
    turned = await session.execute(statement.values(**values))
    assert isinstance(turned, CursorResult)
    if turned.rowcount != 1:
        raise Conflict(sentence("This import has moved on meanwhile: look at its page again."))

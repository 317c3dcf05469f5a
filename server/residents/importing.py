"""Bringing in a list the town hall has already: all of it or nothing, each wrong line named, its origin declared."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from sqlmodel import col, select

from server.accounts.actors import Actor
from server.accounts.audit import action, record
from server.core import clock
from server.core.database import ReadSession, WriteSession
from server.core.errors import Invalid
from server.core.i18n import sentence
from server.core.search import searchable
from server.core.secrets import Secrets
from server.mailings.queries import address_hash, suppressed_hashes
from server.mailings.service import hold_recipients
from server.residents.addresses import email_key
from server.residents.csv_rows import NotAList, read_rows
from server.residents.list_reading import BadRow, ListReader
from server.residents.models import Consent, ConsentAct, ConsentWay, Resident, ResidentPlace, Subscription
from server.residents.schemas import ResidentDraft
from server.residents.subscribing import describe, refresh_keys, set_email

IMPORTED = action("residents.imported", sentence("Imported a list of people"))
_LONGEST_ORIGIN = 200


@dataclass(frozen=True)
class ImportReport:
    """What became of a list. With bad rows nothing was written: correct them and bring the whole list again."""

    added: int = 0
    already_known: int = 0
    not_to_be_written_to: int = 0
    """They left, said "never again", or their mailbox is dead: a list does not bring them back."""
    bad: list[BadRow] = field(default_factory=list)


async def import_residents(
    session: WriteSession,
    secrets: Secrets,
    municipality_id: int,
    actor: Actor,
    content: bytes,
    *,
    declared_origin: str,
    topic_ids: Collection[int] = (),
) -> ImportReport:
    """Read a CSV and put its people on the list. `topic_ids`: for rows that name no topic; none: every topic.

    Raises Invalid with a sentence when the file is not a list, or nobody says where it comes from.
    """
    origin = " ".join(declared_origin.split())[:_LONGEST_ORIGIN]
    if not origin:
        raise Invalid({"declared_origin": sentence("Say where this list comes from, and how these people said yes.")})
    try:
        rows = read_rows(content)
    except NotAList as error:
        raise Invalid({"file": error.message}) from error
    reader = await ListReader.of(session, municipality_id, topic_ids)
    people, bad = reader.read(rows)
    if bad:
        return ImportReport(bad=bad)
    await hold_recipients(session, municipality_id)
    fresh, report = await _sort_out(session, secrets, municipality_id, people)
    await _write(session, municipality_id, actor, fresh, origin)
    detail = {"added": report.added, "known": report.already_known, "barred": report.not_to_be_written_to}
    await record(session, municipality_id, actor.account_id, IMPORTED, "residents", None, detail)
    return report


async def _sort_out(
    session: ReadSession, secrets: Secrets, municipality_id: int, people: Sequence[ResidentDraft]
) -> tuple[list[ResidentDraft], ImportReport]:
    """Those to write down, and figures about the others. Somebody without an address is known by name and street."""
    query = select(
        col(Resident.email_key), col(Resident.list_key), col(Resident.address_street), col(Resident.left_at)
    ).where(col(Resident.municipality_id) == municipality_id)
    rows = list(await session.execute(query))
    left = {email for email, _, _, left_at in rows if email and left_at}
    known = {email for email, _, _, left_at in rows if email and not left_at}
    doors = {(name, searchable(street)) for _, name, street, left_at in rows if not left_at}
    barred = await suppressed_hashes(session, municipality_id)
    fresh, already, not_to_be = [], 0, 0
    for person in people:
        key, door = email_key(person.email), (searchable(person.name), searchable(person.address_street))
        if key in known or (not key and door in doors):
            already += 1
        elif key and (key in left or address_hash(secrets, key) in barred):
            not_to_be += 1
        else:
            fresh.append(person)
            doors.add(door)
    return fresh, ImportReport(len(fresh), already, not_to_be)


async def _write(
    session: WriteSession, municipality_id: int, actor: Actor, people: Sequence[ResidentDraft], origin: str
) -> None:
    residents = [_resident(municipality_id, person) for person in people]
    session.add_all(residents)
    await session.flush()
    for resident, person in zip(residents, people, strict=True):
        session.add_all(_rows_of(resident, person, actor, origin))
    await session.flush()


def _resident(municipality_id: int, person: ResidentDraft) -> Resident:
    now = clock.now()
    resident = Resident(municipality_id=municipality_id, created_at=now, last_contact_at=now)
    describe(resident, person)
    resident.phone, resident.edition, resident.language = person.phone, person.edition, person.language
    set_email(resident, person.email)
    refresh_keys(resident)
    return resident


def _rows_of(
    resident: Resident, person: ResidentDraft, actor: Actor, origin: str
) -> list[Subscription | ResidentPlace | Consent]:
    now, town_id = clock.now(), resident.municipality_id
    subscriptions = [
        Subscription(
            municipality_id=town_id,
            resident_id=resident.id,
            topic_id=want.topic_id,
            channel=want.channel,
            started_at=now,
        )
        for want in person.wants
    ]
    places = [
        ResidentPlace(resident_id=resident.id, place_id=place_id, municipality_id=town_id)
        for place_id in person.place_ids
    ]
    consent = Consent(
        municipality_id=town_id,
        resident_id=resident.id,
        act=ConsentAct.GIVEN,
        way=ConsentWay.IMPORT,
        detail={"origin": origin, "wants": [want.model_dump(mode="json") for want in person.wants]},
        recorded_by_id=actor.account_id,
        at=now,
    )
    return [*subscriptions, *places, consent]

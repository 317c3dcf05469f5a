"""A person's file (RGPD art. 15 and 20): every row of every table that names them, as one piece of data."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any

from sqlalchemy import ColumnElement, Table, false, or_, select
from sqlmodel import SQLModel, col

from server.accounts.actors import Actor
from server.accounts.audit import action, record
from server.core import clock
from server.core.database import ReadSession, WriteSession
from server.core.i18n import sentence
from server.core.secrets import Secrets
from server.core.templating import format_moment
from server.mailings.models import Mailing
from server.mailings.queries import address_hash
from server.municipalities.queries import list_places
from server.residents import queries
from server.residents.models import Resident, Topic
from server.residents.privacy import KEEPINGS, Keeping
from server.residents.words import CHANNELS, EDITIONS

EXPORTED = action("resident.exported", sentence("Exported somebody’s file"))
FORMAT = "tambour-personal-file-1"
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+\+00:00")
_YES, _NO = sentence("yes"), sentence("no")


@dataclass(frozen=True)
class Section:
    """One table of a file as people read it: why it is kept, and each row as what a column says and its value."""

    title: str
    purpose: str
    rows: list[list[tuple[str, str]]]


async def export_file(
    session: WriteSession, secrets: Secrets, municipality_id: int, actor: Actor, resident_id: int
) -> dict[str, Any]:
    """The file, and a line in the audit trail that it was taken out. Raises NotFound."""
    resident = await queries.get_resident(session, municipality_id, resident_id)
    await record(session, municipality_id, actor.account_id, EXPORTED, "resident", resident_id)
    return {
        "format": FORMAT,
        "made_at": clock.now().isoformat(),
        "topics": await _names(session, municipality_id),
        "places": {str(one.id): one.name for one in await list_places(session, municipality_id)},
        "mailings": await _subjects(session, resident),
        **{name: await rows_of(session, secrets, resident, name) for name, keeping in KEEPINGS.items() if keeping.tie},
    }


async def rows_of(session: ReadSession, secrets: Secrets, resident: Resident, name: str) -> list[dict[str, Any]]:
    """What one table says of somebody: the personal columns of their rows, and the row's own number."""
    keeping, table = KEEPINGS[name], SQLModel.metadata.tables[name]
    wanted = [column for column in table.c if column.name in keeping.personal or column.name == "id"]
    query = select(*wanted).where(
        table.c["municipality_id"] == resident.municipality_id, _theirs(table, keeping, secrets, resident)
    )
    return [_plain(row) for row in (await session.execute(query)).mappings()]


def _theirs(table: Table, keeping: Keeping, secrets: Secrets, resident: Resident) -> ColumnElement[bool]:
    tie = table.c[keeping.tie]
    if keeping.tie == "address_hash":
        return tie == address_hash(secrets, resident.email) if resident.email else false()
    if keeping.tie == "email_key":
        by_email = tie == resident.email_key if resident.email_key else false()
        return or_(by_email, table.c["resident_id"] == resident.id)
    return tie == resident.id


async def _names(session: ReadSession, municipality_id: int) -> dict[str, str]:
    query = select(col(Topic.id), col(Topic.name)).where(col(Topic.municipality_id) == municipality_id)
    return {str(row[0]): row[1] for row in await session.execute(query)}


async def _subjects(session: ReadSession, resident: Resident) -> dict[str, str]:
    """What each message that went to them was called."""
    delivery = SQLModel.metadata.tables["delivery"]
    query = (
        select(col(Mailing.id), col(Mailing.subject))
        .join(delivery, delivery.c["mailing_id"] == col(Mailing.id))
        .where(
            delivery.c["municipality_id"] == resident.municipality_id,
            delivery.c["recipient"] == resident.id,
        )
    )
    return {str(row[0]): row[1] for row in await session.execute(query)}


def readable(content: Mapping[str, Any]) -> list[Section]:
    """The file in words: the same tables, in the order and with the sentences of the privacy page."""
    names = {"topic_id": content["topics"], "mailing_id": content["mailings"], "place_id": content["places"]}
    names |= {"channel": {one.value: str(words) for one, words in CHANNELS.items()}}
    names |= {"edition": {one.value: str(words) for one, words in EDITIONS.items()}}
    return [
        Section(str(keeping.title), str(keeping.purpose), [_in_words(row, keeping, names) for row in content[table]])
        for table, keeping in KEEPINGS.items()
        if content.get(table)
    ]


def _in_words(
    row: Mapping[str, Any], keeping: Keeping, names: Mapping[str, Mapping[str, str]]
) -> list[tuple[str, str]]:
    """Columns that say the same thing are one line: an address, the days of a pause. Copies for searching say nothing new."""
    said: dict[str, list[str]] = {}
    for column, meaning in keeping.personal.items():
        value = row.get(column)
        if value not in (None, "", [], {}) and not column.endswith("_key"):
            words = names.get(column, {}).get(str(value)) or _spoken(value)
            said.setdefault(str(meaning), []).append(words)
    return [(meaning, ", ".join(dict.fromkeys(words))) for meaning, words in said.items()]


def _spoken(value: Any) -> str:
    if isinstance(value, bool):
        return str(_YES if value else _NO)
    if isinstance(value, dict):
        return ", ".join(f"{name}: {_spoken(one)}" for name, one in value.items())
    if isinstance(value, list):
        return ", ".join(_spoken(one) for one in value)
    if isinstance(value, str) and _MOMENT.fullmatch(value):
        return format_moment(datetime.fromisoformat(value))
    return str(value)


def _plain(row: Mapping[Any, Any]) -> dict[str, Any]:
    return {str(name): _value(value) for name, value in row.items()}


def _value(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value.value if isinstance(value, Enum) else value

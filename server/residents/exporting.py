"""The list taken out as a table, in columns that the import knows again. Personal data leaves: it is written down who took it."""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import replace

from server.accounts.actors import Actor
from server.accounts.audit import action, record
from server.core.database import ReadSession, WriteSession
from server.core.i18n import sentence
from server.core.tables import as_table
from server.residents import queries
from server.residents.models import Channel
from server.residents.queries import ResidentFilter, ResidentLine
from server.web.pagination import Slice

TAKEN_OUT = action("residents.exported", sentence("Took the list of people out"))
COLUMNS = {
    "name": sentence("Full name"),
    "email": sentence("Email"),
    "phone": sentence("Phone"),
    "address_inside": sentence("Inside"),
    "address_outside": sentence("Outside"),
    "address_street": sentence("Street"),
    "address_locality": sentence("Locality"),
    "postcode": sentence("Postcode"),
    "post_town": sentence("Post town"),
    "edition": sentence("Edition"),
    "language": sentence("Language"),
    "channel": sentence("Channel"),
    "topics": sentence("Topics"),
}
_OF_PERSON = tuple(COLUMNS)[:-2]
_AT_ONCE = 1_000


async def export_list(session: WriteSession, municipality_id: int, actor: Actor, wanted: ResidentFilter) -> str:
    """Everybody `wanted` shows who stays on the list, a line for each way they receive by."""
    names = {topic.id: topic.name for topic in await queries.list_all_topics(session, municipality_id)}
    rows: list[Sequence[str]] = [[str(words) for words in COLUMNS.values()]]
    people = 0
    async for line in _people(session, municipality_id, replace(wanted, has_left=False)):
        rows += _rows(line, names)
        people += 1
    await record(session, municipality_id, actor.account_id, TAKEN_OUT, "list", None, {"people": people})
    return as_table(rows)


async def _people(session: ReadSession, municipality_id: int, wanted: ResidentFilter) -> AsyncIterator[ResidentLine]:
    number = 1
    while (part := await queries.list_residents(session, municipality_id, wanted, Slice(number, _AT_ONCE))).items:
        for line in part.items:
            yield line
        number += 1


def _rows(line: ResidentLine, names: Mapping[int, str]) -> Iterator[list[str]]:
    person = [str(getattr(line.resident, name) or "") for name in _OF_PERSON]
    for channel in line.channels:
        topics = [names[want.topic_id] for want in line.wants if want.channel is channel]
        yield [*person, Channel(channel).value, ", ".join(topics)]

"""What the lines of somebody else's list mean in this town: channels, topics, places, and who cannot be reached."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from pydantic import ValidationError

from server.core.database import ReadSession
from server.core.errors import Invalid
from server.core.i18n import Message, sentence
from server.core.search import searchable
from server.municipalities.queries import list_places
from server.residents import queries
from server.residents.addresses import email_key
from server.residents.csv_rows import Row, is_damaged
from server.residents.models import Channel, ConsentWay, Edition
from server.residents.rules import check_reachable
from server.residents.schemas import ResidentDraft
from server.web.forms import sentences_of

Value = TypeVar("Value")

_CHANNELS: Mapping[str, Channel] = {
    **dict.fromkeys(("email", "e-mail", "mail", "courriel", "mel"), Channel.EMAIL),
    **dict.fromkeys(("post", "poste", "courrier", "par la poste", "timbre"), Channel.POST),
    **dict.fromkeys(("hand", "main", "boite", "boite aux lettres", "portage", "a la main"), Channel.HAND),
    **dict.fromkeys(("counter", "accueil", "guichet", "mairie", "a retirer"), Channel.COUNTER),
}
_EDITIONS: Mapping[str, Edition] = {
    **dict.fromkeys(("", "standard", "normale"), Edition.STANDARD),
    **dict.fromkeys(("large_print", "large print", "gros caracteres", "grands caracteres"), Edition.LARGE_PRINT),
    **dict.fromkeys(("easy_read", "easy read", "falc", "facile a lire"), Edition.EASY_READ),
}


@dataclass(frozen=True)
class BadRow:
    line: int
    message: Message


@dataclass(frozen=True)
class ListReader:
    """The words of a row, in this town's terms."""

    topics: Mapping[str, int]
    default_topics: Sequence[int]
    places: Mapping[str, int]

    @classmethod
    async def of(cls, session: ReadSession, municipality_id: int, topic_ids: Collection[int]) -> "ListReader":
        """`topic_ids`: for rows that name no topic; none: every topic. Raises Invalid for a topic of another town."""
        topics = await queries.list_topics(session, municipality_id)
        if not set(topic_ids) <= {topic.id for topic in topics}:
            raise Invalid({"topic_ids": sentence("Choose one of the topics of the list.")})
        by_name = {searchable(name): topic.id for topic in topics for name in (topic.slug, topic.name)}
        places = {searchable(place.name): place.id for place in await list_places(session, municipality_id)}
        return cls(by_name, list(topic_ids) or [topic.id for topic in topics], places)

    def read(self, rows: Sequence[Row]) -> tuple[list[ResidentDraft], list[BadRow]]:
        """The people, and the lines that cannot be used."""
        people: list[ResidentDraft] = []
        bad: list[BadRow] = []
        seen: set[str] = set()
        for row in rows:
            try:
                person = self._person(row)
            except Invalid as refusal:
                bad += [BadRow(row.line, message) for message in refusal.fields.values()]
                continue
            key = email_key(person.email)
            if key and key in seen:
                bad.append(BadRow(row.line, sentence("This address stands in the list twice.")))
            seen.add(key)
            people.append(person)
        return people, bad

    def _person(self, row: Row) -> ResidentDraft:
        cells = dict(row.cells)
        if row.is_too_long:
            raise Invalid(
                {"": sentence("This line has more cells than the first one: put such text in quotation marks.")}
            )
        if any(is_damaged(cell) for cell in cells.values()):
            raise Invalid({"": sentence("The accents of this line are damaged: save the list as “CSV UTF-8”.")})
        if first_name := cells.pop("first_name", ""):
            cells["name"] = f"{first_name} {cells.get('name', '')}".strip()
        channel = self._channel(cells.pop("channel", ""), cells)
        place = cells.pop("place", "")
        said = {
            "wants": [{"topic_id": topic_id, "channel": channel} for topic_id in self._topics(cells.pop("topics", ""))],
            "edition": _found(_EDITIONS, cells.pop("edition", ""), "edition"),
            "language": cells.pop("language", "").lower()[:2] or "fr",
            "place_ids": [_found(self.places, place, "place")] if place else [],
            "way": ConsentWay.IMPORT,
        }
        try:
            draft = ResidentDraft.model_validate({**cells, **said})
        except ValidationError as error:
            raise Invalid(sentences_of(error.errors())) from error
        check_reachable([channel], draft, draft.email)
        return draft

    def _channel(self, word: str, cells: Mapping[str, str]) -> Channel:
        """What the row says; else email if there is such an address, else the letterbox."""
        if not word:
            return Channel.EMAIL if cells.get("email") else Channel.HAND
        return _found(_CHANNELS, word, "channel")

    def _topics(self, words: str) -> list[int]:
        names = [name for name in words.replace("|", ",").replace(";", ",").split(",") if name.strip()]
        return [_found(self.topics, name, "topics") for name in names] or list(self.default_topics)


def _found(known: Mapping[str, Value], word: str, field: str) -> Value:
    try:
        return known[searchable(word)]
    except KeyError:
        raise Invalid({field: sentence("“{word}” is not known here.", word=word[:60])}) from None

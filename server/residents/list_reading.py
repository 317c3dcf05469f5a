"""What the rows of somebody else's list mean in this town: channels, topics, places, and who cannot be reached."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from pydantic import Field, ValidationError

from server.core.database import ReadSession
from server.core.errors import Invalid
from server.core.i18n import Message, sentence
from server.core.search import searchable
from server.core.secrets import Secrets
from server.core.tables import from_cell
from server.mailings.queries import address_hash
from server.municipalities.queries import list_places
from server.residents import queries
from server.residents.addresses import email_key
from server.residents.import_models import Outcome
from server.residents.keys import keys_of
from server.residents.lists.columns import Standing, bare_person, standing_of
from server.residents.lists.letters import is_damaged
from server.residents.lists.reading import Table
from server.residents.models import Channel, Edition
from server.residents.rules import check_reachable
from server.residents.schemas import OptionalEmail, PostalAddress
from server.web.fields import Phone
from server.web.forms import sentences_of

Value = TypeVar("Value")
Staged = dict[str, Any]
"""A row of quarantine, column by column."""

_CHANNELS: Mapping[str, Channel] = {
    **dict.fromkeys(("email", "e-mail", "mail", "courriel", "mel"), Channel.EMAIL),
    **dict.fromkeys(("post", "poste", "courrier", "par la poste", "timbre"), Channel.POST),
    **dict.fromkeys(("hand", "letterbox", "main", "boite", "boite aux lettres", "portage", "a la main"), Channel.HAND),
    **dict.fromkeys(("counter", "accueil", "guichet", "mairie", "a retirer"), Channel.COUNTER),
}
_EDITIONS: Mapping[str, Edition] = {
    **dict.fromkeys(("", "standard", "normale"), Edition.STANDARD),
    **dict.fromkeys(("large_print", "large print", "gros caracteres", "grands caracteres"), Edition.LARGE_PRINT),
    **dict.fromkeys(("easy_read", "easy read", "falc", "facile a lire"), Edition.EASY_READ),
}
_UNKNOWN: Mapping[str, Message] = {
    "channel": sentence("“{word}” is no way to receive the letter: write email, post, letterbox or counter."),
    "topics": sentence("No topic of the town is called “{word}”."),
    "place": sentence("No sector or street of the town is called “{word}”."),
    "edition": sentence("“{word}” is no edition: write standard, large print or easy read."),
}
_WORST = list(Standing)
"""The last counts most."""
_OUTCOMES = {Standing.JOINED: Outcome.NEW, Standing.LEFT: Outcome.LEFT, Standing.DEAD: Outcome.DEAD}
_WRITTEN = (*PostalAddress.model_fields, "phone", "edition", "language")


class ListedPerson(PostalAddress):
    """What a row says of somebody in words; the rest of it stands for something of the town's."""

    phone: Phone = Field(default="", max_length=40)
    email: OptionalEmail = ""


@dataclass
class ListReader:
    """The words of a row, in this town's terms; it remembers which addresses and doors it has seen."""

    secrets: Secrets
    topics: Mapping[str, int]
    default_topics: Sequence[int]
    places: Mapping[str, int]
    seen: set[str] = field(default_factory=set)

    @classmethod
    async def of(
        cls, session: ReadSession, secrets: Secrets, municipality_id: int, topic_ids: Collection[int]
    ) -> "ListReader":
        """`topic_ids`: for rows that name no topic; none: every topic."""
        topics = await queries.list_topics(session, municipality_id)
        by_name = {searchable(name): topic.id for topic in topics for name in (topic.slug, topic.name)}
        places = {searchable(place.name): place.id for place in await list_places(session, municipality_id)}
        return cls(secrets, by_name, list(topic_ids) or [topic.id for topic in topics], places)

    def stage(self, table: Table, fields: Sequence[str], number: int, cells: Sequence[str]) -> Staged:
        """One row, ready for quarantine; one that cannot be used says why."""
        row: Staged = {"number": number, "sheet": table.name[-120:], "problem": {}}
        try:
            return row | self._person(table, fields, cells)
        except Invalid as refusal:
            message = next(iter(refusal.fields.values()))
            return row | {"outcome": Outcome.BAD, "problem": as_data(message)} | _nobody()

    def _person(self, table: Table, fields: Sequence[str], cells: Sequence[str]) -> Staged:
        named = self._named(table, fields, cells)
        standing = table.standing
        if table.header and (said := standing_of(table.header, cells)) is not Standing.JOINED:
            standing = max(standing, said, key=_WORST.index)
        if standing is not Standing.JOINED:
            # Of somebody who left, the address is all that is kept, as a mark.
            named = {"email": named.get("email", "")}
            if not named["email"]:
                raise Invalid({"email": sentence("They left, and there is no address to bar.")})
        row = self._words(named)
        key = row["email_key"]
        row |= keys_of(row)
        mark = key or f"{row['name_key']}/{row['door_key']}"
        outcome = Outcome.TWICE if mark in self.seen else _OUTCOMES[standing]
        self.seen.add(mark)
        return row | {"outcome": outcome, "address_hash": address_hash(self.secrets, key) if key else ""}

    def _named(self, table: Table, fields: Sequence[str], cells: Sequence[str]) -> dict[str, str]:
        if not table.header:
            email, name = bare_person(cells)
            return {"email": email, "name": name}
        if any(cell.strip() for cell in cells[len(table.header) :]):
            raise Invalid(
                {"": sentence("This line has more cells than the first one: put such text in quotation marks.")}
            )
        named = {
            name: from_cell(words)
            for name, cell in zip(fields, cells, strict=False)
            if name and name != "standing" and (words := cell.strip())
        }
        if any(map(is_damaged, named.values())):
            raise Invalid({"": sentence("The accents of this line are damaged: save the list as “CSV UTF-8”.")})
        parts = [named.pop("first_name", ""), named.pop("last_name", "")]
        if any(parts):
            named["name"] = named.get("name") or " ".join(part for part in parts if part)
        return named

    def _words(self, named: dict[str, str]) -> Staged:
        """The person, and what they receive as quarantine writes it: "12:email,13:email"."""
        channel = self._channel(named.pop("channel", ""), named)
        topic_ids = self._topics(named.pop("topics", ""))
        place = named.pop("place", "")
        said = {
            "edition": _found(_EDITIONS, named.pop("edition", ""), "edition"),
            "language": "en" if named.pop("language", "").lower()[:2] == "en" else "fr",
            "place_id": _found(self.places, place, "place") if place else None,
            "wants": ",".join(f"{topic_id}:{channel}" for topic_id in topic_ids),
        }
        try:
            person = ListedPerson.model_validate(named)
        except ValidationError as error:
            raise Invalid(sentences_of(error.errors())) from error
        check_reachable([channel], person, person.email)
        key = email_key(person.email) if person.email else None
        return {**person.__dict__, **said, "email": person.email or None, "email_key": key}

    def _channel(self, word: str, named: Mapping[str, str]) -> Channel:
        """What the row says; else email if there is such an address, else the letterbox."""
        if not word:
            return Channel.EMAIL if named.get("email") else Channel.HAND
        return _found(_CHANNELS, word, "channel")

    def _topics(self, words: str) -> Sequence[int]:
        if not words:
            return self.default_topics
        names = [name for name in words.replace("|", ",").replace(";", ",").split(",") if name.strip()]
        return [_found(self.topics, name, "topics") for name in names] or self.default_topics


def as_data(message: Message) -> dict[str, object]:
    """A sentence to keep: what it says and what fills it, in nobody's language."""
    params = {name: as_data(one) if isinstance(one, Message) else one for name, one in message.params.items()}
    return {"msgid": message.msgid, "params": params}


def as_message(problem: Mapping[str, Any]) -> Message:
    """The sentence again."""
    params = {name: as_message(one) if isinstance(one, dict) else one for name, one in problem["params"].items()}
    words: str = problem["msgid"]
    return Message(words, params)


def _nobody() -> Staged:
    empty = dict.fromkeys((*_WRITTEN, "list_key", "search_key", "name_key", "door_key", "phone_key"), "")
    written: Staged = {"email": None, "email_key": None, "address_hash": "", "wants": "", "place_id": None}
    return empty | written | {"edition": Edition.STANDARD, "language": "fr"}


def _found(known: Mapping[str, Value], word: str, field_name: str) -> Value:
    try:
        return known[searchable(word)]
    except KeyError:
        raise Invalid({field_name: sentence(_UNKNOWN[field_name].msgid, word=word[:60])}) from None

"""What channels, editions and proofs are called, for people."""

from collections.abc import Collection, Mapping

from server.core.i18n import Message, sentence
from server.residents.alike import Sign
from server.residents.import_models import ImportState, Outcome
from server.residents.models import Channel, ConsentAct, ConsentWay, Edition, Topic
from server.residents.schemas import Want

CHANNELS: Mapping[Channel, Message] = {
    Channel.EMAIL: sentence("by email"),
    Channel.POST: sentence("by post"),
    Channel.HAND: sentence("in the letterbox"),
    Channel.COUNTER: sentence("at the counter"),
}
EDITIONS: Mapping[Edition, Message] = {
    Edition.STANDARD: sentence("Ordinary letters"),
    Edition.LARGE_PRINT: sentence("Large print"),
    Edition.EASY_READ: sentence("Easy to read: short sentences, simple words"),
}
WAYS: Mapping[ConsentWay, Message] = {
    ConsentWay.WEB: sentence("on the website"),
    ConsentWay.ONE_CLICK: sentence("by one click in a mail program"),
    ConsentWay.MAIL: sentence("by letter or mail to the town hall"),
    ConsentWay.PAPER: sentence("on a signed paper form"),
    ConsentWay.COUNTER: sentence("at the counter"),
    ConsentWay.TELEPHONE: sentence("by telephone"),
    ConsentWay.IMPORT: sentence("with a list that was imported"),
    ConsentWay.SILENCE: sentence("without an answer, three years after the last contact"),
}
ACTS: Mapping[ConsentAct, Message] = {
    ConsentAct.GIVEN: sentence("Joined"),
    ConsentAct.CHANGED: sentence("Changed"),
    ConsentAct.WITHDRAWN: sentence("Left"),
    ConsentAct.PAUSED: sentence("Paused"),
    ConsentAct.RESUMED: sentence("Resumed"),
    ConsentAct.MERGED: sentence("Two entries became one"),
}
SIGNS: Mapping[Sign, Message] = {
    Sign.EMAIL: sentence("same email address"),
    Sign.NAME: sentence("same name"),
    Sign.PHONE: sentence("same telephone"),
    Sign.DOOR: sentence("same door"),
}
IMPORT_STATES: Mapping[ImportState, tuple[str, Message]] = {
    ImportState.READING: ("wait", sentence("being read")),
    ImportState.READ: ("wait", sentence("in quarantine")),
    ImportState.WRITING: ("wait", sentence("being put on the list")),
    ImportState.DONE: ("done", sentence("on the list")),
    ImportState.REFUSED: ("bad", sentence("refused")),
    ImportState.DISCARDED: ("off", sentence("discarded")),
    ImportState.UNDONE: ("off", sentence("undone")),
}
OUTCOMES: Mapping[Outcome, Message] = {
    Outcome.NEW: sentence("to add"),
    Outcome.ADDED: sentence("added"),
    Outcome.KNOWN: sentence("on the list already"),
    Outcome.TWICE: sentence("in the file twice"),
    Outcome.BARRED: sentence("left or barred, not added"),
    Outcome.LEFT: sentence("left elsewhere, to bar"),
    Outcome.DEAD: sentence("dead mailboxes, to bar"),
    Outcome.SUPPRESSED: sentence("barred from now on"),
    Outcome.BAD: sentence("cannot be used"),
}
FIELD_NAMES: Mapping[str, Message] = {
    "name": sentence("whole name"),
    "last_name": sentence("surname"),
    "first_name": sentence("first name"),
    "email": sentence("email address"),
    "phone": sentence("telephone"),
    "channel": sentence("how it is brought"),
    "topics": sentence("topics"),
    "place": sentence("sector or street of interest"),
    "address_inside": sentence("flat, floor"),
    "address_outside": sentence("building, residence"),
    "address_street": sentence("number and street"),
    "address_locality": sentence("hamlet or P.O. box"),
    "postcode": sentence("postcode"),
    "post_town": sentence("town"),
    "edition": sentence("edition"),
    "language": sentence("language"),
}
_TOGETHER: tuple[tuple[Channel, ...], ...] = (
    (Channel.EMAIL,),
    (Channel.POST,),
    (Channel.HAND,),
    (Channel.COUNTER,),
    (Channel.EMAIL, Channel.POST),
    (Channel.EMAIL, Channel.HAND),
    (Channel.EMAIL, Channel.COUNTER),
)


def joined(channels: Collection[Channel]) -> str:
    """In one line and in the reader's language: "by email, in the letterbox"."""
    return ", ".join(str(CHANNELS[channel]) for channel in Channel if channel in channels)


def want_fields(topics: Collection[Topic], wants: Collection[Want]) -> list[dict[str, object]]:
    """One list per topic for a form: its value is the topic and its channels, "12:email+post"."""
    fields: list[dict[str, object]] = []
    for topic in topics:
        chosen = tuple(channel for channel in Channel if Want(topic_id=topic.id, channel=channel) in wants)
        offered = _TOGETHER if not chosen or chosen in _TOGETHER else (*_TOGETHER, chosen)
        options = [("", str(sentence("Not this one")))]
        options += [(_value(topic.id, channels), joined(channels)) for channels in offered]
        value = _value(topic.id, chosen) if chosen else ""
        fields.append({"name": topic.name, "about": topic.description, "options": options, "value": value})
    return fields


def typed_wants(values: Collection[str]) -> list[Want]:
    """What a form said, right or wrong, to fill it again: what cannot be understood is left out."""
    found: list[Want] = []
    for value in values:
        topic_id, _, channels = value.partition(":")
        known = [Channel(channel) for channel in channels.split("+") if channel in set(Channel)]
        if topic_id.isdecimal() and len(topic_id) < 18:
            found += [Want(topic_id=int(topic_id), channel=channel) for channel in known]
    return found


def _value(topic_id: int, channels: Collection[Channel]) -> str:
    return f"{topic_id}:{'+'.join(channels)}"

"""The names of things, for people."""

from collections.abc import Mapping

from server.core.i18n import Message, sentence
from server.coverage.ledger import Reason
from server.coverage.words import REASONS
from server.urgent.models import Confirmation, MessageType, UrgentKind

KINDS: dict[UrgentKind, Message] = {
    UrgentKind.WATER: sentence("Water"),
    UrgentKind.POWER: sentence("Power and heating"),
    UrgentKind.ROAD: sentence("Road"),
    UrgentKind.WEATHER: sentence("Weather and flood"),
    UrgentKind.HEALTH: sentence("Health"),
    UrgentKind.SCHOOL: sentence("School"),
    UrgentKind.FREE: sentence("Something else"),
}

TYPES: dict[MessageType, Message] = {
    MessageType.ALERT: sentence("Urgent"),
    MessageType.UPDATE: sentence("Update"),
    MessageType.CANCEL: sentence("All clear"),
}

CONFIRMATIONS: dict[Confirmation, Message] = {
    Confirmation.SECOND_PERSON: sentence("read and sent by a second person"),
    Confirmation.PASSWORD: sentence("sent by its author, password typed again"),
    Confirmation.OVERRIDE: sentence("sent by its author alone, without a password"),
}

WHYS: Mapping[Reason, Message] = {
    reason: sentence("receives on paper only") if reason is Reason.NOT_PRINTED else words
    for reason, (words, _) in REASONS.items()
}

EXERCISE = sentence("EXERCISE")

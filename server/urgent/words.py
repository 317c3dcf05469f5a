"""The names of things, for people."""

from server.core.i18n import Message, sentence
from server.urgent.models import Confirmation, MessageType, ToldWay, UrgentKind

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

TOLD: dict[ToldWay, Message] = {
    ToldWay.DOOR: sentence("told at the door"),
    ToldWay.PAPER: sentence("paper left"),
    ToldWay.CALL: sentence("told by telephone"),
}

EXERCISE = sentence("EXERCISE")

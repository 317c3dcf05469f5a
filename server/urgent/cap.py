"""The Common Alerting Protocol, version 1.2 (OASIS, 1 July 2010): one message as XML that other systems read.

It says what it is: a town hall's message. Nothing in it poses as the State's alert system.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from xml.etree import ElementTree as ET

from server.urgent.models import MessageType, UrgentKind

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"
MEDIA_TYPE = "application/cap+xml"

# (category, responseType) of CAP 1.2, 3.2.2.
_MEANING = {
    UrgentKind.WATER: ("Infra", "Prepare"),
    UrgentKind.POWER: ("Infra", "Prepare"),
    UrgentKind.ROAD: ("Transport", "Avoid"),
    UrgentKind.WEATHER: ("Met", "Prepare"),
    UrgentKind.HEALTH: ("Health", "Avoid"),
    UrgentKind.SCHOOL: ("Other", "Prepare"),
    UrgentKind.FREE: ("Other", "Monitor"),
}
_TYPES = {MessageType.ALERT: "Alert", MessageType.UPDATE: "Update", MessageType.CANCEL: "Cancel"}


@dataclass(frozen=True)
class Earlier:
    """A message this one updates or ends, as CAP refers to it."""

    identifier: str
    sent_at: datetime


@dataclass(frozen=True)
class CapMessage:
    """What a message needs to be told in CAP."""

    identifier: str
    sender: str
    """Who it is from, unique in the world: the mailbox the town writes from."""
    sender_name: str
    sent_at: datetime
    message_type: MessageType
    kind: UrgentKind
    is_exercise: bool
    earlier: Sequence[Earlier]
    language: str
    event: str
    headline: str
    description: str
    instruction: str
    area: str
    expires_at: datetime | None = None
    insee_code: str = ""
    contact: str = ""
    web: str = ""


def cap_document(message: CapMessage) -> bytes:
    """The message as an XML document in UTF-8. Elements stand in the order the schema asks for."""
    alert = ET.Element("alert", xmlns=NAMESPACE)
    _add(
        alert,
        identifier=message.identifier,
        sender=message.sender,
        sent=_moment(message.sent_at),
        status="Exercise" if message.is_exercise else "Actual",
        msgType=_TYPES[message.message_type],
        scope="Public",
        note=message.headline if message.is_exercise else "",
        references=" ".join(f"{message.sender},{one.identifier},{_moment(one.sent_at)}" for one in message.earlier),
    )
    _info(ET.SubElement(alert, "info"), message)
    ET.indent(alert)
    document: bytes = ET.tostring(alert, encoding="utf-8", xml_declaration=True)
    return document


def _info(info: ET.Element, message: CapMessage) -> None:
    category, response = _MEANING[message.kind]
    is_over = message.message_type is MessageType.CANCEL
    _add(
        info,
        language=message.language,
        category=category,
        event=message.event,
        responseType="AllClear" if is_over else response,
        urgency="Past" if is_over else "Immediate",
        severity="Minor" if is_over else "Unknown",
        certainty="Observed",
        expires=_moment(message.expires_at) if message.expires_at else "",
        senderName=message.sender_name,
        headline=message.headline,
        description=message.description,
        instruction=message.instruction,
        web=message.web,
        contact=message.contact,
    )
    area = ET.SubElement(info, "area")
    _add(area, areaDesc=message.area)
    if message.insee_code:
        _add(ET.SubElement(area, "geocode"), valueName="INSEE", value=message.insee_code)


def _add(parent: ET.Element, **children: str) -> None:
    """Children with words in them, in this order; an empty one is left out."""
    for name, words in children.items():
        if words:
            ET.SubElement(parent, name).text = words


def _moment(moment: datetime) -> str:
    """CAP writes UTC as -00:00 and never as Z (1.2, 3.3.2)."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S-00:00")

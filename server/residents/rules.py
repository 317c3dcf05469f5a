"""What a channel needs to reach somebody, and the limits that keep the form from writing to who asked nothing."""

from collections.abc import Collection
from datetime import timedelta
from typing import Protocol

from server.core.errors import Invalid
from server.core.i18n import Message, sentence
from server.residents.models import Channel

FORGOTTEN_AFTER = timedelta(days=14)
"""An address nobody confirmed."""
PAPER_WAITS = timedelta(days=60)
"""A request for paper: a counter may be closed for the holidays."""
ASKED_AGAIN_AFTER = timedelta(days=3 * 365 - 90)
"""Since the last contact: they are asked whether they still want it. Three years are what the CNIL advises at most."""
ANSWER_WITHIN = timedelta(days=90)
"""Then nothing more is sent by email. Paper goes on until somebody at the counter has asked: silence there proves nothing."""
KEPT_AFTER_LEAVING = timedelta(days=3 * 365)
"""The proof that somebody joined and left."""

# Confirmations sent, at most. An address stands for a person: tags and dots are taken away first.
PER_ADDRESS_AND_TOWN = (1, timedelta(days=1))
PER_ADDRESS = (3, timedelta(days=1))
PER_INSTANCE = (2_000, timedelta(hours=1))
# Forms sent from one network, at most: a school or a café is one, and so is most of a village on its telephones.
PER_NETWORK = (30, timedelta(hours=1))
PAPER_PER_NETWORK = (6, timedelta(hours=1))
PAPER_PER_TOWN = (200, timedelta(days=1))


def per_town(population: int) -> tuple[int, timedelta]:
    """Confirmations of one town: a twentieth of its people in an hour would be a triumph, or an attack."""
    return max(60, population // 20), timedelta(hours=1)


class Reachable(Protocol):
    """Whatever says where somebody is."""

    name: str
    address_street: str
    address_locality: str
    postcode: str
    post_town: str


_NAME = sentence("Write the name that stands on the letterbox.")
_COUNTER_NAME = sentence("Write the name that will be asked for at the counter.")
_STREET = sentence("Write the number and the street.")


def check_callable(agrees: bool, phone: str) -> None:
    """Raise Invalid for somebody who may be telephoned on an urgent day, and gave no number."""
    if agrees and not phone:
        raise Invalid({"phone": sentence("Write the number to call, or take the tick away below it.")})


def check_reachable(channels: Collection[Channel], person: Reachable, email: str | None) -> None:
    """Raise Invalid with a sentence for each answer that a channel needs and that is missing."""
    missing: dict[str, Message] = {}
    if Channel.EMAIL in channels and not email:
        missing["email"] = sentence("Write the email address, or choose another way to receive.")
    if not person.name and not {Channel.POST, Channel.HAND}.isdisjoint(channels):
        missing["name"] = _NAME
    if not person.name and Channel.COUNTER in channels:
        missing.setdefault("name", _COUNTER_NAME)
    if Channel.HAND in channels and not (person.address_street or person.address_locality):
        missing["address_street"] = _STREET
    if Channel.POST in channels:
        if not (person.address_street or person.address_locality):
            missing["address_street"] = _STREET
        if not person.postcode:
            missing["postcode"] = sentence("Write the postcode.")
        if not person.post_town:
            missing["post_town"] = sentence("Write the town of the postal address.")
    if missing:
        raise Invalid(missing)

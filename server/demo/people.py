"""Three hundred residents who do not exist, the same ones every time."""

import json
import random
import unicodedata
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from server.residents.models import Channel, ConsentWay, Edition

RESIDENTS = 300
ON_THE_OLD_LIST = 220
_SEED = 41999
_PAPER = ((Channel.HAND, 60), (Channel.POST, 26), (Channel.COUNTER, 14))
_WAYS_OF_PAPER = (ConsentWay.PAPER, ConsentWay.COUNTER, ConsentWay.TELEPHONE)
_WAYS_OF_EMAIL = (ConsentWay.PAPER, ConsentWay.WEB)


@dataclass(frozen=True)
class Person:
    """Somebody who asked to receive something: what a coupon or the form on the web would say."""

    name: str
    email: str | None
    phone: str
    street: str
    number: str
    sector: str
    channel: Channel
    edition: Edition
    topics: tuple[str, ...]
    way: ConsentWay
    joined_before: int
    """How many days before the demonstration starts."""


@cache
def town_data() -> dict[str, Any]:
    data: dict[str, Any] = json.loads((Path(__file__).parent / "town.json").read_text(encoding="utf-8"))
    return data


@cache
def people() -> tuple[Person, ...]:
    """Everybody, in the order in which they joined."""
    chance = random.Random(_SEED)  # noqa: S311  it makes up names, not secrets
    channels = [channel for channel, count in _PAPER for _ in range(count)]
    channels += [Channel.EMAIL] * (RESIDENTS - len(channels))
    chance.shuffle(channels)
    taken: set[str] = set()
    everybody = [_person(chance, channel, taken) for channel in channels]
    everybody[:ON_THE_OLD_LIST] = [_imported(person) for person in everybody[:ON_THE_OLD_LIST]]
    return tuple(sorted(everybody, key=lambda person: (-person.joined_before, person.name)))


def _person(chance: random.Random, channel: Channel, taken: set[str]) -> Person:
    data = town_data()
    name = _new_name(chance, taken)
    sector = chance.choice(data["sectors"])
    street, last_number = chance.choice(sector["streets"])
    by_email = channel is Channel.EMAIL
    return Person(
        name=name,
        email=f"{_mailbox(name)}@{chance.choice(data['mailboxes'])}" if by_email else None,
        phone=""
        if by_email and chance.random() < 0.8
        else f"02 61 91 {chance.randint(1, 99):02} {chance.randint(0, 99):02}",
        street=street,
        number=str(chance.randint(1, last_number)) + (" bis" if chance.random() < 0.04 else ""),
        sector=sector["name"],
        channel=channel,
        edition=Edition.LARGE_PRINT if not by_email and chance.random() < 0.25 else Edition.STANDARD,
        topics=_topics(chance, data["topics"]),
        way=chance.choice(_WAYS_OF_EMAIL if by_email else _WAYS_OF_PAPER),
        joined_before=chance.randint(1, 340),
    )


def _imported(person: Person) -> Person:
    """On the list that the town hall had before: they all came on one day."""
    return replace(person, way=ConsentWay.IMPORT, joined_before=345)


def _new_name(chance: random.Random, taken: set[str]) -> str:
    data = town_data()
    while True:
        name = f"{chance.choice(data['given_names'])} {chance.choice(data['surnames'])}"
        if name not in taken:
            taken.add(name)
            return name


def _topics(chance: random.Random, topics: list[dict[str, Any]]) -> tuple[str, ...]:
    chosen = tuple(topic["slug"] for topic in topics if chance.random() < topic["share"])
    return chosen or (topics[0]["slug"],)


def _mailbox(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.lower()).encode("ascii", "ignore").decode()
    return ".".join("".join(sign if sign.isalnum() else " " for sign in plain).split())

"""What a person is found by: each key is made of what was written down, folded, so that accents and order do not matter. Pure."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from server.core.search import searchable

# Bytes: both keys stand in one entry of an index, which holds 2,700 at most.
_LIST_KEY = 500
_SEARCH_KEY = 1_600
_ADDRESS = ("address_inside", "address_outside", "address_street", "address_locality")
_WORD = re.compile(r"[^\W_]+")
_NO_FIGURE = re.compile(r"\D+")
_OF_NAMES = "m mr mme mlle monsieur madame mademoiselle et ou famille de du des d la le les l"
_TITLES = frozenset(_OF_NAMES.split())
_OF_STREETS = """
rue r avenue av ave boulevard bd bld place pl chemin ch che impasse imp allee all route rte quai square sq cours passage
pas sentier ruelle residence lotissement lot hameau lieu dit cite clos voie de du des d la le les l a au aux
"""
_STREETS = frozenset(_OF_STREETS.split())
_REPETITIONS = {"b": "bis", "t": "ter", "q": "quater"}
_NUMBER_WITH_LETTER = re.compile(r"\b(\d+)\s?(bis|ter|quater|[a-z])\b")


def words_of(text: str) -> list[str]:
    """The words of `text`, folded."""
    return _WORD.findall(searchable(text))


def name_key(name: str) -> str:
    """« Dupont, Mme Jeanne » and "jeanne dupont" are the same."""
    return _key_of_name(searchable(name))


def _key_of_name(folded: str) -> str:
    words = _WORD.findall(folded)
    return " ".join(sorted({word for word in words if word not in _TITLES} or set(words)))[:120]


def door_key(street: str, locality: str = "") -> str:
    """« 12 bis, rue du Lavoir » and "12B LAVOIR" are the same."""
    return _key_of_door(searchable(street or locality))


@lru_cache(maxsize=5_000)
def _key_of_door(folded: str) -> str:
    words = _NUMBER_WITH_LETTER.sub(_spelt_out, " ".join(_WORD.findall(folded))).split()
    return " ".join(sorted({word for word in words if word not in _STREETS} or set(words)))[:160]


def phone_key(phone: str) -> str:
    """+33 6 12 34 56 78 and 06.12.34.56.78 are the same."""
    figures = _figures(phone)
    for prefix in ("0033", "33"):
        if figures.startswith(prefix) and len(figures) >= len(prefix) + 9:
            return "0" + figures[len(prefix) :].removeprefix("0")
    return figures[:40]


def surname(name: str) -> str:
    """The family's name, folded: what is written in capitals, else the last word."""
    words = [word.strip(",;") for word in name.split()]
    capitals = [word for word in words if len(word) > 1 and word.isupper()]
    chosen = capitals if capitals and len(capitals) < len(words) else words[-1:]
    return " ".join(words_of(" ".join(chosen)))


def keys_of(person: Mapping[str, Any]) -> dict[str, str]:
    """All keys of a person, from the columns of `resident`."""
    name, email = searchable(person["name"]), (person.get("email") or "").strip().lower()
    inside, outside, street, locality = (_folded(person[line]) for line in _ADDRESS)
    phone = phone_key(person["phone"])
    typed = _figures(person["phone"])
    words = (
        *(name, searchable(email), inside, outside, street, locality),
        *(person["postcode"], _folded(person["post_town"]), typed, phone if phone != typed else ""),
    )
    return {
        "list_key": _cut(name or email, _LIST_KEY)[:254],
        "search_key": _cut(" ".join(filter(None, words)), _SEARCH_KEY)[:800],
        "name_key": _key_of_name(name),
        "door_key": _key_of_door(street or locality),
        "phone_key": phone,
    }


@lru_cache(maxsize=5_000)
def _folded(line: str) -> str:
    """Of an address: a town has few streets, and many people in each."""
    return searchable(line)


def _figures(phone: str) -> str:
    return _NO_FIGURE.sub("", phone)


def _spelt_out(found: re.Match[str]) -> str:
    return f"{found[1]} {_REPETITIONS.get(found[2], found[2])}"


def _cut(text: str, most_bytes: int) -> str:
    """As much of it as fits, without half a letter."""
    return text if len(text) * 4 <= most_bytes else text.encode()[:most_bytes].decode("utf-8", "ignore")

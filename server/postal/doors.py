"""The line with the street taken apart: number, repetition, name of the street."""

import re
from typing import NamedTuple

from server.postal.abbreviations import KIND_WORDS
from server.postal.capitals import bare

_REPETITIONS = {"BIS": "B", "TER": "T", "QUATER": "Q", "QUINQUIES": "C"}
_RANKS = {"": 0, "BIS": 2, "TER": 3, "QUATER": 4, "QUINQUIES": 5}
# "12", "12B", "12 bis", "12/14", "4 à 8": of two numbers the first one is the door's.
_NUMBER = re.compile(
    r"\s*(?:n[°º]\s*)?(?P<number>\d{1,5})(?P<glued>[A-Za-z]?)(?![\w°])"
    r"(?:\s*(?:/|-|–|à|a|et|&)\s*\d{1,5}[A-Za-z]?(?!\w))?[\s,]*",
)
_GLUED_WORD = re.compile(r"(?i)^(\s*(?:n[°º]\s*)?\d{1,5})\s*(bis|ter|quater|quinquies)\b")
_LETTER = re.compile(r"(?P<letter>[A-Za-z])[\s,]+(?P<next>[^\W\d_]+)")


class Door(NamedTuple):
    """`number` is 0 for a house without one; `repetition` BIS, TER, QUATER, QUINQUIES, a letter or nothing."""

    number: int
    repetition: str
    street: str

    @property
    def prefix(self) -> str:
        """Number and repetition as the post writes them: "12 B"."""
        return f"{self.number or ''} {postal_repetition(self.repetition)}".strip() if self.number else ""


def read_door(line: str) -> Door:
    """Take « 12 bis, rue de l’Église » apart; what has no number is a street alone."""
    line = " ".join(line.split())
    worded = _GLUED_WORD.match(line)
    if worded:
        return Door(int(re.sub(r"\D", "", worded[1])), worded[2].upper(), line[worded.end() :].strip(" ,"))
    found = _NUMBER.match(line)
    rest = line[found.end() :] if found else ""
    if not found or not rest or found["glued"] == "e":  # « 2e Avenue » is a name
        return Door(0, "", line)
    repetition = found["glued"].upper()
    if not repetition:
        repetition, rest = _lone_letter(rest)
    return Door(int(found["number"]), repetition, rest)


def _lone_letter(rest: str) -> tuple[str, str]:
    """« B rue Haute » has a repetition; « R Haute » is a street, and so is « A la Croix »."""
    found = _LETTER.match(rest)
    if not found:
        return "", rest
    letter, following = found["letter"].upper(), bare(found["next"])
    is_kind = following in KIND_WORDS and following != letter
    if is_kind or (letter not in "ADLR" and len(following) > 1):
        return letter, rest[found.start("next") :]
    return "", rest


def postal_repetition(repetition: str) -> str:
    """One letter: BIS is B."""
    return _REPETITIONS.get(repetition, repetition)


def as_repetition(text: str) -> str:
    """A repetition of an address file, as doors have it."""
    word = bare(text)
    return {letter: name for name, letter in _REPETITIONS.items()}.get(word, word) if word in {"B", "T", "Q"} else word


def repetition_rank(repetition: str) -> tuple[int, str]:
    """None, then A, B or BIS, C or TER … as the doors of a street follow each other."""
    known = _RANKS.get(repetition)
    if known is None:
        known = ord(repetition[0]) - ord("A") + 1 if "A" <= repetition[:1] <= "Z" else 99
    return known, repetition

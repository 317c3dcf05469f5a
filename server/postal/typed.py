"""An address out of what somebody typed or printed, in one line or several."""

import re

from server.postal.abbreviations import KIND_WORDS
from server.postal.address import Address
from server.postal.capitals import bare
from server.postal.doors import read_door

_BOX = re.compile(r"(?i)\b(?:b\.?p\.?|c\.?s\.?|tsa|cidex)\s*(?:n(?:[°º.]|o(?=\W?\d))?\s*)?\d{1,6}(?!\w)")
_POSTCODE = re.compile(r"(?<!\d)(\d{5})(?!\d)[\s,]*([^\d\n]*(?:\s\d{1,2})?)\s*$")
_FLOOR = re.compile(r"(?i)\b\d{1,2}(?:er|e|[eè]me)\s+[eé]tage\b")
_NUMBER_COMMA = re.compile(r"(?i)(\b\d{1,5}(?:\s?(?:bis|ter|quater|quinquies|[a-z]))?)\s*,\s*(?=\D)")
_PARTS = re.compile(r"\s*[,;\n]\s*|\s+[-–—]\s+")
_NUMBERED = re.compile(r"(?i)\s(\d{1,4}\s*(?:bis|ter|quater|quinquies|[a-z])?)\s+([^\W\d_]+)")
_COUNTRY = re.compile(r"(?i)\s*[,\n]\s*france\s*$")  # but Tremblay-en-France
_INSIDE = {"APPARTEMENT", "APPT", "APT", "APP", "ETAGE", "ESCALIER", "ESC", "CHEZ", "PORTE", "REZ", "LOGEMENT"}
_OUTSIDE = {"RESIDENCE", "RESID", "RES", "BATIMENT", "BAT", "IMMEUBLE", "IMM", "ENTREE", "TOUR", "BLOC", "PAVILLON"}


def read_typed(text: str, *, is_named: bool = False) -> Address:
    """Take an address apart. `is_named`: the first line is whoever lives there."""
    name, _, rest = text.strip().partition("\n") if is_named else ("", "", text.strip())
    rest = _COUNTRY.sub("", rest)
    boxes = _BOX.findall(rest)
    rest = _BOX.sub(" ", rest)
    floors = _FLOOR.findall(rest)
    rest = _FLOOR.sub(" ", rest)
    found = _POSTCODE.search(rest)
    postcode, post_town = (found[1], found[2].strip(" ,-\n")) if found else ("", "")
    rest = rest[: found.start()] if found else rest
    inside, outside, street, locality = _sorted_out(rest)
    return Address(
        name.strip(),
        ", ".join([*floors, *inside]),
        ", ".join(outside),
        " ".join(street.split()),
        ", ".join([*(" ".join(box.split()) for box in boxes), *locality]),
        postcode,
        post_town,
    )


def _sorted_out(text: str) -> tuple[list[str], list[str], str, list[str]]:
    """What stands inside the building, outside of it, in the street, and behind it."""
    text = _NUMBER_COMMA.sub(r"\1 ", text)
    parts = [part for piece in _PARTS.split(text) for part in _split_before_number(piece.strip(" ,-")) if part]
    if not parts:
        return [], [], "", []
    at = max(range(len(parts)), key=lambda index: (_likeness(parts[index]), -index))
    inside = [part for part in parts[:at] if _first(part) in _INSIDE]
    outside = [part for part in parts[:at] if _first(part) not in _INSIDE]
    behind = parts[at + 1 :]
    return inside, outside, parts[at], behind


def _likeness(part: str) -> int:
    """How much this part looks like the line with the street: a number counts most, a lone name least."""
    first = _first(part)
    if read_door(part).number:
        return 3
    if first in _INSIDE or first in _OUTSIDE:
        return 0
    return 2 if first in KIND_WORDS else 1


def _split_before_number(piece: str) -> list[str]:
    """« Immeuble Plein-Centre 60 avenue du Centre » is two lines; « Chemin départemental 13 » is one."""
    if read_door(piece).number or (_first(piece) in KIND_WORDS and _first(piece) not in _OUTSIDE):
        return [piece]
    found = _NUMBERED.search(piece)
    if found and bare(found[2]) in KIND_WORDS:
        return [piece[: found.start()].strip(" ,-"), piece[found.start() :].strip()]
    return [piece]


def _first(part: str) -> str:
    return next(iter(bare(part).split()), "")

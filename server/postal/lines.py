"""NF Z10-011: at most six lines of 38 signs, derived from an address, and what keeps a line from being printed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from server.core.i18n import Message, sentence, sentences
from server.postal.abbreviations import LONGEST_LABEL, TITLES, shortened
from server.postal.address import Address
from server.postal.capitals import bare, capitals, is_readable
from server.postal.doors import read_door

LONGEST_LINE = 38
_LAST_LINES = 3
_FIELDS = ("name", "inside", "outside", "street", "locality", "post_town")
_POSTCODE = 5


class Rule(StrEnum):
    """What an address may break. Everything else the post asks for is done by deriving the lines."""

    NAME = "name"
    DOOR = "door"
    POSTCODE = "postcode"
    POST_TOWN = "post_town"
    LENGTH = "length"
    LETTERS = "letters"


@dataclass(frozen=True, slots=True)
class Fault:
    """One rule broken by one field of the address. `excess`: how many signs are too many."""

    rule: Rule
    field: str
    excess: int = 0

    @property
    def message(self) -> Message:
        if self.rule is Rule.LENGTH:
            return sentences(
                "This line is {count} letter too long for an envelope: shorten it.",
                "This line is {count} letters too long for an envelope: shorten it.",
                count=self.excess,
            )
        return _WORDS[self.rule]


_WORDS: Mapping[Rule, Message] = {
    Rule.NAME: sentence("An envelope needs a name."),
    Rule.DOOR: sentence("An envelope needs a street, a hamlet or a post office box."),
    Rule.POSTCODE: sentence("A postcode has five digits."),
    Rule.POST_TOWN: sentence("An envelope needs the town behind the postcode."),
    Rule.LETTERS: sentence("This line has letters that the post cannot sort by: write it in Latin letters."),
}


@dataclass(frozen=True, slots=True)
class PostalBlock:
    """`lines` go on the envelope, `spoken` are for people. With `faults` the address is listed, never cut to fit."""

    lines: tuple[str, ...]
    spoken: tuple[str, ...]
    faults: tuple[Fault, ...]

    @property
    def is_printable(self) -> bool:
        return not self.faults


def postal_block(address: Address) -> PostalBlock:
    """The address for the post and for people, without its empty lines."""
    spoken = {field: " ".join(getattr(address, field).split()) for field in _FIELDS}
    spoken["post_town"] = f"{' '.join(address.postcode.split())} {spoken['post_town']}".strip()
    kept = [field for field in _FIELDS if spoken[field]]
    lines = {field: spoken[field] for field in kept}
    for field in kept[-_LAST_LINES:]:
        lines[field] = capitals(lines[field])
    for field in kept:
        if field in {"street", "locality", "post_town"}:
            lines[field] = _derived(field, address)
    lines = {field: line for field, line in lines.items() if line}
    return PostalBlock(tuple(lines.values()), tuple(spoken[field] for field in kept), tuple(_faults(address, lines)))


def _derived(field: str, address: Address) -> str:
    if field == "street":
        door = read_door(address.street)
        label, before = bare(door.street), door.prefix
        line = f"{before} {label}".strip()
        if len(label) <= LONGEST_LABEL and len(line) <= LONGEST_LINE:
            return line
        return f"{before} {shortened(label, min(LONGEST_LABEL, LONGEST_LINE - len(before) - 1))}".strip()
    if field == "locality":
        return bare(address.locality)
    return f"{bare(address.postcode).replace(' ', '')} {_short_town(bare(address.post_town))}".strip()


def _short_town(town: str) -> str:
    if len(town) <= LONGEST_LABEL:
        return town
    return " ".join(TITLES[word] if word in {"SAINT", "SAINTE"} else word for word in town.split())


def _faults(address: Address, lines: Mapping[str, str]) -> Iterator[Fault]:
    postcode = bare(address.postcode).replace(" ", "")
    if "name" not in lines:
        yield Fault(Rule.NAME, "name")
    if "street" not in lines and "locality" not in lines:
        yield Fault(Rule.DOOR, "street")
    if len(postcode) != _POSTCODE or not (postcode.isascii() and postcode.isdigit()):
        yield Fault(Rule.POSTCODE, "postcode")
    if not bare(address.post_town):
        yield Fault(Rule.POST_TOWN, "post_town")
    last = tuple(lines)[-_LAST_LINES:]
    for field, line in lines.items():
        if len(line) > LONGEST_LINE:
            yield Fault(Rule.LENGTH, field, len(line) - LONGEST_LINE)
        if (field in last or field in {"street", "locality", "post_town"}) and not is_readable(line):
            yield Fault(Rule.LETTERS, field)

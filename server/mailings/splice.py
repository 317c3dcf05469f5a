"""A message written once, with holes: a recipient's copy is the same bytes with the holes filled.

The holes of a body are 32 characters wide, so the lines of a copy are as long as those of the composed message. Stored
form: one line of JSON that says where the holes are, then the bytes without them: nothing in a text can look like one.
"""

import json
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from server.core.secrets import Secrets

HOLE_WIDTH = 32
_TOKEN = re.compile(rb"[A-Za-z0-9_-]{32}")
# What could end the line or add a second address; the rest of an address was judged when it was typed.
_UNSAFE_IN_ADDRESS = re.compile(r"[\x00-\x20\x7f-\xa0\u2028\u2029<>()\[\]\\\x22,;:\ud800-\udfff]")


class Hole(StrEnum):
    TO = "to"
    MESSAGE_ID = "message_id"
    LEAVE = "leave"
    PREFERENCES = "preferences"


class Filling(NamedTuple):
    """What one recipient's copy has in its holes."""

    to: bytes
    message_id: bytes
    leave: bytes
    preferences: bytes


class UnwritableAddress(ValueError):
    """The address cannot stand in a header."""


@dataclass(frozen=True, slots=True)
class ComposedMessage:
    """`holes[i]` stands between `pieces[i]` and `pieces[i + 1]`."""

    pieces: tuple[bytes, ...]
    holes: tuple[Hole, ...]

    @property
    def weight(self) -> int:
        """Bytes of a copy, its address apart."""
        return sum(map(len, self.pieces)) + HOLE_WIDTH * len(self.holes)

    def pack(self) -> bytes:
        """The bytes the database keeps."""
        plan = [[hole.value, len(piece)] for hole, piece in zip(self.holes, self.pieces, strict=False)]
        return json.dumps(plan).encode() + b"\n" + b"".join(self.pieces)

    @classmethod
    def unpack(cls, packed: bytes) -> "ComposedMessage":
        plan, _, content = packed.partition(b"\n")
        pieces, holes, start = [], [], 0
        for hole, length in json.loads(plan):
            holes.append(Hole(hole))
            pieces.append(content[start : start + length])
            start += length
        return cls((*pieces, content[start:]), tuple(holes))


def fill_for(
    secrets: Secrets, municipality_id: int, *, mailing_id: int, edition: str, recipient: int, address: str
) -> Filling:
    """The holes of one recipient: the same on every attempt, whoever sends.

    The address of RFC 8058's POST and of the page with the button is one, so both share the purpose "leave": whoever
    holds it can leave, and nothing else. Nothing here can be turned back into an address.
    """
    if _UNSAFE_IN_ADDRESS.search(_outside_quotes(address)) or "@" not in address:
        raise UnwritableAddress("this address cannot stand in a header")
    identity = f"{municipality_id}/{mailing_id}/{recipient}/{edition}".encode()
    return Filling(
        to=address.encode(),
        message_id=secrets.mac("message-id", identity).hex().encode(),
        leave=secrets.token_for("leave", municipality_id, max(recipient, 0)).encode(),
        preferences=secrets.token_for("preferences", municipality_id, max(recipient, 0)).encode(),
    )


def splice(composed: ComposedMessage, filling: Filling) -> bytes:
    """One recipient's copy. Costs microseconds."""
    if not (
        _TOKEN.fullmatch(filling.message_id)
        and _TOKEN.fullmatch(filling.leave)
        and _TOKEN.fullmatch(filling.preferences)
    ):
        raise ValueError("a hole has a fixed width")
    values = {
        Hole.TO: filling.to,
        Hole.MESSAGE_ID: filling.message_id,
        Hole.LEAVE: filling.leave,
        Hole.PREFERENCES: filling.preferences,
    }
    run = [composed.pieces[0]]
    for hole, piece in zip(composed.holes, composed.pieces[1:], strict=True):
        run += (values[hole], piece)
    return b"".join(run)


def _outside_quotes(address: str) -> str:
    """The address without what a quoted local part may hold: spaces and signs, but never a control."""
    local, at, domain = address.rpartition("@")
    if local[:1] == '"' == local[-1:] and len(local) > 1 and local.isprintable():
        local = ""
    return local + at + domain

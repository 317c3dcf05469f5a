"""A message as it goes between DATA and its answer (RFC 5321, 4.5.2): CRLF only, dots doubled, the final dot."""

import re
import secrets
from typing import NewType

from server.mailings.splice import ComposedMessage, Hole

Wire = NewType("Wire", bytes)
"""Bytes that end where they should: only this module makes them."""

_LINE_END = re.compile(rb"\r\n|\r|\n")


def on_the_wire(content: bytes) -> Wire:
    """A bare CR or LF left in could end the message at the next server before it ends here."""
    if content.count(b"\r\n") != content.count(b"\n") or content.count(b"\r") != content.count(b"\n"):
        content = _LINE_END.sub(b"\r\n", content)
    if not content.endswith(b"\r\n"):
        content += b"\r\n"
    if content.startswith(b"."):
        content = b"." + content
    return Wire(content.replace(b"\r\n.", b"\r\n..") + b".\r\n")


def off_the_wire(wire: Wire) -> bytes:
    """The message as the other side keeps it."""
    content = wire.removesuffix(b".\r\n").replace(b"\r\n..", b"\r\n.")
    return content[1:] if content.startswith(b"..") else content


def ready_for_the_wire(composed: ComposedMessage) -> ComposedMessage:
    """Do it once for all copies: what fills the holes holds neither line ends nor a dot where a line begins."""
    if any(hole is Hole.TO and piece.endswith((b"\r", b"\n")) for hole, piece in zip(composed.holes, composed.pieces)):  # noqa: B905  # one piece more
        raise ValueError("an address begins a line")
    marks = [secrets.token_hex(16).encode() for _ in composed.holes]
    run = [composed.pieces[0]]
    for mark, piece in zip(marks, composed.pieces[1:], strict=True):
        run += (mark, piece)
    rest: bytes = on_the_wire(b"".join(run))
    pieces = []
    for mark in marks:
        piece, _, rest = rest.partition(mark)
        pieces.append(piece)
    return ComposedMessage((*pieces, rest), composed.holes)

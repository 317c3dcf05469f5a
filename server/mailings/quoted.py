"""Quoted-printable that never breaks a hole: the marks stay whole, so that a line keeps its length whatever fills it."""

import re
from collections.abc import Iterator, Sequence

_ROW = 75  # one column is kept for the `=` that says "the line goes on" (RFC 2045, 6.7)
_LITERAL = {byte: bytes((byte,)) for byte in range(33, 127) if byte != ord("=")} | {32: b" ", 9: b"\t"}
_UNITS = [_LITERAL.get(byte, b"=%02X" % byte) for byte in range(256)]


def quoted_printable(text: str, marks: Sequence[str] = ()) -> bytes:
    """`text` as quoted-printable UTF-8 with CRLF line ends; each of `marks` is left in one piece."""
    whole = re.compile(b"|".join(re.escape(mark.encode()) for mark in marks) or b"(?!)")
    rows = [row for line in text.split("\n") for row in _rows(line.encode("utf-8", "replace"), whole)]
    return b"\r\n".join(rows)


def _rows(line: bytes, whole: re.Pattern[bytes]) -> Iterator[bytes]:
    row = bytearray()
    for unit in _units(line, whole):
        if len(row) + len(unit) > _ROW:
            yield bytes(row + b"=")
            row.clear()
        # A dot or a `From ` at the start of a row would be rewritten by some servers on the way.
        row += b"=%02X" % unit[0] if not row and unit in (b".", b"F") else unit
    yield bytes(row)


def _units(line: bytes, whole: re.Pattern[bytes]) -> Iterator[bytes]:
    """What may not be cut: a mark, or one byte as it is written."""
    start = 0
    for mark in whole.finditer(line):
        yield from (_UNITS[byte] for byte in line[start : mark.start()])
        yield mark.group()
        start = mark.end()
    rest = line[start:]
    if rest.endswith((b" ", b"\t")):  # white space at the end of a line does not survive the way
        yield from (_UNITS[byte] for byte in rest[:-1])
        yield b"=%02X" % rest[-1]
    else:
        yield from (_UNITS[byte] for byte in rest)

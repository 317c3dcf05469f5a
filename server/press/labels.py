"""Addresses on sheets of labels and on envelopes; where a sheet begins and how far a printer is off are told, not guessed."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from server.core.i18n import sentence
from server.press import process
from server.press.issue import Issuer
from server.press.post import PITCH_MM, Lines, checked, in_chunks
from server.press.sheet import Print, Sheet

_AT_ONCE = 200  # sheets in one file
_ENVELOPES_AT_ONCE = 500
_INSET = 3.0  # mm: no printer is exact
_SECONDS = 60.0
_FARTHEST = 10.0  # mm: what is farther off is not a printer's offset
_RULER = sentence(
    "{sheet}, printed at 100 %. Lay this page over a sheet of labels, against the light: what the frames are too far "
    "right or too low, in millimetres, is typed with a minus sign; too far left or too high, without."
)


@dataclass(frozen=True, slots=True)
class LabelSheet:
    """A sheet of the trade, in millimetres."""

    name: str
    width: float
    height: float
    columns: int
    rows: int
    left: float
    top: float
    pitch_x: float
    pitch_y: float

    @property
    def labels(self) -> int:
        return self.columns * self.rows

    @property
    def room(self) -> int:
        """How many characters a line holds."""
        return int((self.width - 2 * _INSET) / PITCH_MM)


SHEETS: Mapping[str, LabelSheet] = {
    sheet.name: sheet
    for sheet in (
        LabelSheet("L7163", 99.1, 38.1, 2, 7, 4.63, 15.15, 101.64, 38.1),
        LabelSheet("L7160", 63.5, 38.1, 3, 7, 7.21, 15.15, 66.04, 38.1),
        LabelSheet("L7159", 63.5, 33.9, 3, 8, 7.21, 12.90, 66.04, 33.9),
        LabelSheet("L7162", 99.1, 33.9, 2, 8, 4.63, 12.90, 101.64, 33.9),
        LabelSheet("L7165", 99.1, 67.7, 2, 4, 4.63, 13.10, 101.64, 67.7),
    )
}
USUAL = "L7163"

EnvelopeFormat = Literal["dl", "c5"]
_ENVELOPES = {
    "dl": (220.0, 110.0, 104.0, 54.0),
    "c5": (229.0, 162.0, 112.0, 92.0),
}  # width, height, left, top of the lines


@dataclass(frozen=True, slots=True)
class Placing:
    """Which label is the first free one of the first sheet, and by how many millimetres all are moved."""

    sheet: LabelSheet = SHEETS[USUAL]
    start: int = 1
    right_mm: float = 0.0
    down_mm: float = 0.0

    def __post_init__(self) -> None:
        if not 1 <= self.start <= self.sheet.labels:
            raise ValueError(f"{self.sheet.name} has labels 1 to {self.sheet.labels}")
        if max(abs(self.right_mm), abs(self.down_mm)) > _FARTHEST:
            raise ValueError(f"a printer is not {_FARTHEST:g} mm off")


async def print_labels(addresses: Sequence[Lines], placing: Placing) -> AsyncIterator[bytes]:
    """One label for each address, in their order, so many sheets to a file. Raises PressError before the first file."""
    checked("labels", addresses, placing.sheet.room)
    a_file = _AT_ONCE * placing.sheet.labels
    for first, chunk in in_chunks(addresses, a_file - placing.start + 1, a_file):
        start = placing.start - 1 if first == 1 else 0
        made = await process.compile_sheet(_labels(placing, addresses=chunk, start=start, first=first))
        yield made.pdf


async def print_ruler(placing: Placing) -> Print:
    """The frames of the labels and two rulers, to lay over a sheet. Raises PressError."""
    words = str(sentence(_RULER.msgid, sheet=placing.sheet.name))
    return await process.compile_sheet(_labels(placing, ruler=True, words=words))


async def print_envelopes(
    addresses: Sequence[Lines],
    issuer: Issuer,
    format: EnvelopeFormat = "dl",  # noqa: A002  the trade's word
) -> AsyncIterator[bytes]:
    """One envelope for each address, in their order. Raises PressError before the first file."""
    width, height, x, y = _ENVELOPES[format]
    checked("envelope", addresses, int((width - x - 12) / PITCH_MM))
    place = {"width": width, "height": height, "x": x, "y": y}
    words = {"title": issuer.name, "issuer": issuer.name, "sender": issuer.address}
    for first, chunk in in_chunks(addresses, _ENVELOPES_AT_ONCE, _ENVELOPES_AT_ONCE):
        data = {**place, **words, "first": first, "addresses": chunk}
        yield (await process.compile_sheet(Sheet("envelope", data, standards=(), seconds=_SECONDS))).pdf


def _labels(placing: Placing, **more: Any) -> Sheet:
    sheet = placing.sheet
    data = {
        "title": sheet.name,
        "width": sheet.width,
        "height": sheet.height,
        "columns": sheet.columns,
        "rows": sheet.rows,
        "left": sheet.left,
        "top": sheet.top,
        "pitch_x": sheet.pitch_x,
        "pitch_y": sheet.pitch_y,
        "inset": _INSET,
        "offset": (placing.right_mm, placing.down_mm),
        "ruler": False,
        "words": "",
        "start": 0,
        "first": 1,
        "addresses": [],
    }
    return Sheet("labels", data | more, standards=(), seconds=_SECONDS)

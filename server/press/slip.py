"""Slips for letterboxes: the notice four times (A6) or twice (A5) on A4, to be cut."""

from dataclasses import dataclass, replace
from typing import Any, Literal

from server.press import process
from server.press.errors import AUTHORS_TO_MEND, NothingToPrint, PressError
from server.press.poster import Poster, shown_in
from server.press.sheet import Sheet

SlipFormat = Literal["a6", "a5"]
COPIES = {"a6": 4, "a5": 2}
"""How many are on one A4 sheet."""


@dataclass(frozen=True, slots=True)
class SlipFit:
    """`lines_left` is how much room there is, in lines of the smallest letters; `refusal` says what is too long."""

    fits: bool
    lines_left: int = 0
    refusal: PressError | None = None


async def print_slip(slip: Poster, format: SlipFormat) -> bytes:  # noqa: A002  the trade's word
    """The sheet as PDF/UA: said once, drawn on every part. Raises PressError."""
    return (await process.compile_sheet(_sheet(slip, format))).pdf


async def preview_slip(slip: Poster, format: SlipFormat, ppi: float = 72.0) -> list[bytes]:  # noqa: A002
    """The sheet as PNG. Raises PressError."""
    return list((await process.compile_sheet(replace(_sheet(slip, format), output="png", ppi=ppi))).files)


async def fit_slip(slip: Poster, format: SlipFormat) -> SlipFit:  # noqa: A002
    """Measure it. Raises PressError only when the press itself failed."""
    try:
        facts = (await process.compile_sheet(replace(_sheet(slip, format), output="facts"))).facts
    except AUTHORS_TO_MEND as error:
        return SlipFit(False, refusal=error)
    return SlipFit(True, facts["lines-left"])


def _sheet(slip: Poster, format: SlipFormat) -> Sheet:  # noqa: A002
    if not any(character.isalnum() for character in slip.title):
        raise NothingToPrint("slip", "title")
    data: dict[str, Any] = {
        "format": format,
        "language": slip.language.partition("-")[0].lower(),
        "issuer": slip.issuer_name,
        "title": slip.title,
        "facts": slip.facts,
        "blocks": slip.blocks,
        "contact": {"name": slip.contact_name, "phone": slip.contact_phone, "hours": slip.contact_hours},
        "number": slip.number,
    }
    return Sheet("slip", data, shown_in("slip", slip.blocks, slip.pictures), style=slip.style)

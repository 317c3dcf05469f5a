"""The style sheet of a town: what its printed products have in common. Every template reads it in `lib.typ`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

FACES: Mapping[str, str] = {
    "source_sans": "Source Sans Pro",
    "source_serif": "Source Serif Pro",
    "libertinus": "Libertinus Serif",
}
"""The faces shipped, by the name they are chosen by."""
MARGINS = range(12, 26)
"""Millimetres that may be left at the sides of an A4 sheet; larger sheets leave more. A printer needs five of them."""


@dataclass(frozen=True, slots=True)
class Style:
    """`titles` and `reading` are names of FACES. What is read standing or in large print is set in Source Sans anyway."""

    titles: str = "source_sans"
    reading: str = "libertinus"
    margin_mm: int = 17

    @property
    def data(self) -> dict[str, Any]:
        """What the templates read."""
        return {"titles": FACES[self.titles], "reading": FACES[self.reading], "margin": self.margin_mm}


USUAL = Style()

"""What a style sheet looks like: a sheet with the town's arms, its colour, a title and a text to read."""

from dataclasses import dataclass

from server.core.colour import BLACK
from server.core.i18n import sentence
from server.press import process
from server.press.poster import band_of
from server.press.sheet import Sheet
from server.press.style import Style

_LOGO = "logo"
_TITLE = sentence("The square is being repaved")
_TEXT = sentence(
    "Works begin on Monday. The market moves to the station square until spring; the bakery and the chemist stay open, "
    "and children go to school by the footbridge. A mason shows the old paving to whoever wishes to see it."
)
_CALL = sentence("Any question? The town hall answers.")


@dataclass(frozen=True, slots=True)
class Specimen:
    """Words of the town, and how they are to be dressed."""

    issuer_name: str
    phone: str = ""
    colour: str = BLACK
    logo: bytes | None = None
    style: Style = Style()  # noqa: RUF009  frozen


async def preview_specimen(specimen: Specimen, ppi: float = 60.0) -> bytes:
    """The sheet as PNG. Raises PressError."""
    data = {
        "issuer": specimen.issuer_name,
        "band": band_of(specimen.colour),
        "logo": _LOGO if specimen.logo else None,
        "title": str(_TITLE),
        "text": str(_TEXT),
        "call": str(_CALL),
        "phone": specimen.phone,
    }
    pictures = {_LOGO: specimen.logo} if specimen.logo else {}
    sheet = Sheet("specimen", data, pictures, output="png", ppi=ppi, style=specimen.style)
    return (await process.compile_sheet(sheet)).files[0]

"""The poster of a notice: what is on it, whether it fits, and the sheet itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal
from unicodedata import category

from server.core.colour import BLACK, WHITE, luminance, readable_on
from server.core.i18n import LANGUAGES, Message, sentence, sentences, translate
from server.press import process
from server.press.errors import (
    AUTHORS_TO_MEND,
    BadPicture,
    NothingToPrint,
    Overflow,
    PressError,
    SheetTooSmall,
    TitleTooLong,
)
from server.press.sheet import Sheet
from server.press.style import USUAL, Style
from server.press.tiling import SheetFormat, cut_boxes, tile

Family = Literal["information", "official_act", "inquiry", "urgent"]
Format = Literal["a4", "a3", "a2"]

_NAMES = {
    "information": sentence("Municipal information"),
    "official_act": sentence("Official act"),
    "inquiry": sentence("Notice of public inquiry"),
    "urgent": sentence("Urgent"),
}
_LOOKS = {"information": "band", "official_act": "white", "inquiry": "yellow", "urgent": "urgent"}
_LOGO = "logo"
_LARGER: Mapping[Format, tuple[Format, ...]] = {"a4": ("a3", "a2"), "a3": ("a2",), "a2": ()}
# An act or an inquiry cannot be shortened: it goes on, on numbered sheets.
_MOST_PAGES = {"information": 1, "official_act": 12, "inquiry": 4, "urgent": 1}
_FINEST = 300.0  # dots per inch of a picture: an A3 page is then 70 MB in memory
_LIGHT = 0.3  # lighter than this, a copier leaves a band white enough for black words
BLEEDS = (3, 4, 5)
"""Millimetres that a print shop cuts away."""


@dataclass(frozen=True, slots=True)
class Poster:
    """Everything printed, in the words printed. `blocks` come from `content.printing.to_print`; the file of an image
    is a name in `pictures`, which hold JPEG or PNG. `is_far`: to be read from two to five metres.
    """

    family: Family
    title: str
    issuer_name: str
    issuer_address: str
    facts: tuple[tuple[str, str], ...] = ()
    blocks: tuple[Mapping[str, Any], ...] = ()
    contact_name: str = ""
    contact_phone: str = ""
    contact_hours: str = ""
    number: str = ""
    posted: str = ""
    colour: str = BLACK
    logo: bytes | None = None
    pictures: Mapping[str, bytes] = field(default_factory=dict)
    language: str = "fr"
    format: Format = "a4"
    is_far: bool = False
    style: Style = USUAL


@dataclass(frozen=True, slots=True)
class Fit:
    """Whether a poster can be printed on `format`, and what would help if not.

    `words_limit` is about how many words this sheet holds; `larger` is the next format if the poster fits on that.
    """

    fits: bool
    format: Format
    words: int = 0
    words_limit: int = 0
    over_mm: float = 0.0
    pages: int = 1
    larger: Format | None = None
    refusal: PressError | None = None

    @property
    def words_too_many(self) -> int:
        return self.refusal.words_too_many if isinstance(self.refusal, Overflow) else 0

    @property
    def advice(self) -> Message | None:
        """What would make it fit, in one sentence; nothing if it fits."""
        count = self.words_too_many
        if self.larger and count:
            return sentences(
                "Print it on {format}, or remove about {count} word.",
                "Print it on {format}, or remove about {count} words.",
                count=count,
                format=self.larger.upper(),
            )
        if isinstance(self.refusal, SheetTooSmall):
            return self.refusal.message
        if self.larger:
            return sentence("Print it on {format}, or shorten the title and the facts.", format=self.larger.upper())
        if count:
            return sentences("Remove about {count} word.", "Remove about {count} words.", count=count)
        return self.refusal.message if self.refusal else None


async def print_poster(poster: Poster) -> bytes:
    """The poster as PDF/UA. Raises PressError, above all Overflow: nothing is shrunk below what can be read."""
    return (await process.compile_sheet(_sheet(poster))).pdf


async def print_tiled(poster: Poster, sheet: SheetFormat) -> bytes:
    """The poster on several sheets that any printer takes, to be cut and glued. Raises PressError."""
    return await tile(await print_poster(poster), poster.format, sheet, poster.number or poster.title, poster.language)


async def print_for_shop(poster: Poster, bleed_mm: int) -> bytes:
    """The poster for a print shop: colour runs over the edge by `bleed_mm`, and marks say where to cut. Raises PressError."""
    if bleed_mm not in BLEEDS:
        raise ValueError(f"a bleed of {bleed_mm} mm")
    return cut_boxes((await process.compile_sheet(_sheet(poster, bleed_mm))).pdf, bleed_mm)


async def preview_poster(poster: Poster, ppi: float = 72.0) -> list[bytes]:
    """The pages of the poster as PNG. Raises PressError where printing would."""
    sheet = replace(_sheet(poster), output="png", ppi=min(ppi, _FINEST))
    return list((await process.compile_sheet(sheet)).files)


async def fit_poster(poster: Poster) -> Fit:
    """Measure the poster. Raises PressError only when the press itself failed, not the poster."""
    fit = await _measure(poster)
    if isinstance(fit.refusal, Overflow | SheetTooSmall | TitleTooLong):
        for larger in _LARGER[poster.format]:
            if (await _measure(replace(poster, format=larger))).fits:
                return replace(fit, larger=larger)
    return fit


async def _measure(poster: Poster) -> Fit:
    try:
        facts = (await process.compile_sheet(replace(_sheet(poster), output="facts"))).facts
    except Overflow as error:
        return Fit(False, poster.format, error.words, error.words_limit, error.by_mm, refusal=error)
    except TitleTooLong as error:
        return Fit(False, poster.format, over_mm=error.by_mm, refusal=error)
    except AUTHORS_TO_MEND as error:
        return Fit(False, poster.format, refusal=error)
    return Fit(True, poster.format, facts["words"], facts["limit"], pages=facts["pages"])


def _sheet(poster: Poster, bleed_mm: int = 0) -> Sheet:
    if not any(category(character)[0] in "LNPS" for character in poster.title):
        raise NothingToPrint("poster", "title")
    if poster.family == "inquiry" and poster.format != "a2":
        raise SheetTooSmall("poster", "a2")
    pictures = shown_in("poster", poster.blocks, poster.pictures) | ({_LOGO: poster.logo} if poster.logo else {})
    return Sheet("poster", _data(poster) | {"bleed": bleed_mm}, pictures, style=poster.style)


def _data(poster: Poster) -> dict[str, Any]:
    language = poster.language if poster.language in LANGUAGES else LANGUAGES[0]
    return {
        "format": poster.format,
        "floor": "far" if poster.is_far else "inquiry" if poster.family == "inquiry" else "near",
        "look": _LOOKS[poster.family],
        "family": translate(_NAMES[poster.family], language),
        "band": band_of(poster.colour) if poster.family == "information" else None,
        "logo": _LOGO if poster.logo else None,
        "language": poster.language.partition("-")[0].lower(),
        "issuer": poster.issuer_name,
        "address": ", ".join(poster.issuer_address.split("\n")),
        "title": poster.title,
        "facts": poster.facts,
        "blocks": poster.blocks,
        "contact": {"name": poster.contact_name, "phone": poster.contact_phone, "hours": poster.contact_hours},
        "number": poster.number,
        "posted": poster.posted,
        "most_pages": _MOST_PAGES[poster.family],
    }


def band_of(colour: str) -> dict[str, str]:
    """White on a dark band, black on a light one, and nothing between: a copier would make both the same grey."""
    if luminance(colour) >= _LIGHT:
        return {"fill": colour, "ink": BLACK}
    return {"fill": readable_on(colour, WHITE, 7.0), "ink": WHITE}


def shown_in(product: str, blocks: Any, pictures: Mapping[str, bytes]) -> dict[str, bytes]:
    """The pictures that a run of print data shows, and no other. Raises BadPicture for one that is not there."""
    named = pictures_named(blocks)
    if missing := [name for name in named if name not in pictures]:
        raise BadPicture(product, missing[0])
    return {name: pictures[name] for name in named}


def pictures_named(blocks: Any) -> list[str]:
    """The files that a run of print data shows."""
    match blocks:
        case {"kind": "image", "file": str() as name}:
            return [name]
        case {"kind": "list" | "quote"}:
            return pictures_named(blocks.get("items") or blocks.get("children"))
        case list() | tuple():
            return [name for block in blocks for name in pictures_named(block)]
        case _:
            return []

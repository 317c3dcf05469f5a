"""The poster of a notice: what is on it, whether it fits, and the sheet itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal
from unicodedata import category

from server.core.colour import BLACK, WHITE, luminance, readable_on
from server.core.i18n import LANGUAGES, Message, sentence, sentences, translate
from server.press import process
from server.press.errors import (
    BadPicture,
    MissingGlyph,
    NothingToPrint,
    Overflow,
    PressError,
    TitleTooLong,
    WordTooLong,
)
from server.press.sheet import Sheet

Family = Literal["information", "official_act"]
Format = Literal["a4", "a3"]

_NAMES = {"information": sentence("Municipal information"), "official_act": sentence("Official act")}
_LOGO = "logo"
_AUTHORS_TO_MEND = (BadPicture, MissingGlyph, NothingToPrint, Overflow, TitleTooLong, WordTooLong)
_MOST_PAGES = {"information": 1, "official_act": 12}  # an act cannot be shortened: it goes on, on numbered sheets
_FINEST = 300.0  # dots per inch of a picture: an A3 page is then 70 MB in memory
_LIGHT = 0.3  # lighter than this, a copier leaves a band white enough for black words


@dataclass(frozen=True, slots=True)
class Poster:
    """Everything printed, in the words printed. `blocks` come from `content.printing.to_print`; the file of an image
    is a name in `pictures`, which hold JPEG or PNG.
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
                "Print it on A3, or remove about {count} word.",
                "Print it on A3, or remove about {count} words.",
                count=count,
            )
        if self.larger:
            return sentence("Print it on A3, or shorten the title and the facts.")
        if count:
            return sentences("Remove about {count} word.", "Remove about {count} words.", count=count)
        return self.refusal.message if self.refusal else None


async def print_poster(poster: Poster) -> bytes:
    """The poster as PDF/UA. Raises PressError, above all Overflow: nothing is shrunk below what can be read."""
    return (await process.compile_sheet(_sheet(poster))).pdf


async def preview_poster(poster: Poster, ppi: float = 72.0) -> list[bytes]:
    """The pages of the poster as PNG. Raises PressError where printing would."""
    sheet = replace(_sheet(poster), output="png", ppi=min(ppi, _FINEST))
    return list((await process.compile_sheet(sheet)).files)


async def fit_poster(poster: Poster) -> Fit:
    """Measure the poster. Raises PressError only when the press itself failed, not the poster."""
    fit = await _measure(poster)
    if poster.format == "a4" and isinstance(fit.refusal, Overflow | TitleTooLong):
        larger = await _measure(replace(poster, format="a3"))
        return replace(fit, larger="a3" if larger.fits else None)
    return fit


async def _measure(poster: Poster) -> Fit:
    try:
        facts = (await process.compile_sheet(_sheet(poster))).facts
    except Overflow as error:
        return Fit(False, poster.format, error.words, error.words_limit, error.by_mm, refusal=error)
    except TitleTooLong as error:
        return Fit(False, poster.format, over_mm=error.by_mm, refusal=error)
    except _AUTHORS_TO_MEND as error:
        return Fit(False, poster.format, refusal=error)
    return Fit(True, poster.format, facts["words"], facts["limit"], pages=facts["pages"])


def _sheet(poster: Poster) -> Sheet:
    if not any(category(character)[0] in "LNPS" for character in poster.title):
        raise NothingToPrint("poster", "title")
    pictures = dict(poster.pictures) | ({_LOGO: poster.logo} if poster.logo else {})
    for name in _pictures_named(poster.blocks):
        if name not in pictures:
            raise BadPicture("poster", name)
    return Sheet("poster", _data(poster), pictures)


def _data(poster: Poster) -> dict[str, Any]:
    language = poster.language if poster.language in LANGUAGES else LANGUAGES[0]
    return {
        "format": poster.format,
        "family": translate(_NAMES[poster.family], language),
        "band": _band(poster.colour) if poster.family == "information" else None,
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


def _band(colour: str) -> dict[str, str]:
    """White on a dark band, black on a light one, and nothing between: a copier would make both the same grey."""
    if luminance(colour) >= _LIGHT:
        return {"fill": colour, "ink": BLACK}
    return {"fill": readable_on(colour, WHITE, 7.0), "ink": WHITE}


def _pictures_named(blocks: Any) -> list[str]:
    match blocks:
        case {"kind": "image", "file": str() as name}:
            return [name]
        case {"kind": "list" | "quote"}:
            return _pictures_named(blocks.get("items") or blocks.get("children"))
        case list() | tuple():
            return [name for block in blocks for name in _pictures_named(block)]
        case _:
            return []

"""The bulletin: an issue as a booklet of A4 or A5 pages, and what to add or cut for its pages to be a multiple of four."""

import io
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from PIL import Image

from server.core.i18n import Message, sentence, sentences
from server.press import process
from server.press.issue import LOGO, PaperIssue, issue_data, shown_pictures
from server.press.pages import Pages, for_a_screen, set_pages
from server.press.sheet import Sheet

PageFormat = Literal["a4", "a5"]
_SECONDS = 40.0
_OUTER = 2  # the cover and the last page: their length does not depend on the articles
_FOLD = 4  # pages of a sheet folded once
_SPARINGLY = 0.9  # of the room that is left: titles and pictures take some
_SLACK = 0.06  # of a page: what is left white at the foot of columns
_INK_SAVED = 0.45  # how much of a picture's darkness is left out


@dataclass(frozen=True, slots=True)
class BulletinLook:
    """How a bulletin is made. Short news read well in three columns of A4, long articles in two; A5 always has two."""

    format: PageFormat = "a4"
    columns: int = 3
    saves_ink: bool = False


@dataclass(frozen=True, slots=True)
class BulletinFit:
    """The pages as composed, and what would make them a multiple of four without empty ones."""

    pages: int
    printed: int
    words_to_add: int
    words_to_cut: int

    @property
    def spare(self) -> int:
        return self.printed - self.pages

    @property
    def advice(self) -> Message:
        """What to add or to cut, in one sentence."""
        if not self.spare:
            return sentences("{count} page: it folds as it is.", "{count} pages: it folds as it is.", count=self.pages)
        add = _words(self.words_to_add)
        words = {"pages": self.pages, "printed": self.printed, "add": add, "spare": self.spare}
        if not self.words_to_cut:
            return sentence(
                "{pages} pages, and {spare} for notes up to {printed}: add about {add} to fill them.", **words
            )
        return sentence(
            "{pages} pages, and {spare} for notes up to {printed}: add about {add} to fill them, or cut about {cut} "
            "to come down to {fewer} pages.",
            cut=_words(self.words_to_cut),
            fewer=self.printed - _FOLD,
            **words,
        )


def _words(count: int) -> Message:
    return sentences("{count} word", "{count} words", count=count)


@dataclass(frozen=True, slots=True)
class Bulletin:
    """The pages in reading order, as PDF/UA, and how they fill their sheets."""

    pdf: bytes
    fit: BulletinFit


async def print_bulletin(issue: PaperIssue, look: BulletinLook) -> Bulletin:
    """The tagged PDF to read, page by page. Raises PressError."""
    made = await process.compile_sheet(_sheet(issue, look))
    return Bulletin(made.pdf, _fit(made.facts))


async def preview_bulletin(issue: PaperIssue, look: BulletinLook) -> tuple[Pages, BulletinFit]:
    """Its pages to look at, and its fit. Raises PressError."""
    pages, facts = await set_pages(_sheet(replace(issue, pictures=for_a_screen(issue.pictures)), look))
    return pages, _fit(facts)


def _sheet(issue: PaperIssue, look: BulletinLook) -> Sheet:
    data = issue_data("bulletin", issue) | {
        "format": look.format,
        "columns": 2 if look.format == "a5" else look.columns,
        "economy": look.saves_ink,
        "cover": _cover(issue),
    }
    pictures = shown_pictures("bulletin", issue)
    if look.saves_ink:
        pictures = {name: content if name == LOGO else lightened(content) for name, content in pictures.items()}
    return Sheet("bulletin", data, pictures, style=issue.style, seconds=_SECONDS)


def _cover(issue: PaperIssue) -> dict[str, str] | None:
    cover = issue.cover
    return {"file": cover.file, "alternative": cover.alternative, "caption": cover.caption} if cover else None


def lightened(content: bytes) -> bytes:
    """A picture in light greys: what ink it takes is about half. One that cannot be read is left to the press to refuse."""
    try:
        grey = Image.open(io.BytesIO(content)).convert("L")
    except OSError:
        return content
    light = io.BytesIO()
    grey.point(lambda value: round(255 - (255 - value) * (1 - _INK_SAVED))).save(light, "JPEG", quality=82)
    return light.getvalue()


def _fit(facts: Mapping[str, Any]) -> BulletinFit:
    """`used`: how many pages the articles fill; `words`: how many words a page holds. Rather too much than too little:
    paragraphs and titles do not end where they should.
    """
    pages, printed, used, a_page = facts["pages"], facts["printed"], facts["used"], facts["words"]
    fewer = printed - _FOLD - _OUTER
    return BulletinFit(
        pages=pages,
        printed=printed,
        words_to_add=_tens((printed - _OUTER - used) * a_page * _SPARINGLY) if printed > pages else 0,
        words_to_cut=_tens((used - fewer + _SLACK) * a_page) if printed > pages and fewer > 0 else 0,
    )


def _tens(words: float) -> int:
    """An exact number would promise too much."""
    return max(10, round(words / 10) * 10)

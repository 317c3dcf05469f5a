"""Letters for window envelopes: an issue composed once, and the lines of each address laid over its first page."""

import asyncio
import io
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from server.press import process
from server.press.issue import PaperIssue, issue_data, shown_pictures
from server.press.pages import Pages, for_a_screen, set_pages
from server.press.post import Lines, checked, in_chunks
from server.press.sheet import Sheet

if TYPE_CHECKING:
    import pikepdf

ROOM = 38  # characters: NF Z10-011, and what the window shows
AT_ONCE = 500  # letters in one file: what a printer takes, and what a page of progress shows moving
_SECONDS = 60.0
_SHEET_GRAMS, _ENVELOPE_GRAMS = 5, 5  # A4 of 80 g/m², a DL envelope


@dataclass(frozen=True, slots=True)
class Letter:
    """An issue as it is put into an envelope. `large`: 18 pt, one column, no italics."""

    issue: PaperIssue
    large: bool = False
    both_sides: bool = True


@dataclass(frozen=True, slots=True)
class LetterFit:
    """What one letter takes: pages, sheets, and about how much the post weighs."""

    pages: int
    sheets: int

    @property
    def grams(self) -> int:
        return self.sheets * _SHEET_GRAMS + _ENVELOPE_GRAMS


async def print_letter(letter: Letter, address: Lines = ()) -> tuple[bytes, LetterFit]:
    """One letter as PDF/UA, to read or to try a window with. Raises PressError."""
    made = await process.compile_sheet(_sheet(letter, address))
    return made.pdf, _fit(letter, made.facts["pages"])


async def preview_letter(letter: Letter, address: Lines = ()) -> tuple[Pages, LetterFit]:
    """Its pages to look at. Raises PressError."""
    shown = replace(letter, issue=replace(letter.issue, pictures=for_a_screen(letter.issue.pictures)))
    pages, facts = await set_pages(_sheet(shown, address))
    return pages, _fit(letter, facts["pages"])


async def print_letters(letter: Letter, addresses: Sequence[Lines], at_once: int = AT_ONCE) -> AsyncIterator[bytes]:
    """One letter for each address, in their order, `at_once` to a file. Raises PressError before the first file."""
    checked("letter", addresses, ROOM)
    composed = await process.compile_sheet(replace(_sheet(letter), standards=()))
    for first, chunk in in_chunks(addresses, at_once, at_once):
        data = {"title": letter.issue.title, "first": first, "addresses": chunk}
        lines = await process.compile_sheet(Sheet("addresses", data, standards=(), seconds=_SECONDS))
        yield await asyncio.to_thread(lay_over, composed.pdf, lines.pdf, both_sides=letter.both_sides)


def lay_over(letter: bytes, lines: bytes, *, both_sides: bool) -> bytes:
    """Each page of `lines` over the first page of `letter`, the other pages behind it. What is common is kept once.

    Printed on both sides, every letter begins on a new sheet.
    """
    import pikepdf

    with pikepdf.open(io.BytesIO(lines)) as printed, pikepdf.open(io.BytesIO(letter)) as composed:
        first, *others = (printed.copy_foreign(page.as_form_xobject()) for page in composed.pages)
        box = [float(edge) for edge in composed.pages[0].mediabox]
        under = printed.make_stream(b"q /Letter Do Q\n")
        behind = [_page_of(printed, form, box) for form in others]
        if both_sides and len(behind) % 2 == 0:
            behind.append({"/Type": pikepdf.Name.Page, "/MediaBox": box, "/Resources": pikepdf.Dictionary()})
        tree = printed.Root.Pages
        kids = []
        for page in [page.obj for page in printed.pages]:
            page.Resources.XObject = pikepdf.Dictionary(Letter=first)
            page.Contents = pikepdf.Array([under, page.Contents])
            page.Parent = tree
            kids += [page, *(printed.make_indirect(pikepdf.Dictionary(other | {"/Parent": tree})) for other in behind)]
        tree.Kids, tree.Count = pikepdf.Array(kids), len(kids)
        whole = io.BytesIO()
        printed.save(whole, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
        return whole.getvalue()


def _page_of(printed: "pikepdf.Pdf", form: "pikepdf.Object", box: list[float]) -> dict[str, Any]:
    import pikepdf

    resources = printed.make_indirect(pikepdf.Dictionary(XObject=pikepdf.Dictionary(Letter=form)))
    contents = printed.make_stream(b"q /Letter Do Q\n")
    return {"/Type": pikepdf.Name.Page, "/MediaBox": box, "/Resources": resources, "/Contents": contents}


def _sheet(letter: Letter, address: Lines = ()) -> Sheet:
    if address:
        checked("letter", [address], ROOM)
    data = issue_data("letter", letter.issue) | {"large": letter.large, "window": True, "address": list(address)}
    pictures = shown_pictures("letter", letter.issue)
    return Sheet("letter", data, pictures, style=letter.issue.style, seconds=_SECONDS)


def _fit(letter: Letter, pages: int) -> LetterFit:
    return LetterFit(pages, -(-pages // 2) if letter.both_sides else pages)

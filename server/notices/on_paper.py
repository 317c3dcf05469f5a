"""Everything a notice can be printed as: how each fits, its pages as pictures, its file."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial

from server.core.errors import NotFound
from server.core.i18n import Message, sentence, sentences
from server.notices.renderings import ON_SCREEN, PaperShelf, PosterDraft, far_poster
from server.press.editions import preview_large, print_large
from server.press.errors import LinesTooMany, PressError
from server.press.issue import PaperIssue
from server.press.pages import Pages
from server.press.poster import BLEEDS, Format, Poster, preview_poster, print_for_shop, print_tiled
from server.press.proof import Proof, preview_proof, print_proof
from server.press.slip import SlipFormat, preview_slip, print_slip
from server.press.tiling import SheetFormat

_POSTERS: Mapping[str, Format] = {"poster-a4": "a4", "poster-a3": "a3", "poster-a2": "a2", "far": "a3"}
_SLIPS: Mapping[str, SlipFormat] = {"slip-a6": "a6", "slip-a5": "a5"}
NAMES: Mapping[str, Message] = {
    "poster-a4": sentence("Poster, A4"),
    "poster-a3": sentence("Poster, A3"),
    "poster-a2": sentence("Poster, A2"),
    "far": sentence("Poster read from afar, A3"),
    "slip-a6": sentence("Slips, four on a sheet"),
    "slip-a5": sentence("Slips, two on a sheet"),
    "large": sentence("Large print, 18 points"),
    "easy": sentence("Easy words, large print"),
    "proof": sentence("Proof to sign"),
}
_SMALLER: Mapping[Format, tuple[SheetFormat, ...]] = {"a4": (), "a3": ("a4",), "a2": ("a3", "a4")}
_ON_SHEETS = {"a3": sentence("On sheets of A3 to be glued"), "a4": sentence("On sheets of A4 to be glued")}
_TO_PRINT = sentence("To print (PDF)")
_FOR_SHOP = sentence("For a print shop, with {bleed} mm of bleed")
_SENTENCE_ONLY = sentence("says the sentence only. {advice}")
_TOLD_SHORT = sentence("says only what, when and where. {advice}")
_NO_EASY_WORDS = sentence("this notice has no easy words yet")
_MOST_SHOWN = 3  # pages of a longer text; all are printed


@dataclass(frozen=True)
class Way:
    """One file of a product: how its address ends, and what its link says."""

    query: str
    words: Message


@dataclass(frozen=True)
class Looked:
    """One product as it would be printed now; `state` as `state_mark` knows it."""

    code: str
    state: str
    words: Message
    pages: int = 0
    ways: tuple[Way, ...] = ()

    @property
    def name(self) -> Message:
        return NAMES[self.code]


@dataclass(frozen=True)
class OnPaper:
    """A notice's products. Raises NotFound for a code that names none."""

    shelf: PaperShelf
    draft: PosterDraft
    proof: Proof
    large: PaperIssue
    easy: PaperIssue | None

    @property
    def first(self) -> str:
        """What is shown when nobody asked for something else: the smallest poster there may be."""
        return f"poster-{self.draft.full.format}"

    async def look(self, code: str) -> Looked:
        """Measure it. Raises PressError if the press itself failed."""
        if code in _POSTERS:
            return await self._look_at_poster(code)
        if code in _SLIPS:
            return await self._look_at_slip(code)
        if code == "easy" and self.easy is None:
            return Looked(code, "off", _NO_EASY_WORDS)
        try:
            pages = _count(await self._made(code))
        except PressError as error:
            return Looked(code, "bad", error.message)
        words = sentences("on {count} page", "on {count} pages", count=pages)
        return Looked(code, "done", words, min(pages, _MOST_SHOWN), (Way("", _TO_PRINT),))

    async def _look_at_poster(self, code: str) -> Looked:
        choice = await self.shelf.choose(self._poster_draft(code))
        fit, size = choice.fit, _POSTERS[code]
        shop = tuple(
            Way(f"?way=shop-{bleed}", sentence(_FOR_SHOP.msgid, bleed=bleed)) for bleed in (BLEEDS[0], BLEEDS[-1])
        )
        tiled = tuple(Way(f"?way=tiled-{sheet}", _ON_SHEETS[sheet]) for sheet in _SMALLER[size])
        ways = (Way("", _TO_PRINT), *tiled, *shop)
        if fit.fits:
            words = sentence("{words} words of {limit}", words=fit.words, limit=fit.words_limit)
            return Looked(code, "done", words, fit.pages, ways)
        advice = fit.advice or sentence("too long for this sheet")
        if choice.is_short:
            said = _TOLD_SHORT if code == "far" else _SENTENCE_ONLY
            return Looked(code, "wait", sentence(said.msgid, advice=advice), 1, ways)
        return Looked(code, "bad", advice)

    async def _look_at_slip(self, code: str) -> Looked:
        choice = await self.shelf.choose_slip(self.draft, _SLIPS[code])
        if choice.fit.fits:
            left = sentences("{count} line left", "{count} lines left", count=choice.fit.lines_left)
            return Looked(code, "done", left, 1, (Way("", _TO_PRINT),))
        refusal = choice.fit.refusal
        words = refusal.message if refusal else sentence("too long for this sheet")
        if not choice.is_short:
            return Looked(code, "bad", words)
        if isinstance(refusal, LinesTooMany):
            words = sentences(
                "{count} line too long: it says the sentence only",
                "{count} lines too long: it says the sentence only",
                count=refusal.lines,
            )
        return Looked(code, "wait", words, 1, (Way("", _TO_PRINT),))

    async def picture(self, code: str, at: int) -> bytes:
        """The page of this number, from 1, as PNG. Raises NotFound, PressError."""
        made = await self._made(code)
        if not 1 <= at <= _count(made):
            raise NotFound
        return await self.shelf.page(made, at, ON_SCREEN) if isinstance(made, Pages) else made[at - 1]

    async def _made(self, code: str) -> Pages | list[bytes]:
        """Its pages as PNG; those of a long text as they were set, to be drawn one by one. Raises PressError."""
        if code in _POSTERS:
            poster = (await self.shelf.choose(self._poster_draft(code))).poster
            # A larger sheet is shown in the same width.
            dots = ON_SCREEN * {"a4": 1.0, "a3": 0.7, "a2": 0.5}[poster.format]
            return await self.shelf.once(f"png-{dots}", poster, partial(preview_poster, ppi=dots))
        if code in _SLIPS:
            size = _SLIPS[code]
            slip = (await self.shelf.choose_slip(self.draft, size)).slip
            return await self.shelf.once(f"png-{size}", slip, partial(preview_slip, format=size, ppi=ON_SCREEN))
        if code == "proof":
            return await self.shelf.once("png", self.proof, partial(preview_proof, ppi=ON_SCREEN))
        return await self.shelf.once("pages", self._read_large(code), preview_large)

    async def pdf(self, code: str, way: str = "") -> bytes:
        """Its file. Raises PressError."""
        if code in _POSTERS:
            return await self._poster_pdf((await self.shelf.choose(self._poster_draft(code))).poster, way)
        if way:
            raise NotFound
        if code in _SLIPS:
            size = _SLIPS[code]
            slip = (await self.shelf.choose_slip(self.draft, size)).slip
            return await self.shelf.once(f"pdf-{size}", slip, partial(print_slip, format=size))
        if code == "proof":
            return await self.shelf.once("pdf", self.proof, print_proof)
        return (await self.shelf.once("pdf", self._read_large(code), print_large))[0]

    async def _poster_pdf(self, poster: Poster, way: str) -> bytes:
        if not way:
            return await self.shelf.pdf(poster)
        for sheet in _SMALLER[poster.format]:
            if way == f"tiled-{sheet}":
                return await self.shelf.once(way, poster, partial(print_tiled, sheet=sheet))
        for bleed in BLEEDS:
            if way == f"shop-{bleed}":
                return await self.shelf.once(way, poster, partial(print_for_shop, bleed_mm=bleed))
        raise NotFound

    def _read_large(self, code: str) -> PaperIssue:
        found = {"large": self.large, "easy": self.easy}.get(code)
        if found is None:
            raise NotFound
        return found

    def _poster_draft(self, code: str) -> PosterDraft:
        if code == "far":
            far = replace(far_poster(self.draft), format=_POSTERS[code])
            return PosterDraft(far, replace(far, blocks=()))
        full, short = self.draft.full, self.draft.short
        size = _POSTERS[code]
        return PosterDraft(replace(full, format=size), replace(short, format=size) if short else None)


def _count(made: Pages | list[bytes]) -> int:
    return len(made.fingerprints if isinstance(made, Pages) else made)

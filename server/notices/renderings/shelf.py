"""The sheets set last, kept at hand: setting takes time, and the same page asks for the same sheet several times."""

from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import replace
from hashlib import sha256
from typing import Any, TypeVar

from server.notices.renderings.paper import PosterChoice, PosterDraft, SlipChoice
from server.press.poster import Poster, fit_poster, preview_poster, print_poster
from server.press.proof import Proof
from server.press.slip import SlipFit, SlipFormat, fit_slip

ON_SCREEN = 60.0
"""Dots per inch of a picture beside the form."""

Made = TypeVar("Made")
Subject = TypeVar("Subject", Poster, Proof)


class PaperShelf:
    """The last sheets set, by everything that is on them; they never take more than `most` bytes together."""

    def __init__(self, most: int = 12_000_000) -> None:
        self._most = most
        self._taken = 0
        self._kept: OrderedDict[str, Any] = OrderedDict()

    async def choose(self, draft: PosterDraft) -> PosterChoice:
        """The full text if it fits on A4, else its sentence if that fits. Raises PressError if the press failed."""
        fit = await self.once("fit", draft.full, fit_poster)
        if fit.fits or draft.short is None:
            return PosterChoice(draft.full, fit)
        is_short = (await self.once("fit", draft.short, fit_poster)).fits
        return PosterChoice(draft.short if is_short else draft.full, fit, is_short=is_short)

    async def choose_slip(self, draft: PosterDraft, format: SlipFormat) -> SlipChoice:  # noqa: A002  the trade's word
        """The same on slips. Raises PressError if the press failed."""

        async def measure(slip: Poster) -> SlipFit:
            return await fit_slip(slip, format)

        fit = await self.once(f"fit-{format}", draft.full, measure)
        if fit.fits or draft.short is None:
            return SlipChoice(draft.full, format, fit)
        is_short = (await self.once(f"fit-{format}", draft.short, measure)).fits
        return SlipChoice(draft.short if is_short else draft.full, format, fit, is_short=is_short)

    async def picture(self, poster: Poster) -> bytes:
        """Its first page as PNG. Raises PressError."""
        return (await self.once("png", poster, _pages))[0]

    async def pdf(self, poster: Poster) -> bytes:
        """The sheet as PDF/UA. Raises PressError."""
        return await self.once("pdf", poster, print_poster)

    async def once(self, kind: str, poster: Subject, make: Callable[[Subject], Awaitable[Made]]) -> Made:
        """What `make` gives for these words, made once."""
        key = kind + _fingerprint(poster)
        if key not in self._kept:
            self._keep(key, await make(poster))
        self._kept.move_to_end(key)
        made: Made = self._kept[key]
        return made

    def _keep(self, key: str, made: object) -> None:
        """Put it with the last ones, and let go of the first ones when there are too many."""
        if key not in self._kept:  # somebody else may have asked for the same meanwhile
            self._taken += _weight(made)
        self._kept[key] = made
        while self._taken > self._most and len(self._kept) > 1:
            self._taken -= _weight(self._kept.popitem(last=False)[1])


def _weight(made: object) -> int:
    if isinstance(made, list):
        return sum(map(len, made))
    return len(made) if isinstance(made, bytes) else 1_000


async def _pages(poster: Poster) -> list[bytes]:
    return await preview_poster(poster, ON_SCREEN)


def _fingerprint(subject: Poster | Proof) -> str:
    """Two posters with the same fingerprint are the same sheet."""
    pictures = {name: sha256(content).hexdigest() for name, content in subject.pictures.items()}
    logo = sha256(subject.logo).hexdigest() if isinstance(subject, Poster) and subject.logo else ""
    bare = replace(subject, pictures={}, logo=None) if isinstance(subject, Poster) else replace(subject, pictures={})
    return sha256(repr((bare, pictures, logo)).encode()).hexdigest()

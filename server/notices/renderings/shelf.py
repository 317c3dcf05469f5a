"""What a notice's sheets say in the end, whole or shortened, and the sheets themselves, each set once."""

from functools import partial

from server.notices.renderings.paper import PosterChoice, PosterDraft, SlipChoice
from server.press.poster import Poster, fit_poster, print_poster
from server.press.shelf import Shelf
from server.press.slip import SlipFormat, fit_slip

ON_SCREEN = 60.0
"""Dots per inch of a picture beside the form."""


class PaperShelf(Shelf):
    """The shelf of a process: everything printed that somebody looks at before it is printed lies on it."""

    async def choose(self, draft: PosterDraft) -> PosterChoice:
        """The full text if it fits on A4, else its sentence if that fits. Raises PressError if the press failed."""
        fit = await self.once("fit", draft.full, fit_poster)
        if fit.fits or draft.short is None:
            return PosterChoice(draft.full, fit)
        is_short = (await self.once("fit", draft.short, fit_poster)).fits
        return PosterChoice(draft.short if is_short else draft.full, fit, is_short=is_short)

    async def choose_slip(self, draft: PosterDraft, format: SlipFormat) -> SlipChoice:  # noqa: A002  the trade's word
        """The same on slips. Raises PressError if the press failed."""
        kind, measure = f"fit-{format}", partial(fit_slip, format=format)
        fit = await self.once(kind, draft.full, measure)
        if fit.fits or draft.short is None:
            return SlipChoice(draft.full, format, fit)
        is_short = (await self.once(kind, draft.short, measure)).fits
        return SlipChoice(draft.short if is_short else draft.full, format, fit, is_short=is_short)

    async def pdf(self, poster: Poster) -> bytes:
        """The sheet as PDF/UA. Raises PressError."""
        return await self.once("pdf", poster, print_poster)

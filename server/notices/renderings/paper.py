"""A notice as a poster: its data, whether it fits, the sheet. What was set once is kept, for setting takes time."""

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256
from typing import Any, TypeVar

from server.content.document import Document, Paragraph, Strong, Text
from server.content.printing import to_print
from server.core.i18n import sentence, translate
from server.municipalities.models import Municipality
from server.notices.content import document_of, short_title_of, summary_of, title_of
from server.notices.models import NoticeKind
from server.notices.pictures import on_paper
from server.notices.renderings.facts import facts_of, posted_words
from server.notices.schemas import NoticeContent
from server.press.poster import Fit, Poster, fit_poster, preview_poster, print_poster

_NUMBER = sentence("Notice no. {number}")
_MORE = sentence("The whole text can be read, or asked for, at the town hall.")
_ON_SCREEN = 60.0  # dots per inch of the picture beside the form

Made = TypeVar("Made")


@dataclass(frozen=True)
class PosterDraft:
    """A notice's poster as its author meant it, and one that only says the sentence, should the text not fit.

    An act cannot be shortened: it has no second one.
    """

    full: Poster
    short: Poster | None


@dataclass(frozen=True)
class PosterChoice:
    """The sheet that will be printed, and how the full text fits."""

    poster: Poster
    fit: Fit
    is_short: bool = False

    @property
    def is_printable(self) -> bool:
        return self.fit.fits or self.is_short


def poster_of(
    content: NoticeContent,
    number: str,
    municipality: Municipality,
    *,
    posted_on: date | None = None,
    pictures: Mapping[str, bytes] | None = None,
    logo: bytes | None = None,
) -> PosterDraft:
    """Everything in the words printed. `pictures`: from `pictures.paper_pictures`."""
    pictures = pictures or {}
    is_act = content.kind is NoticeKind.OFFICIAL_ACT
    body = to_print(document_of(content), picture=on_paper(pictures))
    full = Poster(
        family="official_act" if is_act else "information",
        title=title_of(content) if is_act else short_title_of(content),
        issuer_name=municipality.name,
        issuer_address=_address(municipality),
        facts=tuple((fact.label, fact.value) for fact in facts_of(content)),
        blocks=(*_bold(summary_of(content)), *body, *_signature(content)),
        contact_name=content.contact_name,
        contact_phone=content.contact_phone or municipality.phone,
        contact_hours="\n".join(municipality.opening_hours.splitlines()[:4]),
        number=translate(sentence(_NUMBER.msgid, number=number), content.language),
        posted=posted_words(content, posted_on),
        colour=municipality.civic_colour,
        logo=logo,
        pictures=pictures,
        language=content.language,
    )
    return PosterDraft(full, None if is_act else _shortened(full, content))


def _shortened(full: Poster, content: NoticeContent) -> Poster:
    more = Paragraph((Text(translate(_MORE, content.language)),))
    return replace(full, blocks=(*_bold(summary_of(content)), *to_print(Document((more,)))), pictures={})


def _bold(words: str) -> list[dict[str, Any]]:
    """A paragraph of its own, in bold."""
    return to_print(Document((Paragraph((Strong((Text(words),)),)),))) if words else []


def _signature(content: NoticeContent) -> list[dict[str, Any]]:
    """Who signed an act, and in which capacity."""
    is_act = content.kind is NoticeKind.OFFICIAL_ACT
    return _bold(", ".join(word for word in (content.author_name, content.author_title) if word)) if is_act else []


def _address(municipality: Municipality) -> str:
    town = f"{municipality.postcode} {municipality.post_town}".strip()
    return ", ".join(line for line in (*municipality.address.splitlines(), town) if line.strip())


class PosterShelf:
    """The last sheets set, by everything that is on them; they never take more than `most` bytes together."""

    def __init__(self, most: int = 12_000_000) -> None:
        self._most = most
        self._taken = 0
        self._kept: OrderedDict[str, Any] = OrderedDict()

    async def choose(self, draft: PosterDraft) -> PosterChoice:
        """The full text if it fits on A4, else its sentence if that fits. Raises PressError if the press failed."""
        fit = await self._once("fit", draft.full, fit_poster)
        if fit.fits or draft.short is None:
            return PosterChoice(draft.full, fit)
        is_short = (await self._once("fit", draft.short, fit_poster)).fits
        return PosterChoice(draft.short if is_short else draft.full, fit, is_short=is_short)

    async def picture(self, poster: Poster) -> bytes:
        """Its first page as PNG. Raises PressError."""
        return await self._once("png", poster, _first_page)

    async def pdf(self, poster: Poster) -> bytes:
        """The sheet as PDF/UA. Raises PressError."""
        return await self._once("pdf", poster, print_poster)

    async def _once(self, kind: str, poster: Poster, make: Callable[[Poster], Awaitable[Made]]) -> Made:
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
    return len(made) if isinstance(made, bytes) else 1_000


async def _first_page(poster: Poster) -> bytes:
    return (await preview_poster(poster, _ON_SCREEN))[0]


def _fingerprint(poster: Poster) -> str:
    """Two posters with the same fingerprint are the same sheet."""
    pictures = {name: sha256(content).hexdigest() for name, content in poster.pictures.items()}
    logo = sha256(poster.logo).hexdigest() if poster.logo else ""
    words = repr((replace(poster, pictures={}, logo=None), pictures, logo))
    return sha256(words.encode()).hexdigest()

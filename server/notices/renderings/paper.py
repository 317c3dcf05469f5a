"""A notice on paper: the poster and the slip in the words printed, and the proof that is signed."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from server.content.document import Document, Paragraph, Strong, Text
from server.content.printing import to_print
from server.content.typography import typeset
from server.core.i18n import sentence, translate
from server.municipalities.models import Municipality
from server.municipalities.paper import address_of, hours_of, style_of
from server.notices.content import document_of, short_title_of, summary_of, title_of
from server.notices.models import NoticeKind
from server.notices.pictures import on_paper
from server.notices.renderings.article import signature_of
from server.notices.renderings.facts import contact_words, facts_of, posted_words
from server.notices.schemas import NoticeContent
from server.press.poster import Family, Fit, Poster
from server.press.proof import Proof, Section
from server.press.slip import SlipFit, SlipFormat

_NUMBER = sentence("Notice no. {number}")
_VERSION = sentence("version {revision}")
_WHOLE = ("official_act", "inquiry")
_MORE = sentence("The whole text can be read, or asked for, at the town hall.")


@dataclass(frozen=True)
class PosterDraft:
    """A notice's poster as its author meant it, and one that only says the sentence, should the text not fit.

    An act and an inquiry cannot be shortened: they have no second one.
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


@dataclass(frozen=True)
class SlipChoice:
    """The slip that will be printed, and how the full text fits."""

    slip: Poster
    format: SlipFormat
    fit: SlipFit
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
    family = _family(content)
    is_whole = family in _WHOLE
    body = to_print(document_of(content), picture=on_paper(pictures))
    full = Poster(
        family=family,
        format="a2" if family == "inquiry" else "a4",
        title=title_of(content) if is_whole else short_title_of(content),
        issuer_name=municipality.name,
        issuer_address=address_of(municipality),
        facts=tuple((fact.label, fact.value) for fact in facts_of(content)),
        blocks=(*_bold(summary_of(content)), *body, *_bold(signature_of(content))),
        contact_name=content.contact_name,
        contact_phone=content.contact_phone or municipality.phone,
        contact_hours=hours_of(municipality, 4),
        number=translate(sentence(_NUMBER.msgid, number=number), content.language),
        posted=posted_words(content, posted_on),
        colour=municipality.civic_colour,
        logo=logo,
        pictures=pictures,
        language=content.language,
        style=style_of(municipality),
    )
    return PosterDraft(full, None if is_whole else _shortened(full, content))


def far_poster(draft: PosterDraft) -> Poster:
    """What is read from two to five metres: when and where, the sentence, the number to call."""
    short = draft.short or draft.full
    return replace(short, is_far=True, facts=short.facts[-2:], blocks=short.blocks[:-1], contact_hours="")


def proof_of(
    content: NoticeContent,
    number: str,
    municipality: Municipality,
    *,
    revision: int,
    saved: str,
    pictures: Mapping[str, bytes] | None = None,
) -> Proof:
    """The whole text as it stands, to be read and signed. `saved`: by whom and when, in words."""
    language = content.language
    return Proof(
        municipality.name,
        title_of(content),
        translate(sentence(_NUMBER.msgid, number=number), language),
        translate(sentence(_VERSION.msgid, revision=revision), language),
        content.content_hash,
        saved,
        (proof_section(content, pictures or {}),),
        pictures or {},
        language,
        style_of(municipality),
    )


def proof_section(content: NoticeContent, pictures: Mapping[str, bytes]) -> Section:
    """A notice's text in a proof, its own or a letter's."""
    return Section(
        title_of(content),
        summary_of(content),
        tuple((typeset(f"{fact.label}:", content.language), fact.value) for fact in facts_of(content)),
        (*to_print(document_of(content), picture=on_paper(pictures)), *_bold(signature_of(content))),
        contact_words(content),
    )


def _family(content: NoticeContent) -> Family:
    if content.kind is NoticeKind.OFFICIAL_ACT:
        return "official_act"
    if content.kind is NoticeKind.INQUIRY:
        return "inquiry"
    return "urgent" if content.is_urgent else "information"


def _shortened(full: Poster, content: NoticeContent) -> Poster:
    more = Paragraph((Text(translate(_MORE, content.language)),))
    return replace(full, blocks=(*_bold(summary_of(content)), *to_print(Document((more,)))), pictures={})


def _bold(words: str) -> list[dict[str, Any]]:
    """A paragraph of its own, in bold."""
    return to_print(Document((Paragraph((Strong((Text(words),)),)),))) if words else []

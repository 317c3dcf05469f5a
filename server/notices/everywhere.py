"""Beside the text stand its renderings: what each will be, whether it fits, and what keeps the notice unpublished."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from server.content.lint import Finding
from server.content.speech import Speech
from server.content.weight import MAX_MAIL_BYTES, reading_minutes, word_count
from server.core import clock
from server.core.database import ReadSession
from server.core.files import FileStore
from server.core.i18n import Message, sentence, sentences
from server.core.templating import format_moment, format_number
from server.municipalities.models import Municipality
from server.municipalities.paper import logo_of
from server.municipalities.queries import get_municipality
from server.notices.checks import blocking, find_problems
from server.notices.content import document_of
from server.notices.models import Notice, Picture
from server.notices.on_paper import OnPaper
from server.notices.pictures import paper_pictures, pictures_of
from server.notices.queries import SavedVersion
from server.notices.renderings import (
    PaperShelf,
    PosterChoice,
    PosterDraft,
    SlipChoice,
    large_print_of,
    mail_section,
    mail_weight,
    phone_script,
    poster_of,
    proof_of,
)
from server.notices.schemas import NoticeContent
from server.press.errors import LinesTooMany, PressError, TitleTooLong

# What the town's name, the greeting and the foot of a mail weigh.
_MAIL_FRAME = 12_000
_LONG_CALL = 120
_WORDS_ON_A_PAGE = 420

_SHARES = (
    (1 / 6, sentence("a few lines")),
    (1 / 3, sentence("a quarter of a page")),
    (5 / 12, sentence("a third of a page")),
    (3 / 4, sentence("half a page")),
    (1.1, sentence("a page")),
)

SHELF = PaperShelf()


@dataclass(frozen=True)
class Fitting:
    """One rendering: its name, a state as `state_mark` knows, words, and where to go to mend it."""

    name: Message
    state: str
    words: Message
    url: str = ""


@dataclass(frozen=True)
class Everywhere:
    """A notice in all its renderings. `choice` is empty when the press does not answer."""

    fittings: list[Fitting]
    findings: list[Finding]
    choice: PosterChoice | None
    paper: OnPaper
    speech: Speech
    pictures: dict[int, Picture]

    @property
    def is_blocked(self) -> bool:
        return bool(blocking(self.findings))


async def look_everywhere(
    session: ReadSession,
    files: FileStore,
    municipality_id: int,
    content: NoticeContent,
    number: str,
    posted_on: date | None,
    *,
    revision: int = 0,
    saved: str = "",
) -> Everywhere:
    """Measure `content` in every rendering. The proof says `revision`, and in words when and by whom it was `saved`."""
    municipality = await get_municipality(session, municipality_id)
    pictures = await pictures_of(session, municipality_id, content)
    draft = await poster_draft(session, files, municipality, content, number, posted_on)
    findings = find_problems(content, pictures.keys(), clock.today())
    speech = phone_script(content)
    paper = on_paper(draft, municipality, content, number, revision=revision, saved=saved)
    try:
        choice = await SHELF.choose(draft)
        slip = await _choose_slip(draft)
    except PressError:
        choice, slip = None, None
    fittings = [
        _mail(content, number, pictures.values()),
        _web(content),
        _poster(choice),
        _slip(slip),
        _bulletin(content),
        _telephone(speech),
        _publication(findings),
    ]
    return Everywhere(fittings, findings, choice, paper, speech, pictures)


async def poster_draft(
    session: ReadSession,
    files: FileStore,
    municipality: Municipality,
    content: NoticeContent,
    number: str,
    posted_on: date | None,
) -> PosterDraft:
    """The poster of `content`, its pictures and the town's logo read from the file store."""
    pictures = await paper_pictures(session, files, municipality.id, content)
    logo = await logo_of(files, municipality)
    return poster_of(content, number, municipality, posted_on=posted_on, pictures=pictures, logo=logo)


def on_paper(
    draft: PosterDraft, municipality: Municipality, content: NoticeContent, number: str, *, revision: int, saved: str
) -> OnPaper:
    """Everything the notice can be printed as."""
    pictures = draft.full.pictures
    proof = proof_of(content, number, municipality, revision=revision, saved=saved, pictures=pictures)
    large = large_print_of(content, number, municipality, pictures)
    easy = large_print_of(content, number, municipality, {}, is_easy=True) if content.easy_read else None
    return OnPaper(SHELF, draft, proof, large, easy)


def saved_words(last: SavedVersion) -> str:
    """Who saved the text last, and when."""
    when = format_moment(last.version.saved_at)
    return str(sentence("saved by {who} on {when}", who=last.author, when=when))


def posted_on(notice: Notice) -> date | None:
    """The town's day on which the notice was first posted."""
    return clock.day_of(notice.published_at) if notice.published_at else None


def _mail(content: NoticeContent, number: str, pictures: Collection[Picture]) -> Fitting:
    weight = mail_weight(mail_section(content, number), sum(picture.mail_bytes for picture in pictures))
    size = format_number(round(weight / 1000, 1))
    if weight + _MAIL_FRAME <= MAX_MAIL_BYTES:
        return Fitting(_MAIL, "done", sentence("{size} kB, nothing to load", size=size))
    most = (MAX_MAIL_BYTES - _MAIL_FRAME) // 1000
    return Fitting(_MAIL, "bad", sentence("{size} kB: at most {most} fit in a mail", size=size, most=most), "#f-body")


def _web(content: NoticeContent) -> Fitting:
    minutes = reading_minutes(document_of(content)) or 1
    words = sentences("ready, {count} minute to read", "ready, {count} minutes to read", count=minutes)
    return Fitting(_WEB, "done", words)


def _poster(choice: PosterChoice | None) -> Fitting:
    if choice is None:
        return Fitting(_POSTER, "off", _NOT_MEASURED)
    fit = choice.fit
    if fit.fits and fit.pages > 1:
        return Fitting(_POSTER, "done", sentences("on {count} sheet", "on {count} sheets", count=fit.pages))
    if fit.fits:
        words = sentence("{words} words of {limit}", words=fit.words, limit=fit.words_limit)
        return Fitting(_POSTER, "done", words)
    if fit.larger and fit.advice:
        return Fitting(_POSTER, "wait", fit.advice, "#f-body")
    if choice.is_short:
        words = sentences(
            "{count} word too many: the sheet says the sentence only",
            "{count} words too many: the sheet says the sentence only",
            count=max(1, fit.words_too_many),
        )
        return Fitting(_POSTER, "wait", words, "#f-body")
    place = "#f-short_title" if isinstance(fit.refusal, TitleTooLong) else "#f-body"
    return Fitting(_POSTER, "bad", fit.refusal.message if fit.refusal else _TOO_LONG, place)


async def _choose_slip(draft: PosterDraft) -> SlipChoice:
    """Four on a sheet, or two where the whole text needs them and they are enough."""
    small = await SHELF.choose_slip(draft, "a6")
    if small.fit.fits:
        return small
    large = await SHELF.choose_slip(draft, "a5")
    return large if large.fit.fits else small


def _slip(choice: SlipChoice | None) -> Fitting:
    if choice is None:
        return Fitting(_SLIP, "off", _NOT_MEASURED)
    if choice.fit.fits:
        words = sentence("four on a sheet") if choice.format == "a6" else sentence("two on a sheet")
        return Fitting(_SLIP, "done", words)
    refusal = choice.fit.refusal
    too_long = refusal.message if refusal else _TOO_LONG
    if choice.is_short and isinstance(refusal, LinesTooMany):
        too_long = sentences(
            "{count} line too long: it says the sentence only",
            "{count} lines too long: it says the sentence only",
            count=refusal.lines,
        )
    return Fitting(_SLIP, "wait" if choice.is_short else "bad", too_long, "#f-body")


def _bulletin(content: NoticeContent) -> Fitting:
    share = word_count(document_of(content)) / _WORDS_ON_A_PAGE
    words = next((words for limit, words in _SHARES if share <= limit), None)
    if words is None:
        pages = round(share + 0.49)
        words = sentences("{count} page", "{count} pages", count=pages)
    return Fitting(_BULLETIN, "done", words)


def _telephone(speech: Speech) -> Fitting:
    if speech.seconds <= _LONG_CALL:
        words = sentences("{count} second to read aloud", "{count} seconds to read aloud", count=speech.seconds)
        return Fitting(_TELEPHONE, "done", words, "#script")
    minutes = -(-speech.seconds // 60)
    words = sentences(
        "{count} minute to read aloud: long for a call", "{count} minutes to read aloud: long for a call", count=minutes
    )
    return Fitting(_TELEPHONE, "wait", words, "#script")


def _publication(findings: list[Finding]) -> Fitting:
    count = len([finding for finding in findings if finding.severity == "blocking"])
    if not count:
        return Fitting(_PUBLICATION, "done", sentence("nothing is missing"))
    words = sentences("{count} thing to correct", "{count} things to correct", count=count)
    return Fitting(_PUBLICATION, "bad", words, "#findings")


_MAIL = sentence("Mail")
_WEB = sentence("Web page")
_POSTER = sentence("Poster")
_SLIP = sentence("Slip")
_BULLETIN = sentence("Bulletin")
_TELEPHONE = sentence("Telephone")
_PUBLICATION = sentence("Publication")
_NOT_MEASURED = sentence("not measured: the press does not answer")
_TOO_LONG = sentence("too long for this sheet")

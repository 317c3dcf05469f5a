"""An issue as paper knows it: who speaks, articles in order, the agenda, the other groups of the council, what is cut out."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from server.core.colour import BLACK, WHITE, readable_on
from server.core.i18n import LANGUAGES, Message, sentence, translate
from server.press.errors import BadPicture, NothingToPrint
from server.press.poster import band_of, shown_in
from server.press.style import USUAL, Style

LOGO = "logo"
_WORDS = {
    "agenda": sentence("Agenda"),
    "contents": sentence("In this issue"),
    "more": sentence("… and more inside"),
    "notes": sentence("Notes"),
    "hours": sentence("Opening hours"),
    "numbers": sentence("Useful numbers"),
    "practical": sentence("Practical"),
    "by_email": sentence("By email"),
    "on_the_web": sentence("On the web"),
    "read_by": sentence("Easy to read. Read by {who}."),
}
# The numbers that are answered everywhere in France (arcep.fr, 112.gouv.fr, urgence114.fr).
_EMERGENCIES = (
    (sentence("Medical emergency"), "15"),
    (sentence("Police, gendarmerie"), "17"),
    (sentence("Fire and rescue"), "18"),
    (sentence("Any emergency"), "112"),
    (sentence("Emergency, for the deaf and hard of hearing"), "114"),
)
_COUPON_TITLE = sentence("Receive this letter, change or stop")
_CHOICES = (
    sentence("by email"),
    sentence("by post"),
    sentence("in my letterbox"),
    sentence("at the town hall"),
    sentence("in large print"),
    sentence("in easy words"),
    sentence("my address has changed"),
    sentence("I no longer wish to receive it"),
)
_FIELDS = (sentence("Name"), sentence("Address"), sentence("Email or telephone"))
_BACK = sentence("Bring it or send it to: {address}. Or call {phone}.")
_BACK_WITHOUT_PHONE = sentence("Bring it or send it to: {address}.")
_LEGAL = sentence(
    "The town hall uses this only to bring you this letter, and passes it on to nobody. You may see it, correct it or "
    "stop at any time. {contact}"
)


@dataclass(frozen=True, slots=True)
class Issuer:
    """The town hall: what a reader needs in order to call, to come, and to know who speaks."""

    name: str
    address: str = ""
    phone: str = ""
    email: str = ""
    website: str = ""
    hours: str = ""
    colour: str = BLACK
    logo: bytes | None = None
    data_protection: str = ""

    @property
    def address_line(self) -> str:
        return ", ".join(line.strip() for line in self.address.splitlines() if line.strip())


@dataclass(frozen=True, slots=True)
class Article:
    """One text. `blocks` come from `content.printing.to_print`; what is empty takes no room."""

    title: str
    topic: str = ""
    summary: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    blocks: tuple[Mapping[str, Any], ...] = ()
    signed: str = ""
    contact: str = ""


@dataclass(frozen=True, slots=True)
class Cover:
    """The picture of the first page: a name among the issue's pictures."""

    file: str
    alternative: str
    caption: str = ""


@dataclass(frozen=True, slots=True)
class PaperIssue:
    """Everything printed, in the words printed. `agenda`: when, what, where; `groups`: the columns the law asks for."""

    title: str
    issuer: Issuer
    number: str = ""
    date: str = ""
    editorial: Article | None = None
    articles: tuple[Article, ...] = ()
    agenda: tuple[tuple[str, str, str], ...] = ()
    groups: tuple[Article, ...] = ()
    cover: Cover | None = None
    imprint: tuple[str, ...] = ()
    easy_read_by: str = ""
    pictures: Mapping[str, bytes] = field(default_factory=dict)
    language: str = "fr"
    style: Style = USUAL

    def texts(self) -> Iterator[Article]:
        if self.editorial:
            yield self.editorial
        yield from self.articles
        yield from self.groups


def shown_pictures(product: str, issue: PaperIssue) -> dict[str, bytes]:
    """The pictures a sheet opens, and no other. Raises BadPicture for one that is named and not there."""
    shown = shown_in(product, [block for text in issue.texts() for block in text.blocks], issue.pictures)
    if issue.cover:
        if issue.cover.file not in issue.pictures:
            raise BadPicture(product, issue.cover.file)
        shown[issue.cover.file] = issue.pictures[issue.cover.file]
    return shown | ({LOGO: issue.issuer.logo} if issue.issuer.logo else {})


def issue_data(product: str, issue: PaperIssue) -> dict[str, Any]:
    """What every template of an issue reads. Raises NothingToPrint."""
    if not any(character.isalnum() for character in issue.title):
        raise NothingToPrint(product, "title")
    language = issue.language if issue.language in LANGUAGES else LANGUAGES[0]

    def say(message: Message, **holes: str) -> str:
        return translate(Message(message.msgid, holes), language)

    return {
        "language": issue.language.partition("-")[0].lower(),
        "title": issue.title,
        "number": issue.number,
        "date": issue.date,
        "colour": readable_on(issue.issuer.colour, WHITE, 4.5),
        "band": band_of(issue.issuer.colour),
        "logo": LOGO if issue.issuer.logo else None,
        "issuer": _issuer(issue.issuer),
        "editorial": _article(issue.editorial) if issue.editorial else None,
        "articles": [_article(one) for one in issue.articles],
        "agenda": issue.agenda,
        "groups": [_article(one) for one in issue.groups],
        "imprint": issue.imprint,
        "read_by": say(_WORDS["read_by"], who=issue.easy_read_by) if issue.easy_read_by else "",
        "numbers": [(say(what), number) for what, number in _EMERGENCIES],
        "words": {name: say(words) for name, words in _WORDS.items() if name != "read_by"},
        "coupon": _coupon(issue.issuer, say),
    }


def _issuer(issuer: Issuer) -> dict[str, str]:
    return {
        "name": issuer.name,
        "address": issuer.address,
        "address_line": issuer.address_line,
        "phone": _kept_together(issuer.phone),
        "email": issuer.email,
        "website": issuer.website,
        "hours": issuer.hours,
    }


def _article(one: Article) -> dict[str, Any]:
    return {
        "topic": one.topic,
        "title": one.title,
        "summary": one.summary,
        "facts": one.facts,
        "blocks": one.blocks,
        "signed": one.signed,
        "contact": one.contact,
    }


def _coupon(issuer: Issuer, say: Any) -> dict[str, Any]:
    phone = _kept_together(issuer.phone)
    address = issuer.address_line or issuer.name
    back = say(_BACK, address=address, phone=phone) if phone else say(_BACK_WITHOUT_PHONE, address=address)
    return {
        "title": say(_COUPON_TITLE),
        "choices": [say(choice) for choice in _CHOICES],
        "fields": [say(name) for name in _FIELDS],
        "back": back,
        "legal": say(_LEGAL, contact=issuer.data_protection).strip(),
    }


def _kept_together(phone: str) -> str:
    """A telephone number is not divided at the end of a line."""
    return phone.replace(" ", "\u00a0")

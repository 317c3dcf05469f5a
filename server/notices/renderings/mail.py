"""A notice in a mail: as a part of a letter, or alone on the town's paper."""

from dataclasses import dataclass

from markupsafe import Markup

from server.content.mail import to_mail_html
from server.content.plaintext import to_plain_text
from server.content.weight import byte_weight
from server.core.i18n import sentence, speaking, translate
from server.core.templating import environment
from server.mailings.letterhead import Footing, RenderedMail, render_mail
from server.municipalities.models import Municipality
from server.notices.content import document_of, summary_of, title_of
from server.notices.pictures import in_a_mail
from server.notices.renderings.facts import Fact, contact_words, facts_of
from server.notices.schemas import NoticeContent

WIDTH = 66
WHY = sentence("You receive this notice because you asked for it.")
_NUMBER = sentence("Notice no. {number}")
_CONTACT = sentence("For more information")


@dataclass(frozen=True, slots=True)
class MailSection:
    """Facts, text and contact; the title and the summary are the caller's to set."""

    html: Markup
    text: str


@dataclass(frozen=True, slots=True)
class _Words:
    """What stands around the text, in the notice's language."""

    facts: list[Fact]
    contact: Fact
    number: str


def mail_section(content: NoticeContent, number: str, *, level: int = 3) -> MailSection:
    """A notice as a part of a letter; its highest headings get `level`. Pictures: `pictures.mail_images`."""
    document = document_of(content)
    with speaking(content.language):
        contact = Fact(translate(_CONTACT), contact_words(content))
        words = _Words(facts_of(content), contact, str(sentence(_NUMBER.msgid, number=number)))
    body = to_mail_html(document, picture=in_a_mail, base_level=level)
    html = environment().get_template("email/notice/section.html").render(words=words, body=body)
    text = _text(words, to_plain_text(document, WIDTH), content.language)
    return MailSection(Markup(html), text)  # noqa: S704  escaped by Jinja


def _text(words: _Words, body: str, language: str) -> str:
    facts = "\n".join(fact.line(language) for fact in words.facts)
    contact = words.contact.line(language) if words.contact.value else ""
    return "\n\n".join(part for part in (facts, body.strip(), contact, words.number) if part) + "\n"


def mail_weight(section: MailSection, pictures: int) -> int:
    """About how much a notice adds to a letter; `pictures` is the weight of those it shows."""
    return byte_weight(section.html, section.text) + pictures * 4 // 3


def render_notice_mail(
    municipality: Municipality,
    content: NoticeContent,
    number: str,
    *,
    language: str = "",
    leave_url: str = "",
    preferences_url: str = "",
) -> RenderedMail:
    """A notice alone on the town's paper. `language` is the reader's, for what we say around the notice."""
    footing = Footing(WHY, leave_url, preferences_url, offers_paper=True)
    return render_mail(
        municipality,
        "notice/body",
        subject=title_of(content),
        language=language or content.language,
        footing=footing,
        context={"summary": summary_of(content), "section": mail_section(content, number, level=2)},
    )

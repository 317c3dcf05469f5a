"""The letter as a mail: one HTML and one plain text from the same content, its pictures inside."""

import base64
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from server.content.mail import to_mail_html
from server.content.markdown import parse
from server.content.plaintext import to_plain_text
from server.content.typography import set_typography
from server.core.database import ReadSession
from server.core.files import FileStore
from server.core.i18n import sentence, speaking
from server.issues.content import GroupColumn, IssueContent, issue_content
from server.issues.models import Issue
from server.mailings.compose import InlineImage
from server.mailings.letterhead import Footing, RenderedMail, render_mail
from server.mailings.town_mail import Links
from server.municipalities.models import Municipality
from server.municipalities.queries import get_municipality
from server.notices.content import summary_of, title_of
from server.notices.pictures import mail_images
from server.notices.renderings import mail_section, when_words

MAIL_LIMIT = 60_000
_WHY = sentence("You receive this letter because you asked for it.")


_STAND_INS = Links("#leave", "#preferences")


@dataclass(frozen=True)
class Letter:
    """A letter ready to be composed into a message, or to be looked at."""

    mail: RenderedMail
    images: list[InlineImage]

    @property
    def weight(self) -> int:
        """About what a reader's mailbox receives, in bytes: pictures travel as base64."""
        words = len(self.mail.html.encode()) + len(self.mail.text.encode())
        return words + sum(len(image.content) * 4 // 3 for image in self.images)

    def with_pictures_inside(self) -> str:
        """The HTML with its pictures as `data:`, to be looked at in a page that may load nothing."""
        html = self.mail.html
        for image in self.images:
            data = base64.b64encode(image.content).decode()
            html = html.replace(f"cid:{image.cid}", f"data:{image.media_type};base64,{data}")
        return html


async def render_letter(
    session: ReadSession, files: FileStore, issue: Issue, *, language: str = "", links: Links | None = None
) -> Letter:
    """The issue as a mail. `language` is the reader's, for what we say around the town's words."""
    content = await issue_content(session, issue)
    municipality = await get_municipality(session, issue.municipality_id)
    images = {
        image.cid: image
        for item in content.items
        for image in await mail_images(session, files, issue.municipality_id, item.content)
    }
    return Letter(_mail(municipality, content, language or issue.language, links or _STAND_INS), list(images.values()))


def _mail(municipality: Municipality, content: IssueContent, language: str, links: Links) -> RenderedMail:
    footing = Footing(_WHY, links.leave, links.preferences, offers_paper=True)
    with speaking(language):
        context = _context(content)
    return render_mail(
        municipality, "letter/body", subject=content.title, language=language, footing=footing, context=context
    )


def _context(content: IssueContent) -> dict[str, Any]:
    editorial = set_typography(parse(content.editorial, "editorial"), content.language)
    sections = []
    for item in content.items:
        section = mail_section(item.content, item.number, level=3)
        sections.append(
            {
                "title": title_of(item.content),
                "summary": summary_of(item.content),
                "html": section.html,
                "text": section.text,
            }
        )
    return {
        "letter": content,
        "editorial": to_mail_html(editorial, base_level=3) if content.editorial else Markup(),
        "editorial_text": to_plain_text(editorial, 66),
        "sections": sections,
        "agenda": agenda_of(content),
        "columns": [_column(one, content.language) for one in content.columns],
    }


def _column(column: GroupColumn, language: str) -> dict[str, Any]:
    """A group's column as a mail has it; without `html`, no text came."""
    document = set_typography(parse(column.text, "text"), language)
    return {
        "name": column.name,
        "signed": column.signed,
        "received_at": column.received_at,
        "html": to_mail_html(document, base_level=3) if column.text else Markup(),
        "text": to_plain_text(document, 66),
    }


def agenda_of(content: IssueContent) -> list[dict[str, str]]:
    """The notices that happen at a moment, in the order of the calendar; nothing if the letter has no agenda."""
    if not content.has_agenda:
        return []
    return [
        {"when": when_words(item.content), "title": title_of(item.content), "where": item.content.where_text}
        for item in content.dated
    ]

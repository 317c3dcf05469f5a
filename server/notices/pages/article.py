"""A notice as a reader sees it on a page: what the public page and the staff's page both show."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from markupsafe import Markup

from server.core.i18n import current_language
from server.notices.content import summary_of, title_of
from server.notices.models import Picture
from server.notices.pictures import on_the_web
from server.notices.renderings import Fact, facts_of, web_body
from server.notices.schemas import NoticeContent


@dataclass(frozen=True)
class Article:
    """The words of a notice, dressed; `language` is the author's, facts are told in the reader's."""

    title: str
    summary: str
    language: str
    facts: list[Fact]
    body: Markup
    contact_name: str
    contact_phone: str
    contact_email: str
    signature: str


def article(content: NoticeContent, pictures: Mapping[int, Picture], picture_path: Callable[[int], str]) -> Article:
    return Article(
        title=title_of(content),
        summary=summary_of(content),
        language=content.language,
        facts=facts_of(content, current_language()),
        body=web_body(content, on_the_web(pictures, picture_path)),
        contact_name=content.contact_name,
        contact_phone=content.contact_phone,
        contact_email=content.contact_email,
        signature=", ".join(words for words in (content.author_name, content.author_title) if words),
    )

"""A notice for a page."""

from collections.abc import Callable

from markupsafe import Markup

from server.content.html import to_html
from server.content.pictures import PictureLookup
from server.core.templating import environment
from server.notices.content import document_of
from server.notices.pictures import on_the_web
from server.notices.renderings.facts import contact_words, facts_of
from server.notices.schemas import NoticeContent


def web_body(content: NoticeContent, picture: PictureLookup, *, level: int = 2) -> Markup:
    """The text alone; its highest headings get `level`."""
    return to_html(document_of(content), picture=picture, base_level=level)


def web_section(content: NoticeContent, picture_path: Callable[[int], str], *, level: int = 3) -> Markup:
    """Facts, text and contact, for a page that shows several notices under titles of its own."""
    body = web_body(content, on_the_web({}, picture_path), level=level)
    context = {"facts": facts_of(content), "body": body, "contact": contact_words(content)}
    return Markup(environment().get_template("notices/web_section.html").render(context))  # noqa: S704  escaped by Jinja

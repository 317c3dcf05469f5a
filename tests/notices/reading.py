"""What a page says, for tests: our sentences in the reader's language, the forms a page holds."""

import html
import re

from server.core.i18n import catalogue
from server.notices.schemas import NoticeContent, NoticeDraft
from tests.notices.writing import draft


def says(msgid: str, page: str) -> bool:
    """Whether the page holds the beginning of our sentence, up to its first hole, in French."""
    words = re.split(r"%\(|\{", catalogue("fr").gettext(msgid))[0].strip()
    return words in html.unescape(page)


def hidden(page: str, name: str) -> str:
    """The value of a hidden field: the first of that name."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, f"no field {name}"
    return found.group(1)


def typed(**changes: object) -> dict[str, object]:
    """The form as a browser sends it."""
    values = NoticeDraft.of(draft().content).model_dump(mode="json")
    fields = {name: value for name, value in values.items() if value not in (None, False)}
    return {**fields, **changes}


def content_of(**changes: object) -> NoticeContent:
    return draft(**changes).content

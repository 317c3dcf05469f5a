"""From a notice's words to its Document, and the pictures it shows."""

import re
from collections.abc import Iterable
from functools import lru_cache

from server.content.document import Document, Image, walk
from server.content.markdown import parse
from server.content.typography import set_typography, typeset
from server.notices.schemas import NoticeContent

_OUR_PICTURE = re.compile(r"picture:([0-9]{1,18})")


def document_of(content: NoticeContent) -> Document:
    """The body as every renderer walks it, with the typography of its language. Raises Invalid if it is too much."""
    return _document(content.body, content.language)


@lru_cache(maxsize=64)
def _document(body: str, language: str) -> Document:
    return set_typography(parse(body), language)


def title_of(content: NoticeContent) -> str:
    return typeset(content.title, content.language)


def short_title_of(content: NoticeContent) -> str:
    """The title for a sheet that is read from afar."""
    return typeset(content.short_title or content.title, content.language)


def summary_of(content: NoticeContent) -> str:
    return typeset(content.summary, content.language)


def picture_of(source: str) -> int | None:
    """12, for "picture:12"; None for an address that is not a picture of ours."""
    found = _OUR_PICTURE.fullmatch(source)
    return int(found.group(1)) if found else None


def picture_ids(content: NoticeContent) -> list[int]:
    """The pictures the body shows, in reading order, each once."""
    shown = (picture_of(block.source) for block in walk(document_of(content).blocks) if isinstance(block, Image))
    return list(dict.fromkeys(number for number in shown if number is not None))


def picture_line(picture_id: int, alternative: str, caption: str = "") -> str:
    """The line of Markdown that shows a picture; the words mean themselves, whatever signs are in them."""
    title = f' "{_escaped(caption)}"' if caption else ""
    return f"![{_escaped(alternative)}](picture:{picture_id}{title})"


def _escaped(words: str) -> str:
    return re.sub(r"([\\\[\]\"*_`&<>!])", r"\\\1", " ".join(words.split()))


def all_picture_ids(contents: Iterable[NoticeContent]) -> set[int]:
    """The pictures that any of `contents` shows."""
    return {number for content in contents for number in picture_ids(content)}

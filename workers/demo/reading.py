"""A plain text becomes notices: one per numbered section or heading; without any, one per paragraph. Pure."""

import re
from dataclasses import dataclass

MAX_TITLE = 90
MAX_SUMMARY = 240
_NUMBERED = re.compile(r"\d{1,3}\s?[.)°]\s+(?P<title>\S.{2,150})")
_MARKED = re.compile(r"#{1,4}\s+(?P<title>\S.{2,150})")
_SHOUTED = re.compile(r"(?P<title>[^\W\d_a-z][^a-zà-ÿ]{3,80}?)\s*:?")
_ITEM = re.compile(r"[-*•–]\s+")
_SENTENCE = re.compile(r".+?[.!?…](?=\s|$)")


@dataclass(frozen=True)
class Piece:
    """The words of one notice to be."""

    title: str
    summary: str
    body: str


def pieces(text: str) -> list[Piece]:
    """The notices in `text`, in reading order."""
    lines = [line.strip() for line in text.replace("\ufeff", "").splitlines()]
    headings = [number for number, line in enumerate(lines) if heading_of(line)]
    if not headings:
        return [_piece("", paragraph) for paragraph in _paragraphs(lines)]
    parts = [("", lines[: headings[0]])]
    for number, end in zip(headings, [*headings[1:], len(lines)], strict=True):
        parts.append((heading_of(lines[number]), lines[number + 1 : end]))
    return [_piece(title, [line for line in part if line]) for title, part in parts if any(part)]


def heading_of(line: str) -> str:
    """The title a line is, without its number or marks; nothing if it is no heading."""
    for pattern in (_NUMBERED, _MARKED, _SHOUTED):
        found = pattern.fullmatch(line)
        if found and not line.endswith((".", ",", ";")):
            title = found["title"].rstrip(" :")
            return title.capitalize() if pattern is _SHOUTED else title
    return ""


def _paragraphs(lines: list[str]) -> list[list[str]]:
    """Runs of lines between empty ones."""
    found: list[list[str]] = [[]]
    for line in lines:
        if line:
            found[-1].append(line)
        elif found[-1]:
            found.append([])
    return [paragraph for paragraph in found if paragraph]


def _piece(title: str, lines: list[str]) -> Piece:
    first = _SENTENCE.match(lines[0])
    opening = first.group() if first else lines[0]
    return Piece(_cut(title or opening, MAX_TITLE), _cut(_plain(opening), MAX_SUMMARY), _body(lines))


def _body(lines: list[str]) -> str:
    """Markdown: each line its own paragraph, items kept together."""
    body = ""
    for before, line in zip(["", *lines], lines, strict=False):
        is_next_item = _ITEM.match(before) and _ITEM.match(line)
        body += ("\n" if is_next_item else "\n\n") + line
    return body.strip()


def _plain(words: str) -> str:
    return _ITEM.sub("", words, count=1)


def _cut(words: str, limit: int) -> str:
    """At most `limit` characters, ended at a word."""
    words = " ".join(words.split()).rstrip(".")
    if len(words) <= limit:
        return words
    return words[: limit - 1].rsplit(" ", 1)[0].rstrip(" ,;:") + "…"

"""Every template compiles, and every word people read can be translated."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from jinja2 import nodes

from server.core.templating import FOLDER, environment
from tests.architecture.sources import named

NAMES = sorted(str(path.relative_to(FOLDER)) for path in FOLDER.rglob("*") if path.suffix in {".html", ".txt"})
SILENT = {"code", "script", "style"}
ATTRIBUTES = {"alt", "aria-label", "placeholder", "summary", "title"}
# What people read in any language: names of things, marks, and what stands between two values.
SAME_EVERYWHERE = {"tambour", "h", "·", "–", "—", "→", "←", "×", "%", "€", "n°", "a4", "html", "csv", "pdf", "atom"}
_LETTERS = re.compile(r"[^\W\d_]{2,}")
_ATTRIBUTE = re.compile(r"\b[a-z-]+=\"[^\"]*\"|\?[\w=&]+")  # a macro may give nothing but an attribute, or an address
_JINJA = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
_TRANSLATED = re.compile(r"\{%-?\s*trans\b.*?\{%-?\s*endtrans\s*-?%\}", re.DOTALL)


@pytest.mark.parametrize("name", NAMES)
def test_a_template_compiles(name: str) -> None:
    environment().get_template(name)


class _Words(HTMLParser):
    """Collects the words that stand in a template as they are, with their line."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[int, str]] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silent += tag in SILENT
        for name, value in attrs:
            if name in ATTRIBUTES and value:
                self.note(value)

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in SILENT

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.note(data)

    def note(self, text: str) -> None:
        for words in _ATTRIBUTE.sub("", text).split("\n"):
            if any(word.lower() not in SAME_EVERYWHERE for word in _LETTERS.findall(words)):
                self.found.append((self.getpos()[0], words.strip()))


def _without_jinja(source: str) -> str:
    """The template's own words; each piece of Jinja leaves its lines, so that places stay right."""
    for pattern in (_TRANSLATED, _JINJA):
        source = pattern.sub(lambda piece: "\n" * piece.group().count("\n"), source)
    return source


@pytest.mark.parametrize("name", [name for name in NAMES if name.endswith(".html")])
def test_every_word_goes_through_gettext(name: str) -> None:
    words = _Words()
    words.feed(_without_jinja((FOLDER / name).read_text(encoding="utf-8")))
    assert words.found == []


@pytest.mark.parametrize("name", [name for name in NAMES if name.endswith(".txt")])
def test_every_word_of_a_plain_mail_goes_through_gettext(name: str) -> None:
    lines = _without_jinja((FOLDER / name).read_text(encoding="utf-8")).splitlines()
    assert [line for line in lines if any(word.lower() not in SAME_EVERYWHERE for word in _LETTERS.findall(line))] == []


@pytest.mark.parametrize("path", sorted(FOLDER.rglob("*.html")), ids=named)
def test_no_template_switches_escaping_off(path: Path) -> None:
    """What is safe to show as it is says so where it is made, in Python (Markup), never here."""
    parsed = environment().parse(path.read_text(encoding="utf-8"))
    assert [node.lineno for node in parsed.find_all(nodes.Filter) if node.name == "safe"] == []

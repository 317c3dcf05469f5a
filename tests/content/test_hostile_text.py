"""Whatever an author pastes, every rendering holds only our own elements and attributes."""

import json
import re
import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.content.cleaning import clean, clean_line
from server.content.document import Document, Paragraph, plain, walk
from server.content.html import to_html
from server.content.mail import STYLES, to_mail_html
from server.content.markdown import parse
from server.content.pictures import PictureView
from server.content.plaintext import to_plain_text
from server.content.printing import to_print
from server.content.speech import to_speech
from server.content.typography import set_typography
from tests.content.allow_list import MAIL, WEB, inspect
from tests.content.readings import hostile_payloads, naughty_strings

# Each payload alone, and in every place where an author's words can stand.
PLACES = [
    "{}",
    "# {}",
    "- {}\n- {}",
    "> {}",
    "**{}** *{}*",
    "| {} | b |\n|---|---|\n| {} | c |",
    "[{}](https://example.org)",
    "[a]({})",
    "[a](<{}>)",
    "[a](https://example.org/{})",
    '![{}](picture:1 "{}")',
    "![a]({})",
    "<{}>",
    "a {} b https://example.org/{}",
]
PRINT_KEYS = {
    "heading": {"kind", "level", "children"}, "paragraph": {"kind", "children"},
    "list": {"kind", "ordered", "start", "items"}, "quote": {"kind", "children"},
    "table": {"kind", "header", "rows", "alignments"},
    "image": {"kind", "file", "alternative", "caption", "width", "height"}, "rule": {"kind"},
    "text": {"kind", "text"}, "strong": {"kind", "children"}, "emphasis": {"kind", "children"},
    "link": {"kind", "href", "children"}, "break": {"kind"},
}  # fmt: skip
CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufffe\uffff\ud800-\udfff]")


def placed(strings: list[str]) -> list[str]:
    return [place.replace("{}", string) for string in strings for place in PLACES]


def on_the_web(source: str) -> PictureView:
    return PictureView("/pictures/1.jpg", 800, 600)


def in_a_mail(source: str) -> PictureView:
    return PictureView("cid:1@example.org", 800, 600)


def on_paper(source: str) -> PictureView:
    return PictureView("1.jpg")


def strangers_in_print(node: Any) -> list[str]:
    found: list[str] = []
    if isinstance(node, list):
        return [stranger for inner in node for stranger in strangers_in_print(inner)]
    if isinstance(node, dict):
        if set(node) != PRINT_KEYS.get(node["kind"]):
            found.append(str(node))
        if not str(node.get("href", "http://")).startswith(("http://", "https://", "mailto:", "tel:")):
            found.append(node["href"])
        if node.get("file") not in {None, "1.jpg"}:
            found.append(node["file"])
        found += [stranger for inner in node.values() for stranger in strangers_in_print(inner)]
    return found


def strangers(document: Document) -> list[str]:
    """Everything in the five renderings of a document that is not ours."""
    plain_text = to_plain_text(document)
    printed = to_print(document, on_paper)
    renderings = [
        str(to_html(document, picture=on_the_web)),
        str(to_mail_html(document, picture=in_a_mail)),
        plain_text,
    ]
    renderings += [json.dumps(printed, ensure_ascii=False), *to_speech(document).sentences]
    return [
        *inspect(renderings[0], WEB).strangers,
        *inspect(renderings[1], MAIL, STYLES).strangers,
        *strangers_in_print(printed),
        *[sign for rendering in renderings for sign in CONTROLS.findall(rendering)],
    ]


def test_no_smuggled_script_survives_in_any_rendering() -> None:
    texts = placed(hostile_payloads())
    survivors = {text: found for text in texts if (found := strangers(set_typography(parse(text), "fr")))}
    assert survivors == {}


def test_difficult_strings_pass_through_every_rendering() -> None:
    survivors = {text: found for text in placed(naughty_strings()) if (found := strangers(parse(text)))}
    assert survivors == {}


@pytest.mark.parametrize(
    "html",
    [
        '<img src="/pictures/1.jpg" onerror="x">',
        '<a href="javascript:x">a</a>',
        "<script></script>",
        "<p><em></p></em>",
        "<!-- -->",
    ],
)
def test_the_inspection_itself_sees_strangers(html: str) -> None:
    assert inspect(html, WEB).strangers != []


def test_hostile_words_stay_readable_as_words() -> None:
    document = parse('Avant <script>alert("1")</script> <b onclick=x>gras</b> après')
    assert '<script>alert("1")</script> <b onclick=x>gras</b>' in to_plain_text(document)
    assert "".join(inspect(str(to_html(document)), WEB).words).startswith('Avant <script>alert("1")</script>')


def literally(text: str) -> str:
    """Text with every sign of Markdown escaped, so that it says itself."""
    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", text)


def words(text: str) -> list[str]:
    return clean_line(text).split()


def test_difficult_strings_come_back_as_they_were_typed() -> None:
    for string in naughty_strings():
        document = parse(literally(string))
        runs = [plain(block.children) for block in walk(document.blocks) if isinstance(block, Paragraph)]
        if re.match(r"\s*\d+(\\.|\\\))?", string) is None:
            assert words(" ".join(runs)) == words(string)


@given(st.text(max_size=300))
def test_any_text_gives_only_our_elements(text: str) -> None:
    assert strangers(parse(text)) == []


@given(st.text(alphabet="<>&\"'[]()!*_`#-|:/\\ \nah1.jsp@%;=", max_size=120))
def test_any_mixture_of_markup_signs_gives_only_our_elements(text: str) -> None:
    assert strangers(set_typography(parse(text), "fr")) == []


@given(st.text(max_size=300))
def test_cleaning_drops_only_what_nobody_can_see(text: str) -> None:
    cleaned = clean(text)
    assert CONTROLS.search(cleaned.replace("\t", "").replace("\n", "")) is None
    assert clean(cleaned) == cleaned
    visible = [sign for sign in text if unicodedata.category(sign)[0] in "LMNPS"]
    assert [sign for sign in cleaned if sign in set(visible)] == visible


def test_direction_overrides_and_nul_are_dropped_and_lone_surrogates_are_shown() -> None:
    assert clean("a\u202eb\x00c\ud800d\r\ne\u2028f") == "abc\ufffdd\ne\nf"


def test_entities_cannot_bring_back_what_was_cleaned() -> None:
    document = parse("a&#x202e;b&#8232;c&#0;d [x](https://a.fr/&#x202e;) ![y&#x202e;](picture:1 '&#x202e;')")
    assert CONTROLS.search(repr(document)) is None

"""A Document dressed as HTML for the web and for a mail."""

import re

import pytest

from server.content.document import Document, Image, Link, Paragraph
from server.content.html import to_html
from server.content.mail import STYLES, to_mail_html
from server.content.markdown import parse
from server.content.pictures import PictureView
from tests.content.allow_list import MAIL, WEB, inspect

EVERYTHING = """# Titre

Un **mot** *là*, [lien](https://a.fr/?b=1&c='2'), ligne\\
suite <b>.

### Sous-titre

- un
- deux
  1. trois

> cité

| a | b | c |
|---|:-:|--:|
| 1 | 2 | 3 |

![Plan de la "rue"](picture:12 "Légende & suite")

---
"""


def view(address: str) -> PictureView:
    return PictureView(address, 800, 600)


def test_the_web_gets_plain_elements() -> None:
    html = to_html(parse("Un **mot** *là*, [lien](https://a.fr/?b=1&c=2)  \nsuite"))
    assert html == '<p>Un <strong>mot</strong> <em>là</em>, <a href="https://a.fr/?b=1&amp;c=2">lien</a><br>\nsuite</p>'


def test_every_element_of_a_full_text_is_ours_and_closed() -> None:
    document = parse(EVERYTHING)
    assert inspect(str(to_html(document, picture=lambda _: view("/pictures/12.jpg"))), WEB).strangers == []
    assert inspect(str(to_mail_html(document, picture=lambda _: view("cid:12@a"))), MAIL, STYLES).strangers == []


@pytest.mark.parametrize(("base_level", "levels"), [(2, "234"), (3, "345"), (4, "456"), (5, "566")])
def test_headings_start_at_the_level_the_page_asks_for(base_level: int, levels: str) -> None:
    document = parse("## a\n### b\n#### c")
    assert "".join(re.findall(r"<h(\d)", to_html(document, base_level=base_level))) == levels
    assert "".join(re.findall(r"<h(\d)", to_mail_html(document, base_level=base_level))) == levels


def test_a_tight_list_has_no_paragraphs_and_a_loose_one_has() -> None:
    assert "<p>" not in to_html(parse("- a\n- b\n  - c"))
    assert to_html(parse("- a\n\n  b\n- c")).count("<p>") == 3


def test_an_ordered_list_keeps_its_first_number() -> None:
    assert to_html(parse("4. a")).startswith('<ol start="4">')
    assert to_html(parse("1. a")).startswith("<ol>")


def test_a_picture_on_the_web_has_its_size_words_and_caption() -> None:
    html = to_html(parse('![Plan "A"](picture:12 "Légende")'), picture=lambda _: view("/pictures/12.jpg"))
    assert html == (
        '<figure><img src="/pictures/12.jpg" alt="Plan &#34;A&#34;" width="800" height="600" loading="lazy">'
        "<figcaption>Légende</figcaption></figure>"
    )


def test_a_picture_that_cannot_be_shown_leaves_its_words() -> None:
    document = parse("![Plan](picture:12 'Légende')")
    assert to_html(document) == "<p>[Image – Plan] Légende</p>"
    assert "[Image – Plan] Légende" in to_mail_html(document)


@pytest.mark.parametrize(
    "address", ["https://a.fr/1.jpg", "//a.fr/1.jpg", "/pictures/1.jpg", "data:image/png;base64,x"]
)
def test_a_mail_shows_only_embedded_pictures(address: str) -> None:
    assert "<img" not in to_mail_html(parse("![Plan](picture:12)"), picture=lambda _: view(address))


def test_a_wide_picture_is_no_wider_than_the_column_of_a_mail() -> None:
    assert 'width="600"' in to_mail_html(parse("![Plan](picture:12)"), picture=lambda _: view("cid:1"))
    small = PictureView("cid:1", 300, 200)
    assert 'width="300"' in to_mail_html(parse("![Plan](picture:12)"), picture=lambda _: small)


def test_a_mail_sets_no_colour_of_text_or_paper() -> None:
    assert re.search(r"[^-]color:|background", to_mail_html(parse(EVERYTHING))) is None


def test_the_lookup_is_asked_with_the_source_as_written() -> None:
    asked: list[str] = []

    def lookup(source: str) -> PictureView | None:
        asked.append(source)
        return None

    to_html(parse("![a](picture:12)\n\n![b](https://a.fr/b.png)"), picture=lookup)
    assert asked == ["picture:12", "https://a.fr/b.png"]


def test_a_link_without_words_says_its_address() -> None:
    assert ">https://a.fr<" in to_html(Document((Paragraph((Link("https://a.fr", ()),)),)))


def test_words_of_a_picture_are_escaped() -> None:
    document = Document((Image('picture:1"><script>', '"><script>', "<script>"),))
    for html in (to_html(document), to_html(document, picture=lambda _: view('/"><script>')), to_mail_html(document)):
        assert "<script" not in html

"""Which addresses may stand in a link, and which bare ones become links."""

import time

import pytest

from server.content.document import Link, Paragraph, Text, plain
from server.content.links import safe_href, with_links
from server.content.markdown import parse


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("https://mairie.example.fr", "https://mairie.example.fr"),
        ("HTTPS://Mairie.example.fr/a?b=1#c", "https://Mairie.example.fr/a?b=1#c"),
        ("http://exemple.fr:8080/é à", "http://exemple.fr:8080/%C3%A9%20%C3%A0"),
        ("https://mairie-été.fr/", "https://xn--mairie-t-h1ab.fr/"),
        ("www.mairie.fr", "https://www.mairie.fr"),
        ("mailto:accueil@mairie.fr", "mailto:accueil@mairie.fr"),
        ("mailto:accueil@mairie.fr?subject=Avis", "mailto:accueil@mairie.fr?subject=Avis"),
        ("tel:+33 5 00 00 00 00", "tel:+33500000000"),
        ("tel:3919", "tel:3919"),
    ],
)
def test_these_addresses_are_kept(written: str, kept: str) -> None:
    assert safe_href(written) == kept


@pytest.mark.parametrize(
    "written",
    [
        "javascript:alert(1)", "JaVaScRiPt:alert(1)", " java\tscript:alert(1)", "java\x00script:alert(1)",
        "data:text/html,x", "vbscript:x", "file:///etc/passwd", "ftp://a.fr", "//a.fr", "/agenda", "#haut", "mairie.fr",
        "", "http://", "https:///a", "http:a.fr", "https://user:pass@a.fr", "https://a.fr@b.fr", "https://a.fr\\@b.fr",
        "mailto:", "mailto:a", "mailto:a@b.fr?subject=x%0d%0aBcc:c@d.fr", "tel:", "tel:abc", "tel:<b>",
        "https://a.fr/" + "x" * 2_000, "https://[::1", "https://%00.fr/", "cid:1", "picture:1", "blob:https://a.fr/1",
    ],
)  # fmt: skip
def test_these_addresses_leave_only_their_words(written: str) -> None:
    assert safe_href(written) is None


@pytest.mark.parametrize("href", ["javascript:alert(1)", "data:x", "&#106;avascript:alert(1)", "/agenda", "vbscript:x"])
def test_a_refused_link_becomes_its_words(href: str) -> None:
    assert parse(f"[le *plan*]({href})").blocks == parse("le *plan*").blocks


@pytest.mark.parametrize(
    ("sentence", "addresses"),
    [
        ("Voir https://a.fr/b.", ["https://a.fr/b"]),
        ("(https://a.fr/b_(c))", ["https://a.fr/b_(c)"]),
        ("« https://a.fr », www.b.fr !", ["https://a.fr", "https://www.b.fr"]),
        ("écrire à accueil@mairie.fr, ou a.b+c@d-e.co.uk.", ["mailto:accueil@mairie.fr", "mailto:a.b+c@d-e.co.uk"]),
        ("<https://a.fr> <a@b.fr>", ["https://a.fr", "mailto:a@b.fr"]),
        ("**https://a.fr**", ["https://a.fr"]),
        ("wwww.a, http://, a@b, @mairie, xhttps://a.fr", []),
        ("[https://a.fr](https://b.fr)", ["https://b.fr"]),
    ],
)
def test_bare_addresses_become_links(sentence: str, addresses: list[str]) -> None:
    document = parse(sentence)
    assert [part.split("'")[0] for part in repr(document).split("href='")[1:]] == addresses


def test_nothing_is_lost_around_a_bare_address() -> None:
    assert list(with_links("a https://b.fr, c@d.fr.")) == [
        Text("a "),
        Link("https://b.fr", (Text("https://b.fr"),)),
        Text(", "),
        Link("mailto:c@d.fr", (Text("c@d.fr"),)),
        Text("."),
    ]


def test_a_link_without_words_is_kept_for_the_linter() -> None:
    paragraph = parse("[](https://a.fr)").blocks[0]
    assert isinstance(paragraph, Paragraph)
    assert paragraph.children == (Link("https://a.fr", ()),)
    assert plain(paragraph.children) == ""


@pytest.mark.parametrize(
    "sign", ["a", "a@", "@", ".", "a.", "www.", "https://", "https://a(", "a@a.", "%", "https://a)", "-"]
)
def test_no_address_rule_takes_long_on_its_worst_signs(sign: str) -> None:
    text = (sign * 50_000)[:50_000]
    begun = time.process_time()
    list(with_links(text))
    safe_href(text)
    assert time.process_time() - begun < 0.5

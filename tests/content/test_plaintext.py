"""A Document as plain text: set well, within its width, with every address readable."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.content.markdown import parse
from server.content.plaintext import WIDTH, to_plain_text
from server.content.typography import set_typography


def text_of(markdown: str, width: int = WIDTH) -> str:
    return to_plain_text(parse(markdown), width)


def test_headings_are_underlined_by_level() -> None:
    assert text_of("# Travaux\n### Quand\n#### Où") == "Travaux\n=======\n\nQuand\n-----\n\nOù\n"


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("[le plan](https://a.fr/p)", "le plan <https://a.fr/p>\n"),
        ("https://a.fr/p", "https://a.fr/p\n"),
        ("[a.fr](https://a.fr/)", "a.fr\n"),
        ("[nous écrire](mailto:a@b.fr)", "nous écrire <a@b.fr>\n"),
        ("a@b.fr", "a@b.fr\n"),
        ("[05 00 00 00 00](tel:+33500000000)", "05 00 00 00 00\n"),
        ("[l'accueil](tel:0500000000)", "l'accueil <0500000000>\n"),
        ("[](https://a.fr)", "https://a.fr\n"),
    ],
)
def test_an_address_follows_its_words_and_is_said_once(markdown: str, text: str) -> None:
    assert text_of(markdown) == text


def test_lists_hang_and_nest() -> None:
    assert text_of("9. a\n10. b\n    - c", 40) == "9.  a\n10. b\n    - c\n"
    assert text_of("- un deux trois quatre cinq six", 24) == "- un deux trois quatre\n  cinq six\n"


def test_a_loose_list_has_air_inside_its_items() -> None:
    assert text_of("- a\n\n  b") == "- a\n\n  b\n"


def test_a_narrow_table_stands_in_columns() -> None:
    assert text_of("| Jour | Heure |\n|:--|--:|\n| lundi | 9 h |\n| mardi | 14 h |") == (
        "Jour   Heure\n-----  -----\nlundi    9 h\nmardi   14 h\n"
    )


def test_a_wide_table_becomes_a_list_for_each_row() -> None:
    assert text_of("| Jour | Heure |\n|---|---|\n| lundi toute la journée | de 9 h à 12 h |", 30) == (
        "Jour – lundi toute la journée\nHeure – de 9 h à 12 h\n"
    )


def test_quotes_rules_pictures_and_breaks() -> None:
    assert text_of("> a\n>\n> b") == "> a\n>\n> b\n"
    assert text_of("---", 25) == "          * * *\n"
    assert text_of("![Plan](picture:1 'Légende')") == "[Image – Plan] Légende\n"
    assert text_of("a\\\nb") == "a\nb\n"


def test_marks_are_dropped() -> None:
    assert text_of("**a** *b*") == "a b\n"


def test_an_empty_document_is_no_text() -> None:
    assert text_of("") == ""


def test_no_break_spaces_hold_at_the_end_of_a_line() -> None:
    text = to_plain_text(set_typography(parse("a" * 20 + " : " + "b" * 5 + " 10 km"), "fr"), 24)
    assert text == "a" * 20 + "\u00a0:\n" + "b" * 5 + " 10\u00a0km\n"


@given(st.lists(st.text(alphabet="abcé", min_size=1, max_size=12), min_size=1, max_size=60), st.integers(26, 80))
def test_no_line_is_longer_than_the_width(words: list[str], width: int) -> None:
    lines = text_of("- " + " ".join(words), width).split("\n")
    assert max(len(line) for line in lines) <= width
    assert " ".join(" ".join(lines).removeprefix("-").split()) == " ".join(words)

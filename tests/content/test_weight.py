"""Bytes, words and minutes."""

import pytest

from server.content.markdown import parse
from server.content.typography import set_typography
from server.content.weight import byte_weight, reading_minutes, word_count


def test_bytes_are_counted_as_they_are_sent() -> None:
    assert byte_weight("é", b"ab") == 4


@pytest.mark.parametrize(
    ("markdown", "words"),
    [
        ("", 0),
        ("un **deux** [trois](https://a.fr)", 3),
        ("# Un\n\n- deux\n- trois\n\n> quatre", 4),
        ("| un | deux |\n|---|---|\n| trois | |", 3),
        ("![pas lu](picture:1 'un deux')", 2),
        ("Qui ? – « Vous » !", 2),
    ],
)
def test_words_are_counted_as_a_person_counts_them(markdown: str, words: int) -> None:
    assert word_count(parse(markdown)) == words


def test_typography_does_not_change_the_count() -> None:
    document = parse('Attention: "la" réunion est à 10 h 30, 5 km plus loin !')
    assert word_count(set_typography(document, "fr")) == word_count(document)


@pytest.mark.parametrize(("words", "minutes"), [(0, 0), (1, 1), (200, 1), (201, 2)])
def test_minutes_are_rounded_up(words: int, minutes: int) -> None:
    assert reading_minutes(parse("mot " * words)) == minutes

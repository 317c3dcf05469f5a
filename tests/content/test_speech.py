"""A Document read aloud on the telephone."""

import pytest

from server.content.markdown import parse
from server.content.speech import to_speech


@pytest.mark.parametrize(
    ("markdown", "sentences"),
    [
        ("Un. Deux ? Trois !", ("Un.", "Deux ?", "Trois !")),
        ("M. Martin et J. Petit viennent. Mme. Lot aussi.", ("M. Martin et J. Petit viennent.", "Mme. Lot aussi.")),
        ("À 10 h. Apportez de l'eau.", ("À 10 h.", "Apportez de l'eau.")),
        ("Environ 3.5 km. « Venez. »", ("Environ 3.5 km.", "« Venez. »")),
        ("# Travaux\n\nRue du Lavoir", ("Travaux.", "Rue du Lavoir.")),
        ("- un ;\n- deux", ("un ;", "deux.")),
        ("> cité", ("cité.",)),
        ("a\\\nb", ("a, b.",)),
        ("| Jour | Heure |\n|---|---|\n| lundi | 9 h |\n| mardi | |", ("Jour lundi, Heure 9 h.", "Jour mardi.")),
        ("[le plan](https://a.fr) sur https://www.b.fr/c/d", ("le plan sur b.fr.",)),
        ("![Plan](picture:1 'La zone')", ("La zone.",)),
        ("![Plan](picture:1)", ()),
        ("", ()),
    ],
)
def test_sentences_are_those_a_voice_would_say(markdown: str, sentences: tuple[str, ...]) -> None:
    assert to_speech(parse(markdown)).sentences == sentences


def test_a_minute_holds_150_words() -> None:
    assert to_speech(parse("mot " * 150)).seconds == 60
    assert to_speech(parse("mot " * 75), words_per_minute=75).seconds == 60
    assert to_speech(parse("")).seconds == 0

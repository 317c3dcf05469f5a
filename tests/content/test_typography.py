"""Typography of French and English text."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.content.document import Link, Paragraph, Strong, Text, plain
from server.content.markdown import parse
from server.content.typography import set_typography, typeset

# ~ stands for a no-break space, ^ for a narrow one, so that the tables can be read.
FRENCH = [
    ("Attention : travaux", "Attention~: travaux"),
    ("Attention: travaux", "Attention~: travaux"),
    ("Horaires:", "Horaires~:"),
    ("Qui ? Vous !", "Qui^? Vous^!"),
    ("Venez nombreux!", "Venez nombreux^!"),
    ("Quoi ?!", "Quoi^?!"),
    ("un ; deux", "un^; deux"),
    ("(oui !)", "(oui^!)"),
    ('le "Petit Bal" du 14', "le «~Petit Bal~» du 14"),
    ("«mot»", "«~mot~»"),
    ("« mot »", "«~mot~»"),
    ("« Qui ? »", "«~Qui^?~»"),
    ("l'école d'aujourd'hui", "l’école d’aujourd’hui"),
    ('l\'"Avenir"', "l’«~Avenir~»"),
    ("et cetera...", "et cetera…"),
    ("......", "......"),
    ("Avis n° 12", "Avis n°~12"),
    ("Avis N°12", "Avis N°~12"),
    ("10 h 30", "10~h~30"),
    ("10h30", "10~h~30"),
    ("de 9h à 12h.", "de 9~h à 12~h."),
    ("9 h – 12 h", "9~h~– 12~h"),
    ("5 km, 20 m², 3 kg", "5~km, 20~m², 3~kg"),
    ("05 00 00 00 00", "05~00~00~00~00"),
    ("+33 5 00 00 00 00", "+33~5~00~00~00~00"),
    ("0 800 123 456", "0^800^123^456"),
    ("12 000 habitants", "12^000~habitants"),
    ("1 234 567 €", "1^234^567~€"),
    ("50% et 12€", "50~% et 12~€"),
    ("le 1er janvier, le 5 mars", "le 1er~janvier, le 5~mars"),
    ("1ᵉʳ décembre", "1ᵉʳ~décembre"),
    ("la 2e et la 3ème", "la 2e et la 3ème"),
    ("M. Martin et Mme Petit", "M.~Martin et Mme~Petit"),
    ("le 12 rue des Lilas", "le 12 rue des Lilas"),
    ("10:30", "10:30"),
    (":-) ;-)", ":-) ;-)"),
    ("5'30", "5'30"),
    ("XXIe siècle", "XXIe siècle"),
    ("3 l'heure", "3 l’heure"),
    ("voir https://a.fr/?b=1;c!d et www.b.fr/x?y", "voir https://a.fr/?b=1;c!d et www.b.fr/x?y"),
    ("écrire à l'accueil@mairie.fr", "écrire à l'accueil@mairie.fr"),
]

ENGLISH = [
    ('He said "come".', "He said “come”."),
    ("don't, it's the Smiths' house", "don’t, it’s the Smiths’ house"),
    ("a 'word' here", "a ‘word’ here"),
    ("What? Now!", "What? Now!"),
    ("10 km on 5 May", "10~km on 5~May"),
    ("wait...", "wait…"),
    ("Mrs Brown", "Mrs~Brown"),
]


def legible(text: str) -> str:
    return text.replace("\u00a0", "~").replace("\u202f", "^")


@pytest.mark.parametrize(("typed", "expected"), FRENCH)
def test_french_words_are_set_as_french_is_printed(typed: str, expected: str) -> None:
    assert legible(typeset(typed, "fr")) == expected


@pytest.mark.parametrize(("typed", "expected"), ENGLISH)
def test_english_words_are_set_as_english_is_printed(typed: str, expected: str) -> None:
    assert legible(typeset(typed, "en")) == expected


@pytest.mark.parametrize("typed", [typed for typed, _ in FRENCH + ENGLISH])
@pytest.mark.parametrize("language", ["fr", "en"])
def test_setting_twice_changes_nothing_more(typed: str, language: str) -> None:
    once = typeset(typed, language)
    assert typeset(once, language) == once


@given(st.text(alphabet="ab1 0:;!?\"'«».…–()hkm°n%€\u00a0\u202f", max_size=40))
def test_any_text_is_stable_once_it_is_set(typed: str) -> None:
    once = typeset(typed, "fr")
    assert typeset(once, "fr") == once


@given(st.text(max_size=200))
def test_letters_and_digits_are_never_changed(typed: str) -> None:
    def letters(text: str) -> str:
        return "".join(sign for sign in text if sign.isalnum())

    assert letters(typeset(typed, "fr")) == letters(typed)
    assert letters(typeset(typed, "en")) == letters(typed)


def test_an_unknown_language_stays_as_typed() -> None:
    assert typeset("Qui ? ...", "br") == "Qui ? ..."


def test_a_sign_after_a_bold_word_knows_the_word_before_it() -> None:
    paragraph = set_typography(parse("**Attention**: venez! Le *bal*!"), "fr").blocks[0]
    assert isinstance(paragraph, Paragraph)
    assert legible(plain(paragraph.children)) == "Attention~: venez^! Le bal^!"
    assert paragraph.children[0] == Strong((Text("Attention"),))


def test_quotes_around_a_bold_word_open_and_close() -> None:
    paragraph = set_typography(parse('le "**bal**" du soir'), "fr").blocks[0]
    assert isinstance(paragraph, Paragraph)
    assert legible(plain(paragraph.children)) == "le «~bal~» du soir"


def test_addresses_of_links_are_not_touched() -> None:
    document = set_typography(parse("[l'agenda ?](https://a.fr/l'agenda?x=1)"), "fr")
    paragraph = document.blocks[0]
    assert isinstance(paragraph, Paragraph)
    assert paragraph.children == (Link("https://a.fr/l'agenda?x=1", (Text("l’agenda\u202f?"),)),)


def test_words_of_lists_tables_quotes_and_captions_are_set() -> None:
    text = "- l'eau\n\n> l'air\n\n| l'or |\n|-|\n| l'an |\n\n![l'alt](picture:1 \"l'image\")"
    document = set_typography(parse(text), "fr")
    assert repr(document).count("l’") == 6


@pytest.mark.parametrize("sign", [*"\"'«».!?:;° 0h1a@-\u00a0", "0 ", "1 000 ", "« ", "a!", "n° ", '" ', "www.", "a@"])
def test_no_rule_takes_long_on_its_worst_signs(sign: str) -> None:
    text = (sign * 50_000)[:50_000]
    begun = time.process_time()
    typeset(text, "fr")
    typeset(text, "en")
    assert time.process_time() - begun < 1.5

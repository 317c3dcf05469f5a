"""Sentences said in a language: holes, plurals, numbers, sentences inside sentences."""

from collections.abc import Iterator
from datetime import date

import pytest

from server.core import i18n
from server.core.i18n import sentence, sentences, speaking, translate
from server.core.templating import environment, format_day

FRENCH = """msgid ""
msgstr "Plural-Forms: nplurals=2; plural=(n > 1);\\n"

msgid "{who} writes. {advice}"
msgstr "{who} écrit. {advice}"

msgid "Look again."
msgstr "Regardez encore."

msgid "{count} page"
msgid_plural "{count} pages"
msgstr[0] "{count} feuille"
msgstr[1] "{count} feuilles"

msgid "%(num)s page"
msgid_plural "%(num)s pages"
msgstr[0] "%(num)s feuille"
msgstr[1] "%(num)s feuilles"
"""


@pytest.fixture(autouse=True)
def french(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A catalogue of four sentences."""
    folder = tmp_path_factory.mktemp("locale")
    (folder / "fr" / "LC_MESSAGES").mkdir(parents=True)
    (folder / "fr" / "LC_MESSAGES" / "tambour.po").write_text(FRENCH, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(i18n, "LOCALES", folder)
        i18n.catalogue.cache_clear()
        yield
    i18n.catalogue.cache_clear()


def test_a_sentence_is_said_in_the_language_asked_for_with_those_it_holds() -> None:
    words = sentence("{who} writes. {advice}", who="Berthe", advice=sentence("Look again."))
    assert translate(words, "fr") == "Berthe écrit. Regardez encore."
    with speaking("fr"):
        assert translate(words, "en") == "Berthe writes. Look again."


@pytest.mark.parametrize(("count", "said"), [(0, "0 feuille"), (1, "1 feuille"), (2, "2 feuilles")])
def test_zero_is_singular_in_french(count: int, said: str) -> None:
    assert translate(sentences("{count} page", "{count} pages", count=count), "fr") == said


def test_counts_are_written_as_numbers_are() -> None:
    words = sentences("{count} page", "{count} pages", count=1240)
    assert translate(words, "en") == "1,240 pages"
    assert translate(words, "fr") == "1\u202f240 feuilles"
    template = environment().from_string('{{ ngettext("%(num)s page", "%(num)s pages", 1240) }}')
    with speaking("fr"):
        assert template.render() == "1\u202f240 feuilles"
    with speaking("en"):
        assert template.render() == "1,240 pages"


def test_an_unknown_language_is_french() -> None:
    with speaking("xx"):
        assert str(sentence("Look again.")) == "Regardez encore."


@pytest.mark.parametrize(
    ("day", "pattern", "said"),
    [
        (date(2026, 12, 1), "d MMMM y", "1ᵉʳ décembre 2026"),
        (date(2026, 8, 1), "EEEE d MMMM", "samedi 1ᵉʳ août"),
        (date(2026, 12, 21), "d MMM y", "21 déc. 2026"),
        (date(2026, 12, 1), "MMMM y", "décembre 2026"),
    ],
)
def test_only_the_first_day_of_a_month_is_an_ordinal_in_french(day: date, pattern: str, said: str) -> None:
    with speaking("fr"):
        assert format_day(day, pattern) == said
    with speaking("en"):
        assert "ᵉʳ" not in format_day(day, pattern)


def test_a_long_number_in_a_sentence_is_grouped_as_the_language_does() -> None:
    assert translate(sentence("{who} writes. {advice}", who=800_000, advice=2026), "fr") == "800\u202f000 écrit. 2026"
    assert translate(sentence("{who} writes. {advice}", who=50_000, advice=9_999), "en") == "50,000 writes. 9999"

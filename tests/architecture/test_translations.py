"""Every sentence of the code is said in French, whole, with its holes and its typography; every page speaks both languages."""

import re
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_keywords, parse_mapping_cfg
from babel.messages.pofile import read_po
from sqlmodel import col, update

from server.accounts.models import Account
from server.app import PAGES
from server.core import i18n
from server.core.database import Database
from server.core.i18n import sentences, speaking
from server.municipalities.models import Municipality
from tests.architecture.sources import ROOT
from tests.browsing import BrowserOf
from tests.cast import Cast

LOCALES = ROOT / "server" / "locale"
ADVICE = "run `make words`, then translate what is new"
_HOLE = re.compile(r"%\(\w+\)s|\{\w+\}")
_CODE = re.compile(r"`[^`]*`|https?://\S+")
_NBSP, _THIN = "\u00a0", "\u202f"
RULES = {
    "a straight apostrophe or quotation mark": re.compile(r"['\"“”]"),
    "three dots instead of …": re.compile(r"\.\.\."),
    "no no-break space before a colon": re.compile(rf"(?<![{_NBSP}\d]):|{_NBSP}{_NBSP}"),
    "no thin no-break space before ; ! ?": re.compile(rf"(?<![{_THIN}]|[;!?])[;!?]"),
    "no no-break space inside guillemets": re.compile(rf"«(?!{_NBSP})|(?<!{_NBSP})»"),
    "no no-break space after n°": re.compile(rf"\b[nN]°(?!{_NBSP}|$)"),
    "an ordinary space before a unit": re.compile(r"[\dx] (?:[kM]o|%)(?!\w)"),
}


@cache
def _french() -> Catalog:
    with (LOCALES / "fr" / "LC_MESSAGES" / "tambour.po").open("rb") as source:
        return read_po(source, locale="fr")


def _messages() -> list[Message]:
    return [message for message in _french() if message.id]


def _forms(words: object) -> tuple[str, ...]:
    """A singular and a plural, or one sentence."""
    return (words,) if isinstance(words, str) else tuple(words)  # type: ignore[arg-type]  # babel: str, list or tuple


def _of_the_code() -> set[tuple[str, ...]]:
    with (LOCALES / "babel.cfg").open(encoding="utf-8") as source:
        methods, options = parse_mapping_cfg(source)  # type: ignore[no-untyped-call]  # babel's only reader
    keywords = DEFAULT_KEYWORDS | parse_keywords(["sentence", "sentences:1,2", "Message"])
    found = extract_from_dir(ROOT, methods, options, keywords)
    return {_forms(words) for _file, _line, words, _comments, _context in found}


def test_the_catalogue_holds_the_sentences_of_the_code_and_no_other() -> None:
    kept, said = {_forms(message.id) for message in _messages()}, _of_the_code()
    assert (said - kept, kept - said) == (set(), set()), ADVICE


def test_every_sentence_is_translated() -> None:
    empty = [message.id for message in _messages() if not all(_forms(message.string)) or message.fuzzy]
    assert empty == []
    assert not _french().obsolete


def test_every_translation_keeps_the_holes() -> None:
    """French may leave the number out of its singular: « Un point à corriger »."""
    wrong = []
    for message in _messages():
        *singular, last = (set(_HOLE.findall(words)) for words in _forms(message.string))
        *first, wanted = (set(_HOLE.findall(words)) for words in _forms(message.id))
        counted = {"%(num)s", "{count}"}
        kept = all(said <= wanted and said | counted >= meant for said, meant in zip(singular, first, strict=True))
        if last != wanted or not kept:
            wrong.append(message.id)
    assert wrong == []


@pytest.mark.parametrize("rule", RULES)
def test_french_typography(rule: str) -> None:
    wrong = []
    for message in _messages():
        for words in _forms(message.string):
            plain = _HOLE.sub("x", _CODE.sub("x", words))
            if RULES[rule].search(plain.replace("18:30", "").replace("## ", "")):
                wrong.append(words)
    assert wrong == []


@pytest.fixture
def french_words() -> Iterator[None]:
    """The real catalogue, which the other tests do without."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(i18n, "LOCALES", LOCALES)
        i18n.catalogue.cache_clear()
        yield
    i18n.catalogue.cache_clear()


@pytest.mark.usefixtures("french_words")
def test_none_and_one_are_singular_in_french() -> None:
    with speaking("fr"):
        said = [str(sentences("{count} page", "{count} pages", count=count)) for count in (0, 1, 2)]
    assert said == ["0 page", "1 page", "2 pages"]


class _Texts(HTMLParser):
    """What a page says: its texts and the attributes people read or hear."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.said: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.said |= {value for name, value in attrs if value and name in {"alt", "aria-label", "placeholder", "title"}}

    def handle_data(self, data: str) -> None:
        self.said.add(data.strip())


def _english_only() -> set[str]:
    """Sentences whose French is not the same."""
    return {
        said
        for message in _messages()
        for said, french in zip(_forms(message.id), _forms(message.string), strict=True)
        if said != french
    }


def _pages() -> set[str]:
    """Every page whose address has nothing to fill in."""
    routes = [route for router in PAGES for route in router.routes]
    return {
        str(getattr(route, "path", "{"))
        for route in routes
        if "GET" in getattr(route, "methods", ()) and "{" not in getattr(route, "path", "{")
    }


@pytest.mark.usefixtures("french_words")
@pytest.mark.parametrize("language", ["fr", "en"])
async def test_every_page_speaks_the_language_of_its_reader(
    browser_of: BrowserOf, cast: Cast, database: Database, language: str
) -> None:
    async with database.writing() as session:
        await session.execute(update(Account).values(language=language))
        await session.execute(
            update(Municipality).where(col(Municipality.id) == cast.town_id).values(languages=[language])
        )
    alice = await browser_of("Alice")
    foreign = _english_only() if language == "fr" else {"Se connecter", "Réglages", "Enregistrer"}
    for path in sorted(_pages()):
        answer = await alice.get(path)
        assert answer.status_code in {200, 303} or path == "/logo", path
        if answer.status_code == 200 and answer.headers["content-type"].startswith("text/html"):
            assert answer.text.count("<html") == answer.text.count(f'<html lang="{language}">'), (
                path
            )  # or a part of a page
            assert _Texts(answer.text).said & foreign == set(), path

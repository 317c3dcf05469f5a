"""Whatever is written is printed as it is written, or refused by naming the character: never a box in its place."""

import json

import pytest

from server.press.errors import MissingGlyph, WordTooLong
from server.press.poster import fit_poster, preview_poster, print_poster
from tests.corpora import corpus
from tests.press.posters import paragraphs, poster
from tests.press.reading import page_count, said_on

INVISIBLE = dict.fromkeys([*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF, 0xAD])


def _bare(words: str) -> str:
    """Without what nobody sees: spaces, marks of direction, breaks allowed or forbidden."""
    return "".join(words.translate(INVISIBLE).split())


@pytest.mark.parametrize("text", ["→ ✓ ● ☎", "Ελληνικά", "русский язык", "Tiếng Việt", "½ œ € № ™", "Łódź Žižek"])
async def test_what_a_town_hall_writes_is_printed(text: str) -> None:
    assert text in said_on(await print_poster(poster(title="Essai", blocks=paragraphs(text))))


@pytest.mark.parametrize(
    ("text", "missing"),
    [("Fête 🎉", "🎉"), ("漢字", "字漢"), ("a\x07b", "\x07"), ("\ud800", "\ud800"), ("हिन्दी", None)],
)
async def test_a_character_without_a_glyph_is_refused_by_name(text: str, missing: str | None) -> None:
    for sheet in (poster(blocks=paragraphs(text)), poster(title=f"Le {text}"), poster(facts=(("Qui ?", text),))):
        for make in (print_poster, preview_poster):
            with pytest.raises(MissingGlyph) as refused:
                await make(sheet)
            assert missing is None or refused.value.characters == missing
            assert f"U+{ord(refused.value.characters[0]):04X}" in str(refused.value.message.params["named"])


async def test_a_letter_that_only_the_light_face_has_is_refused_in_a_bold_line() -> None:
    with pytest.raises(MissingGlyph):
        await preview_poster(poster(title="𝚃𝚑𝚎"))


@pytest.mark.parametrize("text", ["שלום לכולם", "مرحبا بكم"])
async def test_right_to_left_text_is_printed_whole(text: str) -> None:
    heard = said_on(await print_poster(poster(f"{text}, *{text}* et **{text}**.", title=text)))
    assert set(text) <= set(heard)


@pytest.mark.corpus
async def test_naughty_strings_make_a_good_sheet_or_a_clear_refusal() -> None:
    strings: list[str] = json.loads((corpus("naughty-strings") / "blns.json").read_text())
    undrawn = {one for at in range(0, len(strings), 60) for one in await _undrawn(strings[at : at + 60])}
    printable = [text for text in strings if not undrawn & set(text)]
    assert len(printable) > 400
    for text in set(strings) - set(printable):
        assert isinstance((await fit_poster(poster(blocks=paragraphs(text)))).refusal, MissingGlyph)
    await _print_those_that_fit(printable)


async def _undrawn(strings: list[str]) -> str:
    refusal = (await fit_poster(poster(family="official_act", blocks=paragraphs(*strings)))).refusal
    return refusal.characters if isinstance(refusal, MissingGlyph) else ""


async def _print_those_that_fit(strings: list[str], at_once: int = 60) -> None:
    """Sheets of many strings; one with a word wider than the page names it, and goes on without it."""
    for at in range(0, len(strings), at_once):
        these, pdf = strings[at : at + at_once], b""
        while not pdf:
            try:
                pdf = await print_poster(poster(family="official_act", blocks=paragraphs(*these)))
            except WordTooLong as refusal:
                these = [text for text in these if refusal.word not in text]
        _all_said(pdf, these)


def _all_said(pdf: bytes, texts: list[str]) -> None:
    assert page_count(pdf) <= 12
    heard = _bare(said_on(pdf))
    latin = [text for text in texts if text.isascii()]
    assert [text for text in latin if _bare(text) not in heard] == []


async def test_scripts_are_words_like_others() -> None:
    payloads = [
        one["payload"] for one in json.loads((corpus("xss") / "owasp-xss-filter-evasion-part1.json").read_text())
    ]
    await _print_those_that_fit([text for text in payloads if text.isascii() and text.isprintable()])

"""Whatever is written, every product is a good sheet or a clear refusal; what is printed is heard in order."""

import io
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from itertools import pairwise

import pikepdf
import pytest

from server.press.errors import AUTHORS_TO_MEND, MissingGlyph, WordTooLong
from server.press.poster import Poster, print_poster
from server.press.proof import Proof, Section, print_proof
from server.press.slip import print_slip
from tests.corpora import corpus
from tests.press.posters import body_of, image, paragraphs, picture, poster
from tests.press.reading import said_on, structure

NAME_OF_SIXTY = "Saint-Aubin-les-Prés-sur-la-Grande-Rivière-en-Haute-Beauce X"
WORD_OF_120 = "anticonstitutionnellement" * 4 + "x" * 20


async def _slip(sheet: Poster) -> bytes:
    return await print_slip(sheet, "a6")


async def _proof(sheet: Poster) -> bytes:
    section = Section(sheet.title, "", sheet.facts, sheet.blocks, sheet.contact_phone)
    proof = Proof(sheet.issuer_name, sheet.title, "n° 1", "version 1", "0" * 64, "", (section,), sheet.pictures)
    return await print_proof(proof)


def _as(**changes: object) -> Callable[[Poster], Awaitable[bytes]]:
    async def make(sheet: Poster) -> bytes:
        return await print_poster(replace(sheet, **changes))  # type: ignore[arg-type]

    return make


PRODUCTS: dict[str, Callable[[Poster], Awaitable[bytes]]] = {
    "poster": _as(),
    "act": _as(family="official_act"),
    "inquiry": _as(family="inquiry", format="a2"),
    "urgent": _as(family="urgent", format="a3"),
    "far": _as(is_far=True, format="a2", contact_hours=""),
    "slip": _slip,
    "proof": _proof,
}
EXTREMES: dict[str, Poster] = {
    "one word": poster(title="Neige", facts=(), blocks=(), contact_phone="", contact_name="", contact_hours=""),
    "5,000 words": poster(blocks=body_of(5_000)),
    "a word of 120 letters": poster(title=WORD_OF_120, blocks=paragraphs(WORD_OF_120)),
    "right to left": poster(title="שלום", blocks=paragraphs("مرحبا بكم في المدينة")),
    "emoji": poster(title="Fête", blocks=paragraphs("Fête 🎉")),
    "one pixel": poster(blocks=(image("dot", "un point"),), pictures={"dot": picture(size=(1, 1))}),
    "a huge picture": poster(blocks=(image("big", "grand"),), pictures={"big": picture(size=(9_000, 6_000))}),
    "a town of 60 letters": poster(issuer_name=NAME_OF_SIXTY),
}
# The sheet that can only be refused: by all products, or by those without the room.
ALWAYS_REFUSED = {"a word of 120 letters", "emoji", "a huge picture"}
ALWAYS_PRINTED = {"one word", "right to left", "one pixel", "a town of 60 letters"}


@pytest.mark.parametrize("product", PRODUCTS)
async def test_a_good_sheet_or_a_clear_refusal(product: str) -> None:
    assert len(NAME_OF_SIXTY) == 60
    for name, sheet in EXTREMES.items():
        try:
            pdf = await PRODUCTS[product](sheet)
        except AUTHORS_TO_MEND:  # anything else is the press's own trouble, and fails here
            assert name not in ALWAYS_PRINTED, name
        else:
            assert name not in ALWAYS_REFUSED, name
            assert sheet.title.split()[0] in said_on(pdf) or name == "right to left"
            _is_accessible(pdf)


async def test_what_is_refused_is_named() -> None:
    for make in (PRODUCTS["urgent"], PRODUCTS["slip"], PRODUCTS["proof"]):
        with pytest.raises(WordTooLong) as word:
            await make(EXTREMES["a word of 120 letters"])
        assert word.value.word == WORD_OF_120
        with pytest.raises(MissingGlyph) as glyph:
            await make(EXTREMES["emoji"])
        assert glyph.value.characters == "🎉"


async def test_naughty_strings_stand_in_a_proof_as_they_are() -> None:
    """Those of plain letters; tests/press/test_poster_characters.py has the others."""
    strings: list[str] = json.loads((corpus("naughty-strings") / "blns.json").read_text())
    plain = [
        text
        for text in strings
        if text.isascii() and text.isprintable() and len(max(text.split(), key=len, default="")) < 40
    ]
    assert len(plain) > 180
    said = "".join(said_on(await _proof(poster(blocks=paragraphs(*plain)))).split())
    assert [text for text in plain if "".join(text.split()) not in said] == []


def _is_accessible(pdf: bytes) -> None:
    """Tagged, titled, in a language; one title, headings that skip no step, pictures that say what they show, no action."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        assert document.Root.MarkInfo.Marked
        assert str(document.Root.Lang)
        assert str(document.docinfo["/Title"])
        assert document.open_metadata()["pdfuaid:part"] == "1"
        assert "/Names" not in document.Root or "/JavaScript" not in document.Root.Names
        assert "/OpenAction" not in document.Root
    tags = structure(pdf)
    levels = [int(tag[1:]) for tag, _ in tags if tag[0] == "H" and tag[1:].isdigit()]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(later - earlier <= 1 for earlier, later in pairwise(levels))
    assert all(alternative for tag, alternative in tags if tag == "Figure")

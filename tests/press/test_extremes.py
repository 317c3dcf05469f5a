"""Whatever is written, every product is a good sheet or a clear refusal; what is printed is heard in order."""

import io
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import cache
from itertools import pairwise

import pikepdf
import pytest

from server.press.bulletin import BulletinLook, print_bulletin
from server.press.editions import print_large
from server.press.errors import AUTHORS_TO_MEND, MissingGlyph, WordTooLong
from server.press.form import print_forms
from server.press.issue import Article
from server.press.poster import Poster, print_poster
from server.press.proof import Proof, Section, print_proof
from server.press.slip import print_slip
from tests.corpora import corpus
from tests.press.issues import issue
from tests.press.posters import body_of, image, paragraphs, picture, poster
from tests.press.reading import said_on, structure
from tests.press.test_proof_and_form import FORM

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
# The sheet that can only be refused: by all products, or by those without the room.
ALWAYS_REFUSED = {"a word of 120 letters", "emoji", "a huge picture"}
PROGRAMS = (
    '#read("/etc/passwd")',
    "$ sum x $",
    "<script>alert(1)</script>",
    "{{ 7*7 }}",
    "\\u{41}",
    "`rm -rf /`",
    "%s%n",
    "@ref",
)
ALWAYS_PRINTED = {"one word", "right to left", "one pixel", "a town of 60 letters"}


@cache  # a large picture takes its time
def extremes() -> dict[str, Poster]:
    return {
        "one word": poster(title="Neige", facts=(), blocks=(), contact_phone="", contact_name="", contact_hours=""),
        "5,000 words": poster(blocks=body_of(5_000)),
        "a word of 120 letters": poster(title=WORD_OF_120, blocks=paragraphs(WORD_OF_120)),
        "right to left": poster(title="שלום", blocks=paragraphs("مرحبا بكم في المدينة")),
        "emoji": poster(title="Fête", blocks=paragraphs("Fête 🎉")),
        "one pixel": poster(blocks=(image("dot", "un point"),), pictures={"dot": picture(size=(1, 1))}),
        "a huge picture": poster(blocks=(image("big", "grand"),), pictures={"big": picture(size=(9_000, 6_000))}),
        "a town of 60 letters": poster(issuer_name=NAME_OF_SIXTY),
    }


@pytest.mark.parametrize("product", PRODUCTS)
async def test_a_good_sheet_or_a_clear_refusal(product: str) -> None:
    assert len(NAME_OF_SIXTY) == 60
    for name, sheet in extremes().items():
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
            await make(extremes()["a word of 120 letters"])
        assert word.value.word == WORD_OF_120
        with pytest.raises(MissingGlyph) as glyph:
            await make(extremes()["emoji"])
        assert glyph.value.characters == "🎉"


async def test_naughty_strings_are_printed_as_they_are() -> None:
    """Those of plain letters, in a proof, a bulletin, large print and a form; the ones that look like programs on slips.
    tests/press/test_poster_characters.py has the others.
    """
    strings: list[str] = json.loads((corpus("naughty-strings") / "blns.json").read_text())
    plain = [
        text
        for text in strings
        if text.isascii() and text.isprintable() and len(max(text.split(), key=len, default="")) < 26
    ]
    assert len(plain) > 150
    many = issue(articles=(Article("Textes", blocks=paragraphs(*plain)),), editorial=None, groups=(), cover=None)
    for pdf in (
        await _proof(poster(blocks=paragraphs(*plain))),
        (await print_bulletin(many, BulletinLook(columns=2))).pdf,
        (await print_large(many))[0],
    ):
        said = _bare(said_on(pdf))
        assert [text for text in plain if _bare(text) not in said] == []
    for some in (plain[at : at + 6] for at in range(0, 60, 6)):
        said = _bare(said_on(await print_forms(replace(FORM, topics=tuple(some)), ["1"])))
        assert [text for text in some if _bare(text) not in said] == []
    for text in PROGRAMS:
        assert _bare(text) in _bare(said_on(await print_slip(poster(title="Avis", blocks=paragraphs(text)), "a6")))


def _bare(words: str) -> str:
    """Without spaces and hyphens: a line may end anywhere."""
    return "".join(words.split()).replace("-", "").replace("\u00ad", "").replace("\u2010", "")


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

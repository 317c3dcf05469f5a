"""The PDF of a poster for those who listen to it, and for programs: PDF/UA, words in order, nothing active."""

import io

import pikepdf
import pytest

from server.press.errors import BadPicture
from server.press.poster import Poster, print_poster
from tests.press.posters import NOTICE, image, paragraphs, picture, poster
from tests.press.reading import said_on, structure

BODY = """La régie remplace la **conduite** principale.

## Avant la coupure

- Remplissez un seau.
- Fermez le *robinet*.

#### Une marche sautée

1. Un
2. Deux

> Elle reste potable.

| Rue | Jour |
|:--|--:|
| Lavoir | mardi |
"""


async def test_it_is_tagged_and_has_a_title_and_a_language() -> None:
    with pikepdf.open(io.BytesIO(await print_poster(poster()))) as document:
        assert document.Root.MarkInfo.Marked
        assert str(document.Root.Lang) == "fr"
        assert document.Root.ViewerPreferences.DisplayDocTitle
        assert str(document.docinfo["/Title"]) == "Coupure d’eau"
        assert document.open_metadata()["pdfuaid:part"] == "1"


async def test_headings_go_down_one_step_at_a_time() -> None:
    tags = [tag for tag, _ in structure(await print_poster(poster(BODY, family="official_act")))]
    assert [tag for tag in tags if tag[0] == "H"] == ["H1", "H2", "H3"]


async def test_lists_and_tables_are_told_as_such() -> None:
    tags = [tag for tag, _ in structure(await print_poster(poster(BODY, family="official_act")))]
    assert tags.count("L") == 2
    assert tags.count("LI") == 4
    assert tags.count("TH") == tags.count("TD") == 2


async def test_the_words_are_read_in_the_order_of_the_notice() -> None:
    heard = said_on(await print_poster(poster(BODY, family="official_act")))
    expected = (
        "Saint-Aubin-les-Prés Official act Coupure d’eau "
        "Qui ? rue des Tilleuls et rue du Lavoir Quand ? mardi 1er décembre, de 8 h à 16 h "
        "La régie remplace la conduite principale. Avant la coupure – Remplissez un seau. – Fermez le robinet. "
        "Une marche sautée 1. Un 2. Deux Elle reste potable. Rue Jour Lavoir mardi "
        "Mairie 05 00 00 00 00 lundi : 9 h – 12 h vendredi : 14 h – 18 h "
        "Avis n° 2026-091 · affiché du 24 novembre au 1er décembre 2026 "
        "Mairie, 4 place de l’Église, 00000 Saint-Aubin-les-Prés 1/1"
    )
    assert heard == expected


async def test_a_picture_says_what_it_shows_and_a_decoration_nothing() -> None:
    blocks = (image("plan", "Le plan du quartier", "Rues sans eau"), image("filet", ""))
    sheet = poster(blocks=blocks, pictures={"plan": picture(), "filet": picture("PNG")}, logo=picture("PNG"))
    pdf = await print_poster(sheet)
    assert [alternative for tag, alternative in structure(pdf) if tag == "Figure"] == ["Le plan du quartier"]
    assert "Rues sans eau" in said_on(pdf)


async def test_a_picture_that_cannot_be_had_is_told_in_words() -> None:
    block = {**image("x", "Le plan du quartier"), "file": None}
    assert "[Le plan du quartier]" in said_on(await print_poster(poster(blocks=(block,))))


@pytest.mark.parametrize("content", [b"", b"<svg onload='alert(1)'/>", b"GIF89a" + bytes(40), picture()[:20]])
async def test_what_is_no_picture_is_refused_by_name(content: bytes) -> None:
    with pytest.raises(BadPicture) as refused:
        await print_poster(poster(blocks=(image("plan", "Le plan"),), pictures={"plan": content}))
    assert refused.value.name == "plan"


async def test_a_damaged_picture_is_refused() -> None:
    damaged = picture("PNG")[:60]
    with pytest.raises(BadPicture):
        await print_poster(poster(blocks=(image("plan", "Le plan"),), pictures={"plan": damaged}))


async def test_a_picture_that_was_not_handed_over_is_refused() -> None:
    with pytest.raises(BadPicture):
        await print_poster(poster(blocks=(image("../../etc/passwd", "x"),)))


async def test_links_show_their_address_and_lead_nowhere_else() -> None:
    body = (
        "[le site](https://saint-aubin.example/avis), [écrire](mailto:mairie@saint-aubin.example), "
        "[appeler](tel:+33500000000), [05 00](javascript:alert(1)) et <https://saint-aubin.example/plan>."
    )
    pdf = await print_poster(poster(body))
    heard = said_on(pdf)
    assert "le site (saint-aubin.example/avis)" in heard
    assert "appeler (+33500000000)" in heard
    assert heard.replace(" ", "").count("https://saint-aubin.example/plan") == 1  # the address is not said twice
    with pikepdf.open(io.BytesIO(pdf)) as document:
        targets = {str(mark.A.URI) for page in document.pages for mark in page.Annots}
        assert targets == {
            "https://saint-aubin.example/avis",
            "mailto:mairie@saint-aubin.example",
            "tel:+33500000000",
            "https://saint-aubin.example/plan",
        }


async def test_nothing_in_it_acts() -> None:
    pdf = await print_poster(poster(BODY, family="official_act", logo=picture("PNG")))
    with pikepdf.open(io.BytesIO(pdf)) as document:
        names = {str(key) for thing in document.objects if isinstance(thing, pikepdf.Dictionary) for key in thing}
        assert not names & {"/JS", "/JavaScript", "/OpenAction", "/AA", "/Launch", "/EmbeddedFiles", "/AcroForm"}


@pytest.mark.parametrize("sheet", [NOTICE, poster(BODY, format="a3", logo=picture()), poster(family="official_act")])
async def test_the_same_sheet_gives_the_same_bytes(sheet: Poster) -> None:
    assert await print_poster(sheet) == await print_poster(sheet)


async def test_text_of_an_author_is_never_a_template() -> None:
    hostile = [
        "#panic()",
        '#import "lib.typ": *',
        "\\",
        "@x",
        "$x$",
        "= Titre",
        "`code`",
        "//",
        "/* */",
        "#d.title",
        "<a>",
    ]
    heard = said_on(await print_poster(poster(title="#panic($x$)", blocks=paragraphs(*hostile))))
    assert all(text in heard for text in ["#panic($x$)", *hostile])

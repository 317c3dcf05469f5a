"""Pages to look at: each is as the typesetter itself draws it, and one that an edit left as it was is known again."""

import io
from dataclasses import replace

from PIL import Image

from server.press import bulletin
from server.press.bulletin import BulletinLook, preview_bulletin
from server.press.issue import PaperIssue
from server.press.pages import Pages
from server.press.process import Press, press, printing_on
from server.press.shelf import Shelf
from tests.press.golden import distance
from tests.press.issues import article, issue, landscape

LONG = issue(articles=tuple(article(f"Nouvelles {at}", "Le lavoir. " * 150, topic="Culture") for at in range(8)))
NEARLY = 24  # of 255, in the block that differs most: two programs draw the edges of letters


async def _pages(shown: PaperIssue) -> Pages:
    return (await preview_bulletin(shown, BulletinLook()))[0]


async def test_only_pages_on_which_something_changed_are_drawn_again() -> None:
    edited = LONG.articles[-1]
    changed = replace(LONG, articles=(*LONG.articles[:-1], replace(edited, topic="Cultures")))
    before, after = await _pages(LONG), await _pages(changed)
    same = [one == other for one, other in zip(before.fingerprints, after.fingerprints, strict=True)]
    assert len(set(before.fingerprints)) == len(before.fingerprints) >= 8
    assert same.count(False) == 1
    assert before.fingerprints == (await _pages(LONG)).fingerprints
    shelf = Shelf()
    kept = [await shelf.page(before, at) for at in range(1, len(same) + 1)]
    with printing_on(_without_typesetter()):
        assert [await shelf.page(after, at) for at, is_same in enumerate(same, 1) if is_same] == [
            picture for picture, is_same in zip(kept, same, strict=True) if is_same
        ]


def _without_typesetter() -> Press:
    """One that cannot draw: its child would not even have the memory to start."""
    return Press(memory_mb=1)


async def test_another_picture_in_the_same_place_is_another_page() -> None:
    one, two = [
        await _pages(replace(LONG, pictures={**LONG.pictures, "cover": landscape(seed, (600, 400))})) for seed in (4, 5)
    ]
    assert one.fingerprints[0] != two.fingerprints[0]
    assert one.fingerprints[1:] == two.fingerprints[1:]


async def test_a_page_is_drawn_as_the_typesetter_draws_it() -> None:
    drawn = press().print_now(replace(bulletin._sheet(LONG, BulletinLook()), output="png", ppi=144)).files
    pages = await _pages(LONG)
    for at, theirs in enumerate(drawn[:3], 1):
        assert distance(_seen(await pages.draw(at, 144)), _seen(theirs)) <= NEARLY


def _seen(page: bytes) -> Image.Image:
    return Image.open(io.BytesIO(page)).convert("L").resize((149, 210), Image.Resampling.BOX)

"""The style sheet of paper: chosen with a picture beside it, and seen on every sheet."""

import io

import pikepdf

from server.core.database import Database
from server.municipalities.schemas import Face
from server.press.style import FACES
from tests.browsing import Browser, BrowserOf
from tests.cast import Cast
from tests.notices.writing import written

CHOICE = {"paper_titles": "source_serif", "paper_reading": "source_sans", "paper_margin_mm": "22"}


async def test_a_choice_is_seen_saved_and_printed(browser_of: BrowserOf, database: Database, cast: Cast) -> None:
    async with database.writing() as session:
        notice = await written(session, cast, short_title="Déchets verts")
    alice = await browser_of("Alice")
    assert "data:image/png;base64," in (await alice.get("/desk/settings/paper")).text
    seen = await alice.submit("/desk/settings/paper/specimen", CHOICE)
    other = await alice.submit("/desk/settings/paper/specimen", CHOICE | {"paper_margin_mm": "12"})
    assert "data:image/png;base64," in seen.text
    assert seen.text != other.text
    before = await _fonts(alice, notice.id)
    assert (await alice.submit("/desk/settings/paper", CHOICE)).status_code == 303
    assert 'value="22"' in (await alice.get("/desk/settings/paper")).text
    after = await _fonts(alice, notice.id)
    assert not any("SourceSerif" in name for name in before)
    assert any("SourceSerifPro-Black" in name for name in after)


async def test_a_face_that_is_not_shipped_and_a_margin_too_narrow_are_refused(browser_of: BrowserOf) -> None:
    alice = await browser_of("Alice")
    answer = await alice.submit("/desk/settings/paper", {"paper_titles": "comic", "paper_margin_mm": "3"})
    assert answer.status_code == 422
    for field in ("paper_titles", "paper_reading", "paper_margin_mm"):
        assert f'id="f-{field}-error"' in answer.text
    assert (await (await browser_of("Bob")).get("/desk/settings/paper")).status_code == 403


def test_the_faces_of_the_form_are_those_of_the_press() -> None:
    assert set(Face.__args__) == set(FACES)  # type: ignore[attr-defined]  # of a Literal


async def _fonts(browser: Browser, notice_id: int) -> set[str]:
    pdf = (await browser.get(f"/desk/notices/{notice_id}/paper/poster-a4.pdf")).content
    with pikepdf.open(io.BytesIO(pdf)) as document:
        return {str(font.BaseFont) for font in document.pages[0].Resources.Font.values()}

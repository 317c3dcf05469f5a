"""An issue on paper: what the mail says, the columns of the groups as they came, and pages to look at before printing."""

import re

import pytest

from server.core.database import Database, WriteSession
from server.core.errors import Conflict
from server.core.files import FileStore
from server.core.secrets import Secrets
from server.issues import columns, drafting
from server.issues.models import Issue, IssueState
from server.issues.paper import paper_issue
from server.issues.paper_pages import SHOWN_WHILE_TYPED
from server.issues.schemas import ColumnDraft, GroupDraft
from server.press import process
from server.residents.models import Edition
from tests.browsing import BrowserOf
from tests.cast import Cast
from tests.issues.composing import approved, composed, content_hash, draft_of, in_state, send
from tests.notices.writing import published
from tests.press.reading import page_count, said_on

pytestmark = pytest.mark.usefixtures("monday")
TEXT = ColumnDraft(text="Nous demandons *une* réunion publique.", signed="Nora Benali")


async def _group(session: WriteSession, cast: Cast, name: str = "Autrement") -> int:
    return (await columns.declare_group(session, cast.town_id, cast.actor("Paula"), GroupDraft(name=name))).id


async def test_a_text_is_recorded_when_it_came_and_never_changed(session: WriteSession, cast: Cast) -> None:
    group_id = await _group(session, cast)
    issue = await in_state(session, cast, IssueState.APPROVED)
    read = await content_hash(session, issue)
    await columns.receive_text(session, cast.town_id, cast.actor("Bob"), issue.id, group_id, TEXT)
    await session.refresh(issue)
    assert issue.state is IssueState.DRAFT
    assert await content_hash(session, issue) == issue.content_hash != read
    with pytest.raises(Conflict):
        await columns.receive_text(session, cast.town_id, cast.actor("Bob"), issue.id, group_id, TEXT)


async def test_a_text_that_did_not_come_is_said_so_for_ever(
    database: Database, secrets: Secrets, files: FileStore, cast: Cast
) -> None:
    async with database.writing() as session:
        group_id = await _group(session, cast)
    issue = await approved(database, cast, "anne@example.org")
    await send(database, secrets, files, cast, issue.id)
    async with database.writing() as session:
        with pytest.raises(Conflict):
            await columns.receive_text(session, cast.town_id, cast.actor("Bob"), issue.id, group_id, TEXT)
        await columns.archive_group(session, cast.town_id, cast.actor("Paula"), group_id)
        await _group(session, cast, "Un groupe venu après")
        (column,) = (await paper_issue(session, files, await session.get_one(Issue, issue.id))).groups
    assert (column.title, column.contact) == ("Autrement", "")
    assert column.blocks[0]["children"] == [{"kind": "text", "text": "Text not received."}]


async def test_paper_says_what_the_mail_says(session: WriteSession, files: FileStore, cast: Cast) -> None:
    group_id = await _group(session, cast)
    easy = await published(session, cast, easy_read="On ramasse les branches mardi.", easy_read_by="Paul et Nadia")
    issue = await composed(session, cast, notice_ids=[easy.id])
    await columns.receive_text(session, cast.town_id, cast.actor("Bob"), issue.id, group_id, TEXT)
    paper = await paper_issue(session, files, issue)
    assert (paper.title, paper.number, paper.date) == (issue.title, "No. 1", "Novembre 2026")
    assert [article.title for article in paper.articles] == ["Collecte des déchets verts décalée au jeudi 26"]
    assert paper.editorial
    assert paper.editorial.signed == "Jeanne Moreau, maire"
    assert (paper.groups[0].title, paper.groups[0].signed) == ("Autrement", "Nora Benali")
    assert paper.groups[0].contact.startswith("Text received on ")
    simple = await paper_issue(session, files, issue, Edition.EASY_READ)
    assert simple.articles[0].blocks[0]["children"][0]["text"] == "On ramasse les branches mardi."
    assert (simple.easy_read_by, paper.easy_read_by) == ("Paul et Nadia", "")


async def test_its_pages_are_looked_at_and_its_files_fetched(
    browser_of: BrowserOf, database: Database, cast: Cast
) -> None:
    async with database.writing() as session:
        issue = await composed(session, cast)
    bob = await browser_of("Bob")
    try:
        shown = (await bob.get(f"/desk/issues/{issue.id}/paper")).text
        assert "4 pages: it folds as it is." in shown or "pages, and" in shown
        assert shown.count("<img src=") % 4 == 0
        links = re.findall(r'"/saint-aubin(/desk/issues/\d+/paper[^"]+)"', shown.replace("&amp;", "&"))
        assert len(links) == shown.count("<img src=") + 3
        for link in links:
            answer = await bob.get(link)
            assert answer.content.startswith(b"%PDF-" if ".pdf" in link else b"\x89PNG"), link
        assert (await bob.get(f"/desk/issues/{issue.id}/paper/99.png")).status_code == 404
        pages = (await bob.get(f"/desk/issues/{issue.id}/paper.pdf?size=a5")).content
        sheets = (await bob.get(f"/desk/issues/{issue.id}/paper.pdf?size=a5&sheets=short")).content
        assert page_count(pages) == 2 * page_count(sheets)
        typed = {"title": "Une lettre", "editorial": "Mot que personne n’a enregistré.", "notice_ids": []}
        beside = (await bob.submit(f"/desk/issues/{issue.id}/paper", typed)).text
        assert 1 <= beside.count("data:image/png;base64,") <= SHOWN_WHILE_TYPED
        assert (await bob.submit(f"/desk/issues/{issue.id}/paper", typed | {"editorial": "Autre."})).text != beside
        assert (await bob.submit(f"/desk/issues/{issue.id}/paper", typed | {"title": ""})).status_code == 422
        assert (
            f'/desk/issues/{issue.id}/paper" data-source="writing"'
            in (await bob.get(f"/desk/issues/{issue.id}/edit")).text
        )
        for product in ("letter", "large_letter", "large_print", "easy_read"):
            pdf = (await bob.get(f"/desk/issues/{issue.id}/paper.pdf?product={product}")).content
            assert "Collecte des déchets verts" in said_on(pdf)
            assert (await bob.get(f"/desk/issues/{issue.id}/paper?product={product}")).status_code == 200
    finally:
        process.press().close()


async def test_while_somebody_types_the_pages_stand_beside_it_that_change(
    browser_of: BrowserOf, database: Database, cast: Cast
) -> None:
    async with database.writing() as session:
        draft = await draft_of(session, cast)
        issue = await drafting.create_issue(session, cast.town_id, cast.actor("Bob"), draft)
    bob = await browser_of("Bob")
    try:
        saved = draft.model_dump() | {"has_agenda": "on"}
        beside = (await bob.submit(f"/desk/issues/{issue.id}/paper", saved)).text
        assert re.findall(r'alt="Page (\d)"', beside) == ["1", "2", "3", "4"]
        beside = (await bob.submit(f"/desk/issues/{issue.id}/paper", saved | {"editorial_by": "Le conseil"})).text
        assert re.findall(r'alt="Page (\d)"', beside) == ["2"]
    finally:
        process.press().close()


async def test_groups_are_declared_and_their_texts_recorded_in_pages(
    browser_of: BrowserOf, database: Database, cast: Cast
) -> None:
    async with database.writing() as session:
        issue = await composed(session, cast)
    bob, paula = await browser_of("Bob"), await browser_of("Paula")
    assert (await paula.submit("/desk/council-groups", {"name": "Autrement"})).status_code == 303
    twice = await paula.submit("/desk/council-groups", {"name": "Autrement"})
    assert (twice.status_code, "This group has its column already." in twice.text) == (422, True)
    assert "text not received yet" in (await bob.get(f"/desk/issues/{issue.id}")).text
    where = f"/desk/issues/{issue.id}/columns/1"
    assert "Autrement" in (await bob.get(where)).text
    assert (await bob.submit(where, {"text": ""})).status_code == 422
    assert (await bob.submit(where, {"text": "Une réunion !", "signed": "Nora"})).status_code == 303
    assert "Une réunion !" in (await bob.get(where)).text
    assert "Une réunion" in (await bob.get(f"/desk/issues/{issue.id}/preview")).text
    assert (await paula.submit("/desk/council-groups/1/end")).status_code == 303
    assert "Autrement" not in (await bob.get("/desk/council-groups")).text

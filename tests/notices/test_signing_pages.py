"""A proof signed on paper approves exactly the text whose mark stands on it, in the notices' room and in the letters'."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import pytest

from server.core.database import Database
from server.issues import drafting
from server.issues import queries as issues
from server.issues.models import IssueState
from server.notices import queries, service
from server.notices.models import NoticeState
from tests.browsing import Browser, BrowserOf
from tests.cast import Cast
from tests.issues import composing
from tests.issues.composing import content_hash, draft_of
from tests.notices.reading import hidden
from tests.notices.writing import draft, in_state
from tests.press.reading import said_on

pytestmark = pytest.mark.usefixtures("monday")


@dataclass
class Signed:
    """Something to approve: where it is, the mark on its proof, and how somebody changes it meanwhile."""

    place: str
    proof: str
    mark: str
    change: Callable[[], Awaitable[object]]
    state: Callable[[], Awaitable[str]]


async def a_notice(database: Database, cast: Cast) -> Signed:
    async with database.writing() as session:
        notice = await in_state(session, cast, NoticeState.SUBMITTED)

    async def change() -> None:
        async with database.writing() as session:
            bob = cast.actor("Bob")
            await service.save_notice(session, cast.town_id, bob, notice.id, draft(title="Autre"), notice.revision)
            await service.submit_notice(session, cast.town_id, bob, notice.id)

    async def state() -> str:
        async with database.reading() as session:
            return (await queries.get_notice(session, cast.town_id, notice.id)).state

    place = f"/desk/notices/{notice.id}"
    return Signed(place, f"{place}/paper/proof.pdf", notice.content_hash, change, state)


async def an_issue(database: Database, cast: Cast) -> Signed:
    async with database.writing() as session:
        issue = await composing.in_state(session, cast, IssueState.SUBMITTED)
        mark = await content_hash(session, issue)

    async def change() -> None:
        async with database.writing() as session:
            bob, found = cast.actor("Bob"), await issues.get_issue(session, cast.town_id, issue.id)
            other = await draft_of(session, cast, title="Autre lettre")
            await drafting.save_issue(session, cast.town_id, bob, issue.id, other, found.revision)

    async def state() -> str:
        async with database.reading() as session:
            return (await issues.get_issue(session, cast.town_id, issue.id)).state

    place = f"/desk/issues/{issue.id}"
    return Signed(place, f"{place}/proof.pdf", mark, change, state)


@pytest.mark.parametrize("bring", [a_notice, an_issue])
async def test_what_was_signed_is_approved_and_nothing_else(
    browser_of: BrowserOf, database: Database, cast: Cast, bring: Callable[[Database, Cast], Awaitable[Signed]]
) -> None:
    signed = await bring(database, cast)
    paula, bob = await browser_of("Paula"), await browser_of("Bob")
    proof = said_on((await paula.get(signed.proof)).content)
    assert signed.mark[:16] in proof
    assert "déchets verts" in proof
    form = await _form(paula, signed)
    assert 'value="Jeanne Moreau, maire"' in (await paula.get(f"{signed.place}/signature")).text
    assert (await bob.get(f"{signed.place}/signature")).status_code == 403
    for wrong, field in (
        ({"mark": "0" * 16}, "mark"),
        ({"mark": "abc"}, "mark"),
        ({"signed_on": "2026-11-22"}, "signed_on"),
        ({"signed_on": "2026-11-24"}, "signed_on"),
        ({"signed_by": " "}, "signed_by"),
    ):
        refused = await paula.submit(f"{signed.place}/signature", form | {"mark": signed.mark[:16]} | wrong)
        assert refused.status_code == 422
        assert f'id="f-{field}-error"' in refused.text
    entered = await paula.submit(f"{signed.place}/signature", form | {"mark": f" {signed.mark[:8].upper()} "})
    assert entered.status_code == 303
    assert await signed.state() == "approved"
    page = (await paula.get(signed.place)).text
    assert "Signed on paper on 23" in page
    assert "Jeanne Moreau, maire" in page


@pytest.mark.parametrize("bring", [a_notice, an_issue])
async def test_a_text_changed_since_it_was_signed_is_not_approved(
    browser_of: BrowserOf, database: Database, cast: Cast, bring: Callable[[Database, Cast], Awaitable[Signed]]
) -> None:
    """Whether the page was opened before the change or after it."""
    signed = await bring(database, cast)
    paula = await browser_of("Paula")
    before = await _form(paula, signed) | {"mark": signed.mark[:16]}
    await signed.change()
    assert (await paula.submit(f"{signed.place}/signature", before)).status_code == 409
    after = await _form(paula, signed) | {"mark": signed.mark[:16]}
    refused = await paula.submit(f"{signed.place}/signature", after)
    assert refused.status_code == 422
    assert "another text" in refused.text
    assert await signed.state() != "approved"


async def _form(paula: Browser, signed: Signed) -> dict[str, str]:
    page = (await paula.get(f"{signed.place}/signature")).text
    names = ("content_hash", "revision") if 'name="revision"' in page else ("content_hash",)
    kept = {name: hidden(page, name) for name in names}
    return kept | {"signed_by": "Jeanne Moreau, maire", "signed_on": "2026-11-23"}

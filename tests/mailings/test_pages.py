"""The Mailings room in a browser without pictures: figures that add up, acts that are confirmed, doors that are shut."""

import re
from datetime import timedelta

import pytest

from server.accounts.models import ApiToken
from server.core import clock
from server.core.secrets import new_token, token_hash
from server.mailings.heartbeats import beat
from server.mailings.models import DeliveryState, Mailing, MailingState
from tests.browsing import Browser, BrowserOf
from tests.cast import Cast
from tests.mailings.test_service import set_rows
from tests.sending import Office, people

SUBJECT = "La lettre de novembre"


async def start(office: Office, count: int = 4, **changes: object) -> int:
    return await office.start(people(count), subject=SUBJECT, **changes)


async def settled(office: Office) -> int:
    """One of each."""
    mailing_id = await start(office)
    soon = clock.now() + timedelta(minutes=15)
    await set_rows(office, mailing_id, 1, state=DeliveryState.ACCEPTED, next_at=None)
    await set_rows(
        office,
        mailing_id,
        2,
        state=DeliveryState.REFUSED,
        reply="550 5.1.1 <b>no</b> such user",
        next_at=None,
        settled_at=clock.now(),
    )
    await set_rows(office, mailing_id, 3, state=DeliveryState.DEFERRED, reply="421 slow down", next_at=soon)
    return mailing_id


async def test_the_list_says_what_left_and_how_far(office: Office, browser_of: BrowserOf) -> None:
    bob = await browser_of("Bob")
    assert 'class="empty"' in (await bob.get("/desk/mailings")).text
    await settled(office)
    answer = await bob.get("/desk/mailings")
    assert answer.status_code == 200
    assert SUBJECT in answer.text
    assert re.findall(r'<td class="n">(\d+)</td>', answer.text) == ["4", "1", "1"]


async def test_the_page_of_a_sending_adds_up(office: Office, browser_of: BrowserOf) -> None:
    mailing_id = await settled(office)
    paula = await browser_of("Paula")
    answer = await paula.get(f"/desk/mailings/{mailing_id}")
    assert answer.status_code == 200
    assert figures_on(answer.text)[:7] == [4, 1, 1, 1, 1, 0, 0]
    assert f'data-refresh="/saint-aubin/desk/mailings/{mailing_id}/progress"' in answer.text
    assert '<noscript><meta http-equiv="refresh" content="5"></noscript>' in answer.text
    assert "421 slow down" in answer.text
    fragment = await paula.get(f"/desk/mailings/{mailing_id}/progress")
    assert fragment.text.strip().startswith('<div id="progress" data-refresh=')
    assert figures_on(fragment.text) == figures_on(answer.text)


async def test_a_finished_sending_stops_refreshing(office: Office, browser_of: BrowserOf) -> None:
    mailing_id = await start(office)
    bob = await browser_of("Bob")
    async with office.database.writing() as session:
        mailing = await session.get_one(Mailing, mailing_id)
        mailing.state, mailing.finished_at = MailingState.FINISHED, clock.now()
        session.add(mailing)
    for path in (f"/desk/mailings/{mailing_id}", f"/desk/mailings/{mailing_id}/progress"):
        words = (await bob.get(path)).text
        assert "data-refresh" not in words
        assert "data-reload" in words
        assert "http-equiv" not in words


async def test_the_refused_with_their_reason_and_nothing_of_the_reply_as_html(
    office: Office, browser_of: BrowserOf
) -> None:
    mailing_id = await settled(office)
    answer = await (await browser_of("Paula")).get(f"/desk/mailings/{mailing_id}/refused")
    assert "p2@example.org" in answer.text
    assert "550 5.1.1 &lt;b&gt;no&lt;/b&gt; such user" in answer.text
    assert (await (await browser_of("Bob")).get(f"/desk/mailings/{mailing_id}/refused")).status_code == 403


async def test_pause_resume_and_cancel_after_a_confirmation(office: Office, browser_of: BrowserOf) -> None:
    mailing_id = await start(office)
    paula = await browser_of("Paula")
    here = f"/desk/mailings/{mailing_id}"
    for path, state in (("pause", MailingState.PAUSED), ("resumption", MailingState.SENDING)):
        answer = await paula.submit(f"{here}/{path}")
        assert answer.status_code == 303
        assert answer.headers["location"].startswith(f"/saint-aubin{here}?said=")
        assert (await office.mailing(mailing_id)).state is state
    confirmation = await paula.get(f"{here}/cancellation")
    assert "4 " in confirmation.text
    assert (await office.mailing(mailing_id)).state is MailingState.SENDING
    assert (await paula.submit(f"{here}/cancellation")).status_code == 303
    assert await office.states(mailing_id) == {DeliveryState.CANCELLED: 4}
    again = await paula.submit(f"{here}/pause")
    assert again.status_code == 409


@pytest.mark.parametrize("path", ["pause", "resumption", "cancellation"])
async def test_an_editor_looks_and_touches_nothing(office: Office, browser_of: BrowserOf, path: str) -> None:
    mailing_id = await start(office)
    bob = await browser_of("Bob")
    assert (await bob.submit(f"/desk/mailings/{mailing_id}/{path}")).status_code == 403
    assert (await office.mailing(mailing_id)).state is MailingState.SENDING
    assert "cancellation" not in (await bob.get(f"/desk/mailings/{mailing_id}")).text


async def test_strangers_and_other_towns_find_nothing(
    office: Office, client: Browser, browser_of: BrowserOf, cast: Cast
) -> None:
    mailing_id = await start(office)
    paths = ["", f"/{mailing_id}", f"/{mailing_id}/progress", f"/{mailing_id}/refused", f"/{mailing_id}/cancellation"]
    charlie, denise = await browser_of("Charlie"), await browser_of("Denise")
    for path in paths:
        assert (await client.get(f"/desk/mailings{path}")).status_code == 303
        assert (await denise.get(f"/desk/mailings{path}")).status_code == 403
        assert (await charlie.get(f"/desk/mailings{path}")).status_code == 404
        if path:
            at_home = await charlie.get(f"https://tambour.test/voisin/desk/mailings{path}")
            assert at_home.status_code == 404


async def test_the_relay_being_down_is_said_on_the_page(office: Office, browser_of: BrowserOf) -> None:
    mailing_id = await start(office)
    bob = await browser_of("Bob")
    assert 'role="status"' in (await bob.get(f"/desk/mailings/{mailing_id}")).text
    await beat(office.database, [("m", "mail", "")])
    assert 'role="status"' not in (await bob.get(f"/desk/mailings/{mailing_id}")).text
    await beat(office.database, [("m", "mail", "unreachable: Connection <refused>")])
    for path in ("", f"/{mailing_id}", f"/{mailing_id}/progress"):
        assert "Connection &lt;refused&gt;" in (await bob.get(f"/desk/mailings{path}")).text


async def test_the_api_tells_the_same_figures(office: Office, cast: Cast, client: Browser) -> None:
    mailing_id = await settled(office)
    headers = await authorised(office, cast, "mailings:read")
    answer = await client.get(f"/api/v1/mailings/{mailing_id}", headers=headers)
    assert answer.json()["figures"] == {
        "total": 4, "to_send": 1, "accepted": 1, "deferred": 1, "refused": 1, "uncertain": 0, "cancelled": 0, "maybe_twice": 0,
    }  # fmt: skip
    listed = (await client.get("/api/v1/mailings", headers=headers)).json()
    assert (listed["total"], listed["items"]) == (1, [answer.json()])
    assert (await client.get("/api/v1/mailings/999", headers=headers)).status_code == 404
    wrong = await authorised(office, cast, "notices:read")
    assert (await client.get("/api/v1/mailings", headers=wrong)).status_code == 403


async def authorised(office: Office, cast: Cast, scope: str) -> dict[str, str]:
    token = new_token()
    async with office.database.writing() as session:
        session.add(
            ApiToken(
                municipality_id=office.town_id, name=scope, token_hash=token_hash(token), scopes=[scope],
                created_by_id=cast.account_ids["Alice"], created_at=clock.now(),
            )
        )  # fmt: skip
    return {"authorization": f"Bearer {token}"}


def figures_on(words: str) -> list[int]:
    return [int(number) for number in re.findall(r"<dd>(\d+)</dd>", words)]

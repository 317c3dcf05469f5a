"""What a town may take of the machine: set in the console, held by the use cases, said in a sentence with its figures."""

from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from PIL import Image
from sqlmodel import col, select

from server.core import clock
from server.core.database import Database
from server.core.errors import Invalid
from server.core.files import FileStore
from server.core.secrets import Secrets
from server.issues import sending
from server.issues.chores import send_due_issues
from server.issues.models import Issue, IssueState
from server.residents.quota import refuse_more_people
from tests.browsing import Browser, BrowserOf
from tests.cast import Cast
from tests.issues.composing import INSTANCE, in_state, send, subscribe

HOUR = timedelta(hours=1)
EVERYBODY = ["ann@x.example", "ben@x.example", "cleo@x.example"]


async def limit(console: Browser, cast: Cast, **limits: str) -> None:
    answer = await console.submit(f"/operator/towns/{cast.town_id}/limits", limits)
    assert answer.status_code == 303, answer.text


async def test_a_limit_is_a_number_or_nothing(console: Browser, cast: Cast) -> None:
    path = f"/operator/towns/{cast.town_id}"
    wrong = await console.submit(f"{path}/limits", {"most_people": "many", "most_mails_a_day": "12"})
    assert (wrong.status_code, 'value="many"' in wrong.text, 'value="12"' in wrong.text) == (422, True, True)
    await limit(console, cast, most_people="1 500", most_megabytes="")
    assert 'value="1500"' in (await console.get(path)).text


async def test_the_list_holds_so_many_people(
    console: Browser, cast: Cast, browser_of: BrowserOf, database: Database
) -> None:
    async with database.writing() as session:
        await subscribe(session, cast, *EVERYBODY[:2])
    await limit(console, cast, most_people="2")
    denise = await browser_of("Denise")
    paper = {"name": "Léa Roy", "address_street": "3 rue des Ormes", "postcode": "41000", "post_town": "Bourg"}
    given = paper | {"way": "paper", "channel": "hand", "topic_ids": str(cast.topic_ids[0])}
    given |= {f"want-{cast.topic_ids[0]}-hand": "yes"}
    refused = await denise.submit("/desk/residents", given)
    assert refused.status_code == 422
    async with database.reading() as session:
        with pytest.raises(Invalid, match="may hold") as refusal:
            await refuse_more_people(session, cast.town_id)
        await refuse_more_people(session, cast.neighbour_id)
    assert refusal.value.message.params == {"most": 2, "count": 2}


@pytest.mark.usefixtures("monday")
async def test_so_many_mails_a_day_leave(
    console: Browser, cast: Cast, database: Database, secrets: Secrets, files: FileStore
) -> None:
    async with database.writing() as session:
        await subscribe(session, cast, *EVERYBODY)
        issues = [(await in_state(session, cast, IssueState.APPROVED)).id for _ in range(2)]
    await limit(console, cast, most_mails_a_day="5")
    await send(database, secrets, files, cast, issues[0], "one")
    with pytest.raises(Invalid, match="within 24 hours") as refusal:
        await send(database, secrets, files, cast, issues[1], "two")
    assert refusal.value.message.params == {"wanted": 6, "most": 5}
    await limit(console, cast, most_mails_a_day="6")
    await send(database, secrets, files, cast, issues[1], "three")


@pytest.mark.usefixtures("monday")
async def test_a_planned_letter_too_many_for_the_day_leaves_the_next_day_and_says_why(
    console: Browser, cast: Cast, browser_of: BrowserOf, database: Database, secrets: Secrets, files: FileStore
) -> None:
    async with database.writing() as session:
        await subscribe(session, cast, *EVERYBODY)
        issues = [await in_state(session, cast, IssueState.APPROVED) for _ in range(3)]
        for issue in issues[1:]:
            await sending.schedule_issue(
                session, cast.town_id, cast.actor("Paula"), issue.id, issue.content_hash or "", clock.now() + HOUR
            )
    await limit(console, cast, most_mails_a_day="6")
    await send(database, secrets, files, cast, issues[0].id, "one")

    async def at(moment: timedelta) -> list[tuple[IssueState, datetime | None]]:
        with clock.frozen(start + moment):
            await send_due_issues(database, secrets, files, INSTANCE)
        async with database.reading() as session:
            found = await session.scalars(select(Issue).order_by(col(Issue.id)))
            return [(one.state, one.scheduled_at) for one in list(found)[1:]]

    start = clock.now()
    tomorrow = start + HOUR + timedelta(days=1)
    assert await at(2 * HOUR) == [(IssueState.SENT, None), (IssueState.APPROVED, tomorrow)]
    shown = (await (await browser_of("Paula")).get(f"/desk/issues/{issues[2].id}")).text
    assert "Put off to the next day by the clock" in shown
    assert "would send 9 mails within 24 hours, and it may send 6" in shown
    assert (await at(timedelta(days=1, hours=3)))[1] == (IssueState.SENT, None)

    async with database.writing() as session:
        issue = await in_state(session, cast, IssueState.APPROVED)
        later = start + timedelta(days=5)
        read = issue.content_hash or ""
        await sending.schedule_issue(session, cast.town_id, cast.actor("Paula"), issue.id, read, later)
    await limit(console, cast, most_mails_a_day="2")
    assert (await at(timedelta(days=6)))[2][0] is IssueState.DRAFT, "no day will ever be long enough"


async def test_so_many_megabytes_are_kept(
    console: Browser, cast: Cast, browser_of: BrowserOf, files: FileStore
) -> None:
    files.put(cast.town_id, b"x" * 1_000_000)
    await limit(console, cast, most_megabytes="1")
    picture = BytesIO()
    Image.new("RGB", (40, 40), "#0b5a4a").save(picture, "PNG")
    alice = await browser_of("Alice")
    fields: dict[str, Any] = {"civic_colour": "#0b5a4a"}
    refused = await alice.submit("/desk/settings/look", fields, files={"logo": ("x.png", picture.getvalue())})
    assert (refused.status_code, "may keep 1 MB of files" in refused.text) == (422, True)
    assert (await alice.submit("/desk/settings/look", fields)).status_code == 303, "a colour weighs nothing"
    await limit(console, cast, most_megabytes="2")
    kept = await alice.submit("/desk/settings/look", fields, files={"logo": ("x.png", picture.getvalue())})
    assert kept.status_code == 303

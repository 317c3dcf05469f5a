"""Of everybody a letter was for: reached by which way, on its way, or named with the reason and a letter to offer."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import col, update

from server.core import clock
from server.core.database import Database, ReadSession, WriteSession
from server.coverage.ledger import Coverage, Reason, Sent, cover, sent_issue
from server.issues.models import Issue
from server.mailings.models import DeliveryState
from server.printruns import queries, stepping
from server.printruns.models import BatchState
from server.printruns.planning import plan_run
from server.residents.models import Channel, Resident
from tests.browsing import BrowserOf
from tests.cast import Cast
from tests.notices.writing import written
from tests.printruns.people import lay_out, reader, sent_letter
from tests.printruns.test_planning import actor, draft


@pytest.fixture(autouse=True)
def past_midnight() -> Iterator[None]:
    """In the town it is half past midnight already; in UTC the day before is not over."""
    with clock.frozen(datetime(2026, 11, 23, 23, 30, tzinfo=UTC)):
        yield


async def _everybody(session: WriteSession, cast: Cast) -> Issue:
    await lay_out(session, cast)
    people: dict[str, Resident] = {}
    for name in ("Accepted", "Refused", "Barred"):
        people[name] = await reader(session, cast, name, "1 rue Haute", Channel.EMAIL)
    await reader(session, cast, "Hand", "1 rue du Lavoir")
    for name in ("Post", "Returned"):
        await reader(session, cast, name, f"{len(name)} rue Neuve", Channel.POST, postcode="75002", post_town="Paris")
    await reader(session, cast, "Nowhere", "", Channel.HAND)
    await reader(session, cast, "Counter", "", Channel.COUNTER)
    away = await reader(session, cast, "Away", "3 rue du Lavoir")
    today = clock.today()
    away.paused_from, away.paused_until = today, today + timedelta(days=9)
    states = {people["Accepted"].id: DeliveryState.ACCEPTED, people["Refused"].id: DeliveryState.REFUSED}
    issue = await sent_letter(session, cast, states)
    run = await plan_run(session, cast.town_id, actor(cast), draft(cast, issue_id=issue.id))
    for batch in await queries.list_batches(session, cast.town_id, [run.id]):
        for state in (BatchState.PRINTED, BatchState.HANDED_OVER, BatchState.DELIVERED):
            if batch.channel is not Channel.COUNTER or state is BatchState.PRINTED:
                await stepping.advance_batch(session, cast.town_id, actor(cast), run.id, batch.id, state)
    copies = await queries.list_copies(session, cast.town_id, run.id)
    (number,) = [copy.number for copy, one in copies if one and one.name == "Returned"]
    await stepping.note_returns(session, cast.town_id, actor(cast), run.id, [number])
    await session.flush()
    issue_id = issue.id
    session.expire_all()
    return await session.get_one(Issue, issue_id)


def _names(coverage: Coverage) -> dict[str, list[Reason]]:
    return {line.resident.name: line.reasons for line in coverage.unreached}


async def _cover(session: ReadSession, cast: Cast, issue: Issue) -> Coverage:
    return await cover(session, cast.town_id, await sent_issue(session, cast.town_id, issue))


async def test_everybody_is_counted_and_the_unreached_are_named(session: WriteSession, cast: Cast) -> None:
    coverage = await _cover(session, cast, await _everybody(session, cast))
    assert dict(coverage.by_way) == {Channel.EMAIL: 1, Channel.HAND: 1, Channel.POST: 1}
    assert (len(coverage.lines), coverage.reached, coverage.on_their_way) == (9, 3, 1)
    assert _names(coverage) == {
        "Refused": [Reason.REFUSED],
        "Barred": [Reason.BARRED],
        "Returned": [Reason.RETURNED],
        "Nowhere": [Reason.ADDRESS],
        "Away": [Reason.PAUSED],
    }
    assert {line.resident.name for line in coverage.lines if line.can_be_written_to} == {"Refused", "Barred"}
    lent = Issue(id=1, number=1, topic_ids=cast.topic_ids, mailing_id=1)
    theirs = await cover(session, cast.neighbour_id, await sent_issue(session, cast.neighbour_id, lent))
    assert theirs.lines == []


async def test_a_letter_is_offered_to_whom_mail_does_not_reach(
    browser_of: BrowserOf, cast: Cast, database: Database
) -> None:
    async with database.writing() as session:
        issue = await _everybody(session, cast)
        missed = {line.resident.name: line.resident.id for line in (await _cover(session, cast, issue)).unreached}
        await session.execute(update(Resident).where(col(Resident.name) == "Away").values(address_street=""))
    denise, bob = await browser_of("Denise"), await browser_of("Bob")
    page = f"/desk/issues/{issue.id}/coverage"
    assert "Refused" not in (await bob.get(page)).text.partition("Who was not reached</h2>")[2].partition("<th")[0]
    assert "the mailbox refused it" in (await denise.get(page)).text
    letter = f"{page}/{missed['Refused']}/letter"
    assert (await bob.submit(letter)).status_code == 403
    assert (await denise.submit(letter)).status_code == 303
    assert (await denise.submit(letter)).status_code == 409
    assert (await denise.submit(f"{page}/{missed['Away']}/letter")).status_code == 422
    async with database.reading() as session:
        coverage = await _cover(session, cast, await session.get_one(Issue, issue.id))
    assert "Refused" not in _names(coverage)
    assert coverage.on_their_way == 2


async def test_a_notice_on_paper_and_an_urgent_one_by_email_are_covered_too(
    browser_of: BrowserOf, cast: Cast, database: Database
) -> None:
    async with database.writing() as session:
        issue = await _everybody(session, cast)
        notice_id = (await written(session, cast, title="Water cut")).id
        notice_only = draft(cast, issue_id=None, notice_id=notice_id)
        run = await plan_run(session, cast.town_id, actor(cast), notice_only)
        urgent = Sent(issue.topic_ids, clock.now(), issue.mailing_id, [], [notice_id])
        coverage = await cover(session, cast.town_id, urgent)
        refused = next(line.resident.id for line in coverage.lines if line.resident.name == "Refused")
        elsewhere = Sent(issue.topic_ids, clock.now(), issue.mailing_id, [], [], [cast.sector_ids[0]])
        assert len((await cover(session, cast.town_id, elsewhere)).lines) == len(coverage.lines), "they chose no place"
    assert (coverage.reached, coverage.by_way[Channel.EMAIL]) == (1, 1)
    assert _names(coverage)["Refused"] == [Reason.REFUSED]
    denise = await browser_of("Denise")
    page = (await denise.get(f"/desk/print-runs/{run.id}/coverage")).text
    assert "an earlier letter" not in page
    assert "Nowhere" in page
    letter = f"/desk/notices/{notice_id}/coverage/{refused}/letter"
    assert (await denise.submit(letter)).headers["location"].endswith(f"/desk/print-runs/{run.id}?said=letter-offered")
    assert (await denise.submit(letter)).status_code == 409
    assert (
        (await denise.get("/desk/print-runs/1/coverage")).headers["location"].endswith(f"/issues/{issue.id}/coverage")
    )

"""A mailbox that is gone, of somebody whose postal address is known, is a task: a letter, or another address, ends it."""

from datetime import timedelta

import pytest
from sqlmodel import col, delete, update

from server.core import clock
from server.core.database import Database, ReadSession, WriteSession
from server.core.errors import Conflict, NotFound
from server.desk.service import list_tasks
from server.mailings.models import Delivery, DeliveryState
from server.printruns import stepping
from server.printruns.mailboxes import list_missed, write_on_paper
from server.printruns.planning import plan_run
from server.residents.models import Channel, Resident
from server.residents.schemas import Want
from server.residents.subscribing import set_wants
from tests.browsing import BrowserOf
from tests.cast import Cast
from tests.printruns.people import lay_out, reader, sent_letter
from tests.printruns.test_planning import actor, draft

_NOBODY = "550 5.1.1 unknown user"


async def _by_email(session: WriteSession, cast: Cast, name: str, street: str = "1 rue Haute") -> Resident:
    one = await reader(session, cast, name, street, Channel.EMAIL)
    one.email = one.email_key = f"{one.id}@example.fr"
    await session.flush()
    return one


async def _missed(session: ReadSession, cast: Cast) -> list[str]:
    return [one.resident.name for one in await list_missed(session, cast.town_id)]


async def test_who_is_named(session: WriteSession, cast: Cast) -> None:
    """Those whose mailbox is gone, who live somewhere, and whom the last letter reached by no way."""
    await lay_out(session, cast)
    gone, nowhere, full = [await _by_email(session, cast, name) for name in ("Gone", "Nowhere", "Full")]
    nowhere.address_street = ""
    refused = {one.id: DeliveryState.REFUSED for one in (gone, nowhere)}
    await sent_letter(session, cast, refused, number=1, reply=_NOBODY)
    later = await sent_letter(session, cast, {full.id: DeliveryState.REFUSED}, number=2, reply="552 5.2.2 mailbox full")
    ((missed),) = await list_missed(session, cast.town_id)
    assert (missed.resident.id, missed.letter.id) == (gone.id, later.id), "the last letter, not the one that bounced"
    assert await list_missed(session, cast.neighbour_id) == []
    with pytest.raises(NotFound):
        await write_on_paper(session, cast.neighbour_id, actor(cast), gone.id)
    with pytest.raises(Conflict):
        await write_on_paper(session, cast.town_id, actor(cast), full.id)


async def test_whatever_settles_it_ends_the_task(session: WriteSession, cast: Cast) -> None:
    await lay_out(session, cast)
    names = ("Erased", "Moved", "Paper", "Returned", "Taken", "Written")
    people = {name: await _by_email(session, cast, name) for name in names}
    ids = {name: one.id for name, one in people.items()}
    await sent_letter(session, cast, dict.fromkeys(ids.values(), DeliveryState.REFUSED), number=1, reply=_NOBODY)
    assert await _missed(session, cast) == [*names]
    people["Moved"].email = people["Moved"].email_key = "moved@example.org"
    await set_wants(session, people["Paper"], [Want(topic_id=cast.topic_ids[0], channel=Channel.POST)])
    await write_on_paper(session, cast.town_id, actor(cast), ids["Written"])
    await session.execute(delete(Resident).where(col(Resident.id) == ids["Erased"]))
    await session.flush()
    assert await _missed(session, cast) == ["Returned", "Taken"]
    with clock.frozen(clock.now() + timedelta(days=30)):
        await sent_letter(session, cast, {ids["Taken"]: DeliveryState.ACCEPTED}, number=2)
        assert await _missed(session, cast) == ["Returned", "Written"], "each letter asks anew"
        run = await plan_run(session, cast.town_id, actor(cast), draft(cast))
        await session.flush()
        held = (await write_on_paper(session, cast.town_id, actor(cast), ids["Returned"])).id
        await stepping.note_returns(session, cast.town_id, actor(cast), held, [1])
        await session.flush()
        assert run.id != held
        assert await _missed(session, cast) == ["Written"], "a letter came back: this is the other task's"


async def test_the_desk_says_whose_it_is_and_the_page_ends_it(
    browser_of: BrowserOf, cast: Cast, database: Database
) -> None:
    async with database.writing() as session:
        await lay_out(session, cast)
        people = [await _by_email(session, cast, name) for name in ("Mme Adam", "M. Bel")]
        states = dict.fromkeys([one.id for one in people], DeliveryState.REFUSED)
        await sent_letter(session, cast, states, reply=_NOBODY)
    first, second = [one.id for one in people]
    denise, bob = await browser_of("Denise"), await browser_of("Bob")
    assert "2 people have no mailbox any more, M. Bel among them" in (await denise.get("/desk")).text
    assert "gone-mailboxes" not in (await bob.get("/desk")).text
    assert (await bob.get("/desk/gone-mailboxes")).status_code == 403
    page = (await denise.get("/desk/gone-mailboxes")).text
    for words in ("Mme Adam", "M. Bel", f"{first}@example.fr", "1 rue Haute", "Letter 7", f"/residents/{first}/change"):
        assert words in page
    letter = f"/desk/gone-mailboxes/{first}/letter"
    assert (await denise.submit(letter)).headers["location"].endswith("?said=letter-offered")
    assert (await denise.submit(letter)).status_code == 409
    assert "M. Bel has no mailbox any more" in (await denise.get("/desk")).text
    async with database.writing() as session:
        await session.execute(update(Resident).where(col(Resident.id) == second).values(email="new@example.fr"))
        assert await list_tasks(session, cast.town_id, cast.actor("Denise")) == []
        await session.execute(delete(Delivery))
    assert "Mme Adam" not in (await denise.get("/desk/gone-mailboxes")).text

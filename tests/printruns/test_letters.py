"""A run's issue in envelopes, each copy in the print it is read in; the missing ones alone; one for whoever asks."""

from collections.abc import Mapping
from typing import Any

from sqlmodel import col, update

from server.core import clock
from server.core.database import Database, WriteSession
from server.core.files import FileStore
from server.core.secrets import Secrets
from server.issues.models import Issue, IssueState
from server.printruns.counter_letters import make_letter
from server.printruns.letters import make_letters, numbered
from server.prints.products import Made, Order
from server.residents.models import Channel, Edition, Resident
from tests.browsing import BrowserOf
from tests.cast import Cast
from tests.press.reading import said_on
from tests.printruns.people import lay_out, reader

RUN = "/desk/print-runs/1"


async def _letter(session: WriteSession, cast: Cast, state: IssueState) -> Issue:
    issue = Issue(
        municipality_id=cast.town_id,
        number=7,
        title="The seventh letter",
        editorial="The bridge is open again.",
        topic_ids=cast.topic_ids[:1],
        state=state,
        created_by_id=cast.account_ids["Bob"],
        created_at=clock.now(),
        updated_at=clock.now(),
        sent_at=clock.now(),
    )
    session.add(issue)
    await session.flush()
    return issue


def _order(database: Database, files: FileStore, secrets: Secrets, cast: Cast, parameters: Mapping[str, Any]) -> Order:
    async def progress(_done: int, _total: int) -> None:
        return

    return Order(database, files, secrets, "", cast.town_id, parameters, "en", progress)


async def test_a_run_is_put_into_envelopes_and_the_missing_are_printed_again(
    browser_of: BrowserOf, cast: Cast, database: Database, files: FileStore, secrets: Secrets
) -> None:
    async with database.writing() as session:
        await lay_out(session, cast)
        await reader(session, cast, "M. Paris", "5 rue Neuve", Channel.POST, postcode="75002")
        large = Edition.LARGE_PRINT
        await reader(session, cast, "Mme Grande", "6 rue Neuve", Channel.POST, edition=large, postcode="75002")
        await reader(session, cast, "Mme Proche", "1 rue Haute")
        issue_id = (await _letter(session, cast, IssueState.DRAFT)).id
    bob = await browser_of("Bob")
    fields = {"title": "Letter 7", "topic_ids": str(cast.topic_ids[0]), "issue_id": str(issue_id)}
    await bob.submit("/desk/print-runs", fields)
    assert (await bob.submit(f"{RUN}/letters")).status_code == 409, "nobody approved it"
    async with database.writing() as session:
        await session.execute(update(Issue).where(col(Issue.id) == issue_id).values(state=IssueState.SENT))
    assert (await bob.submit(f"{RUN}/letters")).status_code == 303
    assert (await bob.submit(f"{RUN}/letters", {"only_missing": "yes"})).status_code == 409
    await bob.submit(f"{RUN}/missing", {"missing": "3"})
    for asked, expected in (
        ({}, {"standard 01.pdf": ["N 2 M. PARIS"], "large_print 01.pdf": ["N 3 MME GRANDE"]}),
        ({"only_missing": True}, {"large_print 01.pdf": ["N 3 MME GRANDE"]}),
        (
            {"with_rounds": True},
            {"standard 01.pdf": ["N 1 MME PROCHE", "N 2 M. PARIS"], "large_print 01.pdf": ["N 3 MME GRANDE"]},
        ),
    ):
        order = _order(database, files, secrets, cast, {"run_id": 1, **asked})
        made: list[Made] = [one async for one in make_letters(order)]
        assert [one.name for one in made] == list(expected)
        for one in made:
            words = said_on(one.content)
            assert "The bridge is open again." in words
            assert all(line in words for line in expected[one.name])


async def test_one_letter_now_or_what_was_said_in_writing(
    browser_of: BrowserOf, cast: Cast, database: Database, files: FileStore, secrets: Secrets
) -> None:
    async with database.writing() as session:
        await lay_out(session, cast)
        one = await reader(session, cast, "Mme Proche", "1 rue Haute")
        nowhere = await reader(session, cast, "M. Nulle-Part", "", Channel.COUNTER)
        issue_id = (await _letter(session, cast, IssueState.SENT)).id
    denise, bob = await browser_of("Denise"), await browser_of("Bob")
    page = f"/desk/residents/{one.id}/letter"
    assert "The seventh letter" in (await denise.get(page)).text
    assert "Complete the address" in (await denise.get(f"/desk/residents/{nowhere.id}/letter")).text
    asked = {"issue_id": str(issue_id), "edition": "large_print"}
    assert (await bob.submit(page, asked)).status_code == 403
    assert (await denise.submit(f"/desk/residents/{nowhere.id}/letter", asked)).status_code == 422
    assert (await denise.submit(page, asked)).status_code == 303
    for given, expected in (
        (asked, ("MME PROCHE 1 RUE HAUTE", "The bridge is open again.")),
        ({}, ("MME PROCHE 1 RUE HAUTE", "What you receive from", "La lettre du mois, in the letterbox")),
    ):
        (made,) = [
            one async for one in make_letter(_order(database, files, secrets, cast, {"resident_id": one.id, **given}))
        ]
        words = said_on(made.content)
        assert all(line in words for line in expected), words
    await denise.submit(f"/desk/residents/{one.id}/departure", {"way": "counter"})
    (made,) = [two async for two in make_letter(_order(database, files, secrets, cast, {"resident_id": one.id}))]
    assert "You asked us to stop writing to you." in said_on(made.content)


def test_six_lines_fill_the_window() -> None:
    full = Resident(
        municipality_id=1,
        name="Mme Six",
        address_inside="Appartement 3",
        address_outside="Bâtiment B",
        address_street="1 rue Haute",
        address_locality="Le Bourg",
        postcode="01990",
        post_town="Val",
    )
    assert (numbered(12, full)[0], len(numbered(12, full))) == ("Mme Six N 12", 6)
    full.address_locality = ""
    assert (numbered(12, full)[0], len(numbered(12, full))) == ("N 12", 6)

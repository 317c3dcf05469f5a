"""The counter's book: found by any word, written down with proof, changed, let go."""

from typing import Any

import pytest
from sqlmodel import col, select

from server.accounts.models import AuditEntry
from server.core.database import Database
from server.core.secrets import Secrets
from server.mailings.leaving import suppress_address
from server.mailings.models import Suppression, SuppressionReason
from server.residents import queries
from server.residents.models import Channel, Consent, ConsentAct, ConsentWay, Resident, ResidentPlace
from tests.browsing import Browser, BrowserOf
from tests.cast import Cast
from tests.letterbox import Letterbox, path_in
from tests.residents.visiting import JEANNE, count_rows, joined, press, resident_of

BOOK = "/desk/residents"
ADDRESS = {"address_street": "12 rue du Lavoir", "postcode": "41000", "post_town": "Saint-Aubin"}


def coupon(cast: Cast, **fields: Any) -> dict[str, Any]:
    """A signed paper coupon: the letter, in the letterbox."""
    wants = [f"{cast.topic_ids[0]}:hand", "", ""]
    return {"name": "Odette Marchand", **ADDRESS, "wants": wants, "way": "paper", "edition": "large_print"} | fields


async def _only(database: Database) -> Resident:
    async with database.reading() as session:
        return (await session.scalars(select(Resident))).one()


async def test_an_empty_book_says_what_to_do_first(browser_of: BrowserOf) -> None:
    answer = await (await browser_of("Denise")).get(BOOK)
    assert answer.status_code == 200
    assert "Nobody is on the list yet." in answer.text


async def test_a_coupon_is_keyed_and_the_next_form_opens(browser_of: BrowserOf, database: Database, cast: Cast) -> None:
    denise = await browser_of("Denise")
    answer = await denise.submit(
        BOOK, coupon(cast, form_number="C-17", said_on="2026-11-20", place_ids=cast.sector_ids[0])
    )
    assert answer.status_code == 303
    following = await denise.get(answer.headers["location"].removeprefix("/saint-aubin"))
    assert "The person is on the list. Here is an empty form" in following.text
    assert f'<option value="{cast.topic_ids[0]}:hand" selected>' in following.text
    assert "Odette" not in following.text
    odette = await _only(database)
    assert (odette.name, odette.list_key, odette.email) == ("Odette Marchand", "odette marchand", None)
    async with database.reading() as session:
        consent = (await session.scalars(select(Consent))).one()
        entries = list(await session.scalars(select(AuditEntry)))
        assert len(list(await session.scalars(select(ResidentPlace)))) == 1
        assert (await queries.reach(session, cast.town_id)).by_channel[Channel.HAND] == 1
    assert (consent.way, consent.recorded_by_id) == (ConsentWay.PAPER, cast.account_ids["Denise"])
    assert (consent.detail["form_number"], consent.detail["said_on"]) == ("C-17", "2026-11-20")
    assert [entry.action for entry in entries] == ["resident.added"]
    assert "Odette" not in str([entry.detail for entry in entries])


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({"wants": ["", ""]}, "wants", "Choose at least one topic and how it is brought."),
        ({"name": ""}, "name", "Write the name that stands on the letterbox."),
        ({"address_street": ""}, "address_street", "Write the number and the street."),
        ({"wants": "1:post", "postcode": ""}, "postcode", "Write the postcode."),
        ({"wants": "1:email"}, "email", "Write the email address"),
        ({"wants": [""], "may_be_called": "on", "place_ids": "99"}, "wants", "Write the number to call"),
        ({"wants": [""], "may_be_called": "on", "place_ids": "99"}, "place_ids", "Choose at least one topic"),
        ({"wants": "1:email", "email": JEANNE}, "form_number", "Write the number of the signed form"),
        ({"email": JEANNE}, "email", "it would serve nothing"),
        ({"way": "web"}, "way", "Choose one of the answers of the list."),
        ({"said_on": "2099-01-01"}, "said_on", "This day has not come yet"),
        ({"said_on": "31/02/2026"}, "said_on", "Write a date that exists"),
        ({"phone": "ring me"}, "phone", "Write a telephone number"),
        ({"name": "x" * 121}, "name", "At most 120 characters"),
        ({"place_ids": "999"}, "place_ids", "Choose one of the answers of the list."),
    ],
)
async def test_a_wrong_answer_is_said_and_the_rest_is_kept(
    browser_of: BrowserOf, database: Database, cast: Cast, fields: dict[str, Any], field: str, words: str
) -> None:
    answer = await (await browser_of("Denise")).submit(BOOK, coupon(cast, **fields))
    assert answer.status_code == 422
    assert words in answer.text
    assert f'href="#f-{field}"' in answer.text
    assert "Saint-Aubin" in answer.text
    assert 'value="large_print" checked' in answer.text
    assert await count_rows(database, Resident) == 0


async def test_a_signed_form_confirms_an_address(
    browser_of: BrowserOf, database: Database, cast: Cast, secrets: Secrets, letterbox: Letterbox
) -> None:
    async with database.writing() as session:
        await suppress_address(session, cast.town_id, secrets, JEANNE, SuppressionReason.NEVER_AGAIN)
    wants = f"{cast.topic_ids[0]}:email"
    await (await browser_of("Denise")).submit(BOOK, coupon(cast, wants=wants, email=JEANNE, form_number="C-18"))
    async with database.reading() as session:
        audience = await queries.email_audience(session, cast.town_id, cast.topic_ids)
    assert [row.address for row in audience] == [JEANNE]
    assert await letterbox.mails() == []
    assert await count_rows(database, Suppression) == 0


async def test_an_address_given_by_telephone_waits_for_its_owner(
    browser_of: BrowserOf, client: Browser, database: Database, cast: Cast, secrets: Secrets, letterbox: Letterbox
) -> None:
    denise = await browser_of("Denise")
    wants = [f"{cast.topic_ids[0]}:email+hand"]
    answer = await denise.submit(BOOK, coupon(cast, wants=wants, email=JEANNE, way="telephone"))
    assert "said=resident-added-asked" in answer.headers["location"]
    assert (await _only(database)).email is None
    async with database.reading() as session:
        assert await queries.email_audience(session, cast.town_id, cast.topic_ids) == []
    await press(client, secrets, path_in(await letterbox.last(), "/join/"))
    odette = await _only(database)
    assert (odette.email, odette.name) == (JEANNE, "Odette Marchand")
    async with database.reading() as session:
        wants_now = (await queries.current_wants(session, cast.town_id, [odette.id]))[odette.id]
    assert {want.channel for want in wants_now} == {Channel.HAND, Channel.EMAIL}


async def test_by_email_alone_nobody_is_written_down_before_their_yes(
    browser_of: BrowserOf, client: Browser, database: Database, cast: Cast, secrets: Secrets, letterbox: Letterbox
) -> None:
    fields = coupon(cast, wants=f"{cast.topic_ids[0]}:email", email=JEANNE, way="counter")
    answer = await (await browser_of("Denise")).submit(BOOK, fields)
    assert "said=resident-asked" in answer.headers["location"]
    assert await count_rows(database, Resident) == 0
    await press(client, secrets, path_in(await letterbox.last(), "/join/"))
    assert (await resident_of(database)).left_at is None


async def test_duplicates_are_noticed(browser_of: BrowserOf, database: Database, cast: Cast) -> None:
    denise = await browser_of("Denise")
    async with database.writing() as session:
        await joined(session, cast, JEANNE)
    same_mailbox = coupon(cast, wants=f"{cast.topic_ids[0]}:email", email=JEANNE.upper(), form_number="C-1")
    answer = await denise.submit(BOOK, same_mailbox)
    assert (answer.status_code, "This address is on the list already" in answer.text) == (422, True)
    await denise.submit(BOOK, coupon(cast))
    again = await denise.submit(BOOK, coupon(cast, name="ODETTE  marchand", address_street="12 Rue du LAVOIR"))
    assert (again.status_code, "Somebody of this name at this address" in again.text) == (422, True)
    assert await count_rows(database, Resident) == 2
    await denise.submit(BOOK, coupon(cast, is_another="yes"))
    assert await count_rows(database, Resident) == 3


async def test_one_person_s_page_and_a_change(browser_of: BrowserOf, database: Database, cast: Cast) -> None:
    denise = await browser_of("Denise")
    await denise.submit(BOOK, coupon(cast))
    odette = await _only(database)
    page = f"{BOOK}/{odette.id}"
    shown = (await denise.get(page)).text
    for words in (
        "Odette Marchand",
        "12 rue du Lavoir",
        "in the letterbox",
        "Large print",
        "on a signed paper form",
        "Denise",
    ):
        assert words in shown
    form = (await denise.get(f"{page}/change")).text
    assert 'value="12 rue du Lavoir"' in form
    change = coupon(cast, address_street="4 place de l’Église", wants=f"{cast.topic_ids[1]}:post", way="telephone")
    assert (await denise.submit(page, change)).status_code == 303
    changed = await _only(database)
    assert changed.address_street == "4 place de l’Église"
    assert "eglise" in changed.search_key
    async with database.reading() as session:
        acts = [one.act for one in await session.scalars(select(Consent).order_by(col(Consent.id)))]
    assert acts == [ConsentAct.GIVEN, ConsentAct.CHANGED]
    wrong = await denise.submit(page, change | {"postcode": "", "name": "Odette M."})
    assert (wrong.status_code, "Write the postcode." in wrong.text, "Odette M." in wrong.text) == (422, True, True)


async def test_a_new_address_by_telephone_does_not_replace_the_old_one_at_once(
    browser_of: BrowserOf, database: Database, cast: Cast, letterbox: Letterbox
) -> None:
    async with database.writing() as session:
        jeanne = await joined(session, cast, JEANNE)
    fields = {"email": "new@orange.example", "wants": f"{cast.topic_ids[0]}:email", "way": "telephone"}
    answer = await (await browser_of("Denise")).submit(f"{BOOK}/{jeanne.id}", fields)
    assert "said=resident-changed-asked" in answer.headers["location"]
    assert (await _only(database)).email == JEANNE
    assert await letterbox.addresses() == ["new@orange.example"]


async def test_stop_writing_to_me(browser_of: BrowserOf, database: Database, cast: Cast) -> None:
    async with database.writing() as session:
        jeanne = await joined(session, cast, JEANNE, channels=[Channel.EMAIL, Channel.POST])
    denise = await browser_of("Denise")
    answer = await denise.submit(f"{BOOK}/{jeanne.id}/departure", {"way": "telephone"})
    assert answer.status_code == 303
    shown = (await denise.get(f"{BOOK}/{jeanne.id}")).text
    assert "nothing is sent or brought" in shown
    assert "Stop everything" not in shown
    async with database.reading() as session:
        assert sum((await queries.count_audience(session, cast.town_id, cast.topic_ids)).values()) == 0
        last = (await session.scalars(select(Consent).order_by(col(Consent.id).desc()))).first()
    assert last is not None
    assert (last.act, last.way, last.recorded_by_id) == (
        ConsentAct.WITHDRAWN,
        ConsentWay.TELEPHONE,
        cast.account_ids["Denise"],
    )


async def test_somebody_who_left_is_taken_back(browser_of: BrowserOf, database: Database, cast: Cast) -> None:
    async with database.writing() as session:
        jeanne = await joined(session, cast, JEANNE)
    denise = await browser_of("Denise")
    await denise.submit(f"{BOOK}/{jeanne.id}/departure", {"way": "counter"})
    fields = coupon(cast, email=JEANNE, wants=f"{cast.topic_ids[0]}:email", form_number="C-9", name="Jeanne")
    assert (await denise.submit(BOOK, fields)).status_code == 303
    back = await resident_of(database)
    assert (back.id, back.left_at, back.name) == (jeanne.id, None, "Jeanne")


async def test_who_may_see_the_book(browser_of: BrowserOf, database: Database, cast: Cast, client: Browser) -> None:
    async with database.writing() as session:
        jeanne = await joined(session, cast, JEANNE)
    paths = [BOOK, f"{BOOK}/new", f"{BOOK}/{jeanne.id}", f"{BOOK}/{jeanne.id}/change", f"{BOOK}/{jeanne.id}/erasure"]
    paths += [f"{BOOK}/import", f"{BOOK}/to-check"]
    for name, status in {"Alice": 200, "Denise": 200, "Bob": 403, "Paula": 403, "Paul": 403, "Charlie": 404}.items():
        browser = await browser_of(name)
        for path in paths:
            assert (await browser.get(path)).status_code == status, (name, path)
    charlie = await browser_of("Charlie")
    for path in (f"{jeanne.id}", f"{jeanne.id}/change", f"{jeanne.id}/erasure"):
        assert (await charlie.get(f"https://tambour.test/voisin{BOOK}/{path}")).status_code == 404
    for path in (f"{jeanne.id}/departure", f"{jeanne.id}/file", f"{jeanne.id}/erasure", f"{jeanne.id}"):
        answer = await charlie.submit(f"https://tambour.test/voisin{BOOK}/{path}", coupon(cast))
        assert answer.status_code == 404
    for name, status in {"Alice": 200, "Denise": 403}.items():
        assert (await (await browser_of(name)).get(f"{BOOK}/export")).status_code == status, name
    assert (await client.get(BOOK)).status_code == 303
    assert "Residents" not in (await (await browser_of("Bob")).get("/desk/boards")).text

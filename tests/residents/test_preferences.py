"""The page behind somebody's own link: it changes what they receive, and shows nothing of who they are (E08)."""

import re
from datetime import timedelta

import pytest
from sqlmodel import col, select

from server.core import clock
from server.core.database import Database
from server.core.secrets import Secrets
from server.residents import queries
from server.residents.models import Channel, Consent, ConsentAct, Edition, Resident
from tests.browsing import Browser
from tests.cast import Cast
from tests.letterbox import Letterbox, path_in
from tests.residents.visiting import JEANNE, joined, press, resident_of

NEW = "jeanne@poste.example"


async def _jeanne(database: Database, cast: Cast, name: str = "", street: str = "") -> Resident:
    town = {"postcode": "41000", "post_town": "Saint-Aubin"} if street else {}
    async with database.writing() as session:
        return await joined(session, cast, JEANNE, name=name, address_street=street, **town)  # type: ignore[arg-type]  # lines of an address


def path_of(secrets: Secrets, cast: Cast, resident: Resident) -> str:
    return f"/preferences/{secrets.token_for('preferences', cast.town_id, resident.id)}"


async def _wants(database: Database, cast: Cast, resident_id: int) -> set[tuple[int, Channel]]:
    async with database.reading() as session:
        wants = await queries.current_wants(session, cast.town_id, [resident_id])
    return {(want.topic_id, want.channel) for want in wants.get(resident_id, [])}


async def test_it_shows_choices_and_no_address(
    client: Browser, cast: Cast, secrets: Secrets, database: Database
) -> None:
    resident = await _jeanne(database, cast, name="Jeanne Dupont", street="12 rue du Lavoir")
    answer = await client.get(path_of(secrets, cast, resident))
    assert answer.status_code == 200
    assert f'<option value="{cast.topic_ids[0]}:email" selected>' in answer.text
    for secret in (JEANNE, "Dupont", "Lavoir"):
        assert secret not in answer.text
    assert "j•••@o•••.example" in answer.text
    assert answer.headers["cache-control"] == "no-store"


async def test_who_gave_a_number_agrees_to_be_called_or_no_longer_does(
    client: Browser, cast: Cast, secrets: Secrets, database: Database
) -> None:
    resident = await _jeanne(database, cast)
    path, wants = path_of(secrets, cast, resident), {"wants": f"{cast.topic_ids[0]}:email"}
    assert "may_be_called" not in (await client.get(path)).text
    await client.submit(path, wants | {"may_be_called": "yes"})
    assert not (await resident_of(database)).may_be_called, "there is no number to call"
    async with database.writing() as session:
        (await session.get_one(Resident, resident.id)).phone = "02 54 11 22 47"
    page = (await client.get(path)).text
    assert ("ends in 47" in page, "11 22" in page) == (True, False)
    wrong = await client.submit(path, wants | {"may_be_called": "yes", "new_email": "nobody"})
    assert re.search(r'name="may_be_called"[^>]* checked', wrong.text)
    proofs = []
    for choice in ({"may_be_called": "yes"}, {}, {"may_be_called": "yes"}):
        await client.submit(path, wants | choice)
        proofs.append((await resident_of(database)).may_be_called)
    await client.submit(path, {"wants": ""})
    proofs.append((await resident_of(database)).may_be_called)
    assert proofs == [True, False, True, False], "who leaves is not telephoned either"
    async with database.reading() as session:
        said = list(await session.scalars(select(Consent).order_by(col(Consent.id))))[-4:]
    assert [one.detail["may_be_called"] for one in said] == proofs
    assert "may telephone me" in said[0].text


async def test_topics_channels_edition_and_places_are_changed(
    client: Browser, cast: Cast, secrets: Secrets, database: Database
) -> None:
    resident = await _jeanne(database, cast)
    answer = await client.submit(
        path_of(secrets, cast, resident),
        {
            "wants": ["", f"{cast.topic_ids[1]}:email+hand", f"{cast.topic_ids[2]}:post"],
            "edition": "large_print",
            "language": "en",
            "place_ids": [str(cast.sector_ids[0]), str(cast.sector_ids[2])],
            "name": "Jeanne Dupont",
            "address_street": "12 rue du Lavoir",
            "postcode": "41000",
            "post_town": "Saint-Aubin",
        },
    )
    assert answer.status_code == 200
    assert "Your choices are saved." in answer.text
    assert await _wants(database, cast, resident.id) == {
        (cast.topic_ids[1], Channel.EMAIL),
        (cast.topic_ids[1], Channel.HAND),
        (cast.topic_ids[2], Channel.POST),
    }
    changed = await resident_of(database)
    assert (changed.edition, changed.language, changed.name) == (Edition.LARGE_PRINT, "en", "Jeanne Dupont")
    assert "lavoir" in changed.search_key
    async with database.reading() as session:
        assert await queries.place_ids_of(session, cast.town_id, resident.id) == [
            cast.sector_ids[0],
            cast.sector_ids[2],
        ]
        acts = list(await session.scalars(select(Consent.act).order_by(col(Consent.id))))
    assert acts == [ConsentAct.GIVEN, ConsentAct.CHANGED]


async def test_an_address_left_empty_stays_as_it_was(
    client: Browser, cast: Cast, secrets: Secrets, database: Database
) -> None:
    resident = await _jeanne(database, cast, "Jeanne", "12 rue du Lavoir")
    await client.submit(path_of(secrets, cast, resident), {"wants": f"{cast.topic_ids[0]}:post"})
    changed = await resident_of(database)
    assert (changed.address_street, changed.name) == ("12 rue du Lavoir", "Jeanne")


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"wants": "1:hand"}, "Write the name that stands on the letterbox."),
        ({"wants": "1:pigeon"}, "Choose one of the answers of the list."),
        ({"wants": "999:email"}, "Choose one of the topics of the list."),
        ({"wants": "1:email", "new_email": "jeanne@"}, "incomplete"),
        ({"wants": "1:email", "postcode": "41000"}, "Write the number and the street."),
        ({"wants": "1:email", "place_ids": "999"}, "Choose one of the answers of the list."),
    ],
)
async def test_a_wrong_answer_is_said_and_nothing_changes(
    client: Browser, cast: Cast, secrets: Secrets, database: Database, fields: dict[str, str], words: str
) -> None:
    resident = await _jeanne(database, cast)
    answer = await client.submit(path_of(secrets, cast, resident), {"edition": "large_print", **fields})
    assert answer.status_code == 422
    assert words in answer.text
    assert 'value="large_print" checked' in answer.text
    assert (await resident_of(database)).edition is Edition.STANDARD
    assert await _wants(database, cast, resident.id) == {(cast.topic_ids[0], Channel.EMAIL)}


async def test_to_want_nothing_is_to_leave(client: Browser, cast: Cast, secrets: Secrets, database: Database) -> None:
    resident = await _jeanne(database, cast)
    path = path_of(secrets, cast, resident)
    answer = await client.submit(path, {"wants": ["", ""]})
    assert "No more messages are sent to you" in answer.text
    assert (await resident_of(database)).left_at is not None
    assert "You have left the list" in (await client.get(path)).text
    back = await client.submit(path, {"wants": f"{cast.topic_ids[0]}:email"})
    assert back.status_code == 409
    assert await _wants(database, cast, resident.id) == set()


async def test_a_new_address_is_used_once_its_owner_says_yes(
    client: Browser, cast: Cast, secrets: Secrets, database: Database, letterbox: Letterbox
) -> None:
    resident = await _jeanne(database, cast)
    fields = {"wants": f"{cast.topic_ids[0]}:email", "new_email": NEW}
    answer = await client.submit(path_of(secrets, cast, resident), fields)
    assert "A message is on its way to the new address" in answer.text
    assert await letterbox.addresses() == [NEW]
    assert (await resident_of(database)).email == JEANNE
    path = path_in(await letterbox.last(), "/join/")
    assert "n•••" not in (await client.get(path)).text
    done = await press(client, secrets, path)
    assert "Your new address is used from now on" in done.text
    assert (await resident_of(database, NEW)).id == resident.id
    assert await _wants(database, cast, resident.id) == {(cast.topic_ids[0], Channel.EMAIL)}


async def test_the_address_of_somebody_else_is_not_taken_over(
    client: Browser, cast: Cast, secrets: Secrets, database: Database, letterbox: Letterbox
) -> None:
    resident = await _jeanne(database, cast)
    async with database.writing() as session:
        await joined(session, cast, NEW)
    fields = {"wants": f"{cast.topic_ids[0]}:email", "new_email": NEW}
    answer = await client.submit(path_of(secrets, cast, resident), fields)
    assert "A message is on its way to the new address" in answer.text
    mail = await letterbox.last()
    assert "/join/" not in str(mail.get_body(("plain",)))
    assert (await resident_of(database)).email == JEANNE


async def test_changing_addresses_is_no_cannon(
    client: Browser, cast: Cast, secrets: Secrets, database: Database, letterbox: Letterbox
) -> None:
    resident = await _jeanne(database, cast)
    for _ in range(5):
        fields = {"wants": f"{cast.topic_ids[0]}:email", "new_email": NEW}
        assert (await client.submit(path_of(secrets, cast, resident), fields)).status_code == 200
    assert len(await letterbox.mails()) == 1
    with clock.frozen(clock.now() + timedelta(days=2)):
        await client.submit(path_of(secrets, cast, resident), fields)
    assert len(await letterbox.mails()) == 2

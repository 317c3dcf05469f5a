"""Joining by email: the form, the mail, the button, and nothing before the button (E06, E08, F24)."""

import asyncio
import hashlib
from base64 import b64encode
from datetime import timedelta
from urllib.parse import quote

import pytest
from sqlmodel import col, select, update

from server.core import clock
from server.core.database import Database
from server.core.secrets import Secrets
from server.mailings.models import Delivery, Suppression
from server.municipalities.models import Municipality
from server.residents import queries
from server.residents.erasure import forget_requests
from server.residents.models import Channel, Consent, ConsentAct, JoinRequest, Resident, Subscription
from tests.browsing import Browser
from tests.cast import Cast
from tests.letterbox import Letterbox, path_in, text_of
from tests.residents.visiting import JEANNE, ask_to_join, count_rows, human_token, joined, press, resident_of


async def test_the_page_shows_every_way_and_the_telephone(client: Browser, cast: Cast) -> None:
    answer = await client.get("/receive")
    assert answer.status_code == 200
    for words in ("By email", "By post, in your letterbox, or at the counter", "02 54 00 00 00", "La lettre du mois"):
        assert words in answer.text
    assert "set-cookie" not in answer.headers


async def test_somebody_joins_in_two_steps(
    client: Browser, cast: Cast, secrets: Secrets, letterbox: Letterbox, database: Database
) -> None:
    answer = await ask_to_join(client, secrets, cast, place_ids=str(cast.sector_ids[1]))
    assert (answer.status_code, answer.headers["location"]) == (303, "/saint-aubin/receive/sent")
    assert "Look into your mailbox" in (await client.get("/receive/sent")).text
    assert await count_rows(database, Resident) == 0

    mail = await letterbox.last()
    path = path_in(mail, "/join/")
    shown = await client.get(path)
    assert shown.status_code == 200
    assert "j•••@o•••.example" in shown.text
    assert JEANNE not in shown.text
    done = await press(client, secrets, path)
    assert done.status_code == 200
    assert "you are on the list" in done.text
    assert "La lettre du mois" in done.text

    resident = await resident_of(database)
    async with database.reading() as session:
        audience = await queries.email_audience(session, cast.town_id, cast.topic_ids[:1])
        consent = (await session.scalars(select(Consent))).one()
        assert await queries.place_ids_of(session, cast.town_id, resident.id) == [cast.sector_ids[1]]
    assert [row.address for row in audience] == [JEANNE]
    assert (consent.act, consent.text_version != "", "Saint-Aubin" in consent.text) == (ConsentAct.GIVEN, True, True)


async def test_the_mail_says_who_asked_and_how_to_stop_and_nothing_else(
    client: Browser, cast: Cast, secrets: Secrets, letterbox: Letterbox
) -> None:
    await ask_to_join(client, secrets, cast)
    mail = await letterbox.last()
    assert mail["To"] == JEANNE
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["List-Unsubscribe"] is None
    for kind in ("plain", "html"):
        words = text_of(mail, kind)
        assert "somebody asked on our page" in " ".join(words.split())
        assert "Never write to me again" in words
        assert "La lettre du mois" not in words
        assert JEANNE not in words
    assert len(bytes(mail)) < 12_000


async def test_a_scanner_that_opens_the_link_confirms_nothing(
    client: Browser, cast: Cast, secrets: Secrets, letterbox: Letterbox, database: Database
) -> None:
    await ask_to_join(client, secrets, cast)
    mail = await letterbox.last()
    for start in ("/join/", "/never/"):
        path = path_in(mail, start)
        for _ in range(10):
            assert (await client.get(path)).status_code == 200
        for method in ("HEAD", "OPTIONS"):
            await client.request(method, path)
    assert await count_rows(database, Resident) == 0
    assert await count_rows(database, Suppression) == 0


async def test_a_scanner_that_presses_buttons_at_once_confirms_nothing(
    client: Browser, cast: Cast, secrets: Secrets, letterbox: Letterbox, database: Database
) -> None:
    await ask_to_join(client, secrets, cast)
    path = path_in(await letterbox.last(), "/join/")
    opened = clock.now()
    with clock.frozen(opened):
        too_new = human_token(secrets, "confirm", seconds=0)
    for token in ("", "123.abc", too_new, human_token(secrets, "join")):
        with clock.frozen(opened):
            answer = await client.submit(path, {"form_token": token})
        assert answer.status_code == 422
        assert "Press the button once more" in answer.text
    assert await count_rows(database, Resident) == 0


async def test_confirming_twice_is_confirming_once(
    client: Browser, cast: Cast, secrets: Secrets, letterbox: Letterbox, database: Database
) -> None:
    await ask_to_join(client, secrets, cast)
    path = path_in(await letterbox.last(), "/join/")
    for _ in range(3):
        assert (await press(client, secrets, path)).status_code == 200
    assert "Your address is confirmed" in (await client.get(path)).text
    assert (await count_rows(database, Resident), await count_rows(database, Subscription)) == (1, 1)
    assert await count_rows(database, Consent) == 1


async def test_a_link_lasts_fourteen_days_and_then_nothing_is_left(
    client: Browser, cast: Cast, secrets: Secrets, letterbox: Letterbox, database: Database
) -> None:
    await ask_to_join(client, secrets, cast)
    path = path_in(await letterbox.last(), "/join/")
    with clock.frozen(clock.now() + timedelta(days=14, minutes=1)):
        answer = await client.get(path)
        assert answer.status_code == 404
        assert "too old" in answer.text
        assert (await press(client, secrets, path)).status_code == 404
        async with database.writing() as session:
            await forget_requests(session)
    assert await count_rows(database, JoinRequest) == 0


async def test_twenty_identical_requests_at_once_are_one_mail(
    client: Browser, cast: Cast, secrets: Secrets, letterbox: Letterbox, database: Database
) -> None:
    answers = await asyncio.gather(*(ask_to_join(client, secrets, cast) for _ in range(20)))
    assert {answer.status_code for answer in answers} == {303}
    assert await letterbox.addresses() == [JEANNE]
    assert await count_rows(database, JoinRequest) == 1


async def test_never_again_is_for_ever(
    client: Browser, cast: Cast, secrets: Secrets, letterbox: Letterbox, database: Database
) -> None:
    await ask_to_join(client, secrets, cast)
    path = path_in(await letterbox.last(), "/never/")
    assert "Never write to this address" in (await client.get(path)).text
    for _ in range(2):
        answer = await client.submit(path)
        assert answer.status_code == 200
        assert "We will not write to you" in answer.text
    assert "We will not write to you" in (await client.get(path)).text
    async with database.reading() as session:
        assert (await session.scalars(select(JoinRequest))).one().email == ""
    await count_rows(database, Suppression)
    with clock.frozen(clock.now() + timedelta(days=3)):
        assert (await ask_to_join(client, secrets, cast)).status_code == 303
    assert len(await letterbox.mails()) == 1


async def test_who_is_on_the_list_gets_a_link_to_their_choices_instead(
    client: Browser, cast: Cast, secrets: Secrets, letterbox: Letterbox, database: Database
) -> None:
    async with database.writing() as session:
        await joined(session, cast, JEANNE)
    await ask_to_join(client, secrets, cast, JEANNE.upper())
    mail = await letterbox.last()
    assert mail["To"] == JEANNE
    assert "You receive it already" in " ".join(text_of(mail).split())
    assert "/join/" not in text_of(mail)
    assert (await client.get(path_in(mail, "/preferences/"))).status_code == 200
    assert (await client.get(path_in(mail, "/leave/"))).status_code == 200
    assert await count_rows(database, Subscription) == 1


async def test_who_left_may_come_back(
    client: Browser, cast: Cast, secrets: Secrets, letterbox: Letterbox, database: Database
) -> None:
    async with database.writing() as session:
        resident = await joined(session, cast, JEANNE)
        resident.left_at = clock.now()
        session.add(resident)
        await session.execute(update(Subscription).values(ended_at=clock.now()))
    await ask_to_join(client, secrets, cast, topic_ids=str(cast.topic_ids[1]))
    await press(client, secrets, path_in(await letterbox.last(), "/join/"))
    back = await resident_of(database)
    assert back.left_at is None
    async with database.reading() as session:
        wants = await queries.current_wants(session, cast.town_id, [back.id])
    assert [(want.topic_id, want.channel) for want in wants[back.id]] == [(cast.topic_ids[1], Channel.EMAIL)]


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({"email": "jeanne@orange"}, "email", "incomplete"),
        ({"topic_ids": ""}, "topic_ids", "Choose at least one topic."),
        ({"topic_ids": "99999"}, "wants", "Choose one of the topics"),
        ({"place_ids": "99999"}, "place_ids", "Choose one of the answers"),
        ({"edition": "golden"}, "edition", "Choose one of the answers"),
        ({"language": "xx"}, "language", "Choose one of the answers"),
    ],
)
async def test_a_wrong_answer_is_said_and_the_rest_is_kept(
    client: Browser, cast: Cast, secrets: Secrets, letterbox: Letterbox, fields: dict[str, str], field: str, words: str
) -> None:
    answer = await ask_to_join(client, secrets, cast, **{"email": JEANNE, **fields})
    assert answer.status_code == 422
    assert words in answer.text
    assert fields.get("email", JEANNE) in answer.text
    assert await letterbox.mails() == []
    assert f'href="#f-{field}"' in answer.text


async def test_a_machine_gives_itself_away(client: Browser, cast: Cast, secrets: Secrets, letterbox: Letterbox) -> None:
    trapped = await ask_to_join(client, secrets, cast, website="https://pills.example")
    assert (trapped.status_code, trapped.headers["location"]) == (303, "/saint-aubin/receive/sent")
    with clock.frozen(clock.now()):
        soon = await ask_to_join(client, secrets, cast, form_token=human_token(secrets, "join", seconds=1))
    assert (soon.status_code, "very quick" in soon.text, JEANNE in soon.text) == (422, True, True)
    for token in ("", "x.y", "99999999999.00", human_token(secrets, "join", 90_000), human_token(secrets, "paper")):
        old = await ask_to_join(client, secrets, cast, form_token=token)
        assert (old.status_code, "open for a long time" in old.text) == (422, True)
    assert await letterbox.mails() == []


async def test_a_token_of_a_request_opens_no_other_door(
    client: Browser, cast: Cast, secrets: Secrets, letterbox: Letterbox
) -> None:
    await ask_to_join(client, secrets, cast)
    mail = await letterbox.last()
    yes, no = path_in(mail, "/join/").split("/")[-1], path_in(mail, "/never/").split("/")[-1]
    for path in (f"/never/{yes}", f"/join/{no}", f"/leave/{yes}", f"/preferences/{yes}", f"/leave/{no}"):
        assert (await client.get(path)).status_code == 404
        assert (await press(client, secrets, path)).status_code == 404
    neighbour = await client.get(f"https://tambour.test/voisin/join/{yes}")
    assert neighbour.status_code == 404


async def test_no_address_stands_where_it_does_not_belong(
    client: Browser, cast: Cast, secrets: Secrets, letterbox: Letterbox, database: Database
) -> None:
    await ask_to_join(client, secrets, cast)
    mail = await letterbox.last()
    address = JEANNE.encode()
    traces = [JEANNE, address.hex(), b64encode(address).decode(), quote(JEANNE)]
    traces += [hashlib.new(name, address).hexdigest() for name in ("md5", "sha1", "sha256")]
    for part in (text_of(mail), text_of(mail, "html"), str(mail["Message-ID"]), str(mail["Subject"])):
        assert [trace for trace in traces if trace in part] == []
    async with database.reading() as session:
        assert [row.recipient for row in await session.scalars(select(Delivery))] == [0]


async def test_a_town_that_cannot_write_yet_says_so(
    client: Browser, cast: Cast, secrets: Secrets, database: Database
) -> None:
    async with database.writing() as session:
        await session.execute(
            update(Municipality).where(col(Municipality.id) == cast.town_id).values(sender_address="")
        )
    answer = await ask_to_join(client, secrets, cast)
    assert answer.status_code == 503
    assert "cannot send email yet" in answer.text

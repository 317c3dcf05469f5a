"""Where the boards are seen from: the pages that plan and key in, the to-do page, a notice's page, programs, a file, the map."""

import json
import xml.etree.ElementTree as ET

import pytest

from server.boards import law, service
from server.boards.free_expression import Point, look_at, metres, owed_surface
from server.boards.importing import BadLines, import_boards
from server.boards.queries import list_boards
from server.boards.queries.postings import list_of_notice
from server.boards.queries.presets import get_preset, last_day, list_presets
from server.boards.queries.rounds import list_rounds
from server.boards.schemas import CertificateWish, PresetDraft
from server.core import clock
from server.core.database import Database, WriteSession
from server.desk.service import list_tasks
from server.notices.service import withdraw_notice
from tests.boards.hanging import board, hang, key_in, make_round, notice
from tests.boards.test_rounds import MONDAY, WEEK, at
from tests.browsing import Browser, BrowserOf
from tests.cast import Cast

pytestmark = pytest.mark.usefixtures("monday")


async def test_what_does_not_fit_is_told_before_it_is_planned(
    database: Database, cast: Cast, browser_of: BrowserOf
) -> None:
    async with database.writing() as session:
        where = await board(session, cast, room_a4=1)
        await hang(session, cast, await notice(session, cast, "Foire"), where, MONDAY, MONDAY + 2 * WEEK)
        what = await notice(session, cast, "Marché")
    bob, path = await browser_of("Bob"), f"/desk/boards/notices/{what.id}"
    asked = {"board_ids": str(where.id), "first_on": "23/11/2026", "last_on": "27/11/2026", "format": "a4"}
    told = await bob.submit(path, asked)
    assert told.status_code == 422
    assert "Foire" in told.text
    assert 'name="accepted"' in told.text
    wrong = await bob.submit(path, asked | {"last_on": "01/11/2026"})
    assert 'id="f-last_on-error"' in wrong.text
    assert 'value="01/11/2026"' in wrong.text, "what was typed is kept"
    async with database.reading() as session:
        assert await list_of_notice(session, cast.town_id, what.id) == [], "nothing is planned yet"
    assert (await bob.submit(path, asked | {"accepted": "yes"})).status_code == 303
    assert "no room" in (await bob.get(f"/desk/boards/{where.id}")).text


async def test_a_round_is_made_and_keyed_in_on_pages(database: Database, cast: Cast, browser_of: BrowserOf) -> None:
    async with database.writing() as session:
        where = await board(session, cast)
        await hang(session, cast, await notice(session, cast), where, MONDAY, MONDAY + WEEK)
    paul, denise = await browser_of("Paul"), await browser_of("Denise")
    assert (await paul.submit("/desk/boards/rounds", {"on_day": "23/11/2026"})).status_code == 303
    async with database.reading() as session:
        (made,) = await list_rounds(session, cast.town_id)
    path = f"/desk/boards/rounds/{made.id}"
    assert (await denise.get(f"/desk/boards/return?number={made.number}")).headers["location"].endswith("/return")
    sheet = {"walked_on": "23/11/2026", "initials": "P. D.", "seen": "0"}
    wrong = await denise.submit(f"{path}/return", sheet | {f"time-{where.id}": "midi"})
    assert wrong.status_code == 422
    assert f"#f-time-{where.id}" in wrong.text
    assert (await denise.submit(f"{path}/return", sheet)).headers["location"].endswith("said=round-keyed")
    late = await paul.submit(f"{path}/return", sheet | {"line-1": "not_done"})
    assert late.headers["location"].endswith("said=round-aside")
    assert "kept aside" in (await paul.get(path)).text
    assert (await paul.submit(f"{path}/pack")).status_code == 303


async def test_the_to_do_page_tells_what_hangs_and_should_not(session: WriteSession, cast: Cast) -> None:
    async def told(name: str) -> dict[str, bool]:
        tasks = await list_tasks(session, cast.town_id, cast.actor(name))
        return {task.words.msgid: task.is_pressing for task in tasks}

    where, what = await board(session, cast), await notice(session, cast)
    await hang(session, cast, what, where, MONDAY, MONDAY + WEEK)
    assert await told("Paul") == {"{count} sheet to put up, and no round made": True}
    await key_in(session, cast, await make_round(session, cast))
    wish = CertificateWish(board_ids=[where.id], first_on=MONDAY, last_on=MONDAY)
    await service.ask_certificate(session, cast.town_id, cast.actor("Paul"), what.id, wish)
    assert (await told("Paula"))["{count} certificate is asked for"]
    await withdraw_notice(session, cast.town_id, cast.actor("Paula"), what.id)
    assert (await told("Paul"))["{count} sheet to take down"], "at once, not when its days are over"
    await make_round(session, cast, MONDAY + WEEK)
    with clock.frozen(at(MONDAY + 4 * WEEK)):
        later = await told("Denise")
    assert later["{count} round sheet to key in"]
    assert "{count} board where nobody was for three weeks" in later


async def test_a_notices_page_and_programs_say_where_it_hangs(
    database: Database, cast: Cast, client: Browser, browser_of: BrowserOf
) -> None:
    async with database.writing() as session:
        where, what = await board(session, cast, place_id=cast.sector_ids[0]), await notice(session, cast)
        await hang(session, cast, what, where, MONDAY, MONDAY + WEEK)
        await key_in(session, cast, await make_round(session, cast))
    page = (await (await browser_of("Bob")).get(f"/desk/notices/{what.id}")).text
    assert "since 23 novembre 2026" in page
    assert "On no board of: Les Ormes, La Ville-Basse." in page
    (told,) = json.loads((await client.get("/boards.json")).text)["boards"]
    assert [sheet["number"] for sheet in told["sheets"]] == [what.number]
    feed = (await client.get("/boards.atom")).text
    assert "Coupure d’eau" in feed
    ET.fromstring(feed)
    async with database.writing() as session:
        await withdraw_notice(session, cast.town_id, cast.actor("Paula"), what.id)
    assert json.loads((await client.get("/boards.json")).text)["boards"][0]["sheets"] == []


async def test_boards_come_from_a_file_all_or_none(session: WriteSession, cast: Cast) -> None:
    good = "Nom;Emplacement;Type;Secteur;A4;A3;Vitré;Clés;Latitude;Longitude\nMairie;à gauche;officiel;le bourg;8;2;oui;n° 1;47,6;1,33\nHalle;;libre;;;;;;;\n"
    report = await import_boards(session, cast.town_id, good.encode("cp1252"))
    assert (report.added, report.changed) == (2, 0)
    again = await import_boards(session, cast.town_id, good.replace(";8;2;", ";9;2;").encode())
    assert (again.added, again.changed) == (0, 2)
    (hall,) = [one for one in await list_boards(session, cast.town_id) if one.name == "Mairie"]
    assert (hall.room_a4, hall.is_glazed, hall.latitude, hall.place_id) == (9, True, 47.6, cast.sector_ids[0])
    bad = "nom;type;secteur;a4\nGare;bizarre;;\nPoste;libre;nulle part;\nStade;libre;;beaucoup\n"
    with pytest.raises(BadLines) as refused:
        await import_boards(session, cast.town_id, bad.encode())
    assert [line for line, _words in refused.value.lines] == [2, 3, 4]


async def test_a_preset_is_the_towns_to_change_and_to_give_back(session: WriteSession, cast: Cast) -> None:
    town, alice = cast.town_id, cast.actor("Alice")
    act = await get_preset(session, town, "act")
    assert last_day(act, MONDAY, None).isoformat() == "2027-01-22", "two months, day for day"
    assert not act.is_verified, "nobody has named its text"
    changed = PresetDraft(**act.model_dump(exclude={"code", "is_changed", "days"}), days=3)
    await service.change_preset(session, town, alice, "act", changed)
    assert (await get_preset(session, town, "act")).is_changed
    await service.restore_preset(session, town, "act")
    assert await get_preset(session, town, "act") == act
    code = await service.add_preset(session, town, alice, PresetDraft(name="Élections", days=20))
    assert [one.code for one in await list_presets(session, town)][-1] == code


def test_free_expression_is_measured_by_the_rule() -> None:
    rule = law.read("free_expression")
    owed = {
        population: owed_surface(population, rule) for population in (457, 1999, 2000, 2001, 4000, 10000, 10001, 25000)
    }
    assert owed == {457: 4, 1999: 4, 2000: 4, 2001: 6, 4000: 6, 10000: 12, 10001: 17, 25000: 22}
    hall = Point(47.6, 1.33)
    north = Point(47.6 + 0.009, 1.33)
    assert 995 < metres(hall, north) < 1005
    found = look_at(1240, [1.5, 2.0], [hall], [hall, north, Point(47.62, 1.33)], rule)
    assert (found.surface, found.is_enough, found.too_far, found.points) == (3.5, False, 2, 3)
    assert look_at(0, [], [], [hall], rule).too_far == 1

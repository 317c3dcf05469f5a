"""Bob plans, prints and hands over; Denise keys what came back; names are hers alone to see."""

from server.core.database import Database
from server.core.files import FileStore
from server.core.secrets import Secrets
from server.printruns.printing import make_labels, make_rounds
from server.prints.products import Made, Order
from server.residents.models import Channel, Edition
from tests.browsing import BrowserOf
from tests.cast import Cast
from tests.press.reading import said_on
from tests.printruns.people import lay_out, reader

RUNS = "/desk/print-runs"


async def _people(database: Database, cast: Cast) -> None:
    async with database.writing() as session:
        await lay_out(session, cast)
        await reader(session, cast, "Mme Ève Lœuillet", "2 rue Haute", edition=Edition.LARGE_PRINT)
        await reader(session, cast, "M. Paris", "5 rue Neuve", Channel.POST, postcode="75002", post_town="Paris")
        await reader(session, cast, "Mme Perdue", "1 rue Neuve", Channel.POST, postcode="?", post_town="Paris")


async def test_from_the_plan_to_the_letter_that_came_back(
    browser_of: BrowserOf, cast: Cast, database: Database
) -> None:
    await _people(database, cast)
    bob, denise = await browser_of("Bob"), await browser_of("Denise")
    assert "Nothing has been sent on paper yet." in (await bob.get(RUNS)).text
    assert (await bob.get(f"{RUNS}/new")).status_code == 200
    answer = await bob.submit(RUNS, {"title": "Letter 7", "place_ids": str(cast.sector_ids[0])})
    assert answer.status_code == 422
    assert "Choose at least one topic" in answer.text
    assert 'value="Letter 7"' in answer.text
    fields = {"title": "Letter 7", "topic_ids": str(cast.topic_ids[0]), "by_hand_inside": "yes"}
    assert (await bob.submit(RUNS, fields)).status_code == 303
    shown = (await bob.get(f"{RUNS}/1")).text
    assert "Round – Les Ormes" in shown
    assert "75002" in shown
    assert "One copy is not printed" in shown
    assert "Perdue" not in shown
    assert "Mme Perdue" in (await denise.get(f"{RUNS}/1")).text
    assert (await bob.submit(f"{RUNS}/1/batches/1", {"state": "printed"})).status_code == 303
    assert (await bob.submit(f"{RUNS}/1/batches/1", {"state": "printed"})).status_code == 409
    await bob.submit(f"{RUNS}/1/batches/1", {"state": "handed_over", "who": "Paul"})
    assert "Handed over (Paul)" in (await bob.get(f"{RUNS}/1")).text
    wrong = await bob.submit(f"{RUNS}/1/missing", {"missing": "99"})
    assert wrong.status_code == 422
    assert 'value="99"' in wrong.text
    assert (await bob.submit(f"{RUNS}/1/missing", {"missing": "1"})).status_code == 303
    assert (await bob.submit(f"{RUNS}/1/reprinted")).status_code == 303
    assert (await bob.submit(f"{RUNS}/1/returns", {"returned": "2"})).status_code == 403
    assert (await denise.submit(f"{RUNS}/1/returns", {"returned": "2"})).status_code == 303
    assert "M. Paris" in (await denise.get("/desk/returned-letters")).text
    assert (await denise.submit("/desk/returned-letters/1/release")).status_code == 303
    assert "M. Paris" not in (await denise.get("/desk/returned-letters")).text
    assert (await bob.submit(f"{RUNS}/1/sheets")).status_code == 303


async def test_round_sheets_name_the_door_the_edition_and_the_dog(
    browser_of: BrowserOf, cast: Cast, database: Database, files: FileStore, secrets: Secrets
) -> None:
    await _people(database, cast)
    bob = await browser_of("Bob")
    both = {"title": "Letter 7", "topic_ids": str(cast.topic_ids[0]), "by_hand_inside": "yes", "to_every_box": "yes"}
    await bob.submit(RUNS, both)
    told: list[int] = []

    async def progress(done: int, total: int) -> None:
        told.append(done)

    parameters = {"run_id": 1, "batch_id": None, "only_missing": False}
    order = Order(database, files, secrets, "", cast.town_id, parameters, "fr", progress)
    made: list[Made] = [one async for one in make_rounds(order)]
    assert told == [1, 2, 3]
    words = " ".join(said_on(one.content) for one in made)
    for expected in ("Les Ormes", "2 (×12)", "dog", "Mme Ève Lœuillet – large print", "n° 1"):
        assert expected in words
    assert [one.content for one in made] == [one.content async for one in make_rounds(order)]


async def test_labels_carry_the_number_that_is_keyed_when_a_letter_comes_back(
    browser_of: BrowserOf, cast: Cast, database: Database, files: FileStore, secrets: Secrets
) -> None:
    await _people(database, cast)
    bob = await browser_of("Bob")
    await bob.submit(RUNS, {"title": "Letter 7", "topic_ids": str(cast.topic_ids[0]), "by_hand_inside": "yes"})
    assert (await bob.submit(f"{RUNS}/1/labels", {"sheet": "L7163", "start": "15"})).status_code == 422
    assert (await bob.submit(f"{RUNS}/1/labels", {"sheet": "L7163", "only_missing": "yes"})).status_code == 409
    assert (await bob.submit(f"{RUNS}/1/labels", {"sheet": "L7163", "start": "3"})).status_code == 303

    async def progress(done: int, total: int) -> None:
        return

    parameters = {"run_id": 1, "sheet": "L7163", "start": 3, "only_missing": False}
    order = Order(database, files, secrets, "", cast.town_id, parameters, "fr", progress)
    (made,) = [one async for one in make_labels(order)]
    assert said_on(made.content) == "N 2 M. PARIS 5 RUE NEUVE 75002 PARIS"

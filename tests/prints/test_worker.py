"""Print jobs are made once, in their turn; what breaks is tried again and then parked; nothing behind it waits."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlmodel import col, select

from server.core import clock
from server.core.database import Database
from server.core.errors import Conflict, NotFound
from server.core.files import FileStore
from server.core.secrets import Secrets
from server.press.errors import NothingToPrint, naming
from server.press.process import compile_sheet, press
from server.press.sheet import Sheet
from server.prints import ledger, queries, service
from server.prints.models import PrintJob, PrintState
from server.prints.products import Made, Order
from server.residents.erasure import erase_resident
from server.residents.models import Resident
from tests.cast import Cast
from tests.prints.orders import BRISK, LETTERS, NAMES, PACK, files_of, job_of, three_chunks, working
from tests.sending import eventually


async def ask(database: Database, cast: Cast, product: str = PACK, /, **parameters: object) -> int:
    async with database.writing() as session:
        return (await service.ask_print(session, cast.town_id, cast.actor("Paul"), product, parameters)).id


async def ends(database: Database, print_id: int, state: PrintState = PrintState.DONE) -> PrintJob:
    async def has_ended() -> bool:
        return (await job_of(database, print_id)).state is state

    await eventually(has_ended)
    return await job_of(database, print_id)


async def test_a_job_becomes_files_in_the_store(
    database: Database, cast: Cast, files: FileStore, secrets: Secrets
) -> None:
    """Chunk by chunk, in order; asked for twice before it is begun, it is made once."""
    print_id = await ask(database, cast, words="à imprimer")
    assert await ask(database, cast, words="à imprimer") == print_id
    async with working(database, files, secrets, {PACK: three_chunks}):
        job = await ends(database, print_id)
    assert (job.done, job.total, job.title, job.trouble) == (3, 3, "Pack", "")
    made = await files_of(database, print_id)
    assert [(one.name, one.pages, one.bytes) for one in made] == [
        ("part-1.pdf", 1, 1),
        ("part-2.pdf", 2, 2),
        ("part-3.pdf", 3, len("à imprimer".encode())),
    ]
    assert files.get(cast.town_id, made[2].file_key).decode() == "à imprimer"
    assert await ask(database, cast, words="à imprimer") != print_id


async def test_urgent_jobs_go_first_and_a_refusal_parks_with_its_place(
    database: Database, cast: Cast, files: FileStore, secrets: Secrets
) -> None:
    begun: list[object] = []

    async def refuse_one(order: Order) -> AsyncIterator[Made]:
        begun.append(order.parameters["number"])
        yield Made("one.pdf", b"x")
        if order.parameters["number"] == 2:
            with naming("Notice 2026-087"):
                raise NothingToPrint("poster", "title")

    first, second = [await ask(database, cast, number=number) for number in (1, 2)]
    async with database.writing() as session:
        paul = cast.actor("Paul")
        await service.ask_print(session, cast.town_id, paul, PACK, {"number": 3}, is_urgent=True)
    async with working(database, files, secrets, {PACK: refuse_one}):
        parked = await ends(database, second, PrintState.FAILED)
    assert begun == [3, 1, 2]
    assert (await job_of(database, first)).state is PrintState.DONE
    assert (parked.trouble, parked.place, parked.tries) == ("Notice 2026-087 — Write a title first.", "title", 1)
    assert await files_of(database, second) == []


async def test_what_breaks_is_tried_three_times_and_may_be_asked_again(
    database: Database, cast: Cast, files: FileStore, secrets: Secrets, caplog: pytest.LogCaptureFixture
) -> None:
    tried = 0

    async def break_down(_order: Order) -> AsyncIterator[Made]:
        nonlocal tried
        tried += 1
        if tried <= ledger.MOST_TRIES:
            raise RuntimeError("broken")
        yield Made("at-last.pdf", b"x")

    print_id = await ask(database, cast)
    async with working(database, files, secrets, {PACK: break_down}):
        parked = await ends(database, print_id, PrintState.FAILED)
        assert tried == ledger.MOST_TRIES
        assert "Something broke" in parked.trouble
        async with database.writing() as session:
            await service.ask_again(session, cast.town_id, cast.actor("Paul"), print_id)
        assert (await ends(database, print_id)).trouble == ""
        with pytest.raises(Conflict):
            async with database.writing() as session:
                await service.ask_again(session, cast.town_id, cast.actor("Paul"), print_id)
    assert "a print job broke" in caplog.text


async def test_a_typesetter_that_dies_takes_nobody_with_it(
    database: Database, cast: Cast, files: FileStore, secrets: Secrets
) -> None:
    """The worker's typesetter is its own: one that is killed at work is replaced, and the job tried again."""
    of_the_web = press().child_pid
    pids: list[int | None] = []

    async def kill_the_first(_order: Order) -> AsyncIterator[Made]:
        sheet = Sheet("poster", {}, seconds=0.05 if not pids else 20.0)
        pids.append(press().child_pid)
        if len(pids) == 1:
            await compile_sheet(sheet)
        yield Made("at-last.pdf", b"x")

    print_id = await ask(database, cast)
    async with working(database, files, secrets, {PACK: kill_the_first}):
        job = await ends(database, print_id)
    assert (job.tries, pids) == (2, [of_the_web, of_the_web])


async def test_a_worker_that_vanished_loses_its_job_and_a_poison_is_parked(database: Database, cast: Cast) -> None:
    print_id = await ask(database, cast)
    now = clock.now()
    claims = []
    for _ in range(ledger.MOST_TRIES):
        async with database.writing() as session:
            claim = await ledger.take(session, "w", now=now, lease=now + timedelta(minutes=1))
            assert claim is not None
            claims.append(claim)
        async with database.writing() as session:
            assert await ledger.take(session, "other", now=now, lease=now) is None
        now += timedelta(minutes=2)
    with pytest.raises(ledger.Lost):
        async with database.writing() as session:
            await ledger.hold(session, claims[0], lease=now)
    async with database.writing() as session:
        assert await ledger.take(session, "w", now=now, lease=now) is None
    assert (await job_of(database, print_id)).state is PrintState.FAILED


async def test_told_to_stop_it_gives_the_job_back(
    database: Database, cast: Cast, files: FileStore, secrets: Secrets
) -> None:
    begun = asyncio.Event()

    async def last_for_ever(_order: Order) -> AsyncIterator[Made]:
        yield Made("one.pdf", b"x")
        begun.set()
        await asyncio.sleep(60)

    print_id = await ask(database, cast)
    async with working(database, files, secrets, {PACK: last_for_ever}):
        await asyncio.wait_for(begun.wait(), 60)
    job = await job_of(database, print_id)
    assert (job.state, job.tries) == (PrintState.WAITING, 0)


async def test_a_job_that_takes_too_long_is_parked_in_the_end(
    database: Database, cast: Cast, files: FileStore, secrets: Secrets
) -> None:
    async def last_for_ever(_order: Order) -> AsyncIterator[Made]:
        await asyncio.sleep(60)
        yield Made("never.pdf", b"x")

    print_id = await ask(database, cast)
    beat = type(BRISK)(look=0.02, note=0.0, lease=timedelta(seconds=1), pause=timedelta(0), longest=0.05)
    async with working(database, files, secrets, {PACK: last_for_ever}, beat=beat):
        job = await ends(database, print_id, PrintState.FAILED)
    assert "too long" in job.trouble


async def test_old_prints_are_forgotten_and_shared_files_stay(
    database: Database, cast: Cast, files: FileStore, secrets: Secrets
) -> None:
    old, young = [await ask(database, cast, words=words) for words in ("old", "young")]
    async with working(database, files, secrets, {PACK: three_chunks}):
        await ends(database, old)
        await ends(database, young)
    keys = [one.file_key for one in await files_of(database, old)]
    async with database.writing() as session:
        long_ago = clock.now() - service.KEPT - timedelta(hours=1)
        await session.execute(update(PrintJob).where(col(PrintJob.id) == old).values(finished_at=long_ago))
    with clock.frozen(clock.now() + timedelta(minutes=30)):
        await service.forget_prints(database, files)
    async with database.reading() as session:
        assert [job.id for job in await session.scalars(select(PrintJob))] == [young]
    assert files.get(cast.town_id, keys[2]) == b"old"  # stored within the last hour: somebody may be about to use it
    with clock.frozen(clock.now() + service.KEPT * 2):
        await service.forget_prints(database, files)
    with pytest.raises(FileNotFoundError):
        files.get(cast.town_id, keys[0])


async def test_somebody_erased_while_their_name_is_printed_is_on_no_sheet(
    database: Database, cast: Cast, files: FileStore, secrets: Secrets
) -> None:
    """The job begins anew, and nothing of what it had made is left an hour later."""
    read, erased = asyncio.Event(), asyncio.Event()

    async def everybody(order: Order) -> AsyncIterator[Made]:
        async with order.database.reading() as session:
            names = sorted(await session.scalars(select(Resident.name)))
        for part in (1, 2):
            yield Made(f"{part}.txt", f"{part} {names}".encode())
            read.set()
            await asyncio.wait_for(erased.wait(), 60)

    async with database.writing() as session:
        resident = Resident(
            municipality_id=cast.town_id, name="Odette", created_at=clock.now(), last_contact_at=clock.now()
        )
        session.add(resident)
    print_id = await ask(database, cast, NAMES)
    async with working(database, files, secrets, {NAMES: everybody}):
        await asyncio.wait_for(read.wait(), 60)
        async with database.writing() as session:
            await erase_resident(session, secrets, cast.town_id, None, resident.id)
        erased.set()
        job = await ends(database, print_id)
    assert (job.attempt, job.tries) == (3, 1)
    made = [files.get(cast.town_id, one.file_key) for one in await files_of(database, print_id)]
    assert made == [b"1 []", b"2 []"]

    def stored() -> list[bytes]:
        return sorted(path.read_bytes() for _, path in files.everything())

    assert stored() == [b"1 ['Odette']", *made], "what a job may still be writing stays for an hour"
    with clock.frozen(clock.now() + timedelta(hours=2)):
        await service.forget_prints(database, files)
    assert stored() == made


async def test_a_job_is_found_by_those_of_its_town_and_role(database: Database, cast: Cast) -> None:
    print_id = await ask(database, cast, LETTERS)
    async with database.reading() as session:
        for name in ("Denise", "Alice"):
            assert (await queries.get_print(session, cast.town_id, cast.actor(name), print_id)).id == print_id
        for town, name in ((cast.town_id, "Paul"), (cast.neighbour_id, "Charlie")):
            with pytest.raises(NotFound):
                await queries.get_print(session, town, cast.actor(name), print_id)

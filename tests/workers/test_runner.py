"""Workers side by side: signs of life, a restart after a break, troubles said where people look, a clean stop."""

import asyncio
from pathlib import Path

import pytest

from server.core.database import Database
from server.core.files import FileStore
from server.core.secrets import Secrets
from server.core.settings import Settings
from server.mailings import heartbeats
from server.mailings.models import DeliveryState, MailingState
from tests.sending import Office, eventually, people
from workers import handlers, runner
from workers.clock import Chore, run_chores
from workers.resolver import Resolver
from workers.runner import Worker, run_crew, run_workers
from workers.transports.contract import RelayDown, Trouble


async def test_the_crew_sends_finishes_and_leaves_no_sign_behind(office: Office, tmp_path: Path) -> None:
    """Everything together, without a relay: the mailing leaves, is finished, and the workers end when told."""
    mailing_id = await office.start(people(3))
    stop = asyncio.Event()
    settings = Settings(home=tmp_path, smtp_host="", catcher_port=0)
    running = asyncio.create_task(run_crew(settings, office.database, office.secrets, stop))

    async def is_finished() -> bool:
        return (await office.mailing(mailing_id)).state is MailingState.FINISHED

    await eventually(is_finished)
    assert await office.states(mailing_id) == {DeliveryState.ACCEPTED: 3}
    assert len(list((tmp_path / "mail").glob("*.eml"))) == 3
    async with office.database.reading() as session:
        assert set(await heartbeats.living_workers(session)) == {"mail", "clock", "render"}
        assert await heartbeats.find_mail_trouble(session) is None
    stop.set()
    await running
    async with office.database.reading() as session:
        assert await heartbeats.living_workers(session) == {}


async def living(database: Database, kind: str) -> list[str]:
    async with database.reading() as session:
        return [sign.note for sign in (await heartbeats.living_workers(session)).get(kind, [])]


async def test_a_worker_that_breaks_starts_again(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "_FIRST_PAUSE", 0.05)
    starts = 0

    async def break_once(stop: asyncio.Event, _say: runner.Say) -> None:
        nonlocal starts
        starts += 1
        if starts == 1:
            raise RuntimeError("broken")
        await stop.wait()

    stop = asyncio.Event()
    running = asyncio.create_task(run_workers(database, [Worker("mail", "m", break_once)], stop))

    async def is_well() -> bool:
        return starts == 2 and await living(database, "mail") == [""]

    await eventually(is_well)
    stop.set()
    await running


async def test_what_keeps_mail_from_leaving_is_said(database: Database) -> None:
    async def complain(stop: asyncio.Event, say: runner.Say) -> None:
        say(str(RelayDown(Trouble.UNREACHABLE, "Connection refused")))
        await stop.wait()

    async with database.reading() as session:
        trouble = await heartbeats.find_mail_trouble(session)
    assert trouble is not None
    assert "No mail worker is running" in trouble.message.msgid
    stop = asyncio.Event()
    running = asyncio.create_task(run_workers(database, [Worker("mail", "m", complain)], stop))

    async def is_said() -> bool:
        return await living(database, "mail") == ["unreachable: Connection refused"]

    await eventually(is_said)
    async with database.reading() as session:
        trouble = await heartbeats.find_mail_trouble(session)
    assert trouble is not None
    assert str(trouble.message).startswith("The mail relay does not answer. Nothing is lost")
    assert "Connection refused" in str(trouble.message)
    stop.set()
    await running


@pytest.mark.parametrize("trouble", [*Trouble, "restarting"])
def test_every_trouble_has_its_sentence(trouble: str) -> None:
    said = str(heartbeats.explain_note(f"{trouble}: 421 {{no}}"))
    assert "421 {no}" in said
    assert "{detail}" not in said


async def test_chores_run_in_their_time_and_a_broken_one_stops_no_other(database: Database, secrets: Secrets) -> None:
    done: list[str] = []
    stop = asyncio.Event()

    async def work(_database: Database, _secrets: Secrets) -> None:
        done.append("work")
        if len(done) >= 3:
            stop.set()

    async def break_down(_database: Database, _secrets: Secrets) -> None:
        raise RuntimeError("broken")

    chores = [Chore("broken", break_down, every=0.01), Chore("work", work, every=0.01)]
    async with asyncio.timeout(60):
        await run_chores(chores, database, secrets, stop)
    assert done == ["work"] * 3


async def test_every_chore_can_run_on_an_empty_instance(
    database: Database, secrets: Secrets, files: FileStore, tmp_path: Path
) -> None:
    resolver = Resolver(["127.0.0.1:9"])
    chores = (*handlers.CHORES, *handlers.chores_with(files, Settings(home=tmp_path), resolver))
    for chore in chores:
        await chore.run(database, secrets)
    assert len({chore.name for chore in chores}) == len(chores)

"""An urgent day: from the button to the last mailbox, to the banner, to the paper kit. One line of JSON last.

The button is pressed over HTTP while a letter is leaving: web and workers apart as docker-compose runs them, or
`--together` in one process. See docs/measurements.md.
"""

import argparse
import asyncio
import contextlib
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx
from sqlalchemy import insert, text
from sqlmodel import col, select

from bench.office import letter, sqlite_url
from bench.relays import CONNECTIONS, programs, sink
from bench.serving import ROOT, running
from server.accounts.dependencies import COOKIE
from server.accounts.models import Account
from server.accounts.service import open_session
from server.core import clock
from server.core.database import Database, WriteSession
from server.core.files import FileStore
from server.core.migrations import migrate
from server.core.secrets import load_secrets
from server.demo.town import open_demonstration
from server.mailings import service
from server.mailings.models import Lane, Mailing, MailingKind
from server.mailings.schemas import Recipient
from server.municipalities.models import Place, PlaceKind
from server.residents.models import Channel, Resident, Subscription, Topic
from server.web.csrf import csrf_token

TOWN = "/saint-aubin"
TITLE = "Coupure d’eau dans trois secteurs"
_NOT_TO_MEET = 10_000_000  # numbers of the letter's people, above every resident's
_OPEN = text(
    "SELECT EXISTS (SELECT 1 FROM delivery WHERE mailing_id = :id AND lease_until IS NULL AND next_at IS NOT NULL)"
    " OR EXISTS (SELECT 1 FROM delivery WHERE mailing_id = :id AND lease_until IS NOT NULL)"
)
_LAST = text("SELECT COUNT(*), MAX(settled_at) FROM delivery WHERE mailing_id = :id AND state = 'accepted'")
_LETTER = text("SELECT COUNT(*) FROM delivery WHERE lane = 2 AND state <> 'accepted'")


@dataclass(frozen=True)
class Town:
    """The demonstration town on its urgent day."""

    id: int
    topic: int
    sectors: list[int]
    editor: dict[str, str]
    publisher: dict[str, str]
    """Of each, the session's cookie and the token of their forms."""


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--people", type=int, default=10_000, help="who receives the urgent notice")
    words.add_argument("--letter", type=int, default=100_000, help="people of the letter that is leaving meanwhile")
    words.add_argument("--together", action="store_true", help="web and workers in one process")
    asked = words.parse_args()
    programs()
    with sink() as port, sqlite_url() as (url, home):
        settings = {
            "TAMBOUR_DATABASE_URL": url,
            "TAMBOUR_SMTP_HOST": "127.0.0.1",
            "TAMBOUR_SMTP_PORT": str(port),
            "TAMBOUR_SMTP_TLS": "none",
            "TAMBOUR_SMTP_CONNECTIONS": str(CONNECTIONS),
            "TAMBOUR_QUIET_HOURS": "",
            "TAMBOUR_LOG_LEVEL": "WARNING",
        }
        town = asyncio.run(_prepare(url, home, asked.people, asked.letter))
        workers = contextlib.nullcontext() if asked.together else _workers(home, settings)
        with workers, running(home, f"{TOWN}/", settings=settings, alone=not asked.together) as instance:
            found = asyncio.run(_day(url, f"http://127.0.0.1:{instance.port}{TOWN}", town))
    print(json.dumps({key: round(value, 2) for key, value in found.items()}))


@contextlib.contextmanager
def _workers(home: Path, settings: Mapping[str, str]) -> Iterator[None]:
    """`tambour work all`, stopped as a container is."""
    environment = os.environ | {"TAMBOUR_HOME": str(home)} | dict(settings)
    process = subprocess.Popen([sys.executable, "-m", "workers", "work", "all"], cwd=ROOT, env=environment)
    try:
        yield
    finally:
        process.terminate()
        process.wait(timeout=60)


async def _prepare(url: str, home: Path, people: int, letter_to: int) -> Town:
    """The town, its people, and a letter that begins to leave as soon as there are workers."""
    database = Database(url)
    try:
        await migrate(database)
        secrets = load_secrets(home)
        await open_demonstration(database, secrets, FileStore(home / "files"), "http://localhost:8000")
        async with database.writing() as session:
            topic = (await session.scalars(select(Topic).order_by(col(Topic.position)).limit(1))).one()
            places = select(col(Place.id)).where(col(Place.kind) == PlaceKind.SECTOR).order_by(col(Place.id)).limit(3)
            await _settle_in(session, topic, people)
            await _start_letter(session, home, topic.municipality_id, letter_to)
            staff = []
            for name in ("Yanis Ferrand", "Camille Morel"):
                account = (await session.scalars(select(col(Account.id)).where(col(Account.name) == name))).one()
                token = await open_session(session, account)
                staff.append({"cookie": token, "form": csrf_token(secrets, token)})
            return Town(topic.municipality_id, topic.id, list(await session.scalars(places)), *staff)
    finally:
        await database.close()


async def _settle_in(session: WriteSession, topic: Topic, people: int) -> None:
    """So many more who receive the topic by email."""
    now = clock.now()
    person = {"municipality_id": topic.municipality_id, "created_at": now, "last_contact_at": now}
    addresses = [f"personne{number}@bal{number % 7}.example" for number in range(people)]
    await session.execute(
        insert(Resident), [person | {"email": one, "email_key": one, "list_key": one} for one in addresses]
    )
    new = await session.scalars(select(col(Resident.id)).where(col(Resident.list_key).like("personne%")))
    wish = {"municipality_id": topic.municipality_id, "topic_id": topic.id, "channel": Channel.EMAIL}
    await session.execute(insert(Subscription), [wish | {"resident_id": one, "started_at": now} for one in new])


async def _day(url: str, address: str, town: Town) -> dict[str, float]:
    database = Database(url)
    try:
        async with httpx.AsyncClient(timeout=60, headers={"sec-fetch-site": "same-origin"}) as web:
            place, content_hash = await _write(web, address, town)
            await asyncio.sleep(2)
            pressed, began = datetime.now(UTC), time.perf_counter()
            seen = asyncio.create_task(_banner(address, began))
            sent = await _press(web, town.publisher, f"{place}/sending", {"content_hash": content_hash})
            banner = await seen
            reached, last = await _all_accepted(database)
            async with database.reading() as session:
                waiting = int(await session.scalar(_LETTER) or 0)
            print(
                f"{reached} people, {waiting} of the letter still to come; answered in {sent - began:.2f} s", flush=True
            )
            kit = await _kit(web, town, address, place)
    finally:
        await database.close()
    return {"urgent_last_s": (last - pressed).total_seconds(), "banner_s": banner, "kit_s": kit, "people": reached}


async def _write(web: httpx.AsyncClient, address: str, town: Town) -> tuple[str, str]:
    """The message, read over by a second person: its page and the hash of what it says."""
    form = {
        "csrf_token": town.editor["form"],
        "kind": "water",
        "title": TITLE,
        "what": "Une conduite est rompue. L’eau est coupée.",
        "instruction": "- Fermez vos robinets.\n- Ne buvez pas l’eau trouble.",
        "where_text": "Trois secteurs",
        "topic_ids": [str(town.topic)],
        "place_ids": [str(one) for one in town.sectors],
        "contact_phone": "02 61 91 00 10",
    }
    answer = await web.post(f"{address}/desk/urgent", data=form, cookies={COOKIE: town.editor["cookie"]})
    assert answer.status_code == 303, answer.text
    place = str(httpx.URL(address).join(answer.headers["location"].partition("?")[0]))
    read = await web.get(place, cookies={COOKIE: town.publisher["cookie"]})
    found = re.search(r'name="content_hash" value="(\w+)"', read.text)
    assert found
    return place, found[1]


async def _press(web: httpx.AsyncClient, who: dict[str, str], url: str, fields: dict[str, str]) -> float:
    answer = await web.post(url, data={"csrf_token": who["form"], **fields}, cookies={COOKIE: who["cookie"]})
    assert answer.status_code == 303, answer.text
    return time.perf_counter()


async def _start_letter(session: WriteSession, home: Path, town_id: int, people: int) -> None:
    await service.start_mailing(
        session,
        town_id,
        load_secrets(home),
        kind=MailingKind.ISSUE,
        lane=Lane.ORDINARY,
        subject="La lettre",
        messages=[letter()],
        recipients=(Recipient(_NOT_TO_MEET + one, f"p{one}@example.org") for one in range(people)),
        idempotency_key="bench",
    )


async def _banner(address: str, began: float) -> float:
    """Somebody who opens a page again and again: when the banner stood on it, seconds after the button."""
    async with httpx.AsyncClient(timeout=60) as visitor:
        await _until_it_says(visitor, f"{address}/privacy", re.escape(TITLE))
    return time.perf_counter() - began


async def _until_it_says(web: httpx.AsyncClient, url: str, words: str, cookies: dict[str, str] | None = None) -> None:
    while True:
        if re.search(words, (await web.get(url, cookies=cookies)).text):
            return
        await asyncio.sleep(0.02)


async def _all_accepted(database: Database) -> tuple[int, datetime]:
    while True:
        async with database.reading() as session:
            notices = (col(Mailing.lane) == Lane.URGENT, col(Mailing.kind) == MailingKind.NOTICE)
            urgent = select(col(Mailing.id)).where(*notices).order_by(col(Mailing.id).desc())
            given = {"id": await session.scalar(urgent.limit(1))}
            if not await session.scalar(_OPEN, given):
                reached, last = (await session.execute(_LAST, given)).one()
                return reached, datetime.fromisoformat(last).replace(tzinfo=UTC)
        await asyncio.sleep(0.1)


async def _kit(web: httpx.AsyncClient, town: Town, address: str, place: str) -> float:
    """From the button to a file that can be printed, the letter still leaving."""
    began = time.perf_counter()
    who, cookies = town.editor, {COOKIE: town.editor["cookie"]}
    answer = await web.post(f"{place}/kit", data={"csrf_token": who["form"]}, cookies=cookies)
    job = str(httpx.URL(address).join(answer.headers["location"]))
    await _until_it_says(web, job, r"/prints/\d+/files/\d+", cookies)
    return time.perf_counter() - began


if __name__ == "__main__":
    main()

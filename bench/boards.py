"""The boards under load: a week planned for three hundred boards, the pack of a round of forty boards and twelve posters,
and a year of sixty boards played through the use cases, with everything that must be true looked at on every round.
"""

import asyncio
import json
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from server.accounts.actors import Actor
from server.accounts.models import Account, Role
from server.boards.kinds import BoardKind, PostingState, SheetFormat
from server.boards.models import Board, Posting
from server.boards.pack import build_pack, zipped
from server.boards.plan import read_plan
from server.boards.service import make_round
from server.core import clock
from server.core.database import Database, WriteSession
from server.core.files import FileStore
from server.core.migrations import migrate
from server.municipalities.models import Municipality
from server.notices.models import Notice, NoticeKind, NoticeState, Publication
from server.notices.schemas import NoticeContent
from server.press.process import aclose
from tests.boards.year import Scale, play
from tests.cast import bring_cast

BODY = "\n\n".join(
    f"## Point {number}\n\nLe service des eaux intervient rue du Lavoir, de 8 h à 12 h ; prévoyez une réserve."
    for number in (1, 2)
)


async def main() -> None:
    with tempfile.TemporaryDirectory(prefix="tambour-bench-") as folder:
        home = Path(folder)
        week = await _week(home / "week.sqlite3", boards=300, notices=60)
        pack = await _pack(home, boards=40, posters=12)
        year = await _year(home)
    await aclose()
    print(json.dumps(week | pack | year))


async def _week(path: Path, *, boards: int, notices: int) -> dict[str, float]:
    """Five sheets a board hang already, three more are planned: the plan of the week, and its round written down."""
    today = clock.today()
    async with _town(path) as (database, town, actor):
        async with database.writing() as session:
            ids = await _publish(session, town, actor, notices)
            where = await _boards(session, town, boards)
            session.add_all(
                _posting(town, actor, ids[(at + sheet) % notices], board, today, is_hanging=sheet < 5)
                for at, board in enumerate(where)
                for sheet in range(8)
            )
        async with database.reading() as session:
            began = time.perf_counter()
            plan = await read_plan(session, town, today)
            planned = time.perf_counter() - began
        assert len(plan.claims) == boards * 8
        async with database.writing() as session:
            began = time.perf_counter()
            await make_round(session, town, actor, today)
            made = time.perf_counter() - began
    print(f"{boards} boards, {boards * 8} sheets: planned in {planned:.2f} s, round made in {made:.2f} s")
    return {"plan_week_s": round(planned, 3), "make_round_s": round(made, 3)}


async def _pack(home: Path, *, boards: int, posters: int) -> dict[str, float]:
    """A round that puts every poster up on every board."""
    today = clock.today()
    async with _town(home / "pack.sqlite3") as (database, town, actor):
        async with database.writing() as session:
            ids = await _publish(session, town, actor, posters)
            where = await _boards(session, town, boards)
            session.add_all(
                _posting(town, actor, notice_id, board, today, is_hanging=False) for board in where for notice_id in ids
            )
        async with database.writing() as session:
            made = await make_round(session, town, actor, today)
        began = time.perf_counter()
        pack = await build_pack(database, FileStore(home / "files"), town, made.id)
        archive = zipped(pack.files)
        took = time.perf_counter() - began
    pages = pack.pages[f"A4-{made.number}.pdf"]
    assert pages == boards * posters
    print(f"{boards} boards x {posters} posters: {pages} sheets, {len(archive) / 1e6:.1f} MB, in {took:.1f} s")
    return {"pack_s": round(took, 2), "pack_mb": round(len(archive) / 1e6, 1)}


async def _year(home: Path) -> dict[str, float]:
    """Twelve notices a week, two of them acts; two agents; one sheet in twenty is lost. Raises AssertionError."""
    database = Database(f"sqlite+aiosqlite:///{home / 'year.sqlite3'}")
    await migrate(database)
    began = time.perf_counter()
    await play(
        database,
        await bring_cast(database),
        Scale(boards=60, legal_boards=6, notices_a_week=12, acts_a_week=2, weeks=52, certificates=150),
    )
    took = time.perf_counter() - began
    await database.close()
    print(f"60 boards, 52 weeks, 624 notices: register, sheets, calendar and certificates agree; in {took:.0f} s")
    return {"year_s": round(took, 1)}


@asynccontextmanager
async def _town(path: Path) -> AsyncIterator[tuple[Database, int, Actor]]:
    database = Database(f"sqlite+aiosqlite:///{path}")
    await migrate(database)
    async with database.writing() as session:
        town = Municipality(slug="bench", name="Saint-Aubin", phone="02 61 91 00 10", created_at=clock.now())
        account = Account(email="paul@mairie.example", name="Paul", created_at=clock.now())
        session.add_all([town, account])
        await session.flush()
        actor = Actor(account.id, account.name, frozenset({Role.POSTER}))
    yield database, town.id, actor
    await database.close()


async def _boards(session: WriteSession, town: int, count: int) -> list[Board]:
    boards = [
        Board(
            municipality_id=town,
            name=f"Panneau {number}",
            location="rue du Lavoir",
            kind=BoardKind.MUNICIPAL,
            position=number,
            room_a4=20,
            created_at=clock.now(),
        )
        for number in range(count)
    ]
    session.add_all(boards)
    await session.flush()
    return boards


async def _publish(session: WriteSession, town: int, actor: Actor, count: int) -> list[int]:
    now = clock.now()
    moments: dict[str, Any] = {"first_published_at": now, "published_at": now, "published_by_id": actor.account_id}
    found = []
    for number in range(count):
        content = NoticeContent(kind=NoticeKind.WORKS, title=f"Coupure d’eau, secteur {number}", body=BODY)
        named: dict[str, Any] = {
            "municipality_id": town,
            "number": f"2026-{number:03}",
            "uid": f"uid-{number}",
            "title": content.title,
        }
        notice = Notice(
            **named, state=NoticeState.PUBLISHED, created_by_id=actor.account_id, created_at=now, updated_at=now
        )
        session.add(notice)
        await session.flush()
        session.add(
            Publication(
                **named,
                **moments,
                notice_id=notice.id,
                revision=1,
                content=content.frozen(),
                content_hash=content.content_hash,
                kind=content.kind,
                language="fr",
                summary="",
            )
        )
        found.append(notice.id)
    return found


def _posting(town: int, actor: Actor, notice_id: int, board: Board, today: date, *, is_hanging: bool) -> Posting:
    return Posting(
        municipality_id=town,
        notice_id=notice_id,
        board_id=board.id,
        format=SheetFormat.A4,
        first_on=today - timedelta(days=7 if is_hanging else 0),
        last_on=today + timedelta(days=30),
        planned_by_id=actor.account_id,
        planned_at=clock.now(),
        state=PostingState.HANGING if is_hanging else PostingState.PLANNED,
        hung_on=today - timedelta(days=7) if is_hanging else None,
        seen_on=today - timedelta(days=7) if is_hanging else None,
        days_hung=1 if is_hanging else 0,
    )


if __name__ == "__main__":
    asyncio.run(main())

"""Whether everything is fine: database, workers, mail, backups, disk. For a monitor, a container's health check, and people in a hurry."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from sqlalchemy.exc import SQLAlchemyError

from server.backups.upkeep import find_backup_trouble
from server.core.database import Database, WrongDatabase
from server.core.errors import NotFound
from server.core.files import free_space
from server.core.i18n import translate
from server.core.migrations import is_current
from server.mailings.heartbeats import find_mail_trouble, living_workers
from server.web.dependencies import Configuration, database_of

log = logging.getLogger(__name__)
router = APIRouter()

KINDS = ("clock", "mail", "render")
LEAST_FREE = 100 << 20  # bytes: below it letters, backups and the database stand still soon
_PATIENCE = 3.0  # seconds a part has to say how it is


Check = Callable[[Database, Path], Awaitable[None]]
"""Asks the database, or looks at the home folder. Raises Sick."""


class Sick(Exception):
    """A part is not fine; the sentence says what is wrong with it."""


@router.get("/health", name="health")
async def show_health(request: Request, settings: Configuration) -> JSONResponse:
    """200 when every part is fine, 503 naming those that are not."""
    parts = await examine(database_of(request), settings.home)
    is_fine = all(part == "ok" for part in parts.values())
    return JSONResponse({"status": "ok" if is_fine else "sick", "parts": parts}, 200 if is_fine else 503)


@router.get("/health/{part}", name="health_of")
async def show_part(request: Request, settings: Configuration, part: str) -> JSONResponse:
    """The same for one part: whether a container is to be started again is no question of the relay's."""
    check = CHECKS.get(part)
    if check is None:
        raise NotFound
    verdict = await _verdict(check, database_of(request), settings.home)
    return JSONResponse({"part": part, "status": verdict}, 200 if verdict == "ok" else 503)


async def examine(database: Database, home: Path) -> dict[str, str]:
    """Each part of the instance with "ok", or with what is wrong with it."""
    return {name: await _verdict(check, database, home) for name, check in CHECKS.items()}


async def _verdict(check: Check, database: Database, home: Path) -> str:
    try:
        async with asyncio.timeout(_PATIENCE):
            await check(database, home)
    except Sick as sickness:
        return str(sickness)
    except WrongDatabase as sickness:
        return str(sickness)
    except (SQLAlchemyError, OSError, TimeoutError):
        log.warning("the health check got no answer", exc_info=True)
        return "the database does not answer"
    return "ok"


async def _database(database: Database, _home: Path) -> None:
    await database.check()
    if not await is_current(database):
        raise Sick("the database has the shape of another version: run `tambour migrate`")


async def _workers(database: Database, _home: Path) -> None:
    async with database.reading() as session:
        alive = await living_workers(session)
    if missing := [kind for kind in KINDS if kind not in alive]:
        raise Sick(f"no sign of life from: {', '.join(missing)}")


async def _mail(database: Database, _home: Path) -> None:
    """One worker that reaches the relay is enough: it sends everything."""
    async with database.reading() as session:
        trouble = await find_mail_trouble(session)
    if trouble is not None:
        raise Sick(translate(trouble.message, "en"))


async def _backups(database: Database, _home: Path) -> None:
    async with database.reading() as session:
        if trouble := await find_backup_trouble(session):
            raise Sick(trouble)


async def _disk(_database: Database, home: Path) -> None:
    free = free_space(home)
    if free < LEAST_FREE:
        raise Sick(f"the disk is full: {free >> 20} MB are free, make room")


CHECKS: Mapping[str, Check] = {
    "database": _database,
    "workers": _workers,
    "mail": _mail,
    "backups": _backups,
    "disk": _disk,
}

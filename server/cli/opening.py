"""What a command needs of the instance, and how it says no: one sentence and an exit status, never a traceback."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from socket import gaierror
from typing import TypeVar

import typer
from pydantic import ValidationError
from rich.console import Console
from sqlalchemy.exc import SQLAlchemyError

from server.backups.halfway import is_half_restored
from server.core.database import Database, WrongDatabase
from server.core.errors import Invalid, Refusal
from server.core.files import FileStore
from server.core.i18n import speaking, translate
from server.core.migrations import is_current, migrate
from server.core.secrets import Secrets, load_secrets
from server.core.settings import Settings, settings
from server.web.forms import sentences_of

Answer = TypeVar("Answer")

console = Console(highlight=False)
errors = Console(stderr=True, highlight=False)


class Refused(Exception):
    """The command cannot be carried out; the sentence says why and what to do."""


@dataclass(frozen=True)
class Instance:
    """The instance that the settings describe."""

    settings: Settings
    database: Database
    secrets: Secrets
    files: FileStore


@asynccontextmanager
async def opened(
    configured: Settings | None = None, *, migrating: bool = False, sending: bool = False
) -> AsyncIterator[Instance]:
    """The instance with a database of the right shape; `migrating` gives it that shape, and `sending` a scribe. Raises
    Refused.
    """
    configured = configured or settings()
    configured.home.mkdir(parents=True, exist_ok=True)
    database = Database(configured.database, configured.database_pool, has_scribe=sending)
    try:
        if await is_half_restored(database):
            raise Refused(
                "A restoration was interrupted here. `tambour restore` begins it anew, and nothing runs before."
            )
        if migrating:
            await migrate(database)
        elif not await is_current(database):
            raise Refused("The database does not have the shape this version expects. Run `tambour migrate` first.")
        await database.check()
        yield Instance(configured, database, load_secrets(configured.home), FileStore(configured.home / "files"))
    finally:
        await database.close()


async def bring_up_to_date() -> None:
    """Give the database the shape this version expects, and say so."""
    async with opened(migrating=True):
        console.print("The database has the shape this version expects.")


def carry_out(command: Callable[[], Awaitable[Answer]]) -> Answer:
    """Run an asynchronous command. A refusal becomes a sentence and the exit status 1."""

    async def run() -> Answer:
        return await command()

    try:
        with speaking("en"):
            return asyncio.run(run())
    except KeyboardInterrupt:
        raise typer.Exit(130) from None
    except Refused as refusal:
        sentences = [str(refusal)]
    except WrongDatabase as wrong:
        sentences = [str(wrong), _way_back()]
    except Refusal as refusal:
        sentences = _sentences(refusal)
    except ValidationError as error:
        sentences = _sentences(Invalid(sentences_of(error.errors())))
    except (SQLAlchemyError, ConnectionError, gaierror) as error:
        sentences = [f"The database does not answer as it should: {getattr(error, 'orig', error)}", _way_back()]
    for sentence in filter(None, sentences):
        errors.print(sentence, style="red", soft_wrap=True, markup=False)
    raise typer.Exit(1)


def _way_back() -> str:
    """Where the backups are, for who needs one now."""
    place = settings().backup_place
    return f"If it is damaged: the backups are in {place}, and `tambour restore` brings one back." if place else ""


def _sentences(refusal: Refusal) -> list[str]:
    if isinstance(refusal, Invalid) and refusal.fields:
        return [f"{name}: {translate(message, 'en')}" for name, message in refusal.fields.items()]
    return [translate(refusal.message, "en")]

"""The command `tambour demo`: reads what is given, opens a temporary home, travels, and says what was found."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from server.cli.opening import Instance, Refused, carry_out, console
from server.core.database import Database
from server.core.files import FileStore
from server.core.logging import start_logging
from server.core.migrations import migrate
from server.core.secrets import load_secrets
from server.core.settings import Settings
from server.demo.old_list import as_list
from server.demo.people import people as everybody
from workers.demo.progress import Steps
from workers.demo.reading import Piece, pieces

_INVENTED = 120
_MOST_BYTES = 2_000_000

_OUT = typer.Option("--out", help="Folder for mails, pages, posters and the summary.", file_okay=False)
_TEXT = typer.Option("--text", help="A plain text; its sections become notices. May be given several times.")
_RESIDENTS = typer.Option("--residents", help="A CSV of residents; without one, an invented list.")


def demo(
    out: Annotated[Path, _OUT],
    text: Annotated[list[Path], _TEXT],
    residents: Annotated[Path | None, _RESIDENTS] = None,
) -> None:
    """Do the main job without hands: from texts and a list to mails, pages and posters, in a town of its own."""
    carry_out(lambda: _demonstrate(out, text, residents))


async def _demonstrate(out: Path, texts: list[Path], residents: Path | None) -> None:
    from workers.demo.journey import travel  # brings the whole web with it

    start_logging("WARNING")
    written = [piece for path in texts for piece in _pieces(path)]
    people = _read(residents) if residents else as_list(everybody()[:_INVENTED])
    with TemporaryDirectory(prefix="tambour-demo-") as home:
        settings = Settings(home=Path(home), host="127.0.0.1", base_url="", database_url="", smtp_host="")
        database = Database(settings.database)
        try:
            await migrate(database)
            instance = Instance(settings, database, load_secrets(settings.home), FileStore(settings.home / "files"))
            with Steps(console) as steps:
                summary = await travel(instance, out, steps, written, people)
        finally:
            await database.close()
    console.print(f"\nEverything is in [bold]{out}[/]: mail, web, paper.", soft_wrap=True)
    console.print_json(json.dumps(summary))


def _pieces(path: Path) -> list[Piece]:
    found = pieces(_read(path).decode("utf-8", errors="replace"))
    if not found:
        raise Refused(f"{path} holds no text.")
    return found


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise Refused(f"{path} is too heavy: {_MOST_BYTES // 1_000_000} MB at most.")
        return path.read_bytes()
    except OSError as error:
        raise Refused(f"{path} cannot be read: {error.strerror}.") from error

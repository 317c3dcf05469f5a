"""`tambour backup` and `tambour restore`: made while everything runs, tried, and brought back."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from server.backups import sealing
from server.backups.making import SUM, NoBackup, backup_names, make_backup
from server.backups.models import BackupKind, BackupOutcome
from server.backups.restoring import restore
from server.backups.stores import store_of
from server.backups.upkeep import carry_out as noting
from server.backups.upkeep import slot_by_hand
from server.backups.verifying import verify_backup
from server.cli.opening import Refused, carry_out, console, opened
from server.core.database import Database
from server.core.settings import settings

if TYPE_CHECKING:
    from pyrage import x25519

app = typer.Typer(help="Backups: sealed, tried, brought back.", no_args_is_help=True)

_KEY = typer.Option("--key", help="File with the private key, `-` to be given it; without one, the instance's own key.")


@app.command()
def key() -> None:
    """Make a pair of keys and print it: TAMBOUR_BACKUP_KEYS gets the public one, a safe the other."""
    private, public = sealing.new_key()
    console.out(f"# public key: {public}\n{private}", highlight=False)


@app.command()
def make() -> None:
    """Make a backup now, while everything runs."""

    async def make_one() -> None:
        async with opened() as instance:

            async def run() -> tuple[str, int, int]:
                made = await make_backup(instance.settings, instance.database, instance.files)
                return made.name, made.size, made.rows

            done = await noting(instance.database, BackupKind.BACKUP, slot_by_hand(BackupKind.BACKUP), run)
        if done is None or done.outcome is not BackupOutcome.DONE:
            raise Refused(done.note if done else "Somebody else is making a backup.")
        console.print(f"{done.name}: {done.rows} rows, {done.size / 1e6:.1f} MB, sealed.")

    carry_out(make_one)


@app.command(name="list")
def show() -> None:
    """List the backups, the newest first."""

    async def print_names() -> None:
        try:
            names = store_of(settings()).names()
        except (ValueError, OSError) as error:
            raise Refused(str(error)) from error
        table = Table("Backup", "", box=None, pad_edge=False, header_style="bold")
        for name in backup_names(names):
            table.add_row(name, "" if f"{name}{SUM}" in names else "interrupted")
        console.print(table if table.row_count else "No backup yet: `tambour backup make` makes one.")

    carry_out(print_names)


@app.command()
def verify(
    name: Annotated[str, typer.Argument(help="Which one; the newest, if none is named.")] = "",
    private: Annotated[Path | None, _KEY] = None,
) -> None:
    """Bring a backup back into a database that is thrown away, and count every row."""

    async def try_one() -> None:
        async with opened() as instance:
            identities = [_identity(private)] if private else None

            async def run() -> tuple[str, int, int]:
                tried = await verify_backup(instance.settings, instance.database, name, identities)
                return tried.name, 0, tried.rows

            slot = slot_by_hand(BackupKind.VERIFICATION)
            done = await noting(instance.database, BackupKind.VERIFICATION, slot, run)
        if done is None or done.outcome is not BackupOutcome.DONE:
            raise Refused(done.note if done else "Somebody else is trying a backup.")
        console.print(f"{done.name} can be brought back: {done.rows} rows, every one counted.")

    carry_out(try_one)


def bring_back(
    name: Annotated[str, typer.Argument(help="Which backup; `tambour backup list` shows them.")] = "",
    private: Annotated[Path | None, _KEY] = None,
) -> None:
    """Bring a backup back into this empty instance. Stop web and workers before, and look before you resume mailings."""

    async def restore_one() -> None:
        configured = settings()
        configured.home.mkdir(parents=True, exist_ok=True)
        database = Database(configured.database, configured.database_pool)
        try:
            chosen = name or next(iter(backup_names(store_of(configured).names())), "")
            if not chosen:
                raise Refused("There is no backup in TAMBOUR_BACKUP_PLACE.")
            identity = _identity(private) if private else sealing.own_identity(configured.home / "keys")
            done = await restore(configured, database, chosen, [identity])
        except (NoBackup, ValueError, OSError) as error:
            raise Refused(str(error)) from error
        finally:
            await database.close()
        since = done.replayed
        console.print(f"{chosen} is back: {done.rows} rows and {done.files} files, as of {done.made_at}.")
        console.print(
            f"Since then, by the journal: {since.departures} departures and {since.erasures} erasures played again, "
            f"{since.towns} towns deleted again, "
            f"{since.sent} messages known as sent, {since.mailings} mailings begun after the backup."
        )
        if since.paused:
            console.print(f"[bold]{since.paused} mailings are paused[/]: look at each, then resume or cancel it.")

    carry_out(restore_one)


def _identity(path: Path) -> "x25519.Identity":
    try:
        return sealing.read_private_key(sys.stdin.read() if str(path) == "-" else path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Refused(str(error)) from error

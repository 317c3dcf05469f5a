"""Whether a restoration was interrupted here. Whatever starts asks this first, so it loads next to nothing."""

from sqlalchemy import Connection, inspect, select
from sqlmodel import col

from server.backups.models import BackupKind, BackupOutcome, BackupRun
from server.core.database import Database


async def is_half_restored(database: Database) -> bool:
    """Rows are back, but who left since has not left yet, and letters under way are not held."""
    async with database.engine.connect() as connection:
        return await connection.run_sync(_is_half_done)


def _is_half_done(connection: Connection) -> bool:
    if not inspect(connection).has_table("backup_run"):
        return False
    begun = select(col(BackupRun.id)).where(
        col(BackupRun.kind) == BackupKind.RESTORATION, col(BackupRun.outcome) == BackupOutcome.RUNNING
    )
    return connection.execute(begun).first() is not None

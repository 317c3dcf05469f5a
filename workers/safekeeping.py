"""What the clock does so that nothing is lost: a backup a night, a trial of one a week, the journal of departures."""

from server.backups.journal import write_journal
from server.backups.upkeep import back_up_nightly, verify_weekly
from server.core.database import Database
from server.core.files import FileStore
from server.core.secrets import Secrets
from server.core.settings import Settings
from workers.clock import Chore


def backup_chores(settings: Settings, files: FileStore) -> tuple[Chore, ...]:
    """None where the settings name no place for backups."""

    async def back_up(database: Database, _secrets: Secrets) -> None:
        await back_up_nightly(settings, database, files)

    async def verify(database: Database, _secrets: Secrets) -> None:
        await verify_weekly(settings, database)

    async def keep_journal(database: Database, _secrets: Secrets) -> None:
        await write_journal(settings, database)

    if not settings.backup_place:
        return ()
    return (
        Chore("back up", back_up, every=300),
        Chore("try a backup", verify, every=900),
        Chore("keep the journal of departures", keep_journal, every=15),
    )

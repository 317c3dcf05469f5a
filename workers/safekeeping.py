"""What the clock takes its time for: a backup a night, a trial a week, a journal; a look at sending domains; towns that are
handed over, brought or deleted.
"""

from server.backups.errand_work import carry_out_errands
from server.backups.errands import forget_archives
from server.backups.journal import write_journal
from server.backups.upkeep import back_up_nightly, verify_weekly
from server.core.database import Database
from server.core.files import FileStore
from server.core.secrets import Secrets
from server.core.settings import Settings
from server.mailings.believing import examine_due, way_out_of
from server.mailings.names import PublicNames
from workers.clock import Chore


def careful_chores(settings: Settings, files: FileStore) -> tuple[Chore, ...]:
    """No backups where the settings name no place for them, no looking at domains where nothing leaves."""

    async def back_up(database: Database, _secrets: Secrets) -> None:
        await back_up_nightly(settings, database, files)

    async def verify(database: Database, _secrets: Secrets) -> None:
        await verify_weekly(settings, database)

    async def keep_journal(database: Database, _secrets: Secrets) -> None:
        await write_journal(settings, database)

    async def examine_domains(database: Database, secrets: Secrets) -> None:
        await examine_due(database, secrets, PublicNames(), way_out_of(settings))

    async def work_on_towns(database: Database, secrets: Secrets) -> None:
        await carry_out_errands(database, files, secrets)

    async def forget(database: Database, _secrets: Secrets) -> None:
        await forget_archives(database, files)

    always = (Chore("work on whole towns", work_on_towns, every=2), Chore("forget archives", forget, every=3600))
    # What is only caught on this machine is believed by nobody, and need not be.
    domains = (Chore("look at the sending domains", examine_domains, every=60),) if settings.smtp_host else ()
    if not settings.backup_place:
        return (*always, *domains)
    return (
        *always,
        *domains,
        Chore("back up", back_up, every=300),
        Chore("try a backup", verify, every=900),
        Chore("keep the journal of departures", keep_journal, every=15),
    )

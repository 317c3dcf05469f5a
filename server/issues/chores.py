"""What the clock does for issues: let the planned ones leave, each once, however often it looks."""

import logging

from server.core import clock
from server.core.database import Database
from server.core.errors import Refusal
from server.core.files import FileStore
from server.core.secrets import Secrets
from server.issues import queries, sending
from server.issues.drafting import undo_approval

log = logging.getLogger(__name__)


async def send_due_issues(database: Database, secrets: Secrets, files: FileStore, instance_url: str) -> None:
    """Send every approved issue whose moment has come. One that cannot leave becomes a draft again and is seen as such."""
    async with database.reading() as session:
        due = await queries.list_due(session, clock.now())
    for issue in due:
        async with database.reading() as session:
            prepared = await sending.prepare_letter(session, files, issue.municipality_id, issue.id, instance_url)
        try:
            async with database.writing() as session:
                await sending.send_issue(session, secrets, prepared, None, f"planned-{issue.id}-{issue.revision}")
        except Refusal as refusal:
            log.warning("a planned letter could not leave", extra={"issue": issue.id, "code": refusal.code})
            async with database.writing() as session:
                await undo_approval(session, await queries.get_issue(session, issue.municipality_id, issue.id), None)

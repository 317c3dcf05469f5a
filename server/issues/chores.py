"""What the clock does for issues: let the planned ones leave, each once, however often it looks."""

import logging

from server.core import clock
from server.core.database import Database
from server.core.errors import Refusal
from server.core.files import FileStore
from server.core.i18n import LANGUAGES, translate
from server.core.secrets import Secrets
from server.issues import queries, sending
from server.issues.drafting import undo_approval
from server.mailings.quota import TooManyMails

log = logging.getLogger(__name__)


async def send_due_issues(database: Database, secrets: Secrets, files: FileStore, instance_url: str) -> None:
    """Send every approved issue whose moment has come. One too many for the day waits for the next one; one that cannot
    leave becomes a draft again and is seen as such, with the reason.
    """
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
            why = translate(refusal.message, LANGUAGES[0])
            async with database.writing() as session:
                held = await queries.get_issue(session, issue.municipality_id, issue.id)
                if isinstance(refusal, TooManyMails) and refusal.fits_another_day:
                    sending.put_off_issue(session, held, why)
                else:
                    await undo_approval(session, held, None, why)

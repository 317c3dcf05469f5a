"""What needs a hand today, gathered from the rooms a person may enter."""

from dataclasses import dataclass

from server.accounts.actors import Actor
from server.accounts.models import Role
from server.core.database import ReadSession
from server.core.i18n import Message, sentence, sentences
from server.issues import queries as issues
from server.issues.models import IssueState
from server.notices import queries as notices
from server.notices.models import NoticeState
from server.residents import queries as residents


@dataclass(frozen=True)
class Task:
    """One line of the to-do page: what, how much of it, and where it is done (a route and its filter)."""

    words: Message
    action: Message
    route: str
    query: str = ""
    is_pressing: bool = False


async def list_tasks(session: ReadSession, municipality_id: int, actor: Actor) -> list[Task]:
    """The tasks of somebody, the pressing ones first. Nothing to do is an empty list."""
    tasks: list[Task] = []
    if actor.has_role(Role.EDITOR, Role.PUBLISHER):
        tasks += await _of_notices(session, municipality_id, actor)
        tasks += await _of_issues(session, municipality_id, actor)
    if actor.has_role(Role.COUNTER):
        tasks += await _of_residents(session, municipality_id)
    return sorted(tasks, key=lambda task: not task.is_pressing)


async def _of_notices(session: ReadSession, municipality_id: int, actor: Actor) -> list[Task]:
    counts = await notices.count_by_state(session, municipality_id)
    tasks = []
    if submitted := counts.get(NoticeState.SUBMITTED, 0):
        words = sentences("{count} notice waits for approval", "{count} notices wait for approval", count=submitted)
        tasks.append(_task(words, sentence("Read and approve"), "notices", "state=submitted", actor))
    if approved := counts.get(NoticeState.APPROVED, 0):
        words = sentences("{count} approved notice is not yet public", "{count} approved notices are not yet public", count=approved)
        tasks.append(_task(words, sentence("Publish"), "notices", "state=approved", actor))
    if drafts := counts.get(NoticeState.DRAFT, 0):
        words = sentences("{count} notice is being written", "{count} notices are being written", count=drafts)
        tasks.append(Task(words, sentence("Finish"), "notices", "state=draft"))
    return tasks


async def _of_issues(session: ReadSession, municipality_id: int, actor: Actor) -> list[Task]:
    counts = await issues.count_by_state(session, municipality_id)
    tasks = []
    if submitted := counts.get(IssueState.SUBMITTED, 0):
        words = sentences("{count} letter waits for approval", "{count} letters wait for approval", count=submitted)
        tasks.append(_task(words, sentence("Read and approve"), "issues", "", actor))
    if approved := counts.get(IssueState.APPROVED, 0):
        words = sentences("{count} approved letter has not left", "{count} approved letters have not left", count=approved)
        tasks.append(_task(words, sentence("Send"), "issues", "", actor))
    if drafts := counts.get(IssueState.DRAFT, 0):
        words = sentences("{count} letter is being composed", "{count} letters are being composed", count=drafts)
        tasks.append(Task(words, sentence("Finish"), "issues"))
    return tasks


async def _of_residents(session: ReadSession, municipality_id: int) -> list[Task]:
    waiting = await residents.count_to_check(session, municipality_id)
    if not waiting:
        return []
    words = sentences("{count} person asks for paper", "{count} people ask for paper", count=waiting)
    return [Task(words, sentence("Check and add"), "residents_to_check", is_pressing=True)]


def _task(words: Message, action: Message, route: str, query: str, actor: Actor) -> Task:
    """A publisher's task: pressing for who may do it, a reminder for the others."""
    return Task(words, action, route, query, is_pressing=actor.has_role(Role.PUBLISHER))

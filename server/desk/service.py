"""What needs a hand today, gathered from the rooms a person may enter."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from server.accounts.actors import Actor
from server.accounts.models import Role
from server.accounts.visits import find_open_visit
from server.boards.waiting import count_waiting
from server.core.database import ReadSession
from server.core.i18n import Message, sentence, sentences
from server.desk.boards import BOARD_TASKS, board_task
from server.desk.task import Task
from server.issues import queries as issues
from server.issues.models import IssueState
from server.mailings import breakers, paces
from server.mailings.providers import provider_name
from server.notices import queries as notices
from server.notices.models import NoticeState
from server.printruns import queries as printruns
from server.printruns.mailboxes import list_missed
from server.residents import queries as residents
from server.urgent import queries as urgent


@dataclass(frozen=True)
class _Waiting:
    """Things in one state that wait for a hand. What only a publisher can do is pressing for who may do it."""

    state: StrEnum
    words: Message
    action: Message
    query: str = ""
    is_for_publishers: bool = True


_NOTICES = (
    _Waiting(
        NoticeState.SUBMITTED,
        sentences("{count} notice waits for approval", "{count} notices wait for approval", count=0),
        sentence("Read and approve"),
        "state=submitted",
    ),
    _Waiting(
        NoticeState.APPROVED,
        sentences("{count} approved notice is not yet public", "{count} approved notices are not yet public", count=0),
        sentence("Publish"),
        "state=approved",
    ),
    _Waiting(
        NoticeState.DRAFT,
        sentences("{count} notice is being written", "{count} notices are being written", count=0),
        sentence("Finish"),
        "state=draft",
        is_for_publishers=False,
    ),
)
_ISSUES = (
    _Waiting(
        IssueState.SUBMITTED,
        sentences("{count} letter waits for approval", "{count} letters wait for approval", count=0),
        sentence("Read and approve"),
    ),
    _Waiting(
        IssueState.APPROVED,
        sentences("{count} approved letter has not left", "{count} approved letters have not left", count=0),
        sentence("Send"),
    ),
    _Waiting(
        IssueState.DRAFT,
        sentences("{count} letter is being composed", "{count} letters are being composed", count=0),
        sentence("Finish"),
        is_for_publishers=False,
    ),
)


async def list_tasks(session: ReadSession, municipality_id: int, actor: Actor) -> list[Task]:
    """The tasks of somebody, the pressing ones first. Nothing to do is an empty list."""
    tasks: list[Task] = []
    if actor.has_role(Role.EDITOR, Role.PUBLISHER):
        tasks += await _of_what_is_urgent(session, municipality_id)
        tasks += _tasks(_NOTICES, await notices.count_by_state(session, municipality_id), "notices", actor)
        tasks += _tasks(_ISSUES, await issues.count_by_state(session, municipality_id), "issues", actor)
    elif actor.has_role(Role.COUNTER):
        tasks += await _of_doors(session, municipality_id)
    if actor.has_role(Role.ADMINISTRATOR):
        tasks += await _of_the_host(session, municipality_id)
    if actor.has_role(Role.PUBLISHER):
        tasks += await _of_mailings(session, municipality_id)
    if actor.has_role(Role.COUNTER):
        tasks += await _of_residents(session, municipality_id)
    if actor.has_role(Role.POSTER, Role.EDITOR, Role.PUBLISHER, Role.COUNTER):
        waiting = await count_waiting(session, municipality_id)
        tasks += [board_task(kind, waiting, actor) for kind in BOARD_TASKS if kind.count(waiting)]
    return sorted(tasks, key=lambda task: not task.is_pressing)


def _tasks(kinds: Iterable[_Waiting], counts: Mapping[Any, int], route: str, actor: Actor) -> list[Task]:
    return [
        Task(
            replace(kind.words, params={"count": counts[kind.state]}),
            kind.action,
            route,
            kind.query,
            is_pressing=kind.is_for_publishers and actor.has_role(Role.PUBLISHER),
        )
        for kind in kinds
        if counts.get(kind.state)
    ]


async def _of_what_is_urgent(session: ReadSession, municipality_id: int) -> list[Task]:
    waiting = await urgent.count_drafts(session, municipality_id)
    endless = sum(one.until_at is None for one in await urgent.in_force(session, municipality_id))
    to_send = sentences(
        "{count} urgent notice waits to be sent", "{count} urgent notices wait to be sent", count=waiting
    )
    to_end = sentences(
        "{count} urgent notice holds until the all-clear",
        "{count} urgent notices hold until the all-clear",
        count=endless,
    )
    found = [(waiting, to_send, sentence("Read and send")), (endless, to_end, sentence("Follow it"))]
    return [Task(words, action, "urgent_list", is_pressing=True) for count, words, action in found if count]


async def _of_the_host(session: ReadSession, municipality_id: int) -> list[Task]:
    """A visit that waits for a yes or a no, or that goes on at this moment."""
    visit = await find_open_visit(session, municipality_id)
    if visit is None:
        return []
    if visit.is_running:
        words = sentence("{name}, who hosts Tambour, may look in at this moment", name=visit.operator)
        return [Task(words, sentence("See or end it"), "support")]
    words = sentence("{name}, who hosts Tambour, asks to look in", name=visit.operator)
    return [Task(words, sentence("Say yes or no"), "support", is_pressing=True)]


async def _of_doors(session: ReadSession, municipality_id: int) -> list[Task]:
    """While something urgent holds, the sheets of those who walk come back to the counter."""
    count = len(await urgent.in_force(session, municipality_id))
    words = sentences(
        "{count} urgent notice holds: not everybody has email",
        "{count} urgent notices hold: not everybody has email",
        count=count,
    )
    return [Task(words, sentence("See who was told"), "urgent_reach", is_pressing=True)] if count else []


async def _of_mailings(session: ReadSession, municipality_id: int) -> list[Task]:
    """What Tambour stopped by itself, and providers that refuse our mail whatever it says."""
    tasks = []
    if stopped := len(await breakers.list_stopped(session, municipality_id)):
        words = sentences(
            "{count} mailing was stopped: too many addresses refuse it",
            "{count} mailings were stopped: too many addresses refuse them",
            count=stopped,
        )
        tasks.append(Task(words, sentence("See the figures"), "mailings", is_pressing=True))
    if blocking := await paces.list_blocking(session, municipality_id):
        names = ", ".join(map(provider_name, blocking))
        words = sentence("{names}: our mails are refused, whoever they are for", names=names)
        tasks.append(Task(words, sentence("See what was said"), "queue", is_pressing=True))
    return tasks


async def _of_residents(session: ReadSession, municipality_id: int) -> list[Task]:
    tasks = []
    if waiting := await residents.count_to_check(session, municipality_id):
        words = sentences("{count} person asks for paper", "{count} people ask for paper", count=waiting)
        tasks.append(Task(words, sentence("Check and add"), "residents_to_check", is_pressing=True))
    if held := len(await printruns.list_holds(session, municipality_id)):
        words = sentences("{count} letter came back", "{count} letters came back", count=held)
        tasks.append(Task(words, sentence("Find the address"), "returned_letters", is_pressing=True))
    if missed := await list_missed(session, municipality_id):
        words = sentences(
            "{name} has no mailbox any more",
            "{count} people have no mailbox any more, {name} among them",
            count=len(missed),
            name=missed[0].resident.name or missed[0].resident.email,
        )
        tasks.append(Task(words, sentence("Write by post"), "gone_mailboxes", is_pressing=True))
    return tasks

"""What needs a hand at the boards: what hangs and should not comes first."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from server.accounts.actors import Actor
from server.accounts.models import Role
from server.boards.waiting import Waiting
from server.core.i18n import Message, sentence, sentences
from server.desk.task import Task


@dataclass(frozen=True)
class BoardTask:
    """A kind of task: how many there are, in which words, where it is done, and for whom it presses."""

    count: Callable[[Waiting], int]
    words: Message
    action: Message
    route: str = "board_rounds"
    presses: tuple[Role, ...] = ()


BOARD_TASKS = (
    BoardTask(
        lambda now: now.urgent,
        sentences(
            "{count} poster of an urgent notice to put up now",
            "{count} posters of an urgent notice to put up now",
            count=0,
        ),
        sentence("See the rounds"),
        presses=(Role.COUNTER, Role.POSTER),
    ),
    BoardTask(
        lambda now: now.to_remove,
        sentences("{count} sheet to take down", "{count} sheets to take down", count=0),
        sentence("See the rounds"),
        presses=(Role.POSTER,),
    ),
    BoardTask(
        lambda now: now.sheets_to_key_in,
        sentences("{count} round sheet to key in", "{count} round sheets to key in", count=0),
        sentence("Key the sheet in"),
        presses=(Role.COUNTER, Role.POSTER),
    ),
    BoardTask(
        lambda now: now.lost,
        sentences(
            "{count} sheet torn or missing, to put up again",
            "{count} sheets torn or missing, to put up again",
            count=0,
        ),
        sentence("See the rounds"),
        presses=(Role.POSTER,),
    ),
    BoardTask(
        lambda now: 0 if now.has_round else now.to_post,
        sentences("{count} sheet to put up, and no round made", "{count} sheets to put up, and no round made", count=0),
        sentence("Make the round"),
        presses=(Role.POSTER,),
    ),
    BoardTask(
        lambda now: now.unvisited,
        sentences(
            "{count} board where nobody was for three weeks",
            "{count} boards where nobody was for three weeks",
            count=0,
        ),
        sentence("See the boards"),
        "boards",
    ),
    BoardTask(
        lambda now: now.misfits,
        sentences("{count} sheet does not fit as planned", "{count} sheets do not fit as planned", count=0),
        sentence("See what and where"),
        "boards",
        presses=(Role.EDITOR,),
    ),
    BoardTask(
        lambda now: now.certificates,
        sentences("{count} certificate is asked for", "{count} certificates are asked for", count=0),
        sentence("Read and issue"),
        "certificates",
        presses=(Role.PUBLISHER,),
    ),
)


def board_task(kind: BoardTask, now: Waiting, actor: Actor) -> Task:
    words = replace(kind.words, params={"count": kind.count(now)})
    return Task(words, kind.action, kind.route, is_pressing=bool(kind.presses) and actor.has_role(*kind.presses))

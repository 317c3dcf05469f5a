"""The names of things on boards, for people."""

from collections.abc import Mapping

from server.boards.kinds import BoardKind, CertificateKind, LineAction, Outcome, PostingState, RegisterKind, SheetFormat
from server.boards.scheduling import Reason
from server.core.i18n import Message, sentence

KINDS: Mapping[BoardKind, Message] = {
    BoardKind.LEGAL: sentence("Official acts"),
    BoardKind.MUNICIPAL: sentence("Municipal information"),
    BoardKind.FREE: sentence("Free expression"),
    BoardKind.PARTNER: sentence("At a partner’s"),
}
FORMATS: Mapping[SheetFormat, str] = {one: one.value.upper() for one in SheetFormat}
STATES: Mapping[PostingState, tuple[str, Message]] = {
    PostingState.PLANNED: ("todo", sentence("planned")),
    PostingState.HANGING: ("done", sentence("hangs")),
    PostingState.LOST: ("bad", sentence("torn or missing")),
    PostingState.DOWN: ("off", sentence("taken down")),
}
STATEMENTS: Mapping[RegisterKind, Message] = {
    RegisterKind.PLANNED: sentence("planned"),
    RegisterKind.ENDED: sentence("no longer wanted"),
    RegisterKind.POSTED: sentence("put up"),
    RegisterKind.FOUND: sentence("seen in place"),
    RegisterKind.TORN: sentence("found torn"),
    RegisterKind.MISSING: sentence("found missing"),
    RegisterKind.REMOVED: sentence("taken down"),
}
SEEN = (
    RegisterKind.POSTED,
    RegisterKind.FOUND,
    RegisterKind.TORN,
    RegisterKind.MISSING,
    RegisterKind.REMOVED,
)
"""What somebody may state outside the rounds."""
ACTIONS: Mapping[LineAction, Message] = {
    LineAction.REMOVE: sentence("Take down"),
    LineAction.KEEP: sentence("Leave"),
    LineAction.POST: sentence("Put up"),
}
OUTCOMES: Mapping[LineAction, Mapping[Outcome, Message]] = {
    LineAction.REMOVE: {
        Outcome.DONE: sentence("taken down"),
        Outcome.MISSING: sentence("was gone already"),
        Outcome.NOT_DONE: sentence("still hangs"),
    },
    LineAction.KEEP: {
        Outcome.DONE: sentence("in place"),
        Outcome.TORN: sentence("torn"),
        Outcome.MISSING: sentence("missing"),
    },
    LineAction.POST: {
        Outcome.DONE: sentence("put up"),
        Outcome.NOT_DONE: sentence("not put up"),
    },
}
REASONS: Mapping[Reason, Message] = {
    Reason.NO_ROOM: sentence("no room"),
    Reason.NO_SUCH_FORMAT: sentence("the board does not hold this format"),
    Reason.CLOSED: sentence("the board is out of service"),
}
CERTIFICATES: Mapping[CertificateKind, Message] = {
    CertificateKind.DISPLAY: sentence("Display on boards"),
    CertificateKind.PAPER: sentence("Laid out on paper at the town hall"),
    CertificateKind.ONLINE: sentence("Published online"),
    CertificateKind.URGENT: sentence("Urgent display"),
}

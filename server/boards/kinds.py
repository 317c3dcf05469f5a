"""The trade's words as values: what a board is for, sizes of sheets, what is done on a round and what is said of it."""

from enum import StrEnum


class BoardKind(StrEnum):
    LEGAL = "legal"
    MUNICIPAL = "municipal"
    FREE = "free"
    PARTNER = "partner"


class SheetFormat(StrEnum):
    A4 = "a4"
    A3 = "a3"
    A2 = "a2"


class PostingState(StrEnum):
    """What the register says of a posting now."""

    PLANNED = "planned"
    HANGING = "hanging"
    LOST = "lost"
    """Found torn or missing, and not put up again since."""
    DOWN = "down"


class RegisterKind(StrEnum):
    """What somebody states of a posting."""

    PLANNED = "planned"
    ENDED = "ended"
    """No longer wanted: if it hangs, it is to be taken down."""
    POSTED = "posted"
    FOUND = "found"
    TORN = "torn"
    MISSING = "missing"
    REMOVED = "removed"


class LineAction(StrEnum):
    """What the round sheet asks for, in the order in which it is done at a board."""

    REMOVE = "remove"
    KEEP = "keep"
    POST = "post"


class Outcome(StrEnum):
    """What was ticked on the round sheet."""

    DONE = "done"
    TORN = "torn"
    MISSING = "missing"
    NOT_DONE = "not_done"


OUTCOMES: dict[LineAction, dict[Outcome, RegisterKind | None]] = {
    # A sheet that was to be removed and was not has at least been seen.
    LineAction.REMOVE: {
        Outcome.DONE: RegisterKind.REMOVED,
        Outcome.MISSING: RegisterKind.MISSING,
        Outcome.NOT_DONE: RegisterKind.FOUND,
    },
    LineAction.KEEP: {
        Outcome.DONE: RegisterKind.FOUND,
        Outcome.TORN: RegisterKind.TORN,
        Outcome.MISSING: RegisterKind.MISSING,
    },
    LineAction.POST: {Outcome.DONE: RegisterKind.POSTED, Outcome.NOT_DONE: None},
}
"""What may be ticked on a line, and what the register then holds; None: nothing was stated."""


class CertificateKind(StrEnum):
    DISPLAY = "display"
    PAPER = "paper"
    ONLINE = "online"
    URGENT = "urgent"

"""What hangs, what is to hang, and what the register says of it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, false, func, or_
from sqlalchemy import select as select_many
from sqlmodel import col

from server.accounts.models import Account
from server.boards.evidence import Statement
from server.boards.kinds import PostingState, RegisterKind
from server.boards.models import Board, Posting, RegisterEntry, RoundReturn
from server.core.database import ReadSession
from server.core.errors import NotFound
from server.notices.models import Notice, Publication, PublicationEnd


@dataclass(frozen=True)
class PostedSheet:
    """A posting with what people call it."""

    posting: Posting
    number: str
    title: str
    is_withdrawn: bool
    """Its notice was withdrawn: the sheet must come down."""
    revision: int
    """Of the text that residents read now."""
    is_urgent: bool

    @property
    def is_wanted(self) -> bool:
        return self.posting.ended_at is None and not self.is_withdrawn

    @property
    def is_outdated(self) -> bool:
        """It hangs with a text that has changed since."""
        posting = self.posting
        return self.is_wanted and posting.state is PostingState.HANGING and self.is_older(posting.revision)

    def is_older(self, revision: int | None) -> bool:
        """Whether a text is older than what residents read; one of which nobody knows is not."""
        return revision is not None and revision < self.revision


@dataclass(frozen=True)
class RegisterLine:
    """A statement as it is read: whether it counts, and who keyed it in."""

    entry: RegisterEntry
    counts: bool
    keyed_by: str
    board: str
    number: str
    title: str


def _sheets(municipality_id: int) -> Select[Posting, str, str, bool, int, bool]:
    """Postings with the number and the title of what was last public of their notice."""
    ended_as = col(Publication.ended_as)
    return (
        select_many(
            Posting,
            col(Publication.number),
            col(Publication.title),
            func.coalesce(ended_as == PublicationEnd.WITHDRAWN, false()),
            col(Publication.revision),
            col(Publication.is_urgent),
        )
        .join(Publication, col(Publication.notice_id) == col(Posting.notice_id))
        .where(
            col(Posting.municipality_id) == municipality_id,
            or_(ended_as.is_(None), ended_as != PublicationEnd.REPLACED),
        )
        .order_by(col(Posting.id))
        .execution_options(populate_existing=True)  # the register changes postings behind the session's back
    )


def _is_alive(day: date) -> ColumnElement[bool]:
    """It hangs, or may still have to: days lost are added at the end of what the law asks for."""
    return or_(
        col(Posting.state) == PostingState.HANGING,
        col(Posting.ended_at).is_(None) & or_(col(Posting.last_on) >= day, col(Posting.is_required)),
    )


async def list_live(session: ReadSession, municipality_id: int, day: date) -> list[PostedSheet]:
    """Every sheet of the town that hangs or may have to hang on `day` or later."""
    rows = await session.execute(_sheets(municipality_id).where(_is_alive(day)))
    found = [PostedSheet(*row) for row in rows]
    return [one for one in found if one.posting.state is PostingState.HANGING or not _is_complete(one.posting, day)]


def _is_complete(posting: Posting, day: date) -> bool:
    return posting.last_on < day and posting.days_hung >= posting.days


async def list_of_notice(session: ReadSession, municipality_id: int, notice_id: int) -> list[PostedSheet]:
    rows = await session.execute(_sheets(municipality_id).where(col(Posting.notice_id) == notice_id))
    return [PostedSheet(*row) for row in rows]


async def list_of_board(session: ReadSession, municipality_id: int, board_id: int) -> list[PostedSheet]:
    rows = await session.execute(_sheets(municipality_id).where(col(Posting.board_id) == board_id))
    return [PostedSheet(*row) for row in rows]


async def list_hanging(session: ReadSession, municipality_id: int) -> list[PostedSheet]:
    """What hangs now, by what the register says."""
    rows = await session.execute(_sheets(municipality_id).where(col(Posting.state) == PostingState.HANGING))
    return [PostedSheet(*row) for row in rows]


async def sheets_by_id(session: ReadSession, municipality_id: int, ids: Collection[int]) -> dict[int, PostedSheet]:
    """Postings by number."""
    rows = await session.execute(_sheets(municipality_id).where(col(Posting.id).in_(ids)))
    return {row[0].id: PostedSheet(*row) for row in rows}


async def get_sheet(session: ReadSession, municipality_id: int, posting_id: int) -> PostedSheet:
    found = await sheets_by_id(session, municipality_id, [posting_id])
    if not found:
        raise NotFound
    return found[posting_id]


async def statements_of(
    session: ReadSession, municipality_id: int, posting_ids: Collection[int]
) -> dict[int, list[Statement]]:
    """What the register says of postings: of a sheet keyed in twice, only the return that counts."""
    query = (
        select_many(
            col(RegisterEntry.posting_id),
            col(RegisterEntry.kind),
            col(RegisterEntry.at),
            col(RegisterEntry.id),
            col(RegisterEntry.revision),
        )
        .outerjoin(RoundReturn, col(RoundReturn.id) == col(RegisterEntry.return_id))
        .where(
            col(RegisterEntry.municipality_id) == municipality_id,
            col(RegisterEntry.posting_id).in_(posting_ids),
            or_(col(RegisterEntry.return_id).is_(None), col(RoundReturn.counts)),
        )
    )
    found: dict[int, list[Statement]] = {posting_id: [] for posting_id in posting_ids}
    for posting_id, kind, at, order, revision in await session.execute(query):
        found[posting_id].append(Statement(RegisterKind(kind), at, order, revision))
    return found


async def read_register(
    session: ReadSession,
    municipality_id: int,
    *,
    board_id: int | None = None,
    notice_id: int | None = None,
    limit: int = 200,
) -> list[RegisterLine]:
    """The register of the town, of a board or of a notice, the last statements first."""
    query = (
        select_many(
            RegisterEntry,
            col(RoundReturn.counts),
            col(Account.name),
            col(Board.name),
            col(Notice.number),
            col(Notice.title),
        )
        .join(Posting, col(Posting.id) == col(RegisterEntry.posting_id))
        .join(Notice, col(Notice.id) == col(Posting.notice_id))
        .join(Board, col(Board.id) == col(RegisterEntry.board_id))
        .join(Account, col(Account.id) == col(RegisterEntry.keyed_by_id))
        .outerjoin(RoundReturn, col(RoundReturn.id) == col(RegisterEntry.return_id))
        .where(col(RegisterEntry.municipality_id) == municipality_id)
        .order_by(col(RegisterEntry.at).desc(), col(RegisterEntry.id).desc())
        .limit(limit)
    )
    if board_id is not None:
        query = query.where(col(RegisterEntry.board_id) == board_id)
    if notice_id is not None:
        query = query.where(col(Posting.notice_id) == notice_id)
    return [RegisterLine(row[0], row[1] is not False, *row[2:]) for row in await session.execute(query)]

"""Tables of imports: a list that was brought, its file while it is read, its rows while they wait in quarantine."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, LargeBinary, text
from sqlmodel import Field, SQLModel

from server.core.columns import BigId, Json, moment, primary_key, reference, state_of, tenant
from server.residents.models import Edition


class ImportState(StrEnum):
    READING = "reading"
    READ = "read"
    """In quarantine: nothing of it is on the list."""
    WRITING = "writing"
    """Confirmed, with its origin declared."""
    DONE = "done"
    REFUSED = "refused"
    """It is no list, or a damaged one."""
    DISCARDED = "discarded"
    UNDONE = "undone"


class Outcome(StrEnum):
    """What becomes of one row."""

    NEW = "new"
    ADDED = "added"
    KNOWN = "known"
    TWICE = "twice"
    BARRED = "barred"
    """They left here, said "never again", or their mailbox is dead: a list does not bring them back."""
    LEFT = "left"
    """The list says that they unsubscribed."""
    DEAD = "dead"
    """The list says that their mailbox is dead."""
    SUPPRESSED = "suppressed"
    """They left elsewhere or are dead: nobody writes to them from here either."""
    BAD = "bad"


_AT_WORK = text("state IN ('reading', 'writing')")


class ListImport(SQLModel, table=True):
    """One list that was brought: from where, by whom, and what became of its rows, in figures."""

    __tablename__ = "list_import"
    __table_args__ = (Index("ix_list_import_due", "id", postgresql_where=_AT_WORK, sqlite_where=_AT_WORK),)

    id: int = primary_key()
    municipality_id: int = tenant()
    file_name: str = Field(max_length=200)
    state: ImportState = Field(sa_type=state_of(ImportState))
    attempt: int = Field(default=0)
    """The fence: whoever holds an older number writes nothing."""
    lease_until: datetime | None = moment(nullable=True)
    rows_read: int = Field(default=0)
    topic_ids: list[int] = Field(default_factory=list, sa_type=Json)
    """For rows that name no topic."""
    fields: list[list[str]] = Field(default_factory=list, sa_type=Json)
    """What each column of each table was said to be; empty: as guessed."""
    origin: str = Field(default="", max_length=200)
    counts: dict[str, int] = Field(default_factory=dict, sa_type=Json)
    problem: dict[str, object] = Field(default_factory=dict, sa_type=Json)
    """Why it was refused: a sentence and what fills it."""
    brought_by_id: int = reference("account.id")
    brought_at: datetime = moment()
    done_at: datetime | None = moment(nullable=True)
    closed_at: datetime | None = moment(nullable=True)
    """When it was undone, discarded or refused."""


class ListFile(SQLModel, table=True):
    """The bytes as they were brought, and the first rows to show: gone once the people are on the list."""

    __tablename__ = "list_file"

    import_id: int = Field(primary_key=True, foreign_key="list_import.id", sa_type=BigId, ondelete="CASCADE")
    municipality_id: int = tenant()
    content: bytes = Field(sa_type=LargeBinary)
    tables: list[dict[str, object]] = Field(default_factory=list, sa_type=Json)


class ImportRow(SQLModel, table=True):
    """One row in quarantine, in the columns of `resident`. It goes when its person is on the list; a bar stays, to undo it."""

    __tablename__ = "import_row"
    __table_args__ = (
        Index("ix_import_row_outcome", "import_id", "outcome", "id"),
        Index("ix_import_row_email", "municipality_id", "email_key"),
    )

    id: int = primary_key()
    municipality_id: int = Field(foreign_key="municipality.id", sa_type=BigId)
    import_id: int = reference("list_import.id", cascade=True)
    number: int
    """The row's number in the spreadsheet."""
    sheet: str = Field(default="", max_length=120)
    outcome: Outcome = Field(sa_type=state_of(Outcome))
    problem: dict[str, object] = Field(default_factory=dict, sa_type=Json)
    resident_id: int | None = Field(default=None, sa_type=BigId)
    """The number its person will have."""
    address_hash: str = Field(default="", max_length=32)
    wants: str = Field(default="", max_length=2000)
    """"12:email,13:email"."""
    place_id: int | None = Field(default=None, sa_type=BigId)
    name: str = Field(default="", max_length=120)
    list_key: str = Field(default="", max_length=254)
    search_key: str = Field(default="", max_length=800)
    name_key: str = Field(default="", max_length=120)
    door_key: str = Field(default="", max_length=160)
    phone_key: str = Field(default="", max_length=40)
    email: str | None = Field(default=None, max_length=254)
    email_key: str | None = Field(default=None, max_length=254)
    phone: str = Field(default="", max_length=40)
    address_inside: str = Field(default="", max_length=80)
    address_outside: str = Field(default="", max_length=80)
    address_street: str = Field(default="", max_length=80)
    address_locality: str = Field(default="", max_length=80)
    postcode: str = Field(default="", max_length=10)
    post_town: str = Field(default="", max_length=80)
    edition: Edition = Field(default=Edition.STANDARD, sa_type=state_of(Edition))
    language: str = Field(default="fr", max_length=5)

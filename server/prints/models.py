"""Tables of the print jobs: what was asked for, how far it is, and the files that came of it."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, SmallInteger, text
from sqlmodel import Field, SQLModel

from server.core.columns import Json, moment, primary_key, reference, state_of, tenant


class PrintState(StrEnum):
    WAITING = "waiting"
    MAKING = "making"
    DONE = "done"
    FAILED = "failed"
    """Parked: nothing more happens until somebody asks again."""


_UNFINISHED = text("state IN ('waiting', 'making')")
_NOT_BEGUN = text("state = 'waiting' AND attempt = 0")


class PrintJob(SQLModel, table=True):
    """One thing to print. `parameters` say which; what is on the paper is read when it is made."""

    __tablename__ = "print_job"
    __table_args__ = (
        Index("ix_print_job_due", "next_at", sqlite_where=_UNFINISHED, postgresql_where=_UNFINISHED),
        # Asked twice before it is begun, it is made once.
        Index(
            "uq_print_job_not_begun",
            "municipality_id",
            "fingerprint",
            unique=True,
            sqlite_where=_NOT_BEGUN,
            postgresql_where=_NOT_BEGUN,
        ),
        Index("ix_print_job_origin", "municipality_id", "origin"),
    )

    id: int = primary_key()
    municipality_id: int = tenant()
    product: str = Field(max_length=40)
    title: str = Field(max_length=200)
    origin: str = Field(default="", max_length=60)
    """What it is for, in the caller's words: "round:12"."""
    parameters: dict[str, object] = Field(sa_type=Json)
    fingerprint: str = Field(max_length=64)
    """Of the product and its parameters."""
    language: str = Field(default="fr", max_length=5)
    """Of who asked: what went wrong is said in it."""
    is_urgent: bool = False
    """Made before the others."""
    state: PrintState = Field(default=PrintState.WAITING, sa_type=state_of(PrintState))
    done: int = 0
    total: int = 0
    """How many sheets, letters, posters there are to make, once that is known."""
    attempt: int = Field(default=0, sa_type=SmallInteger)
    """The fence: it grows with each claim, and whoever holds an older number changes nothing."""
    tries: int = Field(default=0, sa_type=SmallInteger)
    worker: str = Field(default="", max_length=60)
    next_at: datetime = moment()
    """When a worker may take it: at once, after a pause, or when the lease of the one that has it runs out."""
    trouble: str = Field(default="", max_length=600)
    place: str = Field(default="", max_length=200)
    """Where on the sheet the trouble is."""
    asked_by_id: int | None = reference("account.id", nullable=True)
    asked_at: datetime = moment()
    finished_at: datetime | None = moment(nullable=True)


class PrintFile(SQLModel, table=True):
    """One file of a job, kept in the file store under the hash of its content."""

    __tablename__ = "print_file"

    id: int = primary_key()
    municipality_id: int = tenant()
    job_id: int = reference("print_job.id", index=True, cascade=True)
    attempt: int = Field(sa_type=SmallInteger)
    """The claim it was made under: what an earlier one made is not shown, and is forgotten with the job."""
    name: str = Field(max_length=120)
    media_type: str = Field(max_length=60)
    file_key: str = Field(max_length=64)
    bytes: int
    pages: int = 0

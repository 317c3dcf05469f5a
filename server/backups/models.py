"""Tables of the backups: what was made and tried, how far the journal of departures has been written, and whole towns
that were handed over, brought or deleted.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import SmallInteger
from sqlmodel import Field, SQLModel

from server.core.columns import BigId, Json, moment, primary_key, reference, state_of


class BackupKind(StrEnum):
    BACKUP = "backup"
    VERIFICATION = "verification"
    RESTORATION = "restoration"


class BackupOutcome(StrEnum):
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class BackupRun(SQLModel, table=True):
    """One backup, one trial of one, or the restoration this database comes from."""

    __tablename__ = "backup_run"

    id: int = primary_key()
    kind: BackupKind = Field(sa_type=state_of(BackupKind))
    slot: str = Field(unique=True, max_length=60)
    """What it is the one of: "backup 2026-11-27". Two clocks that begin it together: the database lets one."""
    name: str = Field(default="", max_length=200)
    outcome: BackupOutcome = Field(default=BackupOutcome.RUNNING, sa_type=state_of(BackupOutcome))
    note: str = Field(default="", max_length=500)
    size: int = Field(default=0, sa_type=BigId)
    rows: int = Field(default=0, sa_type=BigId)
    started_at: datetime = moment(index=True)
    ended_at: datetime | None = moment(nullable=True)


class BackupMark(SQLModel, table=True):
    """How far the journal beside the backups has been written. There is one row."""

    __tablename__ = "backup_mark"

    id: int = Field(default=1, primary_key=True)
    at: datetime = moment()
    consent_id: int = Field(default=0, sa_type=BigId)
    audit_id: int = Field(default=0, sa_type=BigId)


class ErrandKind(StrEnum):
    EXPORT = "export"
    ARRIVAL = "arrival"
    DELETION = "deletion"


class ErrandState(StrEnum):
    WAITING = "waiting"
    AT_WORK = "at_work"
    DONE = "done"
    FAILED = "failed"


class TownErrand(SQLModel, table=True):
    """Long work on a whole town that the console was asked for. It outlives the town: the proof of a deletion stands here."""

    __tablename__ = "town_errand"

    id: int = primary_key()
    kind: ErrandKind = Field(sa_type=state_of(ErrandKind))
    state: ErrandState = Field(default=ErrandState.WAITING, sa_type=state_of(ErrandState))
    town_number: int | None = Field(default=None, sa_type=BigId, nullable=True)
    """No reference: the town may be gone."""
    town_name: str = Field(default="", max_length=200)
    slug: str = Field(default="", max_length=60)
    """First word of the town's addresses; of a town that arrives, the one wished for."""
    archive: str = Field(default="", max_length=80)
    """The file that was made or sent, for as long as it is kept."""
    counts: dict[str, int] = Field(sa_type=Json)
    """Rows of each table that were handed over, brought or deleted."""
    files: int = 0
    language: str = Field(default="fr", max_length=5)
    """Of who asked: what went wrong is said in it."""
    trouble: str = Field(default="", max_length=600)
    attempt: int = Field(default=0, sa_type=SmallInteger)
    """The fence: it grows with each claim, and whoever holds an older number changes nothing."""
    next_at: datetime = moment(index=True)
    """When a worker may take it: at once, or when the lease of the one that has it runs out."""
    asked_by_id: int | None = reference("account.id", nullable=True)
    asked_at: datetime = moment()
    finished_at: datetime | None = moment(nullable=True)

"""Tables of the backups: what was made and tried, and how far the journal of departures has been written."""

from datetime import datetime
from enum import StrEnum

from sqlmodel import Field, SQLModel

from server.core.columns import BigId, moment, primary_key, state_of


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

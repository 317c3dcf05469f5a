"""Tables of the print runs: one sending on paper, its batches, each copy, and what happened to them."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from server.core.columns import BigId, Json, moment, primary_key, reference, state_of, tenant
from server.residents.models import Channel, Edition


class PrintRun(SQLModel, table=True):
    """One sending on paper of a letter or a notice. Its copies are numbered from 1."""

    __tablename__ = "print_run"

    id: int = primary_key()
    municipality_id: int = tenant()
    title: str = Field(max_length=160)
    issue_id: int | None = reference("issue.id", nullable=True, index=True)
    notice_id: int | None = reference("notice.id", nullable=True, index=True)
    topic_ids: list[int] = Field(default_factory=list, sa_type=Json)
    place_ids: list[int] = Field(default_factory=list, sa_type=Json)
    to_every_box: bool = False
    """Into every letterbox of the town that does not refuse, subscribed or not."""
    created_by_id: int = reference("account.id")
    created_at: datetime = moment()


class BatchState(StrEnum):
    TO_PRINT = "to_print"
    PRINTED = "printed"
    HANDED_OVER = "handed_over"
    """To whoever walks, to the post, to the counter."""
    DELIVERED = "delivered"
    RETURNED = "returned"
    """The bundle came back undelivered."""


class PrintBatch(SQLModel, table=True):
    """What one person takes along: a sector's round, the stamped letters, the pile at the counter."""

    __tablename__ = "print_batch"

    id: int = primary_key()
    municipality_id: int = tenant()
    run_id: int = reference("print_run.id", index=True, cascade=True)
    channel: Channel = Field(sa_type=state_of(Channel))
    sector_id: int | None = reference("place.id", nullable=True)
    """Of a round; empty for doors that lie in no sector."""
    copies: int = 0
    reserve: int = 0
    """Printed on top, for what goes wrong."""
    large_print: int = 0
    easy_read: int = 0
    state: BatchState = Field(default=BatchState.TO_PRINT, sa_type=state_of(BatchState))


class Trouble(StrEnum):
    """Why a copy is for nobody's hands."""

    ADDRESS = "address"
    """The lines of the address do not hold: it is listed for correction."""
    RETURNED = "returned"
    """An earlier letter to this very address came back."""


_OF_RUN = ("municipality_id", "run_id", "number")


class PrintCopy(SQLModel, table=True):
    """One numbered copy, for one person or household. Who they are and where they live is theirs alone to tell."""

    __tablename__ = "print_copy"
    __table_args__ = (Index("uq_print_copy_number", *_OF_RUN, unique=True),)

    id: int = primary_key()
    municipality_id: int = Field(foreign_key="municipality.id", sa_type=BigId)
    run_id: int = reference("print_run.id", index=True, cascade=True)
    batch_id: int | None = reference("print_batch.id", nullable=True, index=True)
    """None: it is not printed, `trouble` says why."""
    number: int
    resident_id: int | None = Field(
        default=None, foreign_key="resident.id", sa_type=BigId, ondelete="SET NULL", index=True
    )
    edition: Edition = Field(sa_type=state_of(Edition))
    channel: Channel = Field(sa_type=state_of(Channel))
    trouble: Trouble | None = Field(default=None, sa_type=state_of(Trouble), nullable=True)
    missing_at: datetime | None = moment(nullable=True)
    """Spoilt or lost: to be printed again."""
    returned_at: datetime | None = moment(nullable=True)
    """It came back from its address."""


class RunStep(SQLModel, table=True):
    """A step of a batch's life: what, who, when. Append-only."""

    __tablename__ = "print_step"

    id: int = primary_key()
    municipality_id: int = tenant()
    run_id: int = reference("print_run.id", index=True, cascade=True)
    batch_id: int | None = reference("print_batch.id", nullable=True)
    state: str = Field(max_length=20)
    """The batch's new state, or "missing", "reprinted", "came_back"."""
    detail: dict[str, object] = Field(default_factory=dict, sa_type=Json)
    by_id: int = reference("account.id")
    at: datetime = moment()


class AddressHold(SQLModel, table=True):
    """Nothing is posted to this address of this person any more. A new address is not concerned."""

    __tablename__ = "address_hold"
    __table_args__ = (Index("ix_address_hold_resident", "municipality_id", "resident_id"),)

    id: int = primary_key()
    municipality_id: int = Field(foreign_key="municipality.id", sa_type=BigId)
    resident_id: int = reference("resident.id", cascade=True)
    address_mark: str = Field(max_length=64)
    """A hash of the address that a letter came back from."""
    copy_id: int | None = Field(default=None, foreign_key="print_copy.id", sa_type=BigId, ondelete="SET NULL")
    held_at: datetime = moment()
    held_by_id: int = reference("account.id")
    lifted_at: datetime | None = moment(nullable=True)

"""Tables of the numbered paper forms: the piles they are keyed from, the series that were printed, each sheet."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from server.core.columns import moment, primary_key, reference, state_of, tenant


class FormState(StrEnum):
    ENTERED = "entered"
    SET_ASIDE = "set_aside"
    """In the box without anybody on the list: not signed, not readable, or a second one of the same person."""
    ERASED = "erased"
    """The person was erased: the sheet is to be taken out of the box and destroyed."""


class FormBatch(SQLModel, table=True):
    """A pile of paper forms that are keyed together and kept in one archive box."""

    __tablename__ = "form_batch"

    id: int = primary_key()
    municipality_id: int = tenant()
    box: str = Field(max_length=60)
    """What is written on the archive box."""
    expected: int = Field(default=0)
    """How many sheets somebody counted; 0: nobody did."""
    text_version: str = Field(max_length=20)
    """Of the words printed on these forms."""
    opened_by_id: int = reference("account.id")
    opened_at: datetime = moment()
    closed_at: datetime | None = moment(nullable=True)


class FormSeries(SQLModel, table=True):
    """Blank forms that were printed: their numbers, and what stands on them of the data."""

    __tablename__ = "form_series"
    __table_args__ = (UniqueConstraint("municipality_id", "first"),)

    id: int = primary_key()
    municipality_id: int = tenant()
    first: int
    last: int
    format: str = Field(max_length=2)
    text_version: str = Field(max_length=20)
    text: str = Field(sa_type=Text)
    printed_by_id: int = reference("account.id")
    printed_at: datetime = moment()


class PaperForm(SQLModel, table=True):
    """One numbered sheet: where it lies, and what became of it."""

    __tablename__ = "paper_form"
    __table_args__ = (UniqueConstraint("municipality_id", "number"),)

    id: int = primary_key()
    municipality_id: int = tenant()
    batch_id: int = reference("form_batch.id", index=True)
    number: str = Field(max_length=40)
    state: FormState = Field(sa_type=state_of(FormState))
    resident_id: int | None = reference("resident.id", nullable=True, index=True)
    keyed_by_id: int = reference("account.id")
    keyed_at: datetime = moment()

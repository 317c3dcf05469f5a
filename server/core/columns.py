"""Types of columns shared by every table: identifiers, moments, states, open data."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, ColumnElement, DateTime, Enum, Integer, literal_column
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field, SQLModel

# Every constraint has a name, so that a migration can drop it on SQLite too.
SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

BigId = BigInteger().with_variant(Integer, "sqlite")
Json = JSON().with_variant(JSONB, "postgresql")


class Moment(TypeDecorator[datetime]):
    """An aware UTC moment. SQLite has no time zones: what is stored there is UTC without a mark."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def state_of(states: type[StrEnum]) -> Enum:
    """A column that stores the *values* of `states` as plain text, checked by Python, not by the database."""
    return Enum(
        states,
        native_enum=False,
        create_constraint=False,
        length=20,
        values_callable=lambda members: [member.value for member in members],
    )


def primary_key() -> Any:
    """An integer given by the database."""
    return Field(default=None, primary_key=True, sa_type=BigId)


def reference(column: str, *, nullable: bool = False, index: bool = False, cascade: bool = False) -> Any:
    """A foreign key to `column` ("notice.id")."""
    return Field(
        default=None,
        foreign_key=column,
        sa_type=BigId,
        nullable=nullable,
        index=index,
        ondelete="CASCADE" if cascade else "RESTRICT",
    )


def tenant() -> Any:
    """The municipality a row belongs to: on every table of a feature, first in every query and every index."""
    return Field(default=None, foreign_key="municipality.id", sa_type=BigId, nullable=False, index=True)


def moment(*, nullable: bool = False, index: bool = False) -> Any:
    """An aware UTC moment (`*_at`)."""
    return Field(default=None, sa_type=Moment, nullable=nullable, index=index)


def is_filled(column: Any) -> ColumnElement[bool]:
    """Not "", said literally: only so is an index of the filled ones found, which a bound value would hide."""
    found: ColumnElement[bool] = column != literal_column("''")
    return found

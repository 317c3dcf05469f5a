"""How migrations meet the database: online only, one transaction, batch mode so that SQLite can follow."""

from typing import Any, Literal

from alembic.autogenerate.api import AutogenContext
from sqlalchemy import JSON, Connection, DateTime, Enum, String
from sqlalchemy.types import TypeEngine

from alembic import context
from server.core.columns import Moment
from server.models import metadata


def render_item(kind: str, item: Any, autogen: AutogenContext) -> str | Literal[False]:
    """Keep our own types out of revisions: a revision must run when the code has long changed."""
    if kind != "type":
        return False
    if isinstance(item, Moment):
        return "sa.DateTime(timezone=True)"
    if isinstance(item, Enum):
        return f"sa.String(length={item.length})"
    if isinstance(item, JSON):
        autogen.imports.add("from sqlalchemy.dialects import postgresql")
        return "sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')"
    if type(item).__name__ == "AutoString":
        return f"sa.String(length={item.length})" if item.length else "sa.String()"
    return False


def compare_type(
    _context: Any, _inspected: Any, _meta: Any, found: TypeEngine[Any], wanted: TypeEngine[Any]
) -> bool | None:
    """An enumeration is stored as text and a Moment as a timestamp: say so, or every check would differ."""
    if isinstance(wanted, Moment):
        return not isinstance(found, DateTime)
    if isinstance(wanted, Enum) and isinstance(found, String):
        return found.length != wanted.length
    return None


def migrate(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=True,
        render_item=render_item,
        compare_type=compare_type,
        transaction_per_migration=False,
    )
    with context.begin_transaction():
        context.run_migrations()


connection = context.config.attributes.get("connection")
if connection is None:
    raise SystemExit("Run migrations with `tambour migrate`, or pass a connection to the configuration.")
migrate(connection)

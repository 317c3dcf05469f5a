"""The ledger's indexes no longer depend on a row's state: a mark, written for each message, touches none of them

Revision: 0028, after 0027
"""

from alembic import op
from sqlalchemy import text

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

_WAITING = "state IN ('queued', 'deferred', 'uncertain')"
_INDEXES = {
    "ix_delivery_due": (["mailing_id", "next_at"], _WAITING, "lease_until IS NULL AND next_at IS NOT NULL"),
    "ix_delivery_first": (
        ["next_at"],
        f"lane = 0 AND {_WAITING}",
        "lane = 0 AND lease_until IS NULL AND next_at IS NOT NULL",
    ),
    "ix_delivery_held": (["mailing_id", "lease_until"], "state IN ('claimed', 'sending')", "lease_until IS NOT NULL"),
    "ix_delivery_refused": (["municipality_id", "recipient"], "state = 'refused'", "reply >= '5'"),
}


def upgrade() -> None:
    for name, (columns, _, where) in _INDEXES.items():
        _renew(name, columns, where)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE delivery SET (fillfactor = 70)")


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE delivery RESET (fillfactor)")
    for name, (columns, where, _) in _INDEXES.items():
        _renew(name, columns, where)


def _renew(name: str, columns: list[str], where: str) -> None:
    op.drop_index(name, table_name="delivery")
    op.create_index(name, "delivery", columns, postgresql_where=text(where), sqlite_where=text(where))

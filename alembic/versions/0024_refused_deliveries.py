"""Who was refused is found without reading the ledger

Revision: 0024, after 0023
"""

import sqlalchemy as sa
from alembic import op


revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

_REFUSED = sa.text("state = 'refused'")


def upgrade() -> None:
    op.create_index(
        "ix_delivery_refused",
        "delivery",
        ["municipality_id", "recipient"],
        postgresql_where=_REFUSED,
        sqlite_where=_REFUSED,
    )


def downgrade() -> None:
    op.drop_index("ix_delivery_refused", table_name="delivery")

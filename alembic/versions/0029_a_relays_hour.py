"""What a town's own relay takes an hour

Revision: 0029, after 0028
"""

import sqlalchemy as sa

from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("town_relay", sa.Column("per_hour", sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    op.drop_column("town_relay", "per_hour")

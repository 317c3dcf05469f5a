"""Signatures on paper

Revision: 0009, after 0008
"""

import sqlalchemy as sa

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

TABLES = ("notice_step", "issue_step")


def upgrade() -> None:
    for table in TABLES:
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.add_column(sa.Column("signed_by", sa.String(length=120), nullable=False, server_default=""))
            batch_op.add_column(sa.Column("signed_on", sa.Date(), nullable=True))
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.alter_column("signed_by", existing_type=sa.String(length=120), server_default=None)


def downgrade() -> None:
    for table in TABLES:
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_column("signed_on")
            batch_op.drop_column("signed_by")

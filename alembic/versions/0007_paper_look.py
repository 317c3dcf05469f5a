"""Paper look

Revision: 0007, after 0006
"""

import sqlalchemy as sa

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

COLUMNS = (
    ("paper_titles", sa.String(length=20), "source_sans"),
    ("paper_reading", sa.String(length=20), "libertinus"),
    ("paper_margin_mm", sa.Integer(), "17"),
)


def upgrade() -> None:
    with op.batch_alter_table("municipality", schema=None) as batch_op:
        for name, kind, usual in COLUMNS:
            batch_op.add_column(sa.Column(name, kind, nullable=False, server_default=usual))
    with op.batch_alter_table("municipality", schema=None) as batch_op:
        for name, kind, _usual in COLUMNS:
            batch_op.alter_column(name, existing_type=kind, server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("municipality", schema=None) as batch_op:
        for name, _kind, _usual in COLUMNS:
            batch_op.drop_column(name)

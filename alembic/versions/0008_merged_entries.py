"""Two entries that became one, and those who pause

Revision: 0008, after 0007
"""

import sqlalchemy as sa
from alembic import op


revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "resident_merge",
        sa.Column("old_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("municipality_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("resident_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_resident_merge_municipality_id")
        ),
        sa.ForeignKeyConstraint(
            ["resident_id"], ["resident.id"], name=op.f("fk_resident_merge_resident_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("old_id", name=op.f("pk_resident_merge")),
    )
    op.create_index(op.f("ix_resident_merge_municipality_id"), "resident_merge", ["municipality_id"])
    op.create_index(op.f("ix_resident_merge_resident_id"), "resident_merge", ["resident_id"])

    op.create_index(
        "ix_resident_paused",
        "resident",
        ["municipality_id"],
        postgresql_where=sa.text("paused_until IS NOT NULL"),
        sqlite_where=sa.text("paused_until IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_resident_paused", "resident")

    op.drop_index(op.f("ix_resident_merge_resident_id"), "resident_merge")
    op.drop_index(op.f("ix_resident_merge_municipality_id"), "resident_merge")

    op.drop_table("resident_merge")

"""Who may be telephoned on an urgent day, and who was told of a notice at the door

Revision: 0022, after 0021
"""

import sqlalchemy as sa
from alembic import op


revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def _id() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("resident", sa.Column("calls_agreed_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "urgent_told",
        sa.Column("id", _id(), nullable=False),
        sa.Column("municipality_id", _id(), nullable=False),
        sa.Column("urgent_id", _id(), nullable=False),
        sa.Column("resident_id", _id(), nullable=False),
        sa.Column("way", sa.String(length=20), nullable=False),
        sa.Column("noted_by_id", _id(), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_urgent_told_municipality_id")),
        sa.ForeignKeyConstraint(
            ["noted_by_id"], ["account.id"], name=op.f("fk_urgent_told_noted_by_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["resident_id"], ["resident.id"], name=op.f("fk_urgent_told_resident_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["urgent_id"], ["urgent_notice.id"], name=op.f("fk_urgent_told_urgent_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_urgent_told")),
    )
    for name in ("municipality_id", "resident_id", "urgent_id"):
        op.create_index(op.f(f"ix_urgent_told_{name}"), "urgent_told", [name])


def downgrade() -> None:
    op.drop_table("urgent_told")
    op.drop_column("resident", "calls_agreed_at")

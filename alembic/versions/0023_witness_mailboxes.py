"""Witness mailboxes, and what arrived there

Revision: 0023, after 0022
"""

import sqlalchemy as sa
from alembic import op


revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def _id() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "witness",
        sa.Column("id", _id(), nullable=False),
        sa.Column("municipality_id", _id(), nullable=False),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("host", sa.String(length=253), nullable=False),
        sa.Column("port", sa.Integer(), nullable=False),
        sa.Column("username", sa.String(length=254), nullable=False),
        sa.Column("sealed_password", sa.LargeBinary(), nullable=False),
        sa.Column("said", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_witness_municipality_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_witness")),
    )
    op.create_index(op.f("ix_witness_municipality_id"), "witness", ["municipality_id"])
    op.create_table(
        "sighting",
        sa.Column("id", _id(), nullable=False),
        sa.Column("municipality_id", _id(), nullable=False),
        sa.Column("urgent_id", _id(), nullable=False),
        sa.Column("witness_id", _id(), nullable=False),
        sa.Column("mailing_id", _id(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("folder", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(
            ["mailing_id"], ["mailing.id"], name=op.f("fk_sighting_mailing_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_sighting_municipality_id")),
        sa.ForeignKeyConstraint(
            ["urgent_id"], ["urgent_notice.id"], name=op.f("fk_sighting_urgent_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["witness_id"], ["witness.id"], name=op.f("fk_sighting_witness_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sighting")),
    )
    for name in ("municipality_id", "urgent_id", "witness_id"):
        op.create_index(op.f(f"ix_sighting_{name}"), "sighting", [name])


def downgrade() -> None:
    op.drop_table("sighting")
    op.drop_table("witness")

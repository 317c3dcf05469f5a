"""The columns of the council's groups, and notices in easy words

Revision: 0018, after 0017
"""

import sqlalchemy as sa
from alembic import op


revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def _id() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "council_group",
        sa.Column("id", _id(), nullable=False),
        sa.Column("municipality_id", _id(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_council_group_municipality_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_council_group")),
    )
    op.create_index(op.f("ix_council_group_municipality_id"), "council_group", ["municipality_id"])
    op.create_table(
        "group_text",
        sa.Column("id", _id(), nullable=False),
        sa.Column("municipality_id", _id(), nullable=False),
        sa.Column("issue_id", _id(), nullable=False),
        sa.Column("group_id", _id(), nullable=False),
        sa.Column("group_name", sa.String(length=120), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("signed", sa.String(length=160), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recorded_by_id", _id(), nullable=True),
        sa.ForeignKeyConstraint(
            ["group_id"], ["council_group.id"], name=op.f("fk_group_text_group_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["issue_id"], ["issue.id"], name=op.f("fk_group_text_issue_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_group_text_municipality_id")),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["account.id"], name=op.f("fk_group_text_recorded_by_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_group_text")),
        sa.UniqueConstraint("issue_id", "group_id", name=op.f("uq_group_text_issue_id_group_id")),
    )
    for name in ("municipality_id", "group_id"):
        op.create_index(op.f(f"ix_group_text_{name}"), "group_text", [name])
    op.add_column("notice", sa.Column("easy_read", sa.Text(), nullable=False, server_default=""))
    op.add_column("notice", sa.Column("easy_read_by", sa.String(length=120), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("notice", "easy_read_by")
    op.drop_column("notice", "easy_read")
    op.drop_table("group_text")
    op.drop_table("council_group")

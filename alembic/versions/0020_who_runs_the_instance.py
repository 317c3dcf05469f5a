
"""The console of who runs the instance: limits of towns, support visits, a message to all staff

Revision: 0020, after 0019
"""

import sqlalchemy as sa
from alembic import op


revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_LIMITS = ("most_people", "most_mails_a_day", "most_megabytes")


def _id() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _json() -> sa.types.TypeEngine[object]:
    from sqlalchemy.dialects import postgresql

    return sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")


def upgrade() -> None:
    for name in _LIMITS:
        op.add_column("municipality", sa.Column(name, _id(), nullable=True))
    op.create_table(
        "support_visit",
        sa.Column("id", _id(), nullable=False),
        sa.Column("municipality_id", _id(), nullable=False),
        sa.Column("operator_id", _id(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_by_id", _id(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("roles", _json(), nullable=False),
        sa.Column("until_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["answered_by_id"], ["account.id"], name=op.f("fk_support_visit_answered_by_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_support_visit_municipality_id")
        ),
        sa.ForeignKeyConstraint(
            ["operator_id"], ["account.id"], name=op.f("fk_support_visit_operator_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_support_visit")),
    )
    for name in ("municipality_id", "operator_id"):
        op.create_index(op.f(f"ix_support_visit_{name}"), "support_visit", [name])
    op.create_table(
        "staff_message",
        sa.Column("id", _id(), nullable=False),
        sa.Column("text", sa.String(length=600), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("posted_by_id", _id(), nullable=False),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["posted_by_id"], ["account.id"], name=op.f("fk_staff_message_posted_by_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_message")),
    )


def downgrade() -> None:
    op.drop_table("staff_message")
    op.drop_table("support_visit")
    for name in reversed(_LIMITS):
        op.drop_column("municipality", name)

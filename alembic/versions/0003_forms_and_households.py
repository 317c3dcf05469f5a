"""Paper forms in their boxes, households, pauses, and what people are found by

Revision: 0003, after 0002
"""

import sqlalchemy as sa
from alembic import op


revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "form_batch",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("municipality_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("box", sa.String(length=60), nullable=False),
        sa.Column("expected", sa.Integer(), nullable=False),
        sa.Column("text_version", sa.String(length=20), nullable=False),
        sa.Column("opened_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_form_batch_municipality_id")),
        sa.ForeignKeyConstraint(
            ["opened_by_id"], ["account.id"], name=op.f("fk_form_batch_opened_by_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_form_batch")),
    )
    op.create_index(op.f("ix_form_batch_municipality_id"), "form_batch", ["municipality_id"])

    op.create_table(
        "paper_form",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("municipality_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("batch_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("resident_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("keyed_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("keyed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["form_batch.id"], name=op.f("fk_paper_form_batch_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["keyed_by_id"], ["account.id"], name=op.f("fk_paper_form_keyed_by_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_paper_form_municipality_id")),
        sa.ForeignKeyConstraint(
            ["resident_id"], ["resident.id"], name=op.f("fk_paper_form_resident_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_form")),
        sa.UniqueConstraint("municipality_id", "number", name=op.f("uq_paper_form_municipality_id_number")),
    )
    op.create_index(op.f("ix_paper_form_batch_id"), "paper_form", ["batch_id"])
    op.create_index(op.f("ix_paper_form_municipality_id"), "paper_form", ["municipality_id"])
    op.create_index(op.f("ix_paper_form_resident_id"), "paper_form", ["resident_id"])

    # Columns are added in place: copying the table on SQLite would delete what refers to it.
    for name, length in (("name_key", 120), ("door_key", 160), ("phone_key", 40)):
        op.add_column("resident", sa.Column(name, sa.String(length=length), nullable=False, server_default=""))
    for name in ("is_household", "own_copy"):
        op.add_column("resident", sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("resident", sa.Column("household_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite")))
    op.add_column("resident", sa.Column("paused_from", sa.Date()))
    op.add_column("resident", sa.Column("paused_until", sa.Date()))
    op.create_index(op.f("ix_resident_household_id"), "resident", ["household_id"])
    op.create_index("ix_resident_name", "resident", ["municipality_id", "name_key"])
    for name in ("door", "phone"):
        where = sa.text(f"{name}_key <> ''")
        columns = ["municipality_id", f"{name}_key"]
        op.create_index(f"ix_resident_{name}", "resident", columns, postgresql_where=where, sqlite_where=where)


def downgrade() -> None:
    for name in ("ix_resident_phone", "ix_resident_door", "ix_resident_name", "ix_resident_household_id"):
        op.drop_index(name, "resident")
    for name in (
        "paused_until",
        "paused_from",
        "household_id",
        "own_copy",
        "is_household",
        "phone_key",
        "door_key",
        "name_key",
    ):
        op.drop_column("resident", name)
    op.drop_index(op.f("ix_paper_form_resident_id"), "paper_form")
    op.drop_index(op.f("ix_paper_form_municipality_id"), "paper_form")
    op.drop_index(op.f("ix_paper_form_batch_id"), "paper_form")

    op.drop_table("paper_form")
    op.drop_index(op.f("ix_form_batch_municipality_id"), "form_batch")

    op.drop_table("form_batch")

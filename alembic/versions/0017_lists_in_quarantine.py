"""Lists in quarantine, row by row, and what undoing them needs

Revision: 0017, after 0016
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "list_import",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("municipality_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rows_read", sa.Integer(), nullable=False),
        sa.Column("topic_ids", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("fields", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("origin", sa.String(length=200), nullable=False),
        sa.Column("counts", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("problem", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("brought_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("brought_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["brought_by_id"], ["account.id"], name=op.f("fk_list_import_brought_by_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_list_import_municipality_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_list_import")),
    )
    op.create_index(
        "ix_list_import_due",
        "list_import",
        ["id"],
        postgresql_where=sa.text("state IN ('reading', 'writing')"),
        sqlite_where=sa.text("state IN ('reading', 'writing')"),
    )
    op.create_index(op.f("ix_list_import_municipality_id"), "list_import", ["municipality_id"])

    op.create_table(
        "import_row",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("municipality_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("import_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sheet", sa.String(length=120), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("problem", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("resident_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("address_hash", sa.String(length=32), nullable=False),
        sa.Column("wants", sa.String(length=2000), nullable=False),
        sa.Column("place_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("list_key", sa.String(length=254), nullable=False),
        sa.Column("search_key", sa.String(length=800), nullable=False),
        sa.Column("name_key", sa.String(length=120), nullable=False),
        sa.Column("door_key", sa.String(length=160), nullable=False),
        sa.Column("phone_key", sa.String(length=40), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("email_key", sa.String(length=254), nullable=True),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("address_inside", sa.String(length=80), nullable=False),
        sa.Column("address_outside", sa.String(length=80), nullable=False),
        sa.Column("address_street", sa.String(length=80), nullable=False),
        sa.Column("address_locality", sa.String(length=80), nullable=False),
        sa.Column("postcode", sa.String(length=10), nullable=False),
        sa.Column("post_town", sa.String(length=80), nullable=False),
        sa.Column("edition", sa.String(length=20), nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"], ["list_import.id"], name=op.f("fk_import_row_import_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_import_row_municipality_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_row")),
    )
    op.create_index("ix_import_row_email", "import_row", ["municipality_id", "email_key"])
    op.create_index("ix_import_row_outcome", "import_row", ["import_id", "outcome", "id"])
    op.create_index("ix_import_row_resident", "import_row", ["resident_id"])

    op.create_table(
        "list_file",
        sa.Column("import_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("municipality_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("tables", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"], ["list_import.id"], name=op.f("fk_list_file_import_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_list_file_municipality_id")),
        sa.PrimaryKeyConstraint("import_id", name=op.f("pk_list_file")),
    )
    op.create_index(op.f("ix_list_file_municipality_id"), "list_file", ["municipality_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_list_file_municipality_id"), "list_file")

    op.drop_table("list_file")
    op.drop_index("ix_import_row_resident", "import_row")
    op.drop_index("ix_import_row_outcome", "import_row")
    op.drop_index("ix_import_row_email", "import_row")

    op.drop_table("import_row")
    op.drop_index(op.f("ix_list_import_municipality_id"), "list_import")
    op.drop_index("ix_list_import_due", "list_import")

    op.drop_table("list_import")

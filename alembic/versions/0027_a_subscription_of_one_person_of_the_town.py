"""One reference to a person of the town instead of two, for what lists write by the hundred thousand

Revision: 0027, after 0026
"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

_TABLES = ("subscription", "consent")
_OF = ["resident_id", "municipality_id"]
_SHARED = sa.text("household_id IS NOT NULL")


def upgrade() -> None:
    op.create_index("uq_resident_of", "resident", ["id", "municipality_id"], unique=True)
    op.drop_index("ix_resident_household_id", table_name="resident")
    op.create_index(
        "ix_resident_household", "resident", ["household_id"], postgresql_where=_SHARED, sqlite_where=_SHARED
    )
    for table in _TABLES:
        with op.batch_alter_table(table) as batch_op:
            for column in _OF:
                batch_op.drop_constraint(f"fk_{table}_{column}", type_="foreignkey")
            batch_op.create_foreign_key(
                f"fk_{table}_resident_id_municipality_id", "resident", _OF, ["id", "municipality_id"], ondelete="CASCADE"
            )
    # Who came with a list is known by the proof of it: nothing else of them needs to stay.
    op.execute("DELETE FROM import_row WHERE outcome = 'added'")
    op.drop_index("ix_import_row_resident", table_name="import_row")


def downgrade() -> None:
    op.create_index("ix_import_row_resident", "import_row", ["resident_id"])
    for table in _TABLES:
        with op.batch_alter_table(table) as batch_op:
            batch_op.drop_constraint(f"fk_{table}_resident_id_municipality_id", type_="foreignkey")
            batch_op.create_foreign_key(f"fk_{table}_municipality_id", "municipality", ["municipality_id"], ["id"])
            batch_op.create_foreign_key(
                f"fk_{table}_resident_id", "resident", ["resident_id"], ["id"], ondelete="CASCADE"
            )
    op.drop_index("ix_resident_household", table_name="resident")
    op.create_index("ix_resident_household_id", "resident", ["household_id"])
    op.drop_index("uq_resident_of", table_name="resident")

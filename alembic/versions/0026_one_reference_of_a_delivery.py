"""One reference of a delivery instead of three: to its message, of that mailing and that town

Revision: 0026, after 0025
"""

from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

_MESSAGE = ["message_id", "mailing_id", "municipality_id"]
_BEFORE = {"municipality": None, "mailing": "RESTRICT", "mailing_message": "RESTRICT"}


def upgrade() -> None:
    op.create_index("uq_mailing_message_of", "mailing_message", ["id", "mailing_id", "municipality_id"], unique=True)
    with op.batch_alter_table("delivery") as batch_op:
        for column in _MESSAGE:
            batch_op.drop_constraint(f"fk_delivery_{column}", type_="foreignkey")
        batch_op.create_foreign_key(
            "fk_delivery_message_id",
            "mailing_message",
            _MESSAGE,
            ["id", "mailing_id", "municipality_id"],
            ondelete="RESTRICT",
        )


def downgrade() -> None:
    with op.batch_alter_table("delivery") as batch_op:
        batch_op.drop_constraint("fk_delivery_message_id", type_="foreignkey")
        for table, column in zip(_BEFORE, ("municipality_id", "mailing_id", "message_id"), strict=True):
            batch_op.create_foreign_key(f"fk_delivery_{column}", table, [column], ["id"], ondelete=_BEFORE[table])
    op.drop_index("uq_mailing_message_of", table_name="mailing_message")

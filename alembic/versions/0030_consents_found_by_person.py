"""What proves a person's consent is found by the person, not by looking through the town, when they are erased

Revision: 0030, after 0029
"""

from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_consent_resident", "consent", ["resident_id", "municipality_id"])
    op.drop_index("ix_consent_resident_id", table_name="consent")


def downgrade() -> None:
    op.create_index("ix_consent_resident_id", "consent", ["resident_id"])
    op.drop_index("ix_consent_resident", table_name="consent")

"""Boards, postings, rounds and certificates

Revision: 0005, after 0004
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "board_round",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("municipality_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.String(length=12), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("made_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("dropped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("replaced_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("returns", sa.Integer(), nullable=False),
        sa.Column("walked_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["account.id"], name=op.f("fk_board_round_made_by_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_board_round_municipality_id")),
        sa.ForeignKeyConstraint(
            ["replaced_by_id"], ["board_round.id"], name=op.f("fk_board_round_replaced_by_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_board_round")),
        sa.UniqueConstraint("municipality_id", "number", name=op.f("uq_board_round_municipality_id_number")),
    )
    with op.batch_alter_table("board_round", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_board_round_municipality_id"), ["municipality_id"], unique=False)
        batch_op.create_index("ix_board_round_on", ["municipality_id", "on_day"], unique=False)

    op.create_table(
        "posting_preset",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("municipality_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("notice_kinds", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("board_kinds", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("format", sa.String(length=20), nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("is_required", sa.Boolean(), nullable=False),
        sa.Column("basis", sa.String(length=300), nullable=False),
        sa.Column("is_verified", sa.Boolean(), nullable=False),
        sa.Column("changed_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["changed_by_id"], ["account.id"], name=op.f("fk_posting_preset_changed_by_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_posting_preset_municipality_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_posting_preset")),
        sa.UniqueConstraint("municipality_id", "code", name=op.f("uq_posting_preset_municipality_id_code")),
    )
    with op.batch_alter_table("posting_preset", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_posting_preset_municipality_id"), ["municipality_id"], unique=False)

    op.create_table(
        "act_on_paper",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("municipality_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("notice_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("laid_on", sa.Date(), nullable=False),
        sa.Column("taken_on", sa.Date(), nullable=True),
        sa.Column("keyed_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("keyed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["keyed_by_id"], ["account.id"], name=op.f("fk_act_on_paper_keyed_by_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_act_on_paper_municipality_id")),
        sa.ForeignKeyConstraint(
            ["notice_id"], ["notice.id"], name=op.f("fk_act_on_paper_notice_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_act_on_paper")),
    )
    with op.batch_alter_table("act_on_paper", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_act_on_paper_municipality_id"), ["municipality_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_act_on_paper_notice_id"), ["notice_id"], unique=False)

    op.create_table(
        "certificate",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("municipality_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.String(length=12), nullable=True),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("notice_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("board_ids", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("wish", sa.String(length=300), nullable=False),
        sa.Column("asked_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dropped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("facts", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("file_key", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["account.id"], name=op.f("fk_certificate_asked_by_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["issued_by_id"], ["account.id"], name=op.f("fk_certificate_issued_by_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_certificate_municipality_id")),
        sa.ForeignKeyConstraint(
            ["notice_id"], ["notice.id"], name=op.f("fk_certificate_notice_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate")),
        sa.UniqueConstraint("municipality_id", "number", name=op.f("uq_certificate_municipality_id_number")),
    )
    with op.batch_alter_table("certificate", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_certificate_municipality_id"), ["municipality_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_certificate_notice_id"), ["notice_id"], unique=False)

    op.create_table(
        "paper_copy",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("municipality_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("notice_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("handed_on", sa.Date(), nullable=True),
        sa.Column("remark", sa.String(length=200), nullable=False),
        sa.Column("keyed_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("keyed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["keyed_by_id"], ["account.id"], name=op.f("fk_paper_copy_keyed_by_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_paper_copy_municipality_id")),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name=op.f("fk_paper_copy_notice_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_copy")),
    )
    with op.batch_alter_table("paper_copy", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_paper_copy_municipality_id"), ["municipality_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_paper_copy_notice_id"), ["notice_id"], unique=False)

    op.create_table(
        "round_return",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("municipality_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("round_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("walked_on", sa.Date(), nullable=False),
        sa.Column("answers", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("counts", sa.Boolean(), nullable=False),
        sa.Column("is_aside", sa.Boolean(), nullable=False),
        sa.Column("keyed_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("keyed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["keyed_by_id"], ["account.id"], name=op.f("fk_round_return_keyed_by_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_round_return_municipality_id")),
        sa.ForeignKeyConstraint(
            ["round_id"], ["board_round.id"], name=op.f("fk_round_return_round_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_round_return")),
    )
    with op.batch_alter_table("round_return", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_round_return_municipality_id"), ["municipality_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_round_return_round_id"), ["round_id"], unique=False)

    op.create_table(
        "act_online",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("municipality_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("publication_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("notice_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.String(length=12), nullable=False),
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.Column("author_name", sa.String(length=120), nullable=False),
        sa.Column("author_title", sa.String(length=120), nullable=False),
        sa.Column("file_key", sa.String(length=64), nullable=False),
        sa.Column("bytes", sa.Integer(), nullable=False),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_act_online_municipality_id")),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name=op.f("fk_act_online_notice_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["publication_id"], ["publication.id"], name=op.f("fk_act_online_publication_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_act_online")),
        sa.UniqueConstraint("publication_id", name=op.f("uq_act_online_publication_id")),
    )
    with op.batch_alter_table("act_online", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_act_online_municipality_id"), ["municipality_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_act_online_notice_id"), ["notice_id"], unique=False)

    op.create_table(
        "posting",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("municipality_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("notice_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("board_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("format", sa.String(length=20), nullable=False),
        sa.Column("sheets", sa.Integer(), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("is_required", sa.Boolean(), nullable=False),
        sa.Column("basis", sa.String(length=300), nullable=False),
        sa.Column("planned_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("planned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("hung_on", sa.Date(), nullable=True),
        sa.Column("seen_on", sa.Date(), nullable=True),
        sa.Column("days_hung", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["board_id"], ["board.id"], name=op.f("fk_posting_board_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_posting_municipality_id")),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name=op.f("fk_posting_notice_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["planned_by_id"], ["account.id"], name=op.f("fk_posting_planned_by_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_posting")),
    )
    with op.batch_alter_table("posting", schema=None) as batch_op:
        batch_op.create_index("ix_posting_board", ["municipality_id", "board_id", "state"], unique=False)
        batch_op.create_index(batch_op.f("ix_posting_board_id"), ["board_id"], unique=False)
        batch_op.create_index("ix_posting_live", ["municipality_id", "ended_at", "last_on"], unique=False)
        batch_op.create_index(batch_op.f("ix_posting_municipality_id"), ["municipality_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_posting_notice_id"), ["notice_id"], unique=False)

    op.create_table(
        "round_stop",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("municipality_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("round_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("board_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["board_id"], ["board.id"], name=op.f("fk_round_stop_board_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_round_stop_municipality_id")),
        sa.ForeignKeyConstraint(
            ["round_id"], ["board_round.id"], name=op.f("fk_round_stop_round_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_round_stop")),
        sa.UniqueConstraint("round_id", "board_id", name=op.f("uq_round_stop_round_id_board_id")),
    )
    with op.batch_alter_table("round_stop", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_round_stop_board_id"), ["board_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_round_stop_municipality_id"), ["municipality_id"], unique=False)

    op.create_table(
        "register_entry",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("municipality_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("posting_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("board_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("said_by", sa.String(length=60), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=True),
        sa.Column("last_on", sa.Date(), nullable=True),
        sa.Column("remark", sa.String(length=300), nullable=False),
        sa.Column("return_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("keyed_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("keyed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["board_id"], ["board.id"], name=op.f("fk_register_entry_board_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["keyed_by_id"], ["account.id"], name=op.f("fk_register_entry_keyed_by_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["municipality.id"], name=op.f("fk_register_entry_municipality_id")
        ),
        sa.ForeignKeyConstraint(
            ["posting_id"], ["posting.id"], name=op.f("fk_register_entry_posting_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["return_id"], ["round_return.id"], name=op.f("fk_register_entry_return_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_entry")),
    )
    with op.batch_alter_table("register_entry", schema=None) as batch_op:
        batch_op.create_index("ix_register_entry_board", ["municipality_id", "board_id", "at"], unique=False)
        batch_op.create_index(batch_op.f("ix_register_entry_municipality_id"), ["municipality_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_register_entry_posting_id"), ["posting_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_register_entry_return_id"), ["return_id"], unique=False)

    op.create_table(
        "round_line",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("municipality_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("round_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("board_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("posting_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["board_id"], ["board.id"], name=op.f("fk_round_line_board_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["municipality_id"], ["municipality.id"], name=op.f("fk_round_line_municipality_id")),
        sa.ForeignKeyConstraint(
            ["posting_id"], ["posting.id"], name=op.f("fk_round_line_posting_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["round_id"], ["board_round.id"], name=op.f("fk_round_line_round_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_round_line")),
        sa.UniqueConstraint("round_id", "number", name=op.f("uq_round_line_round_id_number")),
    )
    with op.batch_alter_table("round_line", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_round_line_municipality_id"), ["municipality_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_round_line_posting_id"), ["posting_id"], unique=False)

    with op.batch_alter_table("board", schema=None) as batch_op:
        batch_op.add_column(sa.Column("latitude", sa.Float(), nullable=True))
        batch_op.add_column(sa.Column("longitude", sa.Float(), nullable=True))
        batch_op.add_column(sa.Column("room_a4", sa.Integer(), nullable=False, server_default=sa.text("6")))
        batch_op.add_column(sa.Column("room_a3", sa.Integer(), nullable=False, server_default=sa.text("2")))
        batch_op.add_column(sa.Column("room_a2", sa.Integer(), nullable=False, server_default=sa.text("0")))
        batch_op.add_column(sa.Column("surface", sa.Float(), nullable=True))
        batch_op.add_column(sa.Column("is_glazed", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("keys", sa.String(length=120), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("in_charge", sa.String(length=120), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("closed_reason", sa.String(length=200), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("closed_from", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("closed_to", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("photo_key", sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column("photo_type", sa.String(length=20), nullable=True))
        batch_op.add_column(sa.Column("visited_on", sa.Date(), nullable=True))

    # only boards that stood before needed an answer
    with op.batch_alter_table("board", schema=None) as batch_op:
        batch_op.alter_column("room_a4", server_default=None)
        batch_op.alter_column("room_a3", server_default=None)
        batch_op.alter_column("room_a2", server_default=None)
        batch_op.alter_column("is_glazed", server_default=None)
        batch_op.alter_column("keys", server_default=None)
        batch_op.alter_column("in_charge", server_default=None)
        batch_op.alter_column("closed_reason", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("board", schema=None) as batch_op:
        batch_op.drop_column("visited_on")
        batch_op.drop_column("photo_type")
        batch_op.drop_column("photo_key")
        batch_op.drop_column("closed_to")
        batch_op.drop_column("closed_from")
        batch_op.drop_column("closed_reason")
        batch_op.drop_column("in_charge")
        batch_op.drop_column("keys")
        batch_op.drop_column("is_glazed")
        batch_op.drop_column("surface")
        batch_op.drop_column("room_a2")
        batch_op.drop_column("room_a3")
        batch_op.drop_column("room_a4")
        batch_op.drop_column("longitude")
        batch_op.drop_column("latitude")

    with op.batch_alter_table("round_line", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_round_line_posting_id"))
        batch_op.drop_index(batch_op.f("ix_round_line_municipality_id"))

    op.drop_table("round_line")
    with op.batch_alter_table("register_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_register_entry_return_id"))
        batch_op.drop_index(batch_op.f("ix_register_entry_posting_id"))
        batch_op.drop_index(batch_op.f("ix_register_entry_municipality_id"))
        batch_op.drop_index("ix_register_entry_board")

    op.drop_table("register_entry")
    with op.batch_alter_table("round_stop", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_round_stop_municipality_id"))
        batch_op.drop_index(batch_op.f("ix_round_stop_board_id"))

    op.drop_table("round_stop")
    with op.batch_alter_table("posting", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_posting_notice_id"))
        batch_op.drop_index(batch_op.f("ix_posting_municipality_id"))
        batch_op.drop_index("ix_posting_live")
        batch_op.drop_index(batch_op.f("ix_posting_board_id"))
        batch_op.drop_index("ix_posting_board")

    op.drop_table("posting")
    with op.batch_alter_table("act_online", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_act_online_notice_id"))
        batch_op.drop_index(batch_op.f("ix_act_online_municipality_id"))

    op.drop_table("act_online")
    with op.batch_alter_table("round_return", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_round_return_round_id"))
        batch_op.drop_index(batch_op.f("ix_round_return_municipality_id"))

    op.drop_table("round_return")
    with op.batch_alter_table("paper_copy", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_paper_copy_notice_id"))
        batch_op.drop_index(batch_op.f("ix_paper_copy_municipality_id"))

    op.drop_table("paper_copy")
    with op.batch_alter_table("certificate", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_certificate_notice_id"))
        batch_op.drop_index(batch_op.f("ix_certificate_municipality_id"))

    op.drop_table("certificate")
    with op.batch_alter_table("act_on_paper", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_act_on_paper_notice_id"))
        batch_op.drop_index(batch_op.f("ix_act_on_paper_municipality_id"))

    op.drop_table("act_on_paper")
    with op.batch_alter_table("posting_preset", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_posting_preset_municipality_id"))

    op.drop_table("posting_preset")
    with op.batch_alter_table("board_round", schema=None) as batch_op:
        batch_op.drop_index("ix_board_round_on")
        batch_op.drop_index(batch_op.f("ix_board_round_municipality_id"))

    op.drop_table("board_round")

"""What is urgent: messages, who let them leave, prepared texts

Revision: 0011, after 0010
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('urgent_wording',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('municipality_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('language', sa.String(length=5), nullable=False),
    sa.Column('title', sa.String(length=90), nullable=False),
    sa.Column('what', sa.String(length=300), nullable=False),
    sa.Column('instruction', sa.String(length=1200), nullable=False),
    sa.ForeignKeyConstraint(['municipality_id'], ['municipality.id'], name=op.f('fk_urgent_wording_municipality_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_urgent_wording')),
    sa.UniqueConstraint('municipality_id', 'kind', 'language', name=op.f('uq_urgent_wording_municipality_id_kind_language'))
    )
    with op.batch_alter_table('urgent_wording', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_urgent_wording_municipality_id'), ['municipality_id'], unique=False)

    op.create_table('urgent_notice',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('municipality_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('uid', sa.String(length=36), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('message_type', sa.String(length=20), nullable=False),
    sa.Column('first_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('is_exercise', sa.Boolean(), nullable=False),
    sa.Column('exercise_to', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('title', sa.String(length=90), nullable=False),
    sa.Column('what', sa.String(length=300), nullable=False),
    sa.Column('instruction', sa.String(length=1200), nullable=False),
    sa.Column('where_text', sa.String(length=200), nullable=False),
    sa.Column('place_ids', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('topic_ids', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('until_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('contact_phone', sa.String(length=40), nullable=False),
    sa.Column('language', sa.String(length=5), nullable=False),
    sa.Column('state', sa.String(length=20), nullable=False),
    sa.Column('notice_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('mailing_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('created_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('confirmation', sa.String(length=20), nullable=True),
    sa.Column('override_reason', sa.String(length=300), nullable=False),
    sa.Column('sent_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('replaced_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['created_by_id'], ['account.id'], name=op.f('fk_urgent_notice_created_by_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['first_id'], ['urgent_notice.id'], name=op.f('fk_urgent_notice_first_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['mailing_id'], ['mailing.id'], name=op.f('fk_urgent_notice_mailing_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['municipality_id'], ['municipality.id'], name=op.f('fk_urgent_notice_municipality_id')),
    sa.ForeignKeyConstraint(['notice_id'], ['notice.id'], name=op.f('fk_urgent_notice_notice_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['sent_by_id'], ['account.id'], name=op.f('fk_urgent_notice_sent_by_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_urgent_notice')),
    sa.UniqueConstraint('uid', name=op.f('uq_urgent_notice_uid'))
    )
    with op.batch_alter_table('urgent_notice', schema=None) as batch_op:
        batch_op.create_index('ix_urgent_notice_first', ['first_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_urgent_notice_municipality_id'), ['municipality_id'], unique=False)
        batch_op.create_index('ix_urgent_notice_state', ['municipality_id', 'state', 'id'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('urgent_notice', schema=None) as batch_op:
        batch_op.drop_index('ix_urgent_notice_state')
        batch_op.drop_index(batch_op.f('ix_urgent_notice_municipality_id'))
        batch_op.drop_index('ix_urgent_notice_first')

    op.drop_table('urgent_notice')
    with op.batch_alter_table('urgent_wording', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_urgent_wording_municipality_id'))

    op.drop_table('urgent_wording')

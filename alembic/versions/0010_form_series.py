"""Form series

Revision: 0010, after 0009
"""

import sqlalchemy as sa
from alembic import op


revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('form_series',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('municipality_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('first', sa.Integer(), nullable=False),
    sa.Column('last', sa.Integer(), nullable=False),
    sa.Column('format', sa.String(length=2), nullable=False),
    sa.Column('text_version', sa.String(length=20), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('printed_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('printed_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['municipality_id'], ['municipality.id'], name=op.f('fk_form_series_municipality_id')),
    sa.ForeignKeyConstraint(['printed_by_id'], ['account.id'], name=op.f('fk_form_series_printed_by_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_form_series')),
    sa.UniqueConstraint('municipality_id', 'first', name=op.f('uq_form_series_municipality_id_first'))
    )
    with op.batch_alter_table('form_series', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_form_series_municipality_id'), ['municipality_id'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('form_series', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_form_series_municipality_id'))

    op.drop_table('form_series')

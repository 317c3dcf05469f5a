"""Keys that sign a town's mail

Revision: 0002, after 0001
"""

import sqlalchemy as sa
from alembic import op


revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:

    op.create_table('dkim_key',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('municipality_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('domain', sa.String(length=253), nullable=False),
    sa.Column('selector', sa.String(length=63), nullable=False),
    sa.Column('algorithm', sa.String(length=20), nullable=False),
    sa.Column('sealed', sa.LargeBinary(), nullable=False),
    sa.Column('state', sa.String(length=20), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('looked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('said', sa.String(length=300), nullable=False),
    sa.Column('signing_since', sa.DateTime(timezone=True), nullable=True),
    sa.Column('retired_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['municipality_id'], ['municipality.id'], name=op.f('fk_dkim_key_municipality_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_dkim_key')),
    sa.UniqueConstraint('municipality_id', 'selector', name=op.f('uq_dkim_key_municipality_id_selector'))
    )
    with op.batch_alter_table('dkim_key', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_dkim_key_municipality_id'), ['municipality_id'], unique=False)




def downgrade() -> None:

    with op.batch_alter_table('dkim_key', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_dkim_key_municipality_id'))

    op.drop_table('dkim_key')


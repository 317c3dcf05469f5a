"""How mail leaves: relays of the towns, and what each provider takes

Revision: 0015, after 0014
"""

import sqlalchemy as sa
from alembic import op


revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('provider_change',
    sa.Column('name', sa.String(length=253), nullable=False),
    sa.Column('connections', sa.Integer(), nullable=False),
    sa.Column('per_connection', sa.Integer(), nullable=False),
    sa.Column('per_second', sa.Float(), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_provider_change'))
    )
    op.create_table('provider_pace',
    sa.Column('name', sa.String(length=253), nullable=False),
    sa.Column('level', sa.Float(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('slowed_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('steps', sa.SmallInteger(), nullable=False),
    sa.Column('said', sa.String(length=500), nullable=False),
    sa.Column('said_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('blocked_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_provider_pace'))
    )
    op.create_table('town_relay',
    sa.Column('municipality_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('host', sa.String(length=253), nullable=False),
    sa.Column('port', sa.Integer(), nullable=False),
    sa.Column('tls', sa.String(length=20), nullable=False),
    sa.Column('username', sa.String(length=254), nullable=False),
    sa.Column('sealed_password', sa.LargeBinary(), nullable=False),
    sa.Column('per_day', sa.Integer(), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['municipality_id'], ['municipality.id'], name=op.f('fk_town_relay_municipality_id')),
    sa.PrimaryKeyConstraint('municipality_id', name=op.f('pk_town_relay'))
    )
    with op.batch_alter_table('mailing', schema=None) as batch_op:
        batch_op.add_column(sa.Column('stopped_for', sa.String(length=20), server_default='', nullable=False))



def downgrade() -> None:
    with op.batch_alter_table('mailing', schema=None) as batch_op:
        batch_op.drop_column('stopped_for')

    op.drop_table('town_relay')
    op.drop_table('provider_pace')
    op.drop_table('provider_change')

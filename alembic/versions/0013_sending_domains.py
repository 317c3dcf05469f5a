"""Sending domains: what the DNS said, and who let letters leave all the same

Revision: 0013, after 0012
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('domain_check',
    sa.Column('municipality_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('domain', sa.String(length=253), nullable=False),
    sa.Column('is_aligned', sa.Boolean(), nullable=True),
    sa.Column('findings', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['municipality_id'], ['municipality.id'], name=op.f('fk_domain_check_municipality_id')),
    sa.PrimaryKeyConstraint('municipality_id', name=op.f('pk_domain_check'))
    )
    op.create_table('domain_override',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('municipality_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('domain', sa.String(length=253), nullable=False),
    sa.Column('reason', sa.String(length=500), nullable=False),
    sa.Column('by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['account.id'], name=op.f('fk_domain_override_by_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['municipality_id'], ['municipality.id'], name=op.f('fk_domain_override_municipality_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_domain_override'))
    )
    with op.batch_alter_table('domain_override', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_domain_override_municipality_id'), ['municipality_id'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('domain_override', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_domain_override_municipality_id'))

    op.drop_table('domain_override')
    op.drop_table('domain_check')
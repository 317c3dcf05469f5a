"""Print runs

Revision: 0016, after 0015
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0016'
down_revision = '0015'
branch_labels = None
depends_on = None


def upgrade() -> None:

    op.create_table('print_run',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('municipality_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('title', sa.String(length=160), nullable=False),
    sa.Column('issue_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('notice_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('topic_ids', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('place_ids', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('to_every_box', sa.Boolean(), nullable=False),
    sa.Column('created_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['created_by_id'], ['account.id'], name=op.f('fk_print_run_created_by_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['issue_id'], ['issue.id'], name=op.f('fk_print_run_issue_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['municipality_id'], ['municipality.id'], name=op.f('fk_print_run_municipality_id')),
    sa.ForeignKeyConstraint(['notice_id'], ['notice.id'], name=op.f('fk_print_run_notice_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_print_run'))
    )
    with op.batch_alter_table('print_run', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_print_run_issue_id'), ['issue_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_print_run_municipality_id'), ['municipality_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_print_run_notice_id'), ['notice_id'], unique=False)

    op.create_table('print_batch',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('municipality_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('run_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('channel', sa.String(length=20), nullable=False),
    sa.Column('sector_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('copies', sa.Integer(), nullable=False),
    sa.Column('reserve', sa.Integer(), nullable=False),
    sa.Column('large_print', sa.Integer(), nullable=False),
    sa.Column('easy_read', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=20), nullable=False),
    sa.ForeignKeyConstraint(['municipality_id'], ['municipality.id'], name=op.f('fk_print_batch_municipality_id')),
    sa.ForeignKeyConstraint(['run_id'], ['print_run.id'], name=op.f('fk_print_batch_run_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['sector_id'], ['place.id'], name=op.f('fk_print_batch_sector_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_print_batch'))
    )
    with op.batch_alter_table('print_batch', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_print_batch_municipality_id'), ['municipality_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_print_batch_run_id'), ['run_id'], unique=False)

    op.create_table('print_copy',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('municipality_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('run_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('batch_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('resident_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('edition', sa.String(length=20), nullable=False),
    sa.Column('channel', sa.String(length=20), nullable=False),
    sa.Column('trouble', sa.String(length=20), nullable=True),
    sa.Column('missing_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('returned_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['batch_id'], ['print_batch.id'], name=op.f('fk_print_copy_batch_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['municipality_id'], ['municipality.id'], name=op.f('fk_print_copy_municipality_id')),
    sa.ForeignKeyConstraint(['resident_id'], ['resident.id'], name=op.f('fk_print_copy_resident_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['run_id'], ['print_run.id'], name=op.f('fk_print_copy_run_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_print_copy'))
    )
    with op.batch_alter_table('print_copy', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_print_copy_batch_id'), ['batch_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_print_copy_resident_id'), ['resident_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_print_copy_run_id'), ['run_id'], unique=False)
        batch_op.create_index('uq_print_copy_number', ['municipality_id', 'run_id', 'number'], unique=True)

    op.create_table('print_step',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('municipality_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('run_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('batch_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('state', sa.String(length=20), nullable=False),
    sa.Column('detail', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['batch_id'], ['print_batch.id'], name=op.f('fk_print_step_batch_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['by_id'], ['account.id'], name=op.f('fk_print_step_by_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['municipality_id'], ['municipality.id'], name=op.f('fk_print_step_municipality_id')),
    sa.ForeignKeyConstraint(['run_id'], ['print_run.id'], name=op.f('fk_print_step_run_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_print_step'))
    )
    with op.batch_alter_table('print_step', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_print_step_municipality_id'), ['municipality_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_print_step_run_id'), ['run_id'], unique=False)

    op.create_table('address_hold',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('municipality_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('resident_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('address_mark', sa.String(length=64), nullable=False),
    sa.Column('copy_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('held_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('held_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('lifted_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['copy_id'], ['print_copy.id'], name=op.f('fk_address_hold_copy_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['held_by_id'], ['account.id'], name=op.f('fk_address_hold_held_by_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['municipality_id'], ['municipality.id'], name=op.f('fk_address_hold_municipality_id')),
    sa.ForeignKeyConstraint(['resident_id'], ['resident.id'], name=op.f('fk_address_hold_resident_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_address_hold'))
    )
    with op.batch_alter_table('address_hold', schema=None) as batch_op:
        batch_op.create_index('ix_address_hold_resident', ['municipality_id', 'resident_id'], unique=False)




def downgrade() -> None:

    with op.batch_alter_table('address_hold', schema=None) as batch_op:
        batch_op.drop_index('ix_address_hold_resident')

    op.drop_table('address_hold')
    with op.batch_alter_table('print_step', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_print_step_run_id'))
        batch_op.drop_index(batch_op.f('ix_print_step_municipality_id'))

    op.drop_table('print_step')
    with op.batch_alter_table('print_copy', schema=None) as batch_op:
        batch_op.drop_index('uq_print_copy_number')
        batch_op.drop_index(batch_op.f('ix_print_copy_run_id'))
        batch_op.drop_index(batch_op.f('ix_print_copy_resident_id'))
        batch_op.drop_index(batch_op.f('ix_print_copy_batch_id'))

    op.drop_table('print_copy')
    with op.batch_alter_table('print_batch', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_print_batch_run_id'))
        batch_op.drop_index(batch_op.f('ix_print_batch_municipality_id'))

    op.drop_table('print_batch')
    with op.batch_alter_table('print_run', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_print_run_notice_id'))
        batch_op.drop_index(batch_op.f('ix_print_run_municipality_id'))
        batch_op.drop_index(batch_op.f('ix_print_run_issue_id'))

    op.drop_table('print_run')


"""Print jobs

Revision: 0004, after 0003
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('print_job',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('municipality_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('product', sa.String(length=40), nullable=False),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('origin', sa.String(length=60), nullable=False),
    sa.Column('parameters', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('fingerprint', sa.String(length=64), nullable=False),
    sa.Column('language', sa.String(length=5), nullable=False),
    sa.Column('is_urgent', sa.Boolean(), nullable=False),
    sa.Column('state', sa.String(length=20), nullable=False),
    sa.Column('done', sa.Integer(), nullable=False),
    sa.Column('total', sa.Integer(), nullable=False),
    sa.Column('attempt', sa.SmallInteger(), nullable=False),
    sa.Column('tries', sa.SmallInteger(), nullable=False),
    sa.Column('worker', sa.String(length=60), nullable=False),
    sa.Column('next_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('trouble', sa.String(length=600), nullable=False),
    sa.Column('place', sa.String(length=200), nullable=False),
    sa.Column('asked_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['asked_by_id'], ['account.id'], name=op.f('fk_print_job_asked_by_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['municipality_id'], ['municipality.id'], name=op.f('fk_print_job_municipality_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_print_job'))
    )
    with op.batch_alter_table('print_job', schema=None) as batch_op:
        batch_op.create_index('ix_print_job_due', ['next_at'], unique=False, sqlite_where=sa.text("state IN ('waiting', 'making')"), postgresql_where=sa.text("state IN ('waiting', 'making')"))
        batch_op.create_index(batch_op.f('ix_print_job_municipality_id'), ['municipality_id'], unique=False)
        batch_op.create_index('ix_print_job_origin', ['municipality_id', 'origin'], unique=False)
        batch_op.create_index('uq_print_job_not_begun', ['municipality_id', 'fingerprint'], unique=True, sqlite_where=sa.text("state = 'waiting' AND attempt = 0"), postgresql_where=sa.text("state = 'waiting' AND attempt = 0"))

    op.create_table('print_file',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('municipality_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('job_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('attempt', sa.SmallInteger(), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('media_type', sa.String(length=60), nullable=False),
    sa.Column('file_key', sa.String(length=64), nullable=False),
    sa.Column('bytes', sa.Integer(), nullable=False),
    sa.Column('pages', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['job_id'], ['print_job.id'], name=op.f('fk_print_file_job_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['municipality_id'], ['municipality.id'], name=op.f('fk_print_file_municipality_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_print_file'))
    )
    with op.batch_alter_table('print_file', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_print_file_job_id'), ['job_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_print_file_municipality_id'), ['municipality_id'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('print_file', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_print_file_municipality_id'))
        batch_op.drop_index(batch_op.f('ix_print_file_job_id'))

    op.drop_table('print_file')
    with op.batch_alter_table('print_job', schema=None) as batch_op:
        batch_op.drop_index('uq_print_job_not_begun', sqlite_where=sa.text("state = 'waiting' AND attempt = 0"), postgresql_where=sa.text("state = 'waiting' AND attempt = 0"))
        batch_op.drop_index('ix_print_job_origin')
        batch_op.drop_index(batch_op.f('ix_print_job_municipality_id'))
        batch_op.drop_index('ix_print_job_due', sqlite_where=sa.text("state IN ('waiting', 'making')"), postgresql_where=sa.text("state IN ('waiting', 'making')"))

    op.drop_table('print_job')

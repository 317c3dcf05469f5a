"""Streets door by door

Revision: 0006, after 0005
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from server.postal.abbreviations import spelt_out

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('address_file',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('municipality_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('file_key', sa.String(length=64), nullable=False),
    sa.Column('facts', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'), nullable=False),
    sa.Column('brought_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('brought_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('applied_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('applied_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.ForeignKeyConstraint(['applied_by_id'], ['account.id'], name=op.f('fk_address_file_applied_by_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['brought_by_id'], ['account.id'], name=op.f('fk_address_file_brought_by_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['municipality_id'], ['municipality.id'], name=op.f('fk_address_file_municipality_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_address_file'))
    )
    with op.batch_alter_table('address_file', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_address_file_municipality_id'), ['municipality_id'], unique=False)

    op.create_table('address_point',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('municipality_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('street_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('repetition', sa.String(length=12), nullable=False),
    sa.Column('postcode', sa.String(length=10), nullable=False),
    sa.Column('post_town', sa.String(length=80), nullable=False),
    sa.Column('lon', sa.Float(), nullable=True),
    sa.Column('lat', sa.Float(), nullable=True),
    sa.Column('boxes', sa.Integer(), nullable=False),
    sa.Column('refused', sa.Integer(), nullable=False),
    sa.Column('note', sa.String(length=120), nullable=False),
    sa.ForeignKeyConstraint(['municipality_id'], ['municipality.id'], name=op.f('fk_address_point_municipality_id')),
    sa.ForeignKeyConstraint(['street_id'], ['place.id'], name=op.f('fk_address_point_street_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_address_point')),
    sa.UniqueConstraint('street_id', 'number', 'repetition', name=op.f('uq_address_point_street_id_number_repetition'))
    )
    with op.batch_alter_table('address_point', schema=None) as batch_op:
        batch_op.create_index('ix_address_point_municipality_id', ['municipality_id', 'street_id'], unique=False)

    op.create_table('sector_part',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('municipality_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('sector_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('street_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('side', sa.String(length=20), nullable=False),
    sa.Column('first', sa.Integer(), nullable=False),
    sa.Column('last', sa.Integer(), nullable=False),
    sa.Column('walk', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['municipality_id'], ['municipality.id'], name=op.f('fk_sector_part_municipality_id')),
    sa.ForeignKeyConstraint(['sector_id'], ['place.id'], name=op.f('fk_sector_part_sector_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['street_id'], ['place.id'], name=op.f('fk_sector_part_street_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sector_part'))
    )
    with op.batch_alter_table('sector_part', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_sector_part_municipality_id'), ['municipality_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_sector_part_sector_id'), ['sector_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_sector_part_street_id'), ['street_id'], unique=False)

    with op.batch_alter_table('place', schema=None) as batch_op:
        batch_op.add_column(sa.Column('postal_key', sa.String(length=200), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('postal_label', sa.String(length=60), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('walk', sa.Integer(), nullable=False, server_default='0'))
    for name, place_id in op.get_bind().execute(sa.text("SELECT name, id FROM place")).all():
        op.get_bind().execute(
            sa.text("UPDATE place SET postal_key = :key WHERE id = :id"), {"key": spelt_out(name), "id": place_id}
        )
    with op.batch_alter_table('place', schema=None) as batch_op:
        for column in ('postal_key', 'postal_label', 'walk'):
            batch_op.alter_column(column, server_default=None)


def downgrade() -> None:
    with op.batch_alter_table('place', schema=None) as batch_op:
        batch_op.drop_column('walk')
        batch_op.drop_column('postal_label')
        batch_op.drop_column('postal_key')

    with op.batch_alter_table('sector_part', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_sector_part_street_id'))
        batch_op.drop_index(batch_op.f('ix_sector_part_sector_id'))
        batch_op.drop_index(batch_op.f('ix_sector_part_municipality_id'))

    op.drop_table('sector_part')
    with op.batch_alter_table('address_point', schema=None) as batch_op:
        batch_op.drop_index('ix_address_point_municipality_id')

    op.drop_table('address_point')
    with op.batch_alter_table('address_file', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_address_file_municipality_id'))

    op.drop_table('address_file')

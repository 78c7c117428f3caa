"""Smaller indexes: three have only the rows that somebody looks for, so a comment writes less.

Plain DROP INDEX and CREATE INDEX: a batch change of SQLite would drop the triggers of 0003 and 0005.
"""

import sqlalchemy as sa
from alembic import op


revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None

INDEXES = {
    "ix_comment_parent_id": ("comment", ["parent_id"]),
    "ix_comment_root_id_id": ("comment", ["root_id", "id"]),
    "ix_moderation_entry_staff_id_id": ("moderation_entry", ["staff_id", "id"]),
}


def upgrade() -> None:
    """Leave out the rows without a value."""
    for name, (table, columns) in INDEXES.items():
        some = sa.text(f"{columns[0]} IS NOT NULL")
        op.drop_index(name, table)
        op.create_index(name, table, columns, unique=False, sqlite_where=some, postgresql_where=some)


def downgrade() -> None:
    """Take them all in again."""
    for name, (table, columns) in INDEXES.items():
        op.drop_index(name, table)
        op.create_index(name, table, columns, unique=False)

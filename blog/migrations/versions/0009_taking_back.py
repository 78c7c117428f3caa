"""Taking back: answers with their approval, when a text was edited, rules, and decisions about many.

Plain ADD COLUMN and CREATE INDEX: a batch change of SQLite would drop the triggers of 0003 and 0005.
"""

import sqlalchemy as sa
from alembic import op


revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None

COLUMNS = {
    "moderation_entry": [("answer_id", sa.Integer())],
    "revision": [("edited_at", sa.DateTime(timezone=True))],
    "bulk_decision": [("undo_of", sa.Integer()), ("entry_id", sa.Integer())],
    "change_entry": [("was", sa.JSON()), ("became", sa.JSON()), ("undo_of", sa.Integer())],
}
PART = sa.text("bulk_id IS NOT NULL")
SINGLE = sa.text("before IS NOT NULL AND bulk_id IS NULL")


def upgrade() -> None:
    """Change the tables."""
    for table, columns in COLUMNS.items():
        for name, kind in columns:
            op.add_column(table, sa.Column(name, kind, nullable=True))
    # An earlier edit made the text that a later one replaced.
    op.execute(
        "UPDATE revision SET edited_at = (SELECT max(earlier.created_at) FROM revision AS earlier"
        " WHERE earlier.comment_id = revision.comment_id AND earlier.id < revision.id)"
    )
    op.execute(
        "UPDATE bulk_decision SET entry_id = (SELECT max(moderation_entry.id)"
        " FROM moderation_entry WHERE moderation_entry.bulk_id = bulk_decision.id)"
    )
    op.create_index('ix_bulk_decision_entry_id', 'bulk_decision', ['entry_id'], unique=False)
    op.create_index('ix_change_entry_undo_of', 'change_entry', ['undo_of'], unique=True)
    op.drop_index('ix_moderation_entry_bulk_id_comment_id', 'moderation_entry')
    op.create_index('ix_moderation_entry_bulk_id_comment_id', 'moderation_entry', ['bulk_id', 'comment_id'], unique=False, sqlite_where=PART, postgresql_where=PART)
    op.create_index('ix_moderation_entry_single', 'moderation_entry', ['id'], unique=False, sqlite_where=SINGLE, postgresql_where=SINGLE)


def downgrade() -> None:
    """Change them back."""
    op.drop_index('ix_moderation_entry_single', 'moderation_entry')
    op.drop_index('ix_moderation_entry_bulk_id_comment_id', 'moderation_entry')
    op.create_index('ix_moderation_entry_bulk_id_comment_id', 'moderation_entry', ['bulk_id', 'comment_id'], unique=False)
    op.drop_index('ix_change_entry_undo_of', 'change_entry')
    op.drop_index('ix_bulk_decision_entry_id', 'bulk_decision')
    for table, columns in COLUMNS.items():
        for name, _kind in columns:
            op.drop_column(table, name)

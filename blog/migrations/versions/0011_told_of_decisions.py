"""Staff are told by mail of what began to wait, not only of what is new: counted by the log."""

from alembic import op


revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Everybody was told up to the arrival of the newest comment that they were told of."""
    op.execute(
        "UPDATE staff SET told_comment = (SELECT COALESCE(MAX(e.id), 0) FROM moderation_entry e"
        " WHERE e.before IS NULL AND e.comment_id <= staff.told_comment)"
    )
    op.execute("ALTER TABLE staff RENAME COLUMN told_comment TO told_entry")


def downgrade() -> None:
    """The same, by the newest comment."""
    op.execute("ALTER TABLE staff RENAME COLUMN told_entry TO told_comment")
    op.execute("UPDATE staff SET told_comment = (SELECT COALESCE(MAX(id), 0) FROM comment)")

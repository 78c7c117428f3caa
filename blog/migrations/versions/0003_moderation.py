"""Moderation: views of the queue, the trash, decisions about many, search."""

import sqlalchemy as sa
from alembic import op


revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


STATUSES = "('held', 'published', 'rejected', 'spam', 'trashed', 'deleted')"
# A batch change of SQLite makes a table anew and forgets its checks: they are all said again.
CHECKS = {
    "comment": {
        "status": f"status IN {STATUSES}",
        "badge": "badge IN ('none', 'author', 'staff')",
        "lesson": "lesson IN ('good', 'bad')",
        "body_length": "status = 'deleted' OR length(body) BETWEEN 1 AND 20000",
        "name_length": "status = 'deleted' OR length(name) BETWEEN 1 AND 80",
    },
    "moderation_entry": {
        "before": f"before IN {STATUSES}",
        "after": f"after IN {STATUSES}",
        "was_lesson": "was_lesson IN ('good', 'bad')",
    },
}
SEARCHED = ("name", "email", "body", "network")
DOCUMENT = "translate(name || ' ' || email || ' ' || body || ' ' || network, '@./:-_', '      ')"


def _check_anew(checks: dict[str, dict[str, str]]) -> None:
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for table, rules in checks.items():
        if not is_sqlite:
            for name in rules:
                op.execute(f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS ck_{table}_{name}")
        with op.batch_alter_table(table, recreate="always" if is_sqlite else "never") as batch_op:
            for name, rule in rules.items():
                batch_op.create_check_constraint(op.f(f"ck_{table}_{name}"), rule)


def _make_search() -> None:
    """An index of words, kept by the database itself. It must be made again whenever `comment` is."""
    if op.get_bind().dialect.name != "sqlite":
        op.execute(f"CREATE INDEX comment_search ON comment USING gin (to_tsvector('simple', {DOCUMENT}))")
        return
    columns = ", ".join(SEARCHED)
    new, old = (", ".join(f"{row}.{name}" for name in SEARCHED) for row in ("new", "old"))
    put = f"INSERT INTO comment_search (rowid, {columns}) VALUES (new.id, {new});"
    drop = f"INSERT INTO comment_search (comment_search, rowid, {columns}) VALUES ('delete', old.id, {old});"
    op.execute(
        f"CREATE VIRTUAL TABLE comment_search USING fts5({columns}, content='comment',"
        " content_rowid='id', tokenize='unicode61 remove_diacritics 2')"
    )
    op.execute(f"CREATE TRIGGER comment_search_insert AFTER INSERT ON comment BEGIN {put} END")
    op.execute(f"CREATE TRIGGER comment_search_delete AFTER DELETE ON comment BEGIN {drop} END")
    op.execute(
        f"CREATE TRIGGER comment_search_update AFTER UPDATE OF {columns} ON comment"
        f" BEGIN {drop} {put} END"
    )
    op.execute("INSERT INTO comment_search (comment_search) VALUES ('rebuild')")


def _drop_search() -> None:
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP INDEX comment_search")
        return
    for event in ("insert", "delete", "update"):
        op.execute(f"DROP TRIGGER comment_search_{event}")
    op.execute("DROP TABLE comment_search")


def upgrade() -> None:
    """Change the tables."""
    op.create_table('day_count',
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('arrived', sa.Integer(), nullable=False),
    sa.Column('stopped', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('day', name=op.f('pk_day_count'))
    )
    op.create_table('invitation',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('token', sa.String(length=64), nullable=False),
    sa.Column('role', sa.String(length=40), nullable=False),
    sa.Column('by', sa.String(length=80), nullable=False),
    sa.Column('until', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_invitation')),
    sa.UniqueConstraint('token', name=op.f('uq_invitation_token'))
    )
    op.create_table('person_note',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('browser', sa.String(length=64), nullable=False),
    sa.Column('by', sa.String(length=80), nullable=False),
    sa.Column('note', sa.String(length=500), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_person_note'))
    )
    with op.batch_alter_table('person_note', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_person_note_browser'), ['browser'], unique=False)

    op.create_table('bulk_decision',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('staff_id', sa.Integer(), nullable=True),
    sa.Column('by', sa.String(length=80), nullable=False),
    sa.Column('after', sa.Enum('held', 'published', 'rejected', 'spam', 'trashed', 'deleted', name='after', native_enum=False, create_constraint=True, length=16), nullable=False),
    sa.Column('about', sa.JSON(), nullable=False),
    sa.Column('count', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('undone_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_bulk_decision_staff_id_staff')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_bulk_decision'))
    )
    with op.batch_alter_table('comment', schema=None) as batch_op:
        batch_op.add_column(sa.Column('open_report', sa.Integer(), nullable=True))
        batch_op.create_index('ix_comment_open_report', ['open_report'], unique=False, sqlite_where=sa.text('open_report IS NOT NULL'), postgresql_where=sa.text('open_report IS NOT NULL'))
        batch_op.create_index('ix_comment_status_vetted_id', ['status', 'vetted', 'id'], unique=False)

    with op.batch_alter_table('moderation_entry', schema=None) as batch_op:
        batch_op.add_column(sa.Column('was_report', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('revision_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('bulk_id', sa.Integer(), nullable=True))
        batch_op.create_index('ix_moderation_entry_bulk_id_comment_id', ['bulk_id', 'comment_id'], unique=False)
        batch_op.create_index('ix_moderation_entry_decided', ['id'], unique=False, sqlite_where=sa.text('before IS NOT NULL'), postgresql_where=sa.text('before IS NOT NULL'))
        batch_op.create_index('ix_moderation_entry_staff_id_id', ['staff_id', 'id'], unique=False)
        batch_op.create_foreign_key(batch_op.f('fk_moderation_entry_bulk_id_bulk_decision'), 'bulk_decision', ['bulk_id'], ['id'])

    with op.batch_alter_table('block', schema=None) as batch_op:
        batch_op.add_column(sa.Column('effect', sa.Enum('reject', 'hold', 'trust', name='effect', native_enum=False, create_constraint=True, length=16), server_default='reject', nullable=False))

    op.drop_table('queue_count')
    op.create_table('queue_count',
    sa.Column('view', sa.Enum('waiting', 'unseen', 'published', 'rejected', 'spam', 'trash', name='view', native_enum=False, create_constraint=True, length=16), nullable=False),
    sa.Column('count', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('view', name=op.f('pk_queue_count'))
    )
    _check_anew(CHECKS)
    op.execute("UPDATE comment SET vetted = true WHERE staff_id IS NOT NULL")
    op.execute(
        "UPDATE comment SET open_report ="
        " (SELECT min(report.id) FROM report WHERE report.comment_id = comment.id)"
        " WHERE status IN ('held', 'published') AND NOT vetted"
        " AND id IN (SELECT comment_id FROM report)"
    )
    for view, which in {
        "waiting": "status = 'held' OR (status = 'published' AND open_report IS NOT NULL)",
        "unseen": "status = 'published' AND NOT vetted",
        "published": "status = 'published'",
        "rejected": "status = 'rejected'",
        "spam": "status = 'spam'",
        "trash": "status = 'trashed'",
    }.items():
        op.execute(f"INSERT INTO queue_count SELECT '{view}', count(*) FROM comment WHERE {which}")
    op.execute(
        "INSERT INTO day_count SELECT date(created_at), count(*),"
        " sum(CASE WHEN after = 'published' THEN 0 ELSE 1 END)"
        " FROM moderation_entry WHERE before IS NULL GROUP BY date(created_at)"
    )
    _make_search()


def downgrade() -> None:
    """Change them back."""
    _drop_search()
    op.execute("DELETE FROM block WHERE effect != 'reject'")
    with op.batch_alter_table('block', schema=None) as batch_op:
        batch_op.drop_constraint(op.f('ck_block_effect'), type_='check')
        batch_op.drop_column('effect')
    op.execute("UPDATE comment SET status = 'rejected' WHERE status = 'trashed'")
    for column in ("before", "after"):
        op.execute(f"UPDATE moderation_entry SET {column} = 'rejected' WHERE {column} = 'trashed'")
    _check_anew({
        table: {name: rule.replace("'trashed', ", "") for name, rule in rules.items()}
        for table, rules in CHECKS.items()
    })
    op.drop_table('queue_count')
    op.create_table('queue_count',
    sa.Column('status', sa.Enum('held', 'published', 'rejected', 'spam', 'deleted', name='status', native_enum=False, create_constraint=True, length=16), nullable=False),
    sa.Column('count', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('status', name=op.f('pk_queue_count'))
    )
    for status in ("held", "published", "rejected", "spam", "deleted"):
        op.execute(
            f"INSERT INTO queue_count SELECT '{status}', count(*) FROM comment"
            f" WHERE status = '{status}'"
        )

    with op.batch_alter_table('moderation_entry', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_moderation_entry_bulk_id_bulk_decision'), type_='foreignkey')
        batch_op.drop_index('ix_moderation_entry_staff_id_id')
        batch_op.drop_index('ix_moderation_entry_decided', sqlite_where=sa.text('before IS NOT NULL'), postgresql_where=sa.text('before IS NOT NULL'))
        batch_op.drop_index('ix_moderation_entry_bulk_id_comment_id')
        batch_op.drop_column('bulk_id')
        batch_op.drop_column('revision_id')
        batch_op.drop_column('was_report')

    with op.batch_alter_table('comment', schema=None) as batch_op:
        batch_op.drop_index('ix_comment_status_vetted_id')
        batch_op.drop_index('ix_comment_open_report', sqlite_where=sa.text('open_report IS NOT NULL'), postgresql_where=sa.text('open_report IS NOT NULL'))
        batch_op.drop_column('open_report')

    op.drop_table('person_note')
    op.drop_table('invitation')
    op.drop_table('bulk_decision')
    op.drop_table('day_count')

"""Conversations: discussions by article, pages of threads, the filter, blocks, settings, mail."""

import sqlalchemy as sa
from alembic import op


revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change the tables."""
    op.create_table('block',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('browser', 'email', 'domain', 'network', name='kind', native_enum=False, create_constraint=True, length=16), nullable=False),
    sa.Column('value', sa.String(length=254), nullable=False),
    sa.Column('note', sa.String(length=500), nullable=False),
    sa.Column('until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_block')),
    sa.UniqueConstraint('kind', 'value', name=op.f('uq_block_kind_value'))
    )
    op.create_table('confirmed_email',
    sa.Column('browser', sa.String(length=64), nullable=False),
    sa.Column('email', sa.String(length=254), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('browser', 'email', name=op.f('pk_confirmed_email'))
    )
    with op.batch_alter_table('confirmed_email', schema=None) as batch_op:
        batch_op.create_index('ix_confirmed_email_email', ['email'], unique=False)

    op.create_table('filter_token',
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('bad', sa.Integer(), nullable=False),
    sa.Column('good', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_filter_token'))
    )
    op.create_table('setting',
    sa.Column('name', sa.String(length=40), nullable=False),
    sa.Column('value', sa.JSON(), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_setting'))
    )
    op.create_table('change_entry',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('staff_id', sa.Integer(), nullable=True),
    sa.Column('by', sa.String(length=80), nullable=False),
    sa.Column('what', sa.String(length=40), nullable=False),
    sa.Column('subject', sa.Text(), nullable=False),
    sa.Column('before', sa.Text(), nullable=False),
    sa.Column('after', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_change_entry_staff_id_staff')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_change_entry'))
    )
    op.create_table('mail',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('confirm', 'answer', 'approved', 'rejected', name='kind', native_enum=False, create_constraint=True, length=16), nullable=False),
    sa.Column('email', sa.String(length=254), nullable=False),
    sa.Column('comment_id', sa.Integer(), nullable=False),
    sa.Column('entry_id', sa.Integer(), nullable=True),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['comment_id'], ['comment.id'], name=op.f('fk_mail_comment_id_comment'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['entry_id'], ['moderation_entry.id'], name=op.f('fk_mail_entry_id_moderation_entry'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_mail')),
    sa.UniqueConstraint('kind', 'comment_id', 'email', name=op.f('uq_mail_kind_comment_id_email'))
    )
    with op.batch_alter_table('mail', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_mail_comment_id'), ['comment_id'], unique=False)
        batch_op.create_index('ix_mail_due_at', ['due_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_mail_entry_id'), ['entry_id'], unique=False)

    with op.batch_alter_table('article', schema=None) as batch_op:
        batch_op.add_column(sa.Column('discussion', sa.Enum('open', 'held', 'closed', 'hidden', name='discussion', native_enum=False, create_constraint=True, length=16), server_default='open', nullable=False))
        batch_op.add_column(sa.Column('stays_open', sa.Boolean(), server_default=sa.false(), nullable=False))

    op.execute("UPDATE article SET discussion = 'closed' WHERE NOT comments_open")
    with op.batch_alter_table('article', schema=None) as batch_op:
        batch_op.drop_column('comments_open')

    with op.batch_alter_table('comment', schema=None) as batch_op:
        batch_op.add_column(sa.Column('reply_count', sa.Integer(), server_default='0', nullable=False))
        batch_op.add_column(sa.Column('lesson', sa.Enum('good', 'bad', name='lesson', native_enum=False, create_constraint=True, length=16), nullable=True))
        batch_op.add_column(sa.Column('wants_mail', sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.drop_index(batch_op.f('ix_comment_root_id'))
        batch_op.create_index('ix_comment_article_id_id', ['article_id', 'id'], unique=False, sqlite_where=sa.text('root_id IS NULL'), postgresql_where=sa.text('root_id IS NULL'))
        batch_op.create_index('ix_comment_article_id_like_count_id', ['article_id', 'like_count', 'id'], unique=False, sqlite_where=sa.text('root_id IS NULL'), postgresql_where=sa.text('root_id IS NULL'))
        batch_op.create_index('ix_comment_root_id_id', ['root_id', 'id'], unique=False)

    with op.batch_alter_table('moderation_entry', schema=None) as batch_op:
        batch_op.add_column(sa.Column('was_vetted', sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column('was_lesson', sa.Enum('good', 'bad', name='was_lesson', native_enum=False, create_constraint=True, length=16), nullable=True))
        batch_op.add_column(sa.Column('note', sa.String(length=500), server_default='', nullable=False))

    with op.batch_alter_table('report', schema=None) as batch_op:
        batch_op.add_column(sa.Column('network', sa.String(length=64), server_default='', nullable=False))
        batch_op.create_index('ix_report_created_at_network', ['created_at'], unique=False, sqlite_where=sa.text("network != ''"), postgresql_where=sa.text("network != ''"))

    op.execute(
        "UPDATE comment SET reply_count = (SELECT count(*) FROM comment AS reply"
        " WHERE reply.root_id = comment.id AND reply.status = 'published') WHERE root_id IS NULL"
    )
    # Every status has its row from the start: two first comments at once would both make it.
    op.execute(
        "INSERT INTO queue_count (status, count) SELECT status, 0 FROM"
        " (SELECT 'held' AS status UNION SELECT 'published' UNION SELECT 'rejected'"
        " UNION SELECT 'spam' UNION SELECT 'deleted') AS every"
        " WHERE status NOT IN (SELECT status FROM queue_count)"
    )


def downgrade() -> None:
    """Change them back."""
    with op.batch_alter_table('report', schema=None) as batch_op:
        batch_op.drop_index('ix_report_created_at_network', sqlite_where=sa.text("network != ''"), postgresql_where=sa.text("network != ''"))
        batch_op.drop_column('network')

    with op.batch_alter_table('moderation_entry', schema=None) as batch_op:
        batch_op.drop_column('note')
        batch_op.drop_column('was_lesson')
        batch_op.drop_column('was_vetted')

    with op.batch_alter_table('comment', schema=None) as batch_op:
        batch_op.drop_index('ix_comment_root_id_id')
        batch_op.drop_index('ix_comment_article_id_like_count_id', sqlite_where=sa.text('root_id IS NULL'), postgresql_where=sa.text('root_id IS NULL'))
        batch_op.drop_index('ix_comment_article_id_id', sqlite_where=sa.text('root_id IS NULL'), postgresql_where=sa.text('root_id IS NULL'))
        batch_op.create_index(batch_op.f('ix_comment_root_id'), ['root_id'], unique=False)
        batch_op.drop_column('wants_mail')
        batch_op.drop_column('lesson')
        batch_op.drop_column('reply_count')

    with op.batch_alter_table('article', schema=None) as batch_op:
        batch_op.add_column(sa.Column('comments_open', sa.Boolean(), server_default=sa.true(), nullable=False))

    op.execute("UPDATE article SET comments_open = (discussion IN ('open', 'held'))")
    with op.batch_alter_table('article', schema=None) as batch_op:
        batch_op.drop_column('stays_open')
        batch_op.drop_column('discussion')

    with op.batch_alter_table('mail', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_mail_entry_id'))
        batch_op.drop_index('ix_mail_due_at')
        batch_op.drop_index(batch_op.f('ix_mail_comment_id'))

    op.drop_table('mail')
    op.drop_table('change_entry')
    op.drop_table('setting')
    op.drop_table('filter_token')
    with op.batch_alter_table('confirmed_email', schema=None) as batch_op:
        batch_op.drop_index('ix_confirmed_email_email')

    op.drop_table('confirmed_email')
    op.drop_table('block')

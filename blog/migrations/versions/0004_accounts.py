"""Accounts: second factors, passkeys, sessions, and mail to the staff."""

import sqlalchemy as sa
from alembic import op


revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None

OLD = "('confirm', 'answer', 'approved', 'rejected')"
NEW = "('confirm', 'answer', 'approved', 'rejected', 'waiting', 'digest', 'reset')"


def _check_kinds(kinds: str) -> None:
    """Say anew which kinds of mail there are; a batch change of SQLite forgets it anyway."""
    if op.get_bind().dialect.name != "sqlite":
        op.execute("ALTER TABLE mail DROP CONSTRAINT IF EXISTS ck_mail_kind")
    with op.batch_alter_table("mail") as batch_op:
        batch_op.create_check_constraint(op.f("ck_mail_kind"), f"kind IN {kinds}")


def upgrade() -> None:
    """Change the tables."""
    op.create_table('passkey',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('staff_id', sa.Integer(), nullable=False),
    sa.Column('credential_id', sa.LargeBinary(length=1024), nullable=False),
    sa.Column('public_key', sa.LargeBinary(), nullable=False),
    sa.Column('sign_count', sa.Integer(), nullable=False),
    sa.Column('transports', sa.UnicodeText(), nullable=True),
    sa.Column('backup_state', sa.Boolean(), nullable=False),
    sa.Column('device_type', sa.String(length=64), nullable=False),
    sa.Column('extensions', sa.String(length=255), nullable=True),
    sa.Column('name', sa.String(length=64), nullable=False),
    sa.Column('usage', sa.String(length=64), nullable=False),
    sa.Column('lastuse_datetime', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_passkey_staff_id_staff'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_passkey')),
    sa.UniqueConstraint('credential_id', name=op.f('uq_passkey_credential_id'))
    )
    with op.batch_alter_table('passkey', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_passkey_staff_id'), ['staff_id'], unique=False)

    op.create_table('staff_session',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('staff_id', sa.Integer(), nullable=False),
    sa.Column('token', sa.String(length=64), nullable=False),
    sa.Column('browser', sa.String(length=80), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('seen_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_staff_session_staff_id_staff'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_staff_session')),
    sa.UniqueConstraint('token', name=op.f('uq_staff_session_token'))
    )
    with op.batch_alter_table('staff_session', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_staff_session_staff_id'), ['staff_id'], unique=False)

    with op.batch_alter_table('mail', schema=None) as batch_op:
        batch_op.alter_column('comment_id',
               existing_type=sa.INTEGER(),
               nullable=True)

    _check_kinds(NEW)
    with op.batch_alter_table('staff', schema=None) as batch_op:
        batch_op.add_column(sa.Column('tf_primary_method', sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column('tf_totp_secret', sa.String(length=255), nullable=True))
        batch_op.add_column(sa.Column('tf_last_counter', sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column('mf_recovery_codes', sa.UnicodeText(), nullable=True))
        batch_op.add_column(sa.Column('fs_webauthn_user_handle', sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column('notify', sa.Enum('off', 'at once', '15 minutes', 'hourly', 'daily', name='notify', native_enum=False, create_constraint=True, length=16), server_default='off', nullable=False))
        batch_op.add_column(sa.Column('notified_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('told_comment', sa.Integer(), server_default='0', nullable=False))
        batch_op.add_column(sa.Column('told_report', sa.Integer(), server_default='0', nullable=False))
        batch_op.create_unique_constraint(batch_op.f('uq_staff_fs_webauthn_user_handle'), ['fs_webauthn_user_handle'])



def downgrade() -> None:
    """Change them back."""
    with op.batch_alter_table('staff', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('uq_staff_fs_webauthn_user_handle'), type_='unique')
        batch_op.drop_constraint(batch_op.f('ck_staff_notify'), type_='check')
        batch_op.drop_column('told_report')
        batch_op.drop_column('told_comment')
        batch_op.drop_column('notified_at')
        batch_op.drop_column('notify')
        batch_op.drop_column('fs_webauthn_user_handle')
        batch_op.drop_column('mf_recovery_codes')
        batch_op.drop_column('tf_last_counter')
        batch_op.drop_column('tf_totp_secret')
        batch_op.drop_column('tf_primary_method')

    op.execute("DELETE FROM mail WHERE kind IN ('waiting', 'digest', 'reset')")
    with op.batch_alter_table('mail', schema=None) as batch_op:
        batch_op.alter_column('comment_id',
               existing_type=sa.INTEGER(),
               nullable=False)

    _check_kinds(OLD)

    with op.batch_alter_table('staff_session', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_staff_session_staff_id'))

    op.drop_table('staff_session')
    with op.batch_alter_table('passkey', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_passkey_staff_id'))

    op.drop_table('passkey')

"""Page versions: a number that counts every change of what readers see, by triggers.

Triggers, because nothing that writes can forget them: bulk statements, commands and later code
included. On SQLite a batch change makes a table anew without them: make them again after any on one of
these tables (`make_triggers`).
"""

import sqlalchemy as sa
from alembic import op


revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None

# What an article's row says on other pages than its own; its count of comments follows its comments.
ARTICLE = (
    "slug", "title", "standfirst", "html", "minutes", "published_at", "updated_at", "correction",
    "picture", "picture_alt", "picture_caption", "picture_credit", "discussion", "stays_open",
    "place", "topic_id",
)
# What a reader sees of a comment. One that arrives and waits changes no page.
COMMENT = (
    "article_id", "parent_id", "root_id", "name", "website", "html", "badge", "status",
    "like_count", "reply_count", "edited_at",
)
# Whatever changes in these changes every page.
WHOLE = ("topic", "tag", "article_tag", "author", "byline", "setting")

BUMP = (
    "INSERT INTO page_version (name, version) VALUES ('all', 1)"
    " ON CONFLICT (name) DO UPDATE SET version = page_version.version + 1;"
)
NOTE = (
    "INSERT INTO page_version (name, version)"
    " VALUES ({name}, (SELECT version FROM page_version WHERE name = 'all'))"
    " ON CONFLICT (name) DO UPDATE SET version = excluded.version;"
)
SITE = BUMP + NOTE.format(name="'site'")


def about(row: str) -> str:
    """The statements that note a change of an article's comments."""
    return BUMP + NOTE.format(name=f"'article ' || {row}.article_id")


def events() -> list[tuple[str, str, str, str, str]]:
    """Name, event, table, condition and statements of every trigger."""
    found = [
        ("comment_insert", "INSERT", "comment", "new.status = 'published'", about("new")),
        ("comment_update", f"UPDATE OF {', '.join(COMMENT)}", "comment", "", about("new")),
        ("comment_delete", "DELETE", "comment", "", about("old")),
        ("article_insert", "INSERT", "article", "", SITE),
        ("article_update", f"UPDATE OF {', '.join(ARTICLE)}", "article", "", SITE),
        ("article_delete", "DELETE", "article", "", SITE),
    ]
    for table in WHOLE:
        for event in ("INSERT", "UPDATE", "DELETE"):
            found.append((f"{table}_{event.lower()}", event, table, "", SITE))
    return found


def make_triggers() -> None:
    """Make every trigger that is not there; nothing else writes page_version."""
    for name, event, table, condition, statements in events():
        when = f" WHEN ({condition})" if condition else ""
        if op.get_bind().dialect.name == "sqlite":
            op.execute(
                f"CREATE TRIGGER IF NOT EXISTS page_version_{name} AFTER {event} ON {table}{when}"
                f" BEGIN {statements} END"
            )
            continue
        op.execute(
            f"CREATE OR REPLACE FUNCTION page_version_{name}() RETURNS trigger LANGUAGE plpgsql"
            f" AS $$ BEGIN {statements} RETURN NULL; END $$"
        )
        op.execute(
            f"CREATE TRIGGER page_version_{name} AFTER {event} ON {table}"
            f" FOR EACH ROW{when} EXECUTE FUNCTION page_version_{name}()"
        )


def drop_triggers() -> None:
    for name, _event, table, _condition, _statements in events():
        if op.get_bind().dialect.name == "sqlite":
            op.execute(f"DROP TRIGGER IF EXISTS page_version_{name}")
        else:
            op.execute(f"DROP TRIGGER page_version_{name} ON {table}")
            op.execute(f"DROP FUNCTION page_version_{name}()")


def upgrade() -> None:
    """Change the tables."""
    op.create_table('page_version',
    sa.Column('name', sa.String(length=32), nullable=False),
    sa.Column('version', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_page_version'))
    )
    with op.batch_alter_table('page_version', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_page_version_version'), ['version'], unique=False)
    make_triggers()


def downgrade() -> None:
    """Change them back."""
    drop_triggers()
    op.drop_table('page_version')

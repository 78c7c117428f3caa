"""Page versions on PostgreSQL: a transaction takes one number, however much it changes.

What a transaction changes is seen all at once, when it ends, so one number says as much as many. A number
for each row is a dead version of the row `all` for each row, which nothing may clear away before the
transaction ends and through all of which every later row must look: ten thousand comments took half a
minute. SQLite changes a row in its place and keeps its triggers.
"""

from alembic import op


revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None

TABLES = ("comment", "article", "topic", "tag", "article_tag", "author", "byline", "setting")
EVENTS = ("insert", "update", "delete")
# A setting that lasts until the transaction ends remembers the number; what rolls back to a savepoint
# takes it back together with the row.
COUNT = """
CREATE FUNCTION page_version_count(about text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  number bigint := nullif(current_setting('broadsheet.page_version', true), '');
BEGIN
  IF number IS NULL THEN
    INSERT INTO page_version (name, version) VALUES ('all', 1)
      ON CONFLICT (name) DO UPDATE SET version = page_version.version + 1
      RETURNING version INTO number;
    PERFORM set_config('broadsheet.page_version', number::text, true);
  END IF;
  INSERT INTO page_version (name, version) VALUES (about, number)
    ON CONFLICT (name) DO UPDATE SET version = excluded.version
    WHERE page_version.version <> excluded.version;
END $$
"""
# What 0005 did for each row, for the way back.
ROW = (
    "INSERT INTO page_version (name, version) VALUES ('all', 1)"
    " ON CONFLICT (name) DO UPDATE SET version = page_version.version + 1;"
    " INSERT INTO page_version (name, version)"
    " VALUES ({about}, (SELECT version FROM page_version WHERE name = 'all'))"
    " ON CONFLICT (name) DO UPDATE SET version = excluded.version;"
)


def about(table: str, event: str) -> str:
    """What a change of a row is about, in SQL: the article of a comment, or the whole site."""
    if table != "comment":
        return "'site'"
    return f"'article ' || {'old' if event == 'delete' else 'new'}.article_id"


def let_triggers(statements: str) -> None:
    """Give the functions of the triggers of 0005 other statements; the triggers stay as they are."""
    for table in TABLES:
        for event in EVENTS:
            body = statements.format(about=about(table, event))
            op.execute(
                f"CREATE OR REPLACE FUNCTION page_version_{table}_{event}() RETURNS trigger"
                f" LANGUAGE plpgsql AS $$ BEGIN {body} RETURN NULL; END $$"
            )


def upgrade() -> None:
    """Change the functions."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(COUNT)
        let_triggers("PERFORM page_version_count({about});")


def downgrade() -> None:
    """Change them back."""
    if op.get_bind().dialect.name == "postgresql":
        let_triggers(ROW)
        op.execute("DROP FUNCTION page_version_count(text)")

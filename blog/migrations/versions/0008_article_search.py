"""An index of the words of articles, for readers who search.

Each database has its own kind. On SQLite a batch change makes the table `article` anew without its
triggers: make them again after any (`make_triggers`). On PostgreSQL the words are stored beside the
article: with an index of the expression alone, a plan that goes through the articles by their place
cuts the text of each of them, for seconds.
"""

from alembic import op


revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None

SEARCHED = ("title", "standfirst", "source")
# What SQLite's tokenizer does by itself: Latin letters without their accents, signs between words.
# A text that is longer than a novel could have more words than fit (a megabyte).
TEXT = "title || ' ' || standfirst || ' ' || left(source, 200000)"
FOLDED = (
    f"normalize(regexp_replace(normalize({TEXT}, NFD), '([A-Za-z])[\\u0300-\\u036f]+', '\\1', 'g'), NFC)"
)
WORDS = f"to_tsvector('simple', regexp_replace({FOLDED}, '[!-/:-@[-`{{-~]+', ' ', 'g'))"


def make_triggers() -> None:
    """SQLite: keep the index as the articles are."""
    columns = ", ".join(SEARCHED)
    new, old = (", ".join(f"{row}.{name}" for name in SEARCHED) for row in ("new", "old"))
    put = f"INSERT INTO article_search (rowid, {columns}) VALUES (new.id, {new});"
    drop = f"INSERT INTO article_search (article_search, rowid, {columns}) VALUES ('delete', old.id, {old});"
    for event, statements in {
        "INSERT": put,
        "DELETE": drop,
        f"UPDATE OF {columns}": drop + put,
    }.items():
        name = event.split()[0].lower()
        op.execute(
            f"CREATE TRIGGER IF NOT EXISTS article_search_{name} AFTER {event} ON article"
            f" BEGIN {statements} END"
        )


def upgrade() -> None:
    """Make the index of the articles that are there."""
    if op.get_bind().dialect.name != "sqlite":
        op.execute(
            f"ALTER TABLE article ADD COLUMN article_search tsvector GENERATED ALWAYS AS ({WORDS}) STORED"
        )
        # Articles are read more than written: no search has to go through what is not sorted in yet.
        op.execute(
            "CREATE INDEX article_search_words ON article USING gin (article_search)"
            " WITH (fastupdate = off)"
        )
        return
    # Beginnings of two letters stand in many words: they have an index of their own.
    op.execute(
        f"CREATE VIRTUAL TABLE article_search USING fts5({', '.join(SEARCHED)}, content='article',"
        " content_rowid='id', tokenize='unicode61 remove_diacritics 2', prefix='2')"
    )
    make_triggers()
    op.execute("INSERT INTO article_search (article_search) VALUES ('rebuild')")


def downgrade() -> None:
    """Leave the articles as they are."""
    if op.get_bind().dialect.name != "sqlite":
        op.execute("ALTER TABLE article DROP COLUMN article_search")
        return
    for event in ("insert", "delete", "update"):
        op.execute(f"DROP TRIGGER IF EXISTS article_search_{event}")
    op.execute("DROP TABLE article_search")

"""How Alembic reaches the database. Runs inside an application's context."""

from collections.abc import Iterator
from contextlib import contextmanager

from alembic import context
from alembic.autogenerate.api import AutogenContext
from flask import g
from sqlalchemy import Connection, text

from blog.extensions import BUSY_TIMEOUT, db
from blog.models.types import UTCDateTime

# Any number: two servers that start at once must name the same lock.
LOCK = 7_426_115
# A second server waits as long as the first one works: a new index of a large site takes minutes.
PATIENCE = 30 * 60  # seconds


def render_item(kind: str, item: object, _context: AutogenContext) -> str | bool:
    """Write our column type as the plain one it is stored as."""
    if kind == "type" and isinstance(item, UTCDateTime):
        return "sa.DateTime(timezone=True)"
    return False


def include_name(name: str | None, _kind: str, _parents: object) -> bool:
    """Leave the indexes of the searches alone: each database has its own, made by a migration."""
    return not (name or "").startswith(("comment_search", "article_search"))


@contextmanager
def patient(connection: Connection) -> Iterator[None]:
    """SQLite as a migration needs it; afterwards the connection is again like any other."""
    if connection.dialect.name != "sqlite":
        yield
        return
    sqlite = connection.connection
    # A batch change makes a table anew; with foreign keys on, that deletes its children.
    sqlite.execute("PRAGMA foreign_keys=OFF")
    sqlite.execute(f"PRAGMA busy_timeout={PATIENCE * 1000}")
    # To put a million rows in order for an index takes a hundred megabytes.
    sqlite.execute("PRAGMA temp_store=FILE")
    try:
        yield
    finally:
        sqlite.execute("PRAGMA foreign_keys=ON")
        sqlite.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT * 1000}")
        sqlite.execute("PRAGMA temp_store=MEMORY")


def migrate() -> None:
    """Run the migrations that are missing, as the only process that does."""
    g.writes = True  # SQLite: take the write lock first; a second process then finds the work done
    try:
        with db.engine.connect() as connection, patient(connection), connection.begin():
            if connection.dialect.name == "postgresql":
                connection.execute(text(f"SELECT pg_advisory_xact_lock({LOCK})"))
            context.configure(
                connection=connection,
                target_metadata=db.metadata,
                render_as_batch=True,
                compare_type=True,
                render_item=render_item,
                include_name=include_name,
            )
            with context.begin_transaction():
                context.run_migrations()
    finally:
        g.writes = False


migrate()

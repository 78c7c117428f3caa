"""The unbound extensions. `create_app()` binds them; everything else imports them from here."""

import hashlib
import os
import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, cast

from flask import g, has_app_context
from flask_babel import Babel
from flask_mailman import Mail
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect
from sqlalchemy import Connection, Engine, Insert, MetaData, Table, event, inspect, text
from sqlalchemy.orm import DeclarativeBase, make_transient_to_detached

from blog.turns import Turns


class Base(DeclarativeBase):
    """The models' base. Every constraint has a name, so a migration can find it again."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


BUSY_TIMEOUT = 5  # seconds
db = SQLAlchemy(
    model_class=Base,
    # Nothing is written by chance, while somebody only reads: `writing()` turns autoflush on.
    session_options={"expire_on_commit": False, "autoflush": False},
    engine_options={"hide_parameters": True},  # an error in the log says nothing that was typed
)
babel = Babel()
csrf = CSRFProtect()
mail = Mail()


@event.listens_for(Engine, "do_connect")
def _keep_private(dialect: Any, _record: Any, arguments: Any, _options: Any) -> None:
    """Let only its owner read SQLite's file, which holds addresses and hashes of passwords.

    SQLite gives the files beside it, which it makes later, the rights of this one; those that were
    made by an earlier version are closed here, too. What goes wrong SQLite says better.

    A file that is there is never opened here: to close it again would drop every lock that this
    process has on it, and the next process to leave would take itself for the last, and delete the
    log that this one goes on writing to (sqlite.org/howtocorrupt.html, 2.2).
    """
    if dialect.name != "sqlite" or arguments[0] == ":memory:":
        return
    path = arguments[0]
    with suppress(OSError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_CLOEXEC, 0o600))
    for each in (Path(path), Path(f"{path}-wal"), Path(f"{path}-shm")):
        with suppress(OSError):  # it is not there, or belongs to somebody else
            each.chmod(each.stat().st_mode & 0o700)


@event.listens_for(Engine, "connect")
def _prepare_sqlite(connection: Any, _record: Any) -> None:
    """Make SQLite durable, concurrent and strict; on other databases do nothing."""
    if not isinstance(connection, sqlite3.Connection):
        return
    connection.isolation_level = None  # BEGIN is ours, below
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",  # an acknowledged comment survives a power cut
        f"busy_timeout={BUSY_TIMEOUT * 1000}",
        "foreign_keys=ON",
        "secure_delete=ON",  # what is deleted is overwritten, too
        # To take back a statement that fails halfway SQLite notes what its pages said; with all the
        # indexes of a comment that is too much for its memory, and became a file for each comment.
        "temp_store=MEMORY",
        # A comment writes about 28 pages to the log. Whoever fills it carries them over into the
        # file and waits for the disk once more: one comment in 140, not one in 35.
        "wal_autocheckpoint=4000",
    ):
        connection.execute(f"PRAGMA {pragma}")


@event.listens_for(Engine, "begin")
def _begin_sqlite(connection: Connection) -> None:
    """Take SQLite's write lock at the start of work that will write.

    A transaction that reads first and writes later is refused at once when another writer came
    between, whatever the timeout; one that starts as a writer waits its turn.
    """
    if connection.dialect.name == "sqlite":
        if has_app_context() and g.get("writes", False):
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:  # takes no lock, so nothing can go wrong that SQLAlchemy would have to translate
            sqlite: Any = connection.connection.driver_connection
            sqlite.execute("BEGIN")


def is_sqlite() -> bool:
    """True if the data is in SQLite, else it is in PostgreSQL."""
    return db.engine.dialect.name == "sqlite"


def one_at_a_time(name: str) -> None:
    """Let transactions that name the same thing wait for each other, until they end.

    SQLite has one writer anyway.
    """
    if not is_sqlite():
        key = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], signed=True)
        db.session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": key})


@lru_cache(4)
def _turns(path: str) -> Turns:
    return Turns(path, BUSY_TIMEOUT)


# A process that is forked off shares what its parent holds: its turns would be its parent's.
os.register_at_fork(after_in_child=_turns.cache_clear)


def _turn() -> AbstractContextManager[None]:
    """Whoever wants to write to SQLite waits for its turn; PostgreSQL has many writers."""
    path = db.engine.url.database
    if not is_sqlite() or not path or path == ":memory:":
        return nullcontext()
    try:
        return _turns(path).taken()
    except OSError:  # nothing can be written beside the database either, which SQLite will say
        return nullcontext()


def is_changed() -> bool:
    """True if rows in memory have changes that are not written yet."""
    return bool(db.session.new or db.session.dirty or db.session.deleted)


@contextmanager
def writing() -> Iterator[None]:
    """Commit what the block changes, or nothing of it.

    What was only read before ends first, so that the block starts a transaction that may write.
    Rows loaded before stay loaded: a service reads again, under the lock, what it decides on. What
    was changed in memory before is written with the block: Flask-Security reads, hashes for half a
    second, changes rows, and only then has them written.
    A block within another is a part of it: the outer one commits.
    """
    if g.get("writes", False):
        yield
        return
    reader = _stop_reading()
    with _turn():
        g.writes = db.session.autoflush = True
        try:
            if reader:
                _begin_sqlite(reader)
            yield
            db.session.commit()
        finally:
            db.session.rollback()
            g.writes = db.session.autoflush = False
            g.pop("versions", None)  # what was read before may have changed by this


def _stop_reading() -> Connection | None:
    """Let go of what SQLite holds for a reader, before others have their turn to write.

    Returns the connection, on which whoever read goes on to write: to give it back and take another
    costs as much as two statements. PostgreSQL makes no difference between the two.
    """
    if not is_sqlite() or not db.session().in_transaction():
        return None
    connection = db.session.connection()
    connection.exec_driver_sql("ROLLBACK")
    return connection


def insert(row: Base) -> None:
    """Write a new row with an `id` now; from then on the session has it like one that was read.

    To find out first what else has changed and in which order it is written, as the session does,
    takes longer than all the rest of storing a comment. Only columns are written, no objects that
    the row belongs to. What it was not given is read when somebody asks for it.
    """
    statement, columns = _insertion(type(row))
    given = vars(row)
    values = {column: given[name] for name, column in columns if name in given}
    made: Any = db.session.connection().execute(statement, values).inserted_primary_key
    row.id = made[0]  # type: ignore[attr-defined]
    make_transient_to_detached(row)
    db.session.add(row)


@cache
def _insertion(kind: type[Base]) -> tuple[Insert, list[tuple[str, str]]]:
    """The statement, put together once, and each attribute with the name of its column."""
    attributes = inspect(kind).column_attrs
    table = cast("Table", kind.__table__)
    return table.insert(), [(each.key, each.columns[0].name) for each in attributes]

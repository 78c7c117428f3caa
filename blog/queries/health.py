"""Is the site well: what an owner looks at when something feels wrong."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, text

from blog import clock
from blog.extensions import db, is_sqlite
from blog.models import Mail


@dataclass(frozen=True)
class Waiting:
    """Mail that waits to be sent: how much, and since when the oldest is due."""

    count: int
    due_since: datetime | None


def mail() -> Waiting:
    """The mail that is due and not sent."""
    late = Mail.sent_at.is_(None), Mail.due_at <= clock.now()
    found = db.session.execute(select(func.count(), func.min(Mail.due_at)).where(*late)).one()
    return Waiting(*found)


def database_bytes() -> int:
    """How large the database is."""
    if is_sqlite():
        pages = "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
        return int(db.session.scalar(text(pages)) or 0)
    return int(db.session.scalar(text("SELECT pg_database_size(current_database())")) or 0)


def database_name() -> str:
    """The database's kind and version."""
    engine = db.engine
    number = engine.dialect.server_version_info or ()
    names = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
    version = ".".join(str(part) for part in number)
    return f"{names.get(engine.dialect.name, engine.dialect.name)} {version}"

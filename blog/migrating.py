"""The database's tables and their history in blog/migrations/."""

from pathlib import Path

from flask import current_app
from sqlalchemy import inspect, text

from blog.extensions import db

FOLDER = Path(__file__).parent / "migrations"


def head() -> str:
    """The newest migration's id: files are named by their order, `0001_first_tables.py`."""
    newest = max(path.name for path in (FOLDER / "versions").glob("*.py"))
    return newest.split("_")[0]


def current() -> str | None:
    """The migration that the database is at; None for an empty database."""
    if not inspect(db.engine).has_table("alembic_version"):
        return None
    with db.engine.connect() as connection:
        version: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
        return version


def is_newer(version: str | None) -> bool:
    """True if a newer version of Broadsheet has changed the tables."""
    return version is not None and version > head()


def upgrade() -> None:
    """Bring the database to `head()`. Safe to run from two processes at once."""
    import flask_migrate  # Alembic takes a third of a second to import: only when it has work

    flask_migrate.Migrate(current_app, db, directory=str(FOLDER))
    flask_migrate.upgrade()


def revision(message: str) -> None:
    """Write the next numbered migration."""
    import flask_migrate

    flask_migrate.Migrate(current_app, db, directory=str(FOLDER))
    numbers = [int(path.name.split("_")[0]) for path in (FOLDER / "versions").glob("*.py")]
    flask_migrate.migrate(message=message, rev_id=f"{max(numbers, default=0) + 1:04}")

"""Copies of the database, whole at one moment, made while the site runs.

A copied file of a database that is being written is not a backup: SQLite's own copying is used,
and PostgreSQL's `pg_dump`.
"""

import os
import re
import shutil
import sqlite3
import subprocess
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from blog import clock
from blog.extensions import db, is_sqlite

FOLDER, UNFINISHED = "backups", ".unfinished-"
A_DAY = 24 * 3600  # seconds; no copy takes so long
_NAME = re.compile(r"\d{4}-\d\d-\d\d-\d{6}\.(sqlite|dump)")


class NoBackup(Exception):
    """No copy was made; the message is a sentence that says why."""


def make(instance: Path, keep: int) -> Path:
    """Copy the database into instance/backups/, drop all but the newest; return the copy's path.

    The copy appears whole or not at all. Raises NoBackup.
    """
    folder = instance / FOLDER
    name = f"{clock.now():%Y-%m-%d-%H%M%S}.{'sqlite' if is_sqlite() else 'dump'}"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        _sweep(folder)
        # A folder of its own: SQLite puts files beside a copy, and another may be made just now.
        with TemporaryDirectory(prefix=UNFINISHED, dir=folder) as own:
            unfinished = Path(own) / name
            _copy(unfinished) if is_sqlite() else _dump(unfinished)
            unfinished.chmod(0o600)  # comments hold addresses
            unfinished.rename(folder / name)
        for old in _all(instance)[keep:]:
            old.unlink(missing_ok=True)
    except (OSError, sqlite3.Error) as error:
        raise NoBackup(f"the copy failed: {error}") from None
    return folder / name


def last(instance: Path) -> datetime | None:
    """When the newest copy was made."""
    found = _all(instance)
    return datetime.fromtimestamp(found[0].stat().st_mtime, UTC) if found else None


def _all(instance: Path) -> list[Path]:
    """The copies, the newest first: their names are their times. All else there is not ours."""
    files = [path for path in (instance / FOLDER).glob("*") if path.is_file()]
    found = [path for path in files if _NAME.fullmatch(path.name)]
    return sorted(found, key=lambda path: path.name, reverse=True)


def _sweep(folder: Path) -> None:
    """Drop what a copy left that was killed yesterday or before: it may hold somebody erased."""
    for left in folder.glob(f"{UNFINISHED}*"):
        with suppress(FileNotFoundError):  # another copy was just finished
            if left.stat().st_mtime < clock.now().timestamp() - A_DAY:
                shutil.rmtree(left, ignore_errors=True)


def _copy(target: Path) -> None:
    with closing(sqlite3.connect(target)) as copy:
        source = db.engine.raw_connection()
        try:
            source.driver_connection.backup(copy)  # type: ignore[union-attr]
        finally:
            source.close()
        (answer,) = copy.execute("PRAGMA quick_check").fetchone()
    if answer != "ok":
        raise NoBackup(f"the copy is damaged: {answer}")


def _dump(target: Path) -> None:
    url = db.engine.url.set(drivername="postgresql")
    password = url.password or ""
    command = ["pg_dump", "--format=custom", f"--file={target}"]
    address = url._replace(password=None).render_as_string()
    try:
        subprocess.run(  # noqa: S603  no shell, and nothing of it comes from a visitor
            [*command, f"--dbname={address}"],
            check=True,
            capture_output=True,
            env=os.environ | ({"PGPASSWORD": password} if password else {}),
        )
    except FileNotFoundError:
        raise NoBackup("pg_dump is not installed here; it comes with PostgreSQL") from None
    except subprocess.CalledProcessError as error:
        raise NoBackup(error.stderr.decode(errors="replace").strip()) from None

"""Copies of the database: whole, readable, private, and not more than are kept."""

import sqlite3
import stat
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask

from blog import clock
from blog.extensions import db
from blog.services import backups
from tests import cast
from tests.conftest import POSTGRES


def _backup(app: Flask, *options: str) -> Path:
    result = app.test_cli_runner().invoke(args=["backup", *options])
    assert result.exit_code == 0, result.output
    return Path(result.output.strip())


def _is_whole(copy: Path) -> bool:
    """True if the copy has the comment; PostgreSQL's own format begins with its name."""
    if POSTGRES:
        return copy.read_bytes().startswith(b"PGDMP")
    with closing(sqlite3.connect(copy)) as connection:
        return connection.execute("SELECT body FROM comment").fetchall() == [("I was there.",)]


def test_a_copy_has_everything_and_only_its_owner_reads_it(app: Flask) -> None:
    with app.app_context():
        cast.comment(cast.article())
    copy = _backup(app)
    assert _is_whole(copy)
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert copy.parent == Path(app.instance_path) / "backups"


def test_a_copy_is_made_while_somebody_writes(app: Flask) -> None:
    with app.app_context():
        cast.comment(cast.article())
        db.session.execute(db.text("UPDATE comment SET body = 'half done'"))
        copy = _backup(app)
        db.session.rollback()
    assert _is_whole(copy), "what is not committed is not in it"


def test_the_newest_are_kept(app: Flask) -> None:
    made = []
    for minutes in range(4):
        with time_machine.travel(clock.now() + timedelta(minutes=minutes)):
            made.append(_backup(app, "--keep", "2"))
    assert [copy.exists() for copy in made] == [False, False, True, True]


def test_a_copy_that_fails_leaves_nothing_and_says_why(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(target: Path) -> None:
        target.write_bytes(b"half")
        raise OSError("No space left on device")

    monkeypatch.setattr(backups, "_copy", fail)
    monkeypatch.setattr(backups, "_dump", fail)
    result = app.test_cli_runner().invoke(args=["backup"])
    assert (result.exit_code, result.output) == (
        1,
        "Error: the copy failed: No space left on device\n",
    )
    assert list((Path(app.instance_path) / "backups").iterdir()) == []


def test_what_else_lies_beside_the_copies_stays(app: Flask) -> None:
    folder = Path(app.instance_path) / "backups"
    folder.mkdir()
    others = [folder / name for name in ("2024-before-update.sqlite", "2024 notes.txt", "2025.old")]
    for each in others[:2]:
        each.write_text("mine")
    others[2].mkdir()
    for minutes in range(3):
        with time_machine.travel(clock.now() + timedelta(minutes=minutes)):
            _backup(app, "--keep", "1")
    assert all(each.exists() for each in others)
    assert len(list(folder.iterdir())) == len(others) + 1


def test_two_copies_at_once_are_both_whole(app: Flask) -> None:
    with app.app_context():
        cast.comment(cast.article())
    folder = Path(app.instance_path)

    def copy() -> Path:
        with app.app_context():
            return backups.make(folder, 14)

    with ThreadPoolExecutor(4) as pool:
        made = {each.result() for each in [pool.submit(copy) for _ in range(4)]}
    assert all(map(_is_whole, made))
    assert set((folder / "backups").iterdir()) == made, "and nothing else is left"


def test_what_a_killed_copy_left_goes_after_a_day(app: Flask) -> None:
    folder = Path(app.instance_path) / "backups"
    left = folder / f"{backups.UNFINISHED}x"
    left.mkdir(parents=True)
    _backup(app)
    assert left.exists(), "another may be at work on it"
    with time_machine.travel(clock.now() + timedelta(days=2)):
        _backup(app)
    assert not left.exists()


def test_a_folder_that_is_none_is_said(app: Flask) -> None:
    (Path(app.instance_path) / "backups").write_text("a file")
    result = app.test_cli_runner().invoke(args=["backup"])
    assert result.exit_code == 1
    assert result.output.startswith("Error: the copy failed: ")


def test_before_the_first_copy_there_is_none(app: Flask) -> None:
    assert backups.last(Path(app.instance_path)) is None

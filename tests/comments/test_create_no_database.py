"""POST {article}/comments while the database takes nothing, or something of ours breaks."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from blog import migrating
from blog.extensions import db
from tests import cast
from tests.conftest import MakeApp, new_client
from tests.page import Answer, CheckingClient


@pytest.fixture(autouse=True)
def article(app: Flask) -> None:
    with app.app_context():
        cast.article()


def _check_kept(answer: Answer, *, htmx: bool) -> None:
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
    assert "Nothing was stored" in answer.page.text(".notice__box" if htmx else "main")
    for detail in ("locked", "full", "INSERT", "Traceback"):
        assert detail not in answer.text
    if not htmx:  # with htmx the page and its form stay as they are
        assert answer.page.fields(".comment-form")["body"] == cast.TEXT


@pytest.mark.parametrize("htmx", [True, False], ids=["with htmx", "without scripts"])
@pytest.mark.parametrize("fault", ["database is locked", "database or disk is full"])
def test_a_database_that_takes_nothing_is_a_503_and_the_text_can_be_sent_again(
    client: CheckingClient, app: Flask, monkeypatch: pytest.MonkeyPatch, fault: str, htmx: bool
) -> None:
    def fail(*_args: object) -> None:
        raise OperationalError("INSERT", {}, sqlite3.OperationalError(fault))

    with monkeypatch.context() as patch:
        patch.setattr("blog.comments.views.submit", fail)
        answer = cast.post(client, htmx=htmx, body=cast.TEXT)
    _check_kept(answer, htmx=htmx)
    if not htmx:
        again = client.post(cast.COMMENTS, data=answer.page.fields(".comment-form"))
        assert again.status_code == 303
        assert cast.stored(app)[0].body == cast.TEXT


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "own.sqlite"


@pytest.fixture
def on_sqlite(make_app: MakeApp, file: Path) -> Flask:
    """A site on SQLite, on which every run tries what locks that file, or fills it."""
    app = make_app(database_url=f"sqlite:///{file}")
    with app.app_context():
        migrating.upgrade()
        cast.article()
    with closing(sqlite3.connect(file)) as compact:
        compact.execute("VACUUM")  # so that a full disk has no room left inside
    return app


def _tell(app: Flask, pragma: str) -> None:
    """Set something on every connection that a request takes from now on."""
    with app.app_context():
        event.listen(
            db.engine, "checkout", lambda connection, *_: connection.execute(f"PRAGMA {pragma}")
        )


@pytest.mark.parametrize("htmx", [True, False], ids=["with htmx", "without scripts"])
def test_while_another_process_writes_readers_read_and_a_comment_waits_in_its_form(
    on_sqlite: Flask, file: Path, htmx: bool
) -> None:
    client = new_client(on_sqlite)
    _tell(on_sqlite, "busy_timeout=1")
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert client.get(cast.PATH).status_code == 200
        _check_kept(cast.post(client, htmx=htmx, body=cast.TEXT), htmx=htmx)
    assert cast.post(client, body=cast.TEXT).status_code == 201
    assert [each.body for each in cast.stored(on_sqlite)] == [cast.TEXT]


def test_a_full_disk_stores_nothing_and_readers_read(on_sqlite: Flask) -> None:
    client = new_client(on_sqlite)
    _tell(on_sqlite, "max_page_count=1")  # as small as what is there already
    text = "x" * 5000
    answer = cast.post(client, htmx=False, body=text)
    assert answer.status_code == 503
    assert answer.page.fields(".comment-form")["body"] == text
    assert client.get(cast.PATH).page.text("#comments-heading") == "Be the first to comment"
    assert cast.stored(on_sqlite) == []


def test_a_fault_of_ours_is_a_500_without_a_trace(
    client: CheckingClient, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr("blog.comments.views.submit", fail)
    answer = cast.post(client, htmx=False, body=cast.TEXT)
    assert answer.status_code == 500
    assert "secret detail" not in answer.text
    assert answer.page.fields(".comment-form")["body"] == cast.TEXT

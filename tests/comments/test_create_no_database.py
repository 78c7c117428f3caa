"""POST {article}/comments while the database takes nothing, or something of ours breaks."""

import sqlite3

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError

from tests import cast
from tests.page import CheckingClient


@pytest.fixture(autouse=True)
def article(app: Flask) -> None:
    with app.app_context():
        cast.article()


@pytest.mark.parametrize("htmx", [True, False], ids=["with htmx", "without scripts"])
@pytest.mark.parametrize("fault", ["database is locked", "database or disk is full"])
def test_a_database_that_takes_nothing_is_a_503_and_the_text_is_kept(
    client: CheckingClient, app: Flask, monkeypatch: pytest.MonkeyPatch, fault: str, htmx: bool
) -> None:
    def fail(*_args: object) -> None:
        raise OperationalError("INSERT", {}, sqlite3.OperationalError(fault))

    with monkeypatch.context() as patch:
        patch.setattr("blog.comments.views.submit", fail)
        answer = cast.post(client, htmx=htmx, body=cast.TEXT)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
    assert fault not in answer.text
    assert "Traceback" not in answer.text
    if not htmx:  # with htmx the page and its form stay as they are
        assert answer.page.fields(".comment-form")["body"] == cast.TEXT
        again = client.post(cast.COMMENTS, data=answer.page.fields(".comment-form"))
        assert again.status_code == 303
        assert cast.stored(app)[0].body == cast.TEXT


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

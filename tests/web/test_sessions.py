"""The signed session of the staff, and the silence towards everybody else."""

from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from blog import clock
from blog.extensions import db
from blog.models import Staff
from tests import cast
from tests.conftest import MakeApp, new_client
from tests.page import CheckingClient

COOKIE = "broadsheet-session"


@pytest.mark.parametrize("value", ["", "x", "a.b.c", "eyJfdXNlcl9pZCI6IjEifQ.aaaaaa.bbbb", "é" * 9])
def test_a_forged_session_is_none(client: CheckingClient, value: str) -> None:
    client.set_cookie(COOKIE, value)
    answer = client.get("/")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert client.get("/dashboard/").status_code == 303


def test_a_session_of_another_secret_is_none(make_app: MakeApp, moderator: CheckingClient) -> None:
    cookie = moderator.get_cookie(COOKIE)
    assert cookie
    other = new_client(make_app(secret_key="another secret, which is long enough, too"))
    other.set_cookie(COOKIE, cookie.value)
    assert other.get("/dashboard/").status_code == 303


def test_a_session_ends_after_its_hours(make_app: MakeApp) -> None:
    app = make_app(session_hours=2)
    client = new_client(app)
    with app.app_context():
        cast.moderator()
    cast.sign_in(client)
    with time_machine.travel(clock.now() + timedelta(hours=1, minutes=59)):
        assert client.get("/dashboard/").status_code == 200
    with time_machine.travel(clock.now() + timedelta(hours=2, minutes=1)):
        assert client.get("/dashboard/").status_code == 303


def test_a_session_ends_with_the_account(moderator: CheckingClient, app: Flask) -> None:
    with app.app_context():
        db.session.query(Staff).one().active = False
        db.session.commit()
    assert moderator.get("/dashboard/").status_code == 303


@pytest.mark.parametrize("path", ["/", cast.PATH, "/nothing", "/dashboard/"])
def test_a_page_that_a_session_changes_says_so(
    moderator: CheckingClient, app: Flask, path: str
) -> None:
    with app.app_context():
        cast.article()
    answer = moderator.get(path)
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "Cookie" in answer.headers["Vary"]

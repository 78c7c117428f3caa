"""What went wrong, in the site's own look, with a way on."""

import sqlite3

import pytest
from flask import Flask, abort
from sqlalchemy.exc import OperationalError

from tests import cast
from tests.page import CheckingClient


@pytest.fixture
def failing(app: Flask) -> Flask:
    @app.route("/fail/<int:status>", methods=["GET", "POST"])
    def fail(status: int) -> str:
        if status == 599:
            raise RuntimeError("secret detail")
        if status == 598:
            raise OperationalError("SELECT secret", {}, sqlite3.OperationalError("disk is full"))
        abort(status)

    return app


@pytest.mark.parametrize("status", [400, 403, 404, 405, 409, 413, 415, 422, 429, 500, 503])
def test_an_error_is_a_page_with_a_way_on(
    failing: Flask, client: CheckingClient, status: int
) -> None:
    answer = client.get(f"/fail/{status}")
    assert answer.status_code == status
    assert answer.page.text("h1")
    assert answer.page.text(".standfirst")
    assert answer.page.query("main a[href='/']")
    assert answer.headers["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("status", [400, 403, 404, 413, 429])
def test_with_htmx_it_is_a_notice_and_the_page_stays(
    failing: Flask, client: CheckingClient, status: int
) -> None:
    answer = client.get(f"/fail/{status}", htmx=True)
    assert answer.status_code == status
    assert (answer.headers["HX-Retarget"], answer.headers["HX-Reswap"]) == ("#notice", "innerHTML")
    assert answer.page.text(".notice__box")


@pytest.mark.parametrize(("path", "status"), [("/fail/599", 500), ("/fail/598", 503)])
def test_no_detail_reaches_a_visitor(
    failing: Flask, client: CheckingClient, path: str, status: int
) -> None:
    answer = client.get(path)
    assert answer.status_code == status
    assert "secret" not in answer.text
    assert "disk is full" not in answer.text


def test_while_the_database_is_away_the_page_asks_it_for_nothing(
    failing: Flask, client: CheckingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_args: object, **_more: object) -> None:
        raise OperationalError("SELECT", {}, sqlite3.OperationalError("unable to open"))

    monkeypatch.setattr("sqlalchemy.orm.Session.execute", away)
    monkeypatch.setattr("sqlalchemy.orm.Session.scalars", away)
    monkeypatch.setattr("sqlalchemy.orm.Session.scalar", away)
    assert client.get("/").status_code == 503
    assert client.get("/").page.text("h1") == "The site is busy"


def test_a_method_that_is_not_there_is_named(client: CheckingClient) -> None:
    answer = client.post("/")
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]


@pytest.mark.parametrize(
    "path",
    ["/%00", "/topic/%00", "/topic/%ff", "/tag/'", "/archive/0", "/archive/-1", "/archive/9999999999",
     "/2026/13/x", "/0000/00/x", f"{cast.PATH}x", "/topic/" + "x" * 5000, "/static/../pyproject.toml",
     "/static/css", "/.env", "/wp-login.php"],
)  # fmt: skip
def test_an_odd_address_is_a_404(client: CheckingClient, path: str) -> None:
    assert client.get(path).status_code == 404

"""What went wrong, in the site's own look, with a way on."""

import logging
import sqlite3
from typing import Any

import pytest
from flask import Flask, Response, abort, after_this_request
from sqlalchemy import text
from sqlalchemy.exc import (
    DataError,
    IntegrityError,
    InterfaceError,
    OperationalError,
    ProgrammingError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm.exc import StaleDataError

from blog.extensions import db, writing
from blog.services import accounts
from blog.web import errors
from tests import cast
from tests.page import CheckingClient


@pytest.fixture
def failing(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Flask:
    monkeypatch.setattr(errors, "COMMENT_FORMS", errors.COMMENT_FORMS | {"fail"})

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
    assert not answer.page.query("html")


STATUSES = [400, 401, 403, 404, 405, 409, 413, 415, 422, 429, 500, 503]


# An address that is none will not be one the next time: there the text is only shown.
@pytest.mark.parametrize("status", [each for each in STATUSES if each != 404])
def test_no_answer_loses_a_comment(failing: Flask, client: CheckingClient, status: int) -> None:
    text = "\n</textarea><b>&amp;\n  👍"
    answer = client.post(f"/fail/{status}", data={**cast.ANN, "body": text, "parent": "7"})
    assert answer.status_code == status
    fields = answer.page.fields(".comment-form")
    assert fields == {**cast.ANN, "body": text, "parent": "7"}, "nothing that was not sent"
    assert answer.page.one(".comment-form").attrs["action"] == f"/fail/{status}"


def test_no_answer_loses_a_tick(failing: Flask, client: CheckingClient) -> None:
    sent = {**cast.ANN, "remember": "y", "wants_mail": "y", "key": "k" * 32}
    assert client.post("/fail/503", data=sent).page.fields(".comment-form") == sent


@pytest.mark.parametrize(
    ("path", "sends_to"),
    [
        pytest.param("/2026/02/the-tide-table/comments", cast.COMMENTS, id="another date"),
        pytest.param("/2026/02/the-tide-table/comments/preview", cast.COMMENTS, id="its preview"),
        pytest.param("/2026/03/no-tide-table/comments", "", id="an article that is not there"),
        pytest.param(f"{cast.COMMENTS}/99/edit", "", id="an edit of what is not there"),
    ],
)
def test_a_text_is_never_sent_again_to_an_address_that_is_none(
    app: Flask, client: CheckingClient, path: str, sends_to: str
) -> None:
    with app.app_context():
        cast.article()
    answer = client.post(path, data=cast.ANN)
    assert answer.status_code == 404
    assert answer.page.text("#kept-body") == cast.ANN["body"]
    assert [each.attrs["action"] for each in answer.page.query("main form")] == [sends_to] * bool(
        sends_to
    )


@pytest.mark.parametrize("status", STATUSES)
def test_every_error_has_its_own_words(failing: Flask, client: CheckingClient, status: int) -> None:
    heading = client.get(f"/fail/{status}").page.text("h1")
    others = [client.get(f"/fail/{other}").page.text("h1") for other in STATUSES]
    assert others.count(heading) == 1
    assert client.get("/fail/418").page.text("h1") == client.get("/fail/400").page.text("h1")


def test_a_password_is_never_kept(failing: Flask, client: CheckingClient) -> None:
    data = {"body": "x", "password": "a secret word", "csrf_token": "t"}
    assert "a secret word" not in client.post("/fail/400", data=data).text


def test_a_nul_in_a_kept_text_is_shown_as_a_sign(failing: Flask, client: CheckingClient) -> None:
    fields = client.post("/fail/400", data={"body": "a\0b"}).page.fields(".comment-form")
    assert fields["body"] == "a\ufffdb"


def test_a_text_of_the_staff_can_be_sent_again(failing: Flask, moderator: CheckingClient) -> None:
    token = moderator.get("/dashboard/").page.fields(".rail__out")
    answer = moderator.post("/fail/409", data={**token, "body": "x"})
    assert answer.page.fields(".comment-form")["csrf_token"]


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
    for path in ("/", cast.PATH, "/nothing", "/dashboard/nothing", "/archive/0"):
        answer = client.get(path)
        assert answer.status_code in (303, 503), path
        if answer.status_code == 503:
            assert answer.page.text("h1") == "The site is busy"
    foreign = {"Sec-Fetch-Site": "cross-site"}
    answer = client.post(cast.COMMENTS, data=cast.ANN, headers=foreign)
    assert answer.page.text("#kept-body") == cast.ANN["body"]


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        pytest.param(cast.COMMENTS, {"Sec-Fetch-Site": "cross-site"}, id="from another site"),
        pytest.param(cast.COMMENTS, {"Sec-Fetch-Site": "none"}, id="from nowhere"),
        pytest.param(f"{cast.COMMENTS}/1/edit", {"Sec-Fetch-Site": "cross-site"}, id="an edit"),
        pytest.param("/account/sign-out", {"Sec-Fetch-Site": "cross-site"}, id="the staff's"),
        pytest.param("/account/sign-out", {}, id="of a member of staff, without the token"),
        pytest.param("/dashboard/comments/1/decision", {}, id="a decision without the token"),
        pytest.param("/nothing", {}, id="an address that is none"),
    ],
)
def test_nobody_gets_another_sites_form_as_one_of_ours(
    app: Flask, moderator: CheckingClient, path: str, headers: dict[str, str]
) -> None:
    """The text is shown; there is no button that would send it in the name of who sees it."""
    with app.app_context():
        cast.comment(cast.article())
    answer = moderator.post(path, data={**cast.ANN, "website": "evil.example"}, headers=headers)
    assert answer.status_code in (400, 403, 404)
    assert answer.page.text("#kept-body") == cast.ANN["body"]
    assert not answer.page.query("main form")
    assert "evil.example" not in answer.text


def test_a_file_that_can_be_written_again_is_written_again(
    failing: Flask, client: CheckingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A connection that was opened while it could not be written is thrown away."""
    error = sqlite3.OperationalError("attempt to write a readonly database")
    error.sqlite_errorname = "SQLITE_READONLY_DBMOVED"
    thrown: list[str] = []
    monkeypatch.setattr("sqlalchemy.engine.Engine.dispose", lambda _engine: thrown.append("away"))

    @failing.get("/readonly")
    def readonly() -> str:
        raise OperationalError("UPDATE", {}, error)

    assert client.get("/readonly").status_code == 503
    assert thrown == ["away"]
    assert client.get("/fail/598").status_code == 503
    assert thrown == ["away"], "any other fault leaves the others alone"
    monkeypatch.undo()


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("POST", "/", "GET"),
        ("PUT", cast.COMMENTS, "POST"),
        ("DELETE", cast.PATH, "GET"),
        ("GET", "/account/sign-out", "POST"),
        ("POST", "/feed.xml", "GET"),
        ("TRACE", "/", "GET"),
        ("PROPFIND", "/", "GET"),
    ],
)
def test_a_method_that_is_not_there_is_named(
    client: CheckingClient, method: str, path: str, allowed: str
) -> None:
    answer = client.open(path, method=method, headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 405
    assert allowed in answer.headers["Allow"]
    assert answer.page.text("h1") == "This address does not do that"


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("host", ["a..b", ".", "x" * 64 + ".org", "[::1", "a b", "<b>", "x:99999"])
def test_a_host_that_is_no_host_is_no_fault_of_ours(
    client: CheckingClient, host: str, method: str
) -> None:
    answer = client.open("/nothing", method=method, headers={"Host": host})
    assert answer.status_code in (400, 404)
    assert answer.text
    assert "Traceback" not in answer.text


@pytest.mark.parametrize(
    "path",
    ["/%00", "/topic/%00", "/topic/%ff", "/tag/'", "/archive/0", "/archive/-1", "/archive/9999999999",
     "/2026/13/x", "/0000/00/x", f"{cast.PATH}x", "/topic/" + "x" * 5000, "/static/../pyproject.toml",
     "/static/css", "/.env", "/wp-login.php"],
)  # fmt: skip
def test_an_odd_address_is_a_404(client: CheckingClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_a_broken_constraint_is_a_fault_of_ours_and_the_log_says_where(
    app: Flask, client: CheckingClient, caplog: pytest.LogCaptureFixture
) -> None:
    @app.get("/twice")
    def twice() -> str:
        with writing():
            for _ in range(2):
                accounts.add(name="Ann", email="ann@example.org", password="a-hash", role="author")
                db.session.execute(
                    text("UPDATE staff SET fs_uniquifier = 'x', email = email || id")
                )
        return ""

    with caplog.at_level(logging.DEBUG):
        answer = client.get("/twice")
    assert (answer.status_code, answer.page.text("h1")) == (500, "Something broke on our side")
    assert "in twice" in caplog.text
    assert "IntegrityError" in caplog.text
    assert not any(each in caplog.text for each in ("ann@", "a-hash", "= 'x'"))


_AWAY = {
    "an operation that failed": OperationalError(
        "SELECT secret", {}, sqlite3.OperationalError('fts5: syntax error near "secret"')
    ),
    "a connection that ended": InterfaceError(
        "SELECT secret", {}, sqlite3.InterfaceError("secret")
    ),
    "no connection to be had": PoolTimeout("secret"),
}
_GONE = {"a row that somebody else took away": StaleDataError("secret")}
_FAULTS = {
    "a broken constraint": IntegrityError("secret", {}, sqlite3.IntegrityError("secret")),
    "a value it has no room for": DataError("secret", {}, sqlite3.DataError("secret")),
    "a statement that is none": ProgrammingError("secret", {}, sqlite3.ProgrammingError("secret")),
}


@pytest.mark.parametrize("late", [False, True], ids=["in the view", "after it"])
@pytest.mark.parametrize(
    ("name", "status"),
    [(each, 503) for each in _AWAY]
    + [(each, 409) for each in _GONE]
    + [(each, 500) for each in _FAULTS],
)
def test_only_a_database_that_is_away_makes_the_site_busy(
    app: Flask, client: CheckingClient, caplog: Any, name: str, status: int, late: bool
) -> None:
    left = [(_AWAY | _GONE | _FAULTS)[name]]

    def fail(response: Response) -> Response:
        if left:  # the page that says so is made without a fault
            raise left.pop()
        return response

    @app.get("/asks")
    def asks() -> Response:
        if late:
            after_this_request(fail)
            return Response()
        return fail(Response())

    assert client.get("/asks").status_code == status
    said = {503: "did not take a request", 500: "in fail", 409: ""}[status]
    assert said in caplog.text
    assert "secret" not in caplog.text


def test_what_cannot_be_stored_after_the_view_has_answered_is_a_503_as_well(
    app: Flask, client: CheckingClient, caplog: pytest.LogCaptureFixture
) -> None:
    left = [1]

    @app.get("/late")
    def late() -> str:
        @after_this_request
        def fail(response: Response) -> Response:
            if not left:  # asked again for the page that says so
                return response
            left.pop()
            raise OperationalError(
                "SELECT secret", {}, sqlite3.OperationalError("database is locked")
            )

        return "stored"

    answer = client.get("/late")
    assert (answer.status_code, answer.page.text("h1")) == (503, "The site is busy")
    assert "did not take a request: OperationalError" in caplog.text
    assert "secret" not in caplog.text

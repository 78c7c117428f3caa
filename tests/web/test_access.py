"""Who may enter the staff's rooms."""

import pytest
from flask import Flask

from blog.extensions import db
from blog.models import Article, Role, Staff, Status
from tests import cast
from tests.page import CheckingClient

ROOMS = ["/dashboard/", "/dashboard/comments"]


@pytest.fixture(autouse=True)
def held(app: Flask) -> None:
    with app.app_context():
        article: Article = cast.article()
        cast.comment(article, status=Status.HELD)


def _give(app: Flask, *roles: str) -> None:
    with app.app_context():
        mo = db.session.query(Staff).one()
        mo.roles = [
            db.session.query(Role).filter_by(name=role).one_or_none() or Role(name=role)
            for role in roles
        ]
        db.session.commit()


@pytest.mark.parametrize("path", ROOMS)
@pytest.mark.parametrize(
    ("roles", "status"),
    [
        pytest.param(["administrator"], 200, id="an administrator"),
        pytest.param(["moderator"], 200, id="a moderator"),
        pytest.param(["reader", "moderator"], 200, id="one of two roles is enough"),
        pytest.param(["reader"], 404, id="a role that opens nothing"),
        pytest.param([], 404, id="somebody without a role"),
    ],
)
def test_who_is_signed_in_enters_by_role(
    moderator: CheckingClient, app: Flask, roles: list[str], status: int, path: str
) -> None:
    _give(app, *roles)
    assert moderator.get(path).status_code == status


def test_without_a_role_nothing_is_decided(moderator: CheckingClient, app: Flask) -> None:
    fields = moderator.get("/dashboard/comments").page.fields("#row-1 .decisions")
    _give(app)
    path = "/dashboard/comments/1/decision"
    for htmx in (True, False):
        answer = moderator.post(path, data=fields | {"status": "published"}, htmx=htmx)
        assert answer.status_code == 404
    assert cast.stored(app)[0].status is Status.HELD


@pytest.mark.parametrize(
    "path", [*ROOMS, "/dashboard/comments?status=spam&after=3", "/dashboard/nothing"]
)
def test_a_stranger_is_led_to_the_door_and_back(client: CheckingClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 303
    page = client.get(answer.location).page
    assert page.text(".toast") == "Please sign in to continue."
    with client.application.app_context():
        cast.moderator()
    fields = page.fields("main form") | {"email": cast.EMAIL, "password": cast.PASSWORD}
    signed_in = client.post(str(page.one("main form").attrs["action"]), data=fields)
    assert signed_in.location == path


@pytest.mark.parametrize(
    ("path", "said"),
    [
        pytest.param("/dashboard/comments/1/answer", {"body": "An answer."}, id="an answer"),
        pytest.param("/dashboard/comments/1/correct", {"body": "A text."}, id="a correction"),
        pytest.param("/dashboard/comments/1/person", {"note": "A note."}, id="a note"),
        pytest.param("/dashboard/settings", {"refused_list": "casino\npills"}, id="a list"),
    ],
)
def test_no_text_is_lost_with_the_session(
    client: CheckingClient, path: str, said: dict[str, str]
) -> None:
    page = client.post(path, data=said)
    assert page.status_code == 401
    ((name, text),) = said.items()
    assert page.page.one(f"#kept-{name}").to_text(strip=False).strip() == text
    assert page.page.query("main a[href='/account/sign-in']")
    notice = client.post(path, data=said, htmx=True)
    assert (notice.status_code, notice.headers["HX-Retarget"]) == (401, "#notice")
    link = notice.page.one("a")
    assert (link.attrs["href"], link.attrs["target"]) == ("/account/sign-in", "_blank")


@pytest.mark.parametrize("path", ROOMS)
def test_htmx_is_told_where_the_door_is(client: CheckingClient, path: str) -> None:
    answer = client.get(path, htmx=True)
    assert (answer.status_code, answer.headers["HX-Retarget"]) == (401, "#notice")
    assert answer.page.one("a").attrs["href"] == "/account/sign-in"


def test_a_reader_who_commented_is_still_a_stranger(client: CheckingClient) -> None:
    cast.post(client)
    assert client.get("/dashboard/").status_code == 303

"""The cookie that proves who wrote a comment."""

import pytest
from flask import Flask

from tests import cast
from tests.conftest import MakeApp, new_client
from tests.page import Answer, CheckingClient


@pytest.fixture(autouse=True)
def article(app: Flask) -> None:
    with app.app_context():
        cast.article()


def _cookie(answer: Answer) -> set[str]:
    return {part.strip() for part in answer.headers["Set-Cookie"].split(";")[1:]}


def test_the_proof_lasts_as_long_as_the_browser_is_open(client: CheckingClient) -> None:
    assert _cookie(cast.post(client)) == {"HttpOnly", "Path=/", "SameSite=Lax"}


def test_the_proof_lasts_a_month_if_its_reader_asks(client: CheckingClient) -> None:
    parts = _cookie(cast.post(client, remember="y"))
    assert f"Max-Age={30 * 24 * 3600}" in parts


def test_over_tls_the_cookie_is_bound_to_the_host(make_app: MakeApp) -> None:
    client = new_client(make_app(site_url="https://news.example.org"))
    answer = cast.post(client)
    assert answer.headers["Set-Cookie"].startswith("__Host-broadsheet-author=")
    assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= _cookie(answer)


def test_the_page_of_a_commenter_is_private(client: CheckingClient) -> None:
    assert client.get(cast.PATH).headers["Cache-Control"] == "public, no-cache"
    cast.post(client)
    answer = client.get(cast.PATH)
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "ETag" not in answer.headers


def test_over_tls_a_cookie_that_a_sister_site_could_set_proves_nothing(make_app: MakeApp) -> None:
    client = new_client(make_app(site_url="https://news.example.org"))
    token = cast.post(client).headers["Set-Cookie"].split(";")[0].split("=")[1]
    sister = new_client(make_app(site_url="https://news.example.org"))
    sister.set_cookie("broadsheet-author", token)
    assert not sister.get(cast.PATH).page.query(".comment--own")
    sister.set_cookie("__Host-broadsheet-author", token)
    assert sister.get(cast.PATH).page.query(".comment--own"), "its author, on another device"


@pytest.mark.parametrize(
    "value",
    [
        pytest.param("", id="nothing"),
        pytest.param("a" * 63, id="too short"),
        pytest.param("a" * 65, id="too long"),
        pytest.param("'" * 64, id="signs"),
        pytest.param("a" * 64, id="a guess"),
    ],
)
def test_a_cookie_that_we_did_not_make_shows_nothing(
    client: CheckingClient, app: Flask, value: str
) -> None:
    cast.post(client)
    stranger = new_client(app)
    stranger.set_cookie("broadsheet-author", value)
    answer = stranger.get(cast.PATH)
    assert answer.status_code == 200
    assert not answer.page.query(".comment")
    assert "Set-Cookie" not in answer.headers


def test_the_cookie_is_given_again_with_every_comment_so_it_lasts(
    client: CheckingClient, app: Flask
) -> None:
    first, second = (cast.post(client, body=body, remember="y") for body in ("One.", "Two."))
    values = {answer.headers["Set-Cookie"].split(";")[0] for answer in (first, second)}
    assert len(values) == 1
    assert len({each.browser for each in cast.stored(app)}) == 1


def test_what_is_stored_cannot_be_used_as_a_cookie(client: CheckingClient, app: Flask) -> None:
    cast.post(client)
    thief = new_client(app)
    thief.set_cookie("broadsheet-author", cast.stored(app)[0].browser)
    assert not thief.get(cast.PATH).page.query(".comment")

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

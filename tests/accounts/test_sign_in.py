"""Signing in, signing out, and what a stranger learns from trying."""

import pytest
from flask import Flask

from tests import cast
from tests.conftest import MakeApp, new_client
from tests.page import CheckingClient

SIGN_IN = "/account/sign-in"


@pytest.fixture(autouse=True)
def mo(app: Flask) -> None:
    with app.app_context():
        cast.moderator()


def test_the_right_words_open_the_dashboard(client: CheckingClient) -> None:
    answer = cast.sign_in(client)
    assert (answer.status_code, answer.location) == (302, "/dashboard/")
    assert client.get("/dashboard/").status_code == 200


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(
    client: CheckingClient,
) -> None:
    wrong = cast.sign_in(client, password="not this one")
    unknown = cast.sign_in(client, email="nobody@example.org")
    assert wrong.status_code == unknown.status_code == 200
    assert wrong.page.text("main") == unknown.page.text("main")
    assert "did not match" in wrong.page.text(".form-summary")
    assert client.get("/dashboard/").status_code == 303


def test_the_address_is_kept_and_the_password_is_not(client: CheckingClient) -> None:
    fields = cast.sign_in(client, password="not this one").page.fields()
    assert (fields["email"], fields["password"]) == (cast.EMAIL, "")


def test_tries_have_a_rate(make_app: MakeApp) -> None:
    client = new_client(make_app(sign_in_rate="3 per hour"))
    tries = [cast.sign_in(client, password="guess") for _ in range(3)]
    assert {answer.status_code for answer in tries} == {200}
    fields = client.get(SIGN_IN).page.fields()
    data = fields | {"email": cast.EMAIL, "password": cast.PASSWORD}
    answer = client.post(SIGN_IN, data=data)
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0


def test_a_copied_cookie_ends_with_the_session(moderator: CheckingClient, app: Flask) -> None:
    cookie = moderator.get_cookie("broadsheet-session")
    assert cookie
    assert cookie.http_only
    assert cookie.same_site == "Lax"
    token = moderator.get("/dashboard/").page.fields(".rail__out")
    answer = moderator.post("/account/sign-out", data=token)
    assert (answer.status_code, answer.location) == (302, "/")
    thief = new_client(app)
    thief.set_cookie("broadsheet-session", cookie.value)
    assert thief.get("/dashboard/").status_code == 303


def test_signing_out_is_never_a_link(moderator: CheckingClient) -> None:
    assert moderator.get("/account/sign-out").status_code == 405
    assert moderator.post("/account/sign-out").status_code == 400
    assert moderator.get("/dashboard/").status_code == 200


@pytest.mark.parametrize(
    "wanted", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_nobody_is_led_to_another_site(client: CheckingClient, wanted: str) -> None:
    fields = client.get(SIGN_IN).page.fields()
    data = fields | {"email": cast.EMAIL, "password": cast.PASSWORD, "next": wanted}
    answer = client.post(f"{SIGN_IN}?next={wanted}", data=data)
    location = str(answer.location or "/")
    assert location.startswith("/")
    assert not location.startswith(("//", "/\\")), "a browser takes this for another host"


def test_the_page_that_was_wanted_opens_after_signing_in(client: CheckingClient) -> None:
    path = client.get("/dashboard/comments?status=spam").location
    fields = client.get(path).page.fields()
    action = str(client.get(path).page.one("form").attrs["action"])
    answer = client.post(action, data=fields | {"email": cast.EMAIL, "password": cast.PASSWORD})
    assert answer.location == "/dashboard/comments?status=spam"


@pytest.mark.parametrize("path", ["/account/register", "/register", "/account/change"])
def test_nobody_registers(client: CheckingClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_over_tls_the_session_is_bound_to_the_host(make_app: MakeApp) -> None:
    client = new_client(make_app(site_url="https://news.example.org"))
    cookie = client.get(SIGN_IN).headers["Set-Cookie"]
    assert cookie.startswith("__Host-broadsheet-session=")
    assert "Secure" in cookie

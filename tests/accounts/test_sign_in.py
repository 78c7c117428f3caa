"""Signing in, signing out, and what a stranger learns from trying."""

from urllib.parse import urljoin, urlsplit

import pytest
from flask import Flask

from blog.extensions import db
from blog.models import Staff
from tests import cast
from tests.conftest import MakeApp, new_client
from tests.page import Answer, CheckingClient

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


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"password": ""}, id="no password"),
        pytest.param({"email": ""}, id="no address"),
        pytest.param({"email": "mo"}, id="a word for an address"),
        pytest.param({"email": "mo\0@example.org"}, id="an address with NUL"),
        pytest.param({"password": f"{cast.PASSWORD}\0"}, id="a password with NUL"),
        pytest.param({"password": "x" * 201}, id="a password that nobody could have set"),
        pytest.param({"password": "x" * 60_000}, id="a password too long to be hashed"),
        pytest.param({"email": "x" * 60_000}, id="an address of sixty thousand letters"),
        pytest.param({"email": "' OR 1=1 --"}, id="a piece of SQL"),
    ],
)
def test_whatever_is_wrong_gets_that_answer(
    client: CheckingClient, changed: dict[str, str]
) -> None:
    answer = cast.sign_in(client, **changed)
    assert answer.status_code == 200
    assert answer.page.text(".form-summary").startswith("That did not match.")
    assert client.get("/dashboard/").status_code == 303


def test_who_left_the_staff_gets_that_answer_too(client: CheckingClient, app: Flask) -> None:
    with app.app_context():
        db.session.query(Staff).one().active = False
        db.session.commit()
    answer = cast.sign_in(client)
    assert answer.status_code == 200
    assert answer.page.text("main") == cast.sign_in(client, password="wrong").page.text("main")
    assert client.get("/dashboard/").status_code == 303


def test_an_address_is_known_in_any_case(client: CheckingClient) -> None:
    assert cast.sign_in(client, email="Mo@Example.ORG").location == "/dashboard/"


@pytest.mark.parametrize("token", ["", "forged"])
def test_a_form_that_was_not_fetched_signs_nobody_in(client: CheckingClient, token: str) -> None:
    client.get(SIGN_IN)
    data = {"email": cast.EMAIL, "password": cast.PASSWORD, "csrf_token": token}
    assert client.post(SIGN_IN, data=data).status_code in (200, 400)
    assert client.get("/dashboard/").status_code == 303


def test_a_program_gets_no_token_for_an_account(client: CheckingClient, app: Flask) -> None:
    token = client.get(SIGN_IN).page.fields()["csrf_token"]
    sent = {"email": cast.EMAIL, "password": cast.PASSWORD, "csrf_token": token}
    assert client.post(f"{SIGN_IN}?include_auth_token", json=sent).status_code == 415
    with app.app_context():
        held = str(cast.moderator().get_auth_token())
    headers = {"Authentication-Token": held}
    for path in ("/dashboard/", f"/dashboard/?auth_token={held}"):
        assert client.get(path, headers=headers).status_code == 303


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


def test_tries_from_elsewhere_are_not_used_up(make_app: MakeApp) -> None:
    app = make_app(sign_in_rate="2 per hour", trusted_proxies=1)

    def attempt(address: str) -> int:
        client = new_client(app)
        data = client.get(SIGN_IN).page.fields() | {"email": cast.EMAIL, "password": "guess"}
        headers = {"X-Forwarded-For": address}
        return client.post(SIGN_IN, data=data, headers=headers).status_code

    assert [attempt("198.51.100.7") for _ in range(3)] == [200, 200, 429]
    assert attempt("198.51.100.8") == 200
    one_line = [attempt(f"2001:db8:1:2::{number}") for number in range(3)]
    assert one_line == [200, 200, 429], "one IPv6 line has 2**64 addresses"


def test_a_copied_cookie_ends_with_the_session(moderator: CheckingClient, app: Flask) -> None:
    cookie = moderator.get_cookie("broadsheet-session")
    assert cookie
    assert cookie.http_only
    assert cookie.same_site == "Lax"
    token = moderator.get("/dashboard/").page.fields(".rail__out")
    answer = moderator.post("/account/sign-out", data=token)
    assert (answer.status_code, answer.location) == (302, SIGN_IN)
    assert moderator.get(SIGN_IN).page.text(".toast") == "You are signed out."
    thief = new_client(app)
    thief.set_cookie("broadsheet-session", cookie.value)
    assert thief.get("/dashboard/").status_code == 303


def test_signing_out_is_never_a_link(moderator: CheckingClient) -> None:
    assert moderator.get("/account/sign-out").status_code == 405
    assert moderator.post("/account/sign-out").status_code == 400
    assert moderator.get("/dashboard/").status_code == 200


ELSEWHERE = [
    "//evil.example", "///evil.example", "https://evil.example", "/\\evil.example",
    "\\\\evil.example", "javascript:alert(1)", "https:/evil.example", "http:evil.example",
    "/\t/evil.example", "/\n/evil.example", " //evil.example", "\0//evil.example",
    "https://localhost@evil.example/", "//localhost:80@evil.example", "http://[", "http://℀.example",
]  # fmt: skip


def _leads_elsewhere(answer: Answer) -> bool:
    """True if a browser would leave the site for the answer's address."""
    base = "http://localhost/account/"
    return urlsplit(urljoin(base, answer.location or "/")).netloc != "localhost"


@pytest.mark.parametrize("where", ["in the address", "in the form"])
@pytest.mark.parametrize("wanted", ELSEWHERE)
def test_nobody_is_led_to_another_site(client: CheckingClient, wanted: str, where: str) -> None:
    data = client.get(SIGN_IN).page.fields() | {"email": cast.EMAIL, "password": cast.PASSWORD}
    in_form = {"next": wanted} if where == "in the form" else {}
    query = {} if in_form else {"next": wanted}
    answer = client.post(SIGN_IN, query_string=query, data=data | in_form)
    assert answer.status_code in ((302, 400) if in_form else (307,))
    assert not _leads_elsewhere(answer)
    if not in_form:  # it is left out, no try is counted, and the same form signs in
        assert answer.location == SIGN_IN
        assert client.post(SIGN_IN, data=data).location == "/dashboard/"
    assert client.get(SIGN_IN, query_string={"next": wanted}).location == SIGN_IN


@pytest.mark.parametrize("wanted", ELSEWHERE)
def test_signing_out_leads_to_no_other_site(moderator: CheckingClient, wanted: str) -> None:
    token = moderator.get("/dashboard/").page.fields(".rail__out")
    answer = moderator.post("/account/sign-out", query_string={"next": wanted}, data=token)
    assert (answer.status_code, answer.location) == (307, "/account/sign-out")


def test_who_is_signed_in_already_needs_no_form(moderator: CheckingClient) -> None:
    assert moderator.get(SIGN_IN).location == "/dashboard/"


def test_the_page_that_was_wanted_opens_after_signing_in(client: CheckingClient) -> None:
    path = client.get("/dashboard/comments?status=spam").location
    fields = client.get(path).page.fields()
    action = str(client.get(path).page.one("form").attrs["action"])
    answer = client.post(action, data=fields | {"email": cast.EMAIL, "password": cast.PASSWORD})
    assert answer.location == "/dashboard/comments?status=spam"


@pytest.mark.parametrize(
    "path",
    ["/account/register", "/register", "/account/change", "/account/verify", "/account/confirm",
     "/account/us-signin", "/account/tf-setup", "/account/", "/login", "/logout"],
)  # fmt: skip
def test_nobody_registers(client: CheckingClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_over_tls_the_session_is_bound_to_the_host(make_app: MakeApp) -> None:
    client = new_client(make_app(site_url="https://news.example.org"))
    cookie = client.get(SIGN_IN).headers["Set-Cookie"]
    assert cookie.startswith("__Host-broadsheet-session=")
    assert "Secure" in cookie

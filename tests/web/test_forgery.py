"""No other site acts in a visitor's name: what an unsafe request must show."""

import pytest
from flask import Flask

from blog.extensions import db
from tests import cast
from tests.conftest import MakeApp, new_client
from tests.page import CheckingClient

NOTHING = {"Sec-Fetch-Site": None}


@pytest.fixture(autouse=True)
def article(app: Flask) -> None:
    with app.app_context():
        cast.article()


def _post(client: CheckingClient, headers: dict[str, str]) -> int:
    data = {**cast.ANN, "body": f"{headers}"}
    environ = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()}
    answer = client.open(cast.COMMENTS, method="POST", data=data, environ_overrides=environ)
    return answer.status_code


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        pytest.param({"Sec-Fetch-Site": "same-origin"}, 303, id="our own page"),
        pytest.param({"Sec-Fetch-Site": "same-site"}, 403, id="a page of a sister site"),
        pytest.param({"Sec-Fetch-Site": "cross-site"}, 403, id="a page of another site"),
        pytest.param({"Sec-Fetch-Site": "none"}, 403, id="no page at all"),
        pytest.param({"Sec-Fetch-Site": ""}, 403, id="an empty word"),
        pytest.param({"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"}, 403,
                     id="the newer header counts"),
    ],
)  # fmt: skip
def test_what_the_browser_says(
    client: CheckingClient, headers: dict[str, str], status: int
) -> None:
    assert _post(client, headers) == status


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        pytest.param({"Origin": "http://localhost"}, 303, id="the host that was asked"),
        pytest.param({"Origin": "https://news.example.org"}, 303, id="the site's own address"),
        pytest.param({"Origin": "https://evil.example"}, 403, id="another host"),
        pytest.param({"Origin": "https://news.example.org.evil.example"}, 403, id="a longer name"),
        pytest.param({"Origin": "https://news.example.org:444"}, 403, id="another port"),
        pytest.param({"Origin": "null"}, 403, id="an origin that hides"),
        pytest.param({"Origin": ""}, 403, id="an empty origin"),
        pytest.param({"Origin": "http://news.example.org"}, 403, id="our name without TLS"),
        pytest.param({"Origin": "https://news.example.org/path"}, 403, id="more than an origin"),
        pytest.param({"Origin": "https://x@news.example.org"}, 403, id="a user at our name"),
        pytest.param({"Origin": "http://[::1"}, 403, id="what cannot be read"),
        pytest.param({"Origin": "localhost"}, 403, id="a bare name"),
        pytest.param({"Origin": "", "Host": "a b"}, 403, id="neither origin nor host"),
        pytest.param({}, 403, id="neither header"),
        pytest.param({"Referer": "http://localhost/"}, 403, id="a referrer proves nothing"),
    ],
)
def test_a_browser_that_sends_no_fetch_metadata(
    make_app: MakeApp, headers: dict[str, str], status: int
) -> None:
    client = make_app(site_url="https://news.example.org").test_client()
    answer = super(type(client), client).open(
        cast.COMMENTS, method="POST", data=cast.ANN, headers=headers
    )
    assert answer.status_code == status


def test_a_browser_that_keeps_its_referrer_to_itself_signs_in_over_tls(make_app: MakeApp) -> None:
    app = make_app(site_url="https://news.example.org", trusted_proxies=1)
    with app.app_context():
        cast.moderator()
    client = new_client(app)
    over_tls = {"Host": "news.example.org", "X-Forwarded-Proto": "https"}
    form = client.get("/account/sign-in", headers=over_tls, base_url="https://news.example.org")
    data = form.page.fields() | {"email": cast.EMAIL, "password": cast.PASSWORD}
    said = {**over_tls, "Origin": "https://news.example.org", "Sec-Fetch-Site": "same-origin"}
    answer = client.post(
        "/account/sign-in", data=data, headers=said, base_url="https://news.example.org"
    )
    assert (answer.status_code, answer.location) == (302, "/dashboard/")


def test_the_text_of_a_refused_comment_is_kept(client: CheckingClient) -> None:
    answer = client.post(cast.COMMENTS, data=cast.ANN, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.page.text("#kept-body") == cast.ANN["body"]
    assert not answer.page.query("main form"), "it may be another site's text"


def test_with_htmx_the_page_stays_and_says_why(client: CheckingClient) -> None:
    headers = {"Sec-Fetch-Site": "cross-site"}
    answer = client.post(cast.COMMENTS, data=cast.ANN, headers=headers, htmx=True)
    assert (answer.status_code, answer.headers["HX-Retarget"]) == (403, "#notice")


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        pytest.param("application/x-www-form-urlencoded", 303, id="a form"),
        pytest.param("application/json", 415, id="JSON"),
        pytest.param("application/vnd.api+json", 415, id="another JSON"),
        pytest.param("text/plain", 415, id="what any page may send without asking"),
        pytest.param("text/html; boundary=x", 415, id="a page"),
        pytest.param("", 415, id="no type"),
    ],
)
def test_only_a_form_acts(client: CheckingClient, app: Flask, kind: str, status: int) -> None:
    sent = b'{"body": 5}' if "json" in kind else b"name=Ann&email=ann%40example.org&body=Yes"
    assert client.post(cast.COMMENTS, data=sent, content_type=kind).status_code == status
    assert len(cast.stored(app)) == (1 if status == 303 else 0)
    for path in ("preview", "1/edit", "1/delete", "1/like", "1/report"):
        if status == 415:
            answer = client.post(f"{cast.COMMENTS}/{path}", data=sent, content_type=kind)
            assert answer.status_code == 415, path


def test_a_button_without_fields_needs_no_type(client: CheckingClient, app: Flask) -> None:
    with app.app_context():
        cast.comment(db.session.get_one(cast.Article, 1))
    assert client.post(f"{cast.COMMENTS}/1/like").status_code == 303


def test_what_only_reads_is_free(client: CheckingClient) -> None:
    headers = {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}
    for method in ("GET", "HEAD", "OPTIONS"):
        assert client.open(cast.PATH, method=method, headers=headers).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        pytest.param("/account/sign-in", id="signing a visitor in as somebody else"),
        pytest.param("/account/reset", id="asking for mail"),
        pytest.param(f"{cast.COMMENTS}/1/like", id="liking"),
        pytest.param(f"{cast.COMMENTS}/1/delete", id="deleting"),
        pytest.param("/nothing", id="an address that is not there"),
    ],
)
def test_no_other_site_acts_anywhere(client: CheckingClient, path: str) -> None:
    answer = client.post(path, data=cast.ANN, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_every_unsafe_method_is_checked(app: Flask, method: str) -> None:
    client = new_client(app)
    answer = client.open("/", method=method, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403

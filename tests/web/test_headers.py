"""The manners of every response."""

import base64
import hashlib

import pytest
from flask import Flask

from blog.web import headers
from tests import cast
from tests.conftest import MakeApp, new_client
from tests.page import CheckingClient


@pytest.fixture(autouse=True)
def article(app: Flask) -> None:
    with app.app_context():
        cast.comment(cast.article())


@pytest.mark.parametrize(
    ("path", "htmx"),
    [
        pytest.param("/", False, id="a page"),
        pytest.param(cast.PATH, False, id="an article"),
        pytest.param(f"{cast.COMMENTS}/1/reply", True, id="a part of a page"),
        pytest.param("/nothing", False, id="an error"),
        pytest.param("/nothing", True, id="a notice"),
        pytest.param("/dashboard/", False, id="a redirect"),
        pytest.param("/account/sign-in", False, id="the way in"),
        pytest.param("/feed.xml", False, id="a feed"),
        pytest.param("/static/site.css", False, id="the stylesheet"),
        pytest.param("/static/site.js", False, id="the script"),
        pytest.param("/robots.txt", False, id="a text"),
        pytest.param(f"{cast.COMMENTS}", False, id="a way back"),
        pytest.param("/2025/03/the-tide-table", False, id="a moved address"),
        pytest.param("/dashboard/", True, id="a closed door for htmx"),
    ],
)
def test_every_response_carries_the_policy(client: CheckingClient, path: str, htmx: bool) -> None:
    answer = client.get(path, htmx=htmx)
    for name, value in headers.POLICY.items():
        assert answer.headers[name] == value
    assert "Strict-Transport-Security" not in answer.headers
    assert "Cache-Control" in answer.headers


@pytest.mark.parametrize("path", ["/", cast.PATH, "/nothing", "/account/sign-in", "/dashboard/"])
def test_the_one_script_in_a_page_is_the_one_that_the_policy_names(
    moderator: CheckingClient, path: str
) -> None:
    answer = moderator.get(path, follow_redirects=True)
    (script,) = answer.page.query("script:not([src]):not([type])")
    digest = base64.b64encode(
        hashlib.sha256(script.to_text(strip=False).encode()).digest()
    ).decode()
    assert f"script-src 'self' 'sha256-{digest}';" in answer.headers["Content-Security-Policy"]


def test_the_content_policy_allows_this_site_and_one_script() -> None:
    policy = headers.POLICY["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "http" not in policy
    assert "*" not in policy
    assert {"default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'",
            "form-action 'self'"} <= set(policy.split("; "))  # fmt: skip


@pytest.mark.parametrize(
    ("path", "place"),
    [
        pytest.param("/archive//1", "/archive/1", id="a slash too many"),
        pytest.param("//archive///1", "/archive/1", id="three"),
        pytest.param("/account//sign-in", "/account/sign-in", id="a closed room"),
    ],
)
@pytest.mark.parametrize("host", ["127.0.0.1:8201", "evil.example"])
def test_a_redirect_names_no_host(client: CheckingClient, host: str, path: str, place: str) -> None:
    """Behind a proxy the request has an address that readers cannot use, or one made up."""
    answer = client.open(path, base_url=f"http://{host}", environ_overrides={"PATH_INFO": path})
    assert (answer.status_code, answer.headers["Location"]) == (308, place)


def test_over_tls_browsers_are_told_to_stay_there(make_app: MakeApp) -> None:
    client = new_client(make_app(site_url="https://news.example.org"))
    assert client.get("/").headers["Strict-Transport-Security"] == "max-age=63072000"


@pytest.mark.parametrize("htmx", [True, False], ids=["with htmx", "without scripts"])
@pytest.mark.parametrize(
    ("changed", "status"),
    [
        pytest.param({}, {201, 303}, id="a stored comment"),
        pytest.param({"name": ""}, {422}, id="a refused one"),
        pytest.param({"body": "x" * 70_000}, {413}, id="a large one"),
    ],
)
def test_the_answer_to_a_form_carries_the_policy(
    client: CheckingClient, changed: dict[str, str], status: set[int], htmx: bool
) -> None:
    answer = cast.post(client, htmx=htmx, **changed)
    assert answer.status_code in status
    assert headers.POLICY.items() <= dict(answer.headers).items()
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_a_page_that_was_not_sent_again_carries_the_policy_too(client: CheckingClient) -> None:
    tag = client.get("/").headers["ETag"]
    answer = client.get("/", headers={"If-None-Match": tag})
    assert answer.status_code == 304
    assert headers.POLICY.items() <= dict(answer.headers).items()


def test_a_head_says_what_the_page_would(client: CheckingClient) -> None:
    head, page = (client.open(cast.PATH, method=method) for method in ("HEAD", "GET"))
    assert head.data == b""
    for name in ("ETag", "Cache-Control", "Content-Type", "Content-Length"):
        assert head.headers[name] == page.headers[name]


@pytest.mark.parametrize(
    "path", ["/", cast.PATH, "/topic/sea", "/tag/tides", "/author/ruth-ansell", "/archive/1",
             "/feed.xml", f"{cast.PATH}/feed.xml", "/sitemap.xml", "/robots.txt", "/nothing"],
)  # fmt: skip
def test_a_reader_gets_no_cookie(client: CheckingClient, path: str) -> None:
    answer = client.get(path)
    assert "Set-Cookie" not in answer.headers
    assert "Cookie" not in answer.headers.get("Vary", "")


@pytest.mark.parametrize("path", ["/", cast.PATH, "/feed.xml", "/sitemap.xml", "/archive/1"])
def test_a_page_that_did_not_change_is_not_sent_again(client: CheckingClient, path: str) -> None:
    first = client.get(path)
    assert first.headers["Cache-Control"] == "public, no-cache"
    again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_a_member_of_the_staff_sees_private_pages(moderator: CheckingClient) -> None:
    for path in ("/", cast.PATH, "/topic/sea"):
        assert moderator.get(path).headers["Cache-Control"] == "private, no-store"


def test_no_reader_loads_the_stylesheet_of_the_dashboard(
    client: CheckingClient, moderator: CheckingClient
) -> None:
    sheets = [each.attrs["href"] for each in client.get("/").page.query("link[rel=stylesheet]")]
    rooms = moderator.get("/dashboard/").page.query("link[rel=stylesheet]")
    assert [str(each).partition("?")[0] for each in sheets] == ["/static/site.css"]
    assert [str(each.attrs["href"]).partition("?")[0] for each in rooms] == [
        "/static/site.css", "/static/css/dashboard.css",
    ]  # fmt: skip


def test_files_named_by_their_content_are_kept_for_ever(client: CheckingClient) -> None:
    page = client.get("/").page
    names = [str(each.attrs.get("href") or each.attrs.get("src"))
             for each in page.query("link[rel=stylesheet], link[rel=preload], script[src]")]  # fmt: skip
    assert len(names) >= 4
    for name in names:
        assert "immutable" in client.get(name).headers["Cache-Control"], name
    assert client.get("/static/site.css").headers["Cache-Control"] == "public, no-cache"

"""What machines read."""

from datetime import datetime
from xml.etree import ElementTree

import pytest
from flask import Flask

from blog.models import Status
from tests import cast
from tests.conftest import MakeApp, new_client
from tests.page import CheckingClient

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture(autouse=True)
def article(app: Flask) -> None:
    with app.app_context():
        made = cast.article(title="'Salt & <b>bread</b>'", body="One *two* & <i>three</i>.")
        cast.comment(made, name="Bea & <Co>", html="<p>Yes &amp; no.</p>")
        cast.comment(made, status=Status.HELD, html="<p>Hidden.</p>")


@pytest.mark.parametrize("path", ["/feed.xml", f"{cast.PATH}/feed.xml"])
def test_a_feed_is_valid_atom(client: CheckingClient, path: str) -> None:
    answer = client.get(path)
    assert answer.content_type == "application/atom+xml; charset=utf-8"
    feed = ElementTree.fromstring(answer.text)  # noqa: S314
    assert feed.tag == f"{ATOM}feed"
    for name in ("id", "title", "updated"):
        assert feed.findtext(ATOM + name)
    (entry,) = feed.findall(f"{ATOM}entry")
    assert datetime.fromisoformat(entry.findtext(f"{ATOM}updated") or "").tzinfo


def test_the_sites_feed_carries_whole_articles(client: CheckingClient) -> None:
    entry = ElementTree.fromstring(client.get("/feed.xml").text).find(f"{ATOM}entry")  # noqa: S314
    assert entry is not None
    assert entry.findtext(f"{ATOM}title") == "Salt & <b>bread</b>"
    assert "<em>two</em> &amp; &lt;i&gt;" in (entry.findtext(f"{ATOM}content") or "")


def test_the_feed_of_a_conversation_has_what_is_public(client: CheckingClient) -> None:
    text = client.get(f"{cast.PATH}/feed.xml").text
    assert "Bea &amp; &lt;Co&gt;" in text
    assert "Hidden" not in text
    assert "bea@example.org" not in text


def test_every_address_is_the_sites_own(make_app: MakeApp) -> None:
    client = new_client(make_app(site_url="https://news.example.org"))
    for path in ("/feed.xml", f"{cast.PATH}/feed.xml", "/sitemap.xml", "/robots.txt"):
        text = client.get(path, headers={"Host": "evil.example"}).text
        assert "https://news.example.org/" in text
        assert "evil" not in text


def test_the_sitemap_names_every_article(client: CheckingClient) -> None:
    answer = client.get("/sitemap.xml")
    space = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
    found = [each.text for each in ElementTree.fromstring(answer.text).iter(f"{space}loc")]  # noqa: S314
    assert found == ["http://localhost/", f"http://localhost{cast.PATH}"]


def test_machines_stay_out_of_the_staffs_rooms(client: CheckingClient) -> None:
    assert "Disallow: /dashboard/" in client.get("/robots.txt").text


def test_an_empty_site_has_a_feed_too(make_app: MakeApp, app: Flask) -> None:
    from blog.extensions import db
    from blog.models import Article

    with app.app_context():
        db.session.delete(db.session.get_one(Article, 1))
        db.session.commit()
    assert ElementTree.fromstring(new_client(app).get("/feed.xml").text).tag  # noqa: S314

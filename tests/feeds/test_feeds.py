"""What machines read."""

from datetime import datetime
from xml.etree import ElementTree

import pytest
from flask import Flask

from blog import clock
from blog.extensions import db, writing
from blog.models import Comment, Status
from tests import cast
from tests.conftest import MakeApp, new_client
from tests.page import CheckingClient

ATOM = "{http://www.w3.org/2005/Atom}"


def _xml(text: str) -> ElementTree.Element:
    return ElementTree.fromstring(text)  # noqa: S314


def _feed(client: CheckingClient, path: str) -> ElementTree.Element:
    return _xml(client.get(path).text)


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
    feed = _xml(answer.text)
    assert feed.tag == f"{ATOM}feed"
    for name in ("id", "title", "updated"):
        assert feed.findtext(ATOM + name)
    (entry,) = feed.findall(f"{ATOM}entry")
    assert datetime.fromisoformat(entry.findtext(f"{ATOM}updated") or "").tzinfo


HOSTILE = "]]></title><script>&amp;\u2028'\""


def test_no_text_of_anybody_breaks_a_feed(client: CheckingClient, app: Flask) -> None:
    quoted = "'" + HOSTILE.replace("'", "''") + "'"
    with app.app_context():
        made = cast.article(
            title=quoted, standfirst=quoted, author=quoted, topic=quoted, slug="hostile"
        )
        cast.comment(made, name=HOSTILE, html="<p>]]&gt; &lt;b&gt;</p>")
    words = " ".join(HOSTILE.split())
    entry = _feed(client, "/feed.xml").find(f"{ATOM}entry")
    assert entry is not None
    assert entry.findtext(f"{ATOM}title") == entry.findtext(f"{ATOM}summary") == words
    assert entry.findtext(f"{ATOM}author/{ATOM}name") == words
    comment = _feed(client, "/2026/03/hostile/feed.xml").find(f"{ATOM}entry")
    assert comment is not None
    assert comment.findtext(f"{ATOM}author/{ATOM}name") == HOSTILE
    assert comment.findtext(f"{ATOM}content") == "<p>]]&gt; &lt;b&gt;</p>"


@pytest.mark.parametrize("path", ["/feed.xml", f"{cast.PATH}/feed.xml"])
def test_every_entry_can_be_told_from_the_others(
    client: CheckingClient, app: Flask, path: str
) -> None:
    with app.app_context():
        cast.articles(3)
        cast.comment(db.session.get_one(cast.Article, 1))
    entries = _feed(client, path).findall(f"{ATOM}entry")
    ids = [entry.findtext(f"{ATOM}id") for entry in entries]
    assert len(ids) == len(set(ids)) > 1
    dates = [entry.findtext(f"{ATOM}updated") or "" for entry in entries]
    assert dates == sorted(dates, reverse=True)
    assert _feed(client, path).findtext(f"{ATOM}updated") == dates[0]
    assert all(entry.findtext(f"{ATOM}author/{ATOM}name") for entry in entries)


def test_what_names_a_story_stays_when_its_address_changes(
    client: CheckingClient, app: Flask
) -> None:
    def named() -> tuple[str | None, str | None]:
        entry = _feed(client, "/feed.xml").find(f"{ATOM}entry")
        assert entry is not None
        return entry.findtext(f"{ATOM}id"), entry.findtext(f"{ATOM}published")

    first, at_first = named()
    with app.app_context():
        cast.article(date="2026-04-05T10:00:00Z")
    then, at_last = named()
    assert first == then
    assert at_first != at_last


def test_a_changed_comment_is_newer_than_before(client: CheckingClient, app: Flask) -> None:
    path, now = f"{cast.PATH}/feed.xml", clock.now()
    with app.app_context(), writing():
        db.session.get_one(Comment, 1).edited_at = now
    feed = _feed(client, path)
    assert feed.findtext(f"{ATOM}updated") == now.isoformat()
    assert feed.findtext(f"{ATOM}entry/{ATOM}updated") == now.isoformat()


def test_a_feed_has_the_newest_and_leaves_out_what_is_to_come(
    client: CheckingClient, app: Flask
) -> None:
    with app.app_context():
        cast.articles(25)
        cast.article(slug="later", title="Later", date="2099-03-04")
    titles = [each.text for each in _feed(client, "/feed.xml").iterfind(f"{ATOM}entry/{ATOM}title")]
    assert titles == [f"Story {number}" for number in range(25, 5, -1)]


@pytest.mark.parametrize(
    "path", ["/2026/03/nothing/feed.xml", "/2025/03/the-tide-table/feed.xml", "/2026/3/x/feed.xml"]
)
def test_there_is_no_feed_of_what_is_not_there(client: CheckingClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_the_sites_feed_carries_whole_articles(client: CheckingClient) -> None:
    entry = _xml(client.get("/feed.xml").text).find(f"{ATOM}entry")
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


@pytest.mark.parametrize("path", ["/feed.xml", f"{cast.PATH}/feed.xml"])
def test_a_picture_in_a_text_is_found_from_a_feed_reader(make_app: MakeApp, path: str) -> None:
    client = new_client(make_app(site_url="https://news.example.org"))
    base = "{http://www.w3.org/XML/1998/namespace}base"
    assert _feed(client, path).attrib[base] == "https://news.example.org/"


def test_the_sitemap_names_every_article(client: CheckingClient) -> None:
    answer = client.get("/sitemap.xml")
    space = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
    found = [each.text for each in _xml(answer.text).iter(f"{space}loc")]
    assert found == ["http://localhost/", f"http://localhost{cast.PATH}"]
    dates = [each.text or "" for each in _xml(answer.text).iter(f"{space}lastmod")]
    assert [datetime.fromisoformat(date) for date in dates] == [cast.PUBLISHED]


def test_machines_stay_out_of_the_staffs_rooms(client: CheckingClient) -> None:
    assert "Disallow: /dashboard/" in client.get("/robots.txt").text


def test_an_empty_site_has_a_feed_too(make_app: MakeApp, app: Flask) -> None:
    with app.app_context():
        db.session.delete(db.session.get_one(cast.Article, 1))
        db.session.commit()
    assert _xml(new_client(app).get("/feed.xml").text).tag

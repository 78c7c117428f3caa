"""The front page, and the lists by topic, tag, author and number."""

import pytest
from flask import Flask

from blog.models import Status
from tests import cast
from tests.conftest import MakeApp, new_client
from tests.page import CheckingClient


def _titles(client: CheckingClient, path: str) -> list[str]:
    return client.get(path).page.texts(".card__title")


def test_an_empty_site_says_so(client: CheckingClient) -> None:
    assert "Nothing has been published yet" in client.get("/").page.text(".empty")
    assert client.get("/archive/1").page.query(".empty")


def test_the_front_page_has_a_lead_two_beside_it_and_the_river(
    client: CheckingClient, app: Flask
) -> None:
    with app.app_context():
        cast.articles(6)
    page = client.get("/").page
    assert page.texts(".card--lead .card__title") == ["Story 6"]
    assert page.texts(".card--beside .card__title") == ["Story 5", "Story 4"]
    assert page.texts(".card--row .card__title") == ["Story 3", "Story 2", "Story 1"]


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_a_young_site_has_a_good_front_page_too(
    client: CheckingClient, app: Flask, count: int
) -> None:
    with app.app_context():
        cast.articles(count)
    assert len(_titles(client, "/")) == count


@pytest.mark.parametrize("path", ["/topic/sea", "/tag/tides", "/author/ruth-ansell"])
def test_older_pages_show_every_story_once(make_app: MakeApp, path: str) -> None:
    app = make_app(articles_per_page=3)
    with app.app_context():
        cast.articles(7)
        cast.article(slug="other", topic="City", tags="roads", author="Idris Calloway")
    client = new_client(app)
    seen: list[str] = []
    next_path = path
    while next_path:
        page = client.get(next_path).page
        seen += page.texts(".card__title")
        links = page.query(".pager a[rel=next]")
        next_path = str(links[0].attrs["href"]) if links else ""
    assert seen == [f"Story {number}" for number in range(7, 0, -1)]


@pytest.mark.parametrize("path", ["/topic/sea", "/tag/tides", "/author/ruth-ansell"])
@pytest.mark.parametrize("before", ["abc", "-1", "99999999999999999999", "", "1.5", "١", "%00"])
def test_an_odd_continuation_is_the_first_page(
    client: CheckingClient, app: Flask, path: str, before: str
) -> None:
    with app.app_context():
        cast.articles(2)
    assert _titles(client, f"{path}?before={before}") == ["Story 2", "Story 1"]


@pytest.mark.parametrize("before", ["0", "1"])
def test_behind_the_oldest_story_is_nothing_and_a_way_on(
    client: CheckingClient, app: Flask, before: str
) -> None:
    with app.app_context():
        cast.articles(2)
    page = client.get(f"/topic/sea?before={before}").page
    assert page.texts(".card__title") == []
    assert page.text(".empty").startswith("There are no older stories here.")
    assert page.query(".empty a[href='/']")


@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("/", "Broadsheet"),
        ("/topic/sea", "Sea – Broadsheet"),
        ("/tag/tides", "tides – Broadsheet"),
        ("/author/ruth-ansell", "Ruth Ansell – Broadsheet"),
        ("/archive/1", "All stories, page 1 – Broadsheet"),
    ],
)
def test_a_list_says_what_it_is_and_where(make_app: MakeApp, path: str, title: str) -> None:
    app = make_app(site_url="https://news.example.org")
    with app.app_context():
        cast.article()
    page = new_client(app).get(path, headers={"Host": "evil.example"}).page
    assert page.text("title") == title
    assert page.one("meta[name=description]").attrs["content"]
    assert page.one("link[rel=canonical]").attrs["href"] == f"https://news.example.org{path}"
    assert "evil" not in page.to_html()


def test_a_story_by_two_is_on_both_their_pages(client: CheckingClient, app: Flask) -> None:
    with app.app_context():
        cast.article(author="[Ruth Ansell, Idris Calloway]")
    for path in ("/author/ruth-ansell", "/author/idris-calloway"):
        assert _titles(client, path) == ["The tide table"]
    assert "Ruth Ansell, Idris Calloway" in client.get("/").page.text(".card__meta")


def test_only_what_is_public_is_counted_on_a_card(client: CheckingClient, app: Flask) -> None:
    with app.app_context():
        article = cast.article()
        for status in Status:
            cast.comment(article, status=status)
    assert "1 comment" in client.get("/").page.text(".card__meta")


def test_numbered_pages_show_every_story_once(make_app: MakeApp) -> None:
    app = make_app(articles_per_page=3)
    with app.app_context():
        cast.articles(7)
    client = new_client(app)
    pages = [_titles(client, f"/archive/{number}") for number in (1, 2, 3)]
    assert [len(page) for page in pages] == [3, 3, 1]
    assert [title for page in pages for title in page] == [
        f"Story {number}" for number in range(7, 0, -1)
    ]
    assert client.get("/archive/4").status_code == 404
    assert client.get("/archive/2").page.text(".list__count") == "Page 2 of 3"


@pytest.mark.parametrize("path", ["/topic/none", "/tag/none", "/author/none"])
def test_what_does_not_exist_is_a_404(client: CheckingClient, path: str) -> None:
    assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    "path", ["/", "/archive/1", "/topic/sea", "/tag/tides", "/author/ruth-ansell", "/feed.xml",
             "/sitemap.xml", cast.PATH],
)  # fmt: skip
def test_a_page_costs_the_same_number_of_statements_however_full_it_is(
    client: CheckingClient, app: Flask, path: str
) -> None:
    with app.app_context():
        article = cast.article(date="2026-03-01")
        cast.comment(article, parent=cast.comment(article))  # without replies none are asked for
        cast.articles(3)
    few = _statements(app, client, path)
    with app.app_context():
        article = cast.article(date="2026-03-01")
        for _ in range(9):
            cast.comment(article, parent=cast.comment(article))
        cast.articles(15, author="[Ruth Ansell, Idris Calloway]")
    assert _statements(app, client, path) == few


def _statements(app: Flask, client: CheckingClient, path: str) -> int:
    with cast.counting(app) as seen:
        assert client.get(path).status_code in (200, 301)
    return len(seen)

"""The search: which stories are found, in which order, and what no search can do."""

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import quote, urlencode

import pytest
import time_machine
from flask import Flask, url_for
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from blog import clock
from blog.articles.views_search import LONGEST
from blog.extensions import db, writing
from blog.models import Article
from tests import cast
from tests.conftest import MakeApp, new_client
from tests.page import Answer, CheckingClient

Change = Callable[[], object]


def _ask(client: CheckingClient, words: str, **more: object) -> Answer:
    return client.get(f"/search?{urlencode({'q': words, **more})}")


def _titles(client: CheckingClient, words: str, **more: object) -> list[str]:
    return _ask(client, words, **more).page.texts(".card__title")


# --- What is found -----------------------------------------------------------------------------


@pytest.fixture
def harbour(app: Flask) -> None:
    """A few stories that differ in every word."""
    with app.app_context():
        cast.article(
            slug="ferry", title="The ferry to Skerrin", standfirst="Crossings by night.",
            body="Captain *Zoë Färber* said: don't wait. See [the plan](https://ferry.example/plan).",
        )  # fmt: skip
        cast.article(
            slug="gulls", title="Gulls at noon", standfirst="Élan, not hunger.",
            body="They own the flood-warning mast, 42 of them, in Москва as in 東京.",
        )  # fmt: skip


@pytest.mark.usefixtures("harbour")
@pytest.mark.parametrize(
    ("words", "slugs"),
    [
        pytest.param("skerrin", ["ferry"], id="a word of the title"),
        pytest.param("crossings", ["ferry"], id="a word of the standfirst"),
        pytest.param("captain", ["ferry"], id="a word of the text"),
        pytest.param("CAPTAIN", ["ferry"], id="in any case"),
        pytest.param("capt", ["ferry"], id="by how it begins"),
        pytest.param("aptain", [], id="not by how it goes on"),
        pytest.param("ca", ["ferry"], id="two letters begin a word"),
        pytest.param("c", [], id="one letter is a word"),
        pytest.param("t", ["ferry"], id="which may stand there"),
        pytest.param("night skerrin captain", ["ferry"], id="in any order, wherever they stand"),
        pytest.param("captain gulls", [], id="every word must be there"),
        pytest.param("zoe farber", ["ferry"], id="without the accents that are there"),
        pytest.param("zoë färber", ["ferry"], id="with them"),
        pytest.param("Zoe\u0308 Fa\u0308r", ["ferry"], id="spelled as two signs"),
        pytest.param("cäptäin", ["ferry"], id="with accents that are not there"),
        pytest.param("elan", ["gulls"], id="an accent on a capital"),
        pytest.param("don't", ["ferry"], id="an apostrophe"),
        pytest.param("flood-warning", ["gulls"], id="a hyphen"),
        pytest.param("warning", ["gulls"], id="what stands behind a hyphen"),
        pytest.param("zoë färber*", ["ferry"], id="what is emphasised"),
        pytest.param("42", ["gulls"], id="a number"),
        pytest.param("Москва", ["gulls"], id="another alphabet"),
        pytest.param("東京", ["gulls"], id="another script"),
        pytest.param('"captain" OR gulls', [], id="no language of any kind"),
        pytest.param("capt%n", [], id="no wildcard"),
        pytest.param("nobodywrotethis", [], id="nothing"),
    ],
)
def test_a_story_is_found_by_its_words(
    client: CheckingClient, words: str, slugs: list[str]
) -> None:
    links = _ask(client, words).page.query(".card__title a")
    assert [str(each.attrs["href"]).rsplit("/", 1)[1] for each in links] == slugs


def test_the_newest_comes_first_however_it_was_stored(client: CheckingClient, app: Flask) -> None:
    with app.app_context():
        cast.articles(2)
        cast.article(title="Story of old", slug="old", date="2020-01-01")
    assert _titles(client, "story") == ["Story 2", "Story 1", "Story of old"]


@pytest.mark.parametrize("size", [1, 3, 7])
def test_older_pages_show_every_story_once(make_app: MakeApp, size: int) -> None:
    app = make_app(articles_per_page=size)
    with app.app_context():
        for number, _ in enumerate(cast.articles(7)):
            cast.article(slug=f"other-{number}", title="Others lie between")
    client, seen, path = new_client(app), list[str](), "/search?q=tide+st%C3%B6ry"
    while path:
        page = client.get(path).page
        found = page.texts(".card__title")
        assert len(found) <= size
        seen += found
        assert page.one("#q").attrs["value"] == "tide störy"
        links = page.query(".pager a[rel~=next]")
        path = str(links[0].attrs["href"]) if links else ""
    assert seen == [f"Story {number}" for number in range(7, 0, -1)]


def test_what_is_to_come_is_never_found(client: CheckingClient, app: Flask) -> None:
    moment = clock.now().replace(microsecond=0) + timedelta(days=1)
    with app.app_context():
        cast.article()
        cast.article(slug="later", title="Tide of tomorrow", date=moment.isoformat())
    assert _titles(client, "tide") == ["The tide table"]
    assert _titles(client, "tomorrow") == []
    with time_machine.travel(moment):
        assert _titles(client, "tide") == ["Tide of tomorrow", "The tide table"]


def _change(**values: object) -> Change:
    def change() -> None:
        with writing():
            for name, value in values.items():
                setattr(db.session.query(Article).one(), name, value)

    return change


def _many() -> None:
    with writing():
        db.session.query(Article).update({"title": "The herons"})


def _delete() -> None:
    with writing():
        db.session.delete(db.session.query(Article).one())


@pytest.mark.parametrize(
    ("change", "old", "new"),
    [
        pytest.param(_change(title="The herons"), "table", "herons", id="another title"),
        pytest.param(_change(standfirst="Herons."), "harbour", "herons", id="another standfirst"),
        pytest.param(_change(source="Herons."), "comes", "herons", id="another text"),
        pytest.param(lambda: cast.article(body="Herons."), "comes", "herons", id="published anew"),
        pytest.param(_many, "table", "herons", id="many at once, past the models"),
        pytest.param(_delete, "tide", "", id="it is gone"),
        pytest.param(_change(place=7, comment_count=3), "herons", "tide", id="something else"),
    ],
)
def test_the_index_follows_the_story(
    client: CheckingClient, app: Flask, change: Change, old: str, new: str
) -> None:
    with app.app_context():
        cast.article()
        change()
    assert _titles(client, old) == []
    assert len(_titles(client, new)) == (1 if new else 0)


# --- The page ----------------------------------------------------------------------------------


def test_without_words_the_page_is_a_field(client: CheckingClient, app: Flask) -> None:
    with app.app_context():
        cast.articles(2)
    for path in ("/search", "/search?q=", "/search?q=+%09", "/search?before=1"):
        with cast.counting(app) as seen:
            page = client.get(path).page
        assert page.one("#q").attrs["value"] == ""
        assert not page.query(".card, .empty, .pager")
        assert not [each for each in seen if "article_search" in each or "source" in each]


@pytest.mark.parametrize("words", ["nobodywrotethis", "%", "_", "'", '"', "*", "\u0301", "🙂"])
def test_where_nothing_is_found_is_a_way_on(client: CheckingClient, app: Flask, words: str) -> None:
    with app.app_context():
        cast.articles(2)
    page = _ask(client, words).page
    assert "No story has all of these words" in page.text(".empty")
    assert page.query(".empty a[href='/archive/1']")
    assert page.one("#q").attrs["value"] == words


def test_behind_the_oldest_story_is_nothing_and_a_way_back(
    client: CheckingClient, app: Flask
) -> None:
    with app.app_context():
        cast.articles(2)
    page = _ask(client, "story", before=1).page
    assert "no older stories" in page.text(".empty")
    assert page.query(".pager a[href='/search?q=story']")


@pytest.mark.parametrize("before", ["abc", "-1", "99999999999999999999", "", "1.5", "١", "\0"])
def test_an_odd_continuation_is_the_first_page(
    client: CheckingClient, app: Flask, before: str
) -> None:
    with app.app_context():
        cast.articles(2)
    assert _titles(client, "story", before=before) == ["Story 2", "Story 1"]


def test_the_words_stand_in_the_field_as_text(client: CheckingClient) -> None:
    words = "\"><script>alert('x')</script> &amp; {{ 7 * 7 }}"
    page = _ask(client, words).page
    assert page.one("#q").attrs["value"] == words
    assert page.text("title") == f"{words} – Search – Broadsheet"
    assert not page.query("body script")


@pytest.mark.parametrize(
    ("words", "status"),
    [
        pytest.param("ä" * LONGEST, 200, id="as long as it may be"),
        pytest.param(f"  {'x' * LONGEST}\t", 200, id="blanks around it do not count"),
        pytest.param("ä" * (LONGEST + 1), 422, id="a letter longer"),
        pytest.param("tide " * 1000, 422, id="a whole text"),
    ],
)
def test_a_search_has_a_length(client: CheckingClient, words: str, status: int) -> None:
    answer = _ask(client, words)
    assert answer.status_code == status
    assert answer.page.one("#q").attrs["value"] == words.strip()
    assert bool(answer.page.query("#q-error")) == (status == 422)
    assert (answer.headers["Cache-Control"] == "private, no-store") == (status == 422)


@pytest.mark.parametrize(
    "raw",
    ["%00", "tide%00table", "%ff%fe", "%ED%A0%80", "%EF%BF%BE", "%01%1b%7f%C2%85", "%", "%zz",
     "%E2%80%AE", "%22%20OR%20%22", "a%22*%20NEAR(", "x'--", "%27%3A*%26%7C!", "title:tide",
     "%5E", "+".join("abcdefghijklmnopqrstuvwxyz"), "a&q=b", "%F0%9F%99%82%E2%80%8D"],
)  # fmt: skip
def test_whatever_stands_in_the_address_is_answered(
    client: CheckingClient, app: Flask, raw: str
) -> None:
    with app.app_context():
        cast.article()
    assert client.get(f"/search?q={raw}").status_code == 200


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.one_of(st.text(max_size=60).map(lambda text: quote(text, errors="replace")),
                 st.binary(max_size=60).map(quote)))  # fmt: skip
def test_no_address_breaks_the_page(client: CheckingClient, raw: str) -> None:
    assert client.get(f"/search?q={raw}").status_code == 200


def test_search_engines_leave_it_alone(client: CheckingClient, app: Flask) -> None:
    with app.app_context():
        cast.article()
    for words in ("", "tide"):
        page = _ask(client, words).page
        assert page.one("meta[name=robots]").attrs["content"] == "noindex"
        assert not page.query("link[rel=canonical]")
    assert "search" not in client.get("/sitemap.xml").text
    assert "search" not in client.get("/robots.txt").text, "whoever may not read it sees no noindex"


@pytest.mark.parametrize("path", ["/", cast.PATH, "/archive/1", "/search", "/nowhere"])
def test_every_page_of_readers_leads_there(client: CheckingClient, app: Flask, path: str) -> None:
    with app.app_context():
        cast.article()
    link = client.get(path).page.one(".site-header a[href='/search']")
    assert " ".join(link.to_text().split()) == "Search"
    assert (link.attrs.get("aria-current") == "page") == (path == "/search")


def test_the_dashboard_has_a_search_of_its_own(moderator: CheckingClient) -> None:
    page = moderator.get("/dashboard/comments").page
    assert not page.query(".site-header a[href='/search']")


# --- Who sees it, and what it costs ------------------------------------------------------------


@pytest.mark.parametrize("words", ["tide", "nobodywrotethis", ""])
def test_htmx_gets_the_same_page(client: CheckingClient, app: Flask, words: str) -> None:
    with app.app_context():
        cast.article()
    path = f"/search?q={words}"
    assert client.get(path, htmx=True).text == client.get(path).text


def test_everybody_may_keep_a_search_and_ask_whether_it_changed(
    client: CheckingClient, app: Flask
) -> None:
    with app.app_context():
        cast.article()
    first = client.get("/search?q=tide")
    assert first.headers["Cache-Control"] == "public, no-cache"
    assert "Set-Cookie" not in first.headers
    again = client.get("/search?q=tide", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    with app.app_context():
        cast.article(slug="more", title="More about the tide")
    again = client.get("/search?q=tide", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 200


def test_whom_a_cookie_makes_known_gets_a_page_of_the_own(
    client: CheckingClient, moderator: CheckingClient, app: Flask
) -> None:
    with app.app_context():
        cast.article()
    cast.post(client)
    for each in (client, moderator):
        answer = each.get("/search?q=tide")
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert answer.page.texts(".card__title") == ["The tide table"]


def test_only_a_page_is_fetched(client: CheckingClient) -> None:
    assert client.post("/search", data={"q": "tide"}).status_code == 405
    assert client.open("/search?q=tide", method="HEAD").data == b""


@pytest.mark.parametrize("words", ["story", "story twice the harbour ti ta", "nobodywrotethis"])
def test_a_search_costs_the_same_number_of_statements_however_much_it_finds(
    client: CheckingClient, app: Flask, words: str
) -> None:
    with app.app_context():
        cast.articles(2)
    few = _statements(app, client, words)
    with app.app_context():
        cast.articles(12, author="[Ruth Ansell, Idris Calloway]")
    assert _statements(app, client, words) == few <= 6


def _statements(app: Flask, client: CheckingClient, words: str) -> int:
    client.get("/search")  # the frame of the page is remembered
    with cast.counting(app) as seen:
        assert _ask(client, words).status_code == 200
    return len(seen)


def test_the_front_knows_the_address(app: Flask) -> None:
    from blog.front.wish import SEARCH

    with app.test_request_context():
        assert url_for("articles.search") == SEARCH

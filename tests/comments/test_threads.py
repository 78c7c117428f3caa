"""A long conversation on the page: its pages, its folded replies, its permalinks, and what is new."""

import re

import pytest
from flask import Flask

from blog.extensions import db
from blog.models import Comment, Status
from tests import cast
from tests.conftest import MakeApp, new_client
from tests.page import CheckingClient, Page

BEA, EVE = "b" * 64, "e" * 64


@pytest.fixture
def app(make_app: MakeApp) -> Flask:
    return make_app(comments_per_page=2)


@pytest.fixture
def roots(app: Flask) -> list[int]:
    """Five threads; the third has five replies."""
    with app.app_context():
        article = cast.article()
        made = [cast.comment(article, browser=EVE, like_count=n) for n in (1, 5, 3, 0, 2)]
        for _ in range(5):
            cast.comment(article, parent=made[2], browser=EVE)
        return [each.id for each in made]


def _shown(page: Page) -> list[int]:
    return [int(str(each.attrs["id"]).split("-")[1]) for each in page.query("article.comment")]


def _link(page: Page, text: str) -> str:
    (found,) = [each for each in page.query("a") if text in each.to_text()]
    return str(found.attrs["href"])


@pytest.mark.parametrize(
    ("sort", "first", "second"),
    [("", [1, 2], [3, 6, 7, 8, 4]), ("?sort=newest", [5, 4], [3, 6, 7, 8, 2]),
     ("?sort=liked", [2, 3, 6, 7, 8], [5, 1])],
)  # fmt: skip
def test_pages_follow_each_other_in_each_order(
    client: CheckingClient, roots: list[int], sort: str, first: list[int], second: list[int]
) -> None:
    page = client.get(cast.PATH + sort).page
    assert _shown(page) == first
    more = client.get(_link(page, "More comments")).page
    assert _shown(more) == second
    assert _shown(client.get(_link(more, "To the first comments")).page) == first


@pytest.mark.parametrize(
    "query",
    ["after=x", "after=-1", "after=99999999999999", "after=5-x", "after=%00", "show=x", "show=0",
     "show=99999", "sort=", "sort=worst", "after=&show=&sort="],
)  # fmt: skip
def test_a_broken_address_is_the_first_or_an_empty_page(
    client: CheckingClient, roots: list[int], query: str
) -> None:
    assert client.get(f"{cast.PATH}?{query}").status_code == 200


def test_a_permalink_shows_its_comment_and_the_way_back(
    client: CheckingClient, roots: list[int]
) -> None:
    page = client.get(f"{cast.PATH}?show=10").page
    assert _shown(page) == [3, 6, 7, 8, 9, 10, 4]
    assert _link(page, "To the first comments")
    for number in range(1, 11):
        shown = client.get(f"{cast.PATH}?show={number}").page
        assert len(shown.query(f"#comment-{number}")) == 1, number


def test_folded_replies_come_as_a_part_of_the_page(
    client: CheckingClient, roots: list[int]
) -> None:
    page = client.get(f"{cast.PATH}?show=3").page
    more = page.one("#more-3 a")
    assert more.to_text() == "Show 2 more replies"
    part = client.get(str(more.attrs["data-hx-get"]), htmx=True)
    assert _shown(part.page) == [9, 10]
    assert len(part.page.query("[autofocus]")) == 1, "the focus goes to the first of them"
    assert part.headers["Cache-Control"] == "private, no-store"


def test_without_scripts_they_are_a_page(client: CheckingClient, roots: list[int]) -> None:
    answer = client.get(f"{cast.COMMENTS}/3/replies?after=8")
    assert _shown(answer.page) == [3, 9, 10]
    assert _link(answer.page, "Show the earlier replies") == f"{cast.COMMENTS}/3/replies"
    assert _shown(client.get(f"{cast.COMMENTS}/3/replies").page) == [3, 6, 7, 8, 9, 10]


@pytest.mark.parametrize("path", ["99/replies", "6/replies", "0/replies"])
def test_there_are_no_replies_of_what_is_no_thread(
    client: CheckingClient, roots: list[int], path: str
) -> None:
    assert client.get(f"{cast.COMMENTS}/{path}").status_code == 404


# --- "2 new comments" --------------------------------------------------------------------------


def _poll(client: CheckingClient, page: Page) -> tuple[int, str]:
    path = str(page.one("#newer").attrs["data-hx-get"])
    answer = client.get(path, htmx=True)
    return answer.status_code, answer.page.text("a") if answer.data else ""


def test_what_came_since_is_counted_and_put_below(
    client: CheckingClient, app: Flask, roots: list[int]
) -> None:
    page = client.get(cast.PATH).page
    assert _poll(client, page) == (204, "")
    with app.app_context():
        article = cast.article()
        new = cast.comment(article, browser=EVE)
        cast.comment(article, browser=EVE, status=Status.HELD)
        cast.comment(article, browser=EVE, parent=db.session.get_one(Comment, 1))
    assert _poll(client, page) == (200, "2 new comments")
    newer = client.get(str(page.one("#newer").attrs["data-hx-get"]), htmx=True).page
    part = client.get(str(newer.one("a").attrs["data-hx-get"]), htmx=True).page
    assert _shown(part) == [new.id, new.id + 2]
    targets = [each.attrs["hx-target"] for each in part.query("hx-partial")]
    assert targets == ["#newer-list", "#comments-heading", "#comment-count"], (
        "above the reader's eyes nothing but numbers changes"
    )
    assert _poll(client, part) == (204, ""), "what was shown is not new any more"


def test_the_own_comment_is_not_news(client: CheckingClient, roots: list[int]) -> None:
    page = client.get(cast.PATH).page
    cast.post(client)
    assert _poll(client, page) == (204, "")


def test_the_question_may_be_kept_for_a_moment_by_strangers_only(
    client: CheckingClient, app: Flask, roots: list[int]
) -> None:
    path = f"{cast.COMMENTS}/newer?after=0"
    answer = client.get(path)
    assert answer.headers["Cache-Control"] == "public, max-age=15"
    assert "Set-Cookie" not in answer.headers
    cast.post(client)
    assert client.get(path).headers["Cache-Control"] == "private, no-store"


def test_a_flood_of_news_is_a_page_of_its_own(
    client: CheckingClient, app: Flask, roots: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("blog.comments.views_threads.MOST_NEW", 3)
    link = client.get(f"{cast.COMMENTS}/newer?after=0").page.one("a")
    assert link.to_text() == "More than 3 new comments"
    assert link.attrs["href"] == f"{cast.PATH}?sort=newest#thread"
    assert "data-hx-get" not in link.attrs


def test_without_scripts_what_is_new_is_the_newest_page(
    client: CheckingClient, roots: list[int]
) -> None:
    answer = client.get(f"{cast.COMMENTS}/since?after=1")
    assert (answer.status_code, answer.location) == (303, f"{cast.PATH}?sort=newest#thread")


# --- Discussions that are held, closed or hidden ----------------------------------------------


@pytest.fixture
def discussed(app: Flask, request: pytest.FixtureRequest) -> None:
    with app.app_context():
        cast.comment(cast.article(comments=request.param), browser=EVE)


@pytest.mark.parametrize("discussed", ["held"], indirect=True)
@pytest.mark.usefixtures("discussed")
def test_where_every_comment_waits_a_trusted_one_waits_too(make_app: MakeApp) -> None:
    app = make_app(hold_first_comment=False)
    assert cast.post(new_client(app)).status_code == 201
    made = cast.stored(app)[-1]
    assert made.status is Status.HELD
    assert made.reasons == [{"rule": "article", "fact": ""}]


@pytest.mark.parametrize("discussed", ["closed"], indirect=True)
@pytest.mark.usefixtures("discussed")
def test_a_closed_discussion_is_read_only(client: CheckingClient) -> None:
    page = client.get(cast.PATH).page
    assert "closed" in page.text(".comments__closed")
    assert not page.query("a[href$='/reply']")
    answer = cast.post(client)
    assert answer.status_code == 409
    assert cast.ANN["body"] in answer.page.text("textarea"), "the text is still there"


@pytest.mark.parametrize("discussed", ["hidden"], indirect=True)
@pytest.mark.usefixtures("discussed")
def test_a_hidden_discussion_is_nowhere(client: CheckingClient) -> None:
    html = client.get(cast.PATH).get_data(as_text=True)
    assert not re.search("I was there|Bea Writer|comment-form|byline__comments", html)
    for path in (f"{cast.PATH}/feed.xml", f"{cast.COMMENTS}/1/replies", f"{cast.COMMENTS}/newer",
                 f"{cast.COMMENTS}/since"):  # fmt: skip
        assert client.get(path).status_code == 404, path
    answer = cast.post(client, htmx=False)
    assert answer.status_code == 409
    assert cast.ANN["body"] in answer.get_data(as_text=True), "the text is still there"

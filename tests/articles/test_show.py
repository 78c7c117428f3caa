"""The page of one article."""

import json

import pytest
from flask import Flask

from blog.extensions import db, writing
from blog.models import Comment, Status
from blog.services import moderation
from tests import cast
from tests.conftest import MakeApp, new_client
from tests.page import CheckingClient

HOSTILE = '</script><script>alert(1)</script>"&'


def test_it_says_everything_about_itself(client: CheckingClient, app: Flask) -> None:
    with app.app_context():
        cast.article(author="[Ruth Ansell, Idris Calloway]")
    page = client.get(cast.PATH).page
    assert page.text("h1") == "The tide table"
    assert page.text("title") == "The tide table – Broadsheet"
    assert page.text(".article__header .standfirst") == "Why the harbour counts twice a day."
    assert "Ruth Ansell and Idris Calloway" in page.text(".byline__authors")
    assert page.texts(".tags a") == ["harbour", "tides"]
    assert page.query(".prose em")
    assert page.one("meta[name=description]").attrs["content"].startswith("Why the harbour")


def test_links_that_leave_the_site_are_made_of_its_address(make_app: MakeApp) -> None:
    app = make_app(site_url="https://news.example.org")
    with app.app_context():
        cast.article()
    page = new_client(app).get(cast.PATH, headers={"Host": "evil.example"}).page
    url = f"https://news.example.org{cast.PATH}"
    assert page.one("link[rel=canonical]").attrs["href"] == url
    assert page.one("meta[property='og:url']").attrs["content"] == url
    assert "evil" not in page.to_html()


def test_search_engines_read_a_news_article(client: CheckingClient, app: Flask) -> None:
    with app.app_context():
        cast.article(title=f"'{HOSTILE}'")
    answer = client.get(cast.PATH)
    data = json.loads(
        answer.text.split('<script type="application/ld+json">')[1].split("</script>")[0]
    )
    assert data["@type"] == "NewsArticle"
    assert data["headline"] == HOSTILE
    assert data["author"][0]["name"] == "Ruth Ansell"
    assert data["datePublished"] == "2026-03-04T09:30:00+00:00"
    assert "<script>alert" not in answer.text


def test_no_text_of_anybody_becomes_part_of_the_page(client: CheckingClient, app: Flask) -> None:
    quoted = f"'{HOSTILE}'"
    with app.app_context():
        article = cast.article(
            title=quoted, standfirst=quoted, author=quoted, topic=quoted, tags=quoted
        )
        cast.comment(article, name=HOSTILE, website="https://a.example/?q='\"", html="<p>x</p>")
    page = client.get(cast.PATH).page
    for meta in ("meta[name=description]", "meta[name=author]", "meta[property='og:title']",
                 "meta[property='article:section']", "meta[property='article:tag']"):  # fmt: skip
        assert page.one(meta).attrs["content"] == HOSTILE, meta
    for words in (
        "h1",
        ".standfirst",
        ".byline__authors a",
        ".tags a",
        "#comment-1 .comment__name",
    ):
        assert page.text(words) == HOSTILE, words
    assert not page.query("body script")
    assert len(page.query("script[type='application/ld+json']")) == 1


def test_what_was_changed_says_when_and_why(client: CheckingClient, app: Flask) -> None:
    with app.app_context():
        cast.article()
        article = db.session.query(cast.Article).one()
        article.updated_at = cast.PUBLISHED.replace(day=5)
        article.correction = "It counts once."
        db.session.commit()
    page = client.get(cast.PATH).page
    assert "Updated 5 Mar 2026, 09:30" in page.text(".byline__facts")
    assert page.text(".correction p") == "It counts once."
    changed = page.one("meta[property='article:modified_time']").attrs["content"]
    assert changed == "2026-03-05T09:30:00+00:00"


def test_a_picture_is_shared_by_its_whole_address(make_app: MakeApp) -> None:
    app = make_app(site_url="https://news.example.org")
    with app.app_context():
        article = cast.article()
        article.picture, article.picture_alt = "icon.svg", "A tide"
        db.session.commit()
    page = new_client(app).get(cast.PATH, headers={"Host": "evil.example"}).page
    address = str(page.one("meta[property='og:image']").attrs["content"])
    assert address.startswith("https://news.example.org/static/icon.svg?v=")
    assert page.one(".article__picture img").attrs["alt"] == "A tide"
    assert page.one(".article__picture img").attrs["fetchpriority"] == "high"


def test_the_form_asks_for_what_it_must_and_says_so(client: CheckingClient, app: Flask) -> None:
    with app.app_context():
        cast.article()
    page = client.get(cast.PATH).page
    note = "Your e-mail address will not be published. Required fields are marked *"
    assert page.text("#leave-reply .form-note") == note
    fields = page.query("#leave-reply input, #leave-reply textarea")
    assert [each.attrs["name"] for each in fields] == [
        "body", "name", "email", "website", "remember", "parent", "key", "subject",
    ]  # fmt: skip
    needed = [each.attrs["name"] for each in fields if "required" in each.attrs]
    assert needed == ["body", "name", "email"]
    form = page.one("#leave-reply")
    assert str(form.attrs["action"]).split("#")[0] == form.attrs["data-hx-post"] == cast.COMMENTS
    assert "checked" not in page.one("#leave-reply-remember").attrs
    assert "csrf" not in page.to_html()


@pytest.mark.parametrize("path", ["/2025/03/the-tide-table", "/2026/12/the-tide-table"])
def test_an_address_with_another_date_leads_here(
    client: CheckingClient, app: Flask, path: str
) -> None:
    with app.app_context():
        cast.article()
    answer = client.get(path)
    assert (answer.status_code, answer.location) == (301, cast.PATH)
    raw = {"QUERY_STRING": "show=28&x=%0d%0aA:b&y=\xc3\xa9//"}  # as WSGI has it
    answer = client.get("/2025/01/the-tide-table", environ_overrides=raw)
    assert answer.location == f"{cast.PATH}?show=28&x=%0d%0aA%3Ab&y=%C3%A9%2F%2F"


def test_what_is_not_out_yet_is_nowhere(client: CheckingClient, app: Flask) -> None:
    with app.app_context():
        cast.article(slug="later", date="2099-03-04", topic="Later", author="Late Author")
    for path in ("/2099/03/later", "/2099/03/later/feed.xml"):
        assert client.get(path).status_code == 404
    for path in (
        "/",
        "/archive/1",
        "/feed.xml",
        "/sitemap.xml",
        "/topic/later",
        "/author/late-author",
    ):
        answer = client.get(path)
        assert "later" not in answer.text.replace("/topic/later", "").replace("Later", ""), path


def test_a_closed_discussion_stays_readable(client: CheckingClient, app: Flask) -> None:
    with app.app_context():
        cast.comment(cast.article(comments="closed"))
    page = client.get(cast.PATH).page
    assert "The discussion is closed" in page.text(".comments__closed")
    assert page.query("#comment-1")
    assert not page.query("#leave-reply")


def test_a_long_thread_folds_its_replies(client: CheckingClient, app: Flask) -> None:
    with app.app_context():
        article = cast.article()
        root = cast.comment(article)
        for _ in range(5):
            cast.comment(article, parent=root)
    page = client.get(cast.PATH).page
    assert page.text(".replies__more") == "Show 2 more replies"
    assert len(page.query(".replies__item")) == 3
    more = client.get(str(page.one(".replies__more a").attrs["href"])).page
    assert [each.attrs["id"] for each in more.query("article.comment")][1:] == [
        "comment-5",
        "comment-6",
    ]


def test_the_order_is_in_the_address(client: CheckingClient, app: Flask) -> None:
    with app.app_context():
        article = cast.article()
        for _ in range(3):
            cast.comment(article)
    ids = {
        order: [each.attrs["id"] for each in client.get(cast.PATH + order).page.query(".comment")]
        for order in ("", "?sort=newest", "?sort=bogus")
    }
    assert ids[""] == ["comment-1", "comment-2", "comment-3"] == ids["?sort=bogus"]
    assert ids["?sort=newest"] == ids[""][::-1]


def test_a_browser_that_wrote_sees_its_own_and_nobody_elses(
    client: CheckingClient, app: Flask
) -> None:
    with app.app_context():
        article = cast.article()
        cast.comment(article, status=Status.HELD, name="Somebody else")
    cast.post(client)
    page = client.get(cast.PATH).page
    assert [each.attrs["id"] for each in page.query(".comment")] == ["comment-2"]
    assert page.text("#comments-heading") == "Be the first to comment"


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        (Status.HELD, "Waiting for review. Only you can see this."),
        (Status.REJECTED, "This was not published. Only you can see it."),
    ],
)
def test_an_author_is_told_what_became_of_a_comment(
    client: CheckingClient, app: Flask, status: Status, sentence: str
) -> None:
    with app.app_context():
        cast.article()
    cast.post(client)
    with app.app_context(), writing():
        moderation.move(db.session.get_one(Comment, 1), status, by="Mo")
    assert client.get(cast.PATH).page.text(".comment__state") == sentence
    assert not client.get(cast.PATH).page.query(".like"), "nobody else can see it"


def test_of_spam_not_even_its_author_is_told(client: CheckingClient, app: Flask) -> None:
    with app.app_context():
        cast.article()
    cast.post(client)
    with app.app_context(), writing():
        moderation.move(db.session.get_one(Comment, 1), Status.SPAM, by="Mo")
    assert not client.get(cast.PATH).page.query(".comment")


def test_an_answer_to_what_is_gone_keeps_its_place(client: CheckingClient, app: Flask) -> None:
    with app.app_context():
        article = cast.article()
        root = cast.comment(article, status=Status.SPAM)
        cast.comment(article, parent=root)
    page = client.get(cast.PATH).page
    assert page.text("#comment-1") == "This comment is no longer here."
    assert page.query("#replies-1 #comment-2")
    assert page.text("#comments-heading") == "1 comment"

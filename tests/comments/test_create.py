"""POST {article}/comments: a comment is stored, or the form says what is wrong with it."""

from collections.abc import Callable

import pytest
from flask import Flask

from blog.extensions import db
from blog.models import Comment, Status
from blog.services import moderation
from tests import cast
from tests.page import CheckingClient

NewReader = Callable[[], CheckingClient]


@pytest.fixture(autouse=True)
def article(app: Flask) -> None:
    with app.app_context():
        cast.article()


def approve(app: Flask, comment_id: int = 1) -> None:
    with app.app_context():
        mo = cast.moderator()
        moderation.decide(comment_id, Status.PUBLISHED, mo, seen=cast.seen(Status.HELD))
        db.session.commit()


# --- What happens when all is well ---------------------------------------------------------


def test_with_htmx_the_parts_of_the_page_that_change_come_back(client: CheckingClient) -> None:
    answer = cast.post(client)
    assert answer.status_code == 201
    assert "Only you can see this" in answer.page.text(".comment--own")
    assert answer.headers["Cache-Control"] == "private, no-store"
    targets = [each.attrs["hx-target"] for each in answer.page.query("hx-partial")]
    assert targets == ["#leave-reply", "#thread", "#comments-heading", "#comment-count", "#live"]
    assert answer.page.fields("#leave-reply")["body"] == ""


def test_the_new_comment_takes_the_focus(client: CheckingClient) -> None:
    focused = cast.post(client).page.one("[autofocus]")
    assert focused.attrs["id"] == "comment-1"


def test_without_scripts_the_answer_leads_to_the_comment(client: CheckingClient) -> None:
    answer = cast.post(client, htmx=False)
    assert (answer.status_code, answer.location) == (303, f"{cast.PATH}?show=1#comment-1")
    assert "Only you can see this" in client.get(cast.PATH).page.text("#comment-1")


def test_a_first_comment_is_seen_by_its_author_only(
    client: CheckingClient, new_reader: NewReader
) -> None:
    cast.post(client, body="Unheard-of.")
    stranger = new_reader()
    for path in (cast.PATH, "/", "/topic/sea", "/author/ruth-ansell", "/archive/1"):
        assert "Unheard-of" not in stranger.get(path).text
    for path in ("/feed.xml", "/sitemap.xml"):
        assert "Unheard-of" not in stranger.get(path).text
    page = stranger.get(cast.PATH).page
    assert not page.query(".comment")
    assert page.text("#comments-heading") == "Be the first to comment"


def test_a_waiting_comment_changes_no_page_of_anybody_else(
    client: CheckingClient, new_reader: NewReader
) -> None:
    stranger = new_reader()
    paths = (cast.PATH, "/", "/topic/sea", "/archive/1", "/sitemap.xml", f"{cast.PATH}/feed.xml")
    before = {path: stranger.get(path).headers["ETag"] for path in paths}
    cast.post(client)
    for path, tag in before.items():
        answer = stranger.get(path, headers={"If-None-Match": tag})
        assert answer.status_code == 304, path


def test_a_comment_is_public_once_approved(
    app: Flask, client: CheckingClient, new_reader: NewReader
) -> None:
    cast.post(client)
    stranger = new_reader()
    before = stranger.get(cast.PATH).headers["ETag"]
    approve(app)
    moved = stranger.get(cast.PATH, headers={"If-None-Match": before})
    assert moved.status_code == 200, "who kept the page before is told that it changed"
    after = stranger.get(cast.PATH)
    assert after.headers["ETag"] != before
    assert after.page.text("#comments-heading") == "1 comment"
    assert after.page.text("#comment-1 .comment__text") == "Well said indeed."
    assert "1 comment" in stranger.get("/").page.text(".card__meta")


def test_a_known_commenter_is_public_at_once_and_counted(
    app: Flask, client: CheckingClient
) -> None:
    cast.post(client)
    approve(app)
    page = cast.post(client, body="Again.").page
    assert not page.query(".comment--own")
    assert page.text("#comments-heading") == "2 comments"
    assert page.text("hx-partial[hx-target='#live']") == "Your comment was posted."


def test_another_browser_with_the_same_name_sees_and_gains_nothing(
    app: Flask, client: CheckingClient, new_reader: NewReader
) -> None:
    cast.post(client)
    approve(app)
    cast.post(client, body="Only mine.", website="https://a.example", key="k")
    other = new_reader()
    assert cast.post(other, body="I am Ann.").page.query(".comment--own")
    assert cast.stored(app)[-1].status is Status.HELD


def test_a_second_click_is_stored_once(client: CheckingClient, app: Flask) -> None:
    first, second = (cast.post(client, key="0123456789abcdef") for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 201)
    assert len(cast.stored(app)) == 1


def test_two_clicks_before_the_first_answer_get_the_same_proof(
    new_reader: NewReader, app: Flask
) -> None:
    cookies = {
        cast.post(new_reader(), key="0123456789abcdef").headers["Set-Cookie"] for _ in range(2)
    }
    assert len(cookies) == 1
    assert len(cast.stored(app)) == 1


def test_a_second_click_without_a_key_is_known_by_the_cookie(
    client: CheckingClient, app: Flask
) -> None:
    cast.post(client)
    answers = [cast.post(client, htmx=False, body="Again.") for _ in "12"]
    assert [answer.location for answer in answers] == [f"{cast.PATH}?show=2#comment-2"] * 2
    assert len(cast.stored(app)) == 2


def test_the_first_comment_sent_again_is_known_by_the_cookie_that_it_brought(
    client: CheckingClient, app: Flask
) -> None:
    """Back, and once more, without scripts: there is no key, and now there is a cookie."""
    answers = [cast.post(client, htmx=False) for _ in "12"]
    assert [answer.location for answer in answers] == [f"{cast.PATH}?show=1#comment-1"] * 2
    assert len(cast.stored(app)) == 1


def test_a_key_is_no_key_to_somebody_elses_comment(new_reader: NewReader, app: Flask) -> None:
    key = "0123456789abcdef"
    cast.post(new_reader(), key=key)
    other = new_reader()
    answer = cast.post(other, key=key, body="Something else.", email="eve@example.org")
    assert answer.status_code == 201
    assert not other.get(cast.PATH).page.query("#comment-1")


def test_a_repeated_request_without_key_or_cookie_is_stored_once_and_says_so(
    new_reader: NewReader, app: Flask
) -> None:
    cast.post(new_reader(), htmx=False)
    answer = cast.post(new_reader(), htmx=False)
    assert answer.status_code == 409
    assert "We have this comment already" in answer.page.text(".form-summary")
    assert "Set-Cookie" not in answer.headers
    assert len(cast.stored(app)) == 1


# --- Replies --------------------------------------------------------------------------------


@pytest.fixture
def root(app: Flask) -> Comment:
    with app.app_context():
        return cast.comment(db.session.get_one(cast.Article, 1), name="Root")


def test_a_reply_lands_below_its_root_and_closes_its_form(
    client: CheckingClient, root: Comment
) -> None:
    page = cast.post(client, parent=str(root.id)).page
    targets = [each.attrs["hx-target"] for each in page.query("hx-partial")]
    elsewhere = f"body:not(:has(#replies-{root.id})) #newer-list"
    assert targets[:2] == [f"#reply-slot-{root.id}", f"#replies-{root.id}, {elsewhere}"]
    assert not page.query(".comment__answers"), "the first level says by its place whom it answers"


def test_whoever_answers_the_own_comment_sees_it_as_it_is_now(
    app: Flask, client: CheckingClient
) -> None:
    cast.post(client)
    approve(app)
    assert client.get(cast.PATH).page.query("#comment-1 a[href$='/edit']")
    page = cast.post(client, parent="1", body="One thing more.").page
    assert page.query("hx-partial")[0].attrs["hx-target"] == "#comment-1"
    assert not page.query("#comment-1 a[href$='/edit']"), "it is answered"
    assert page.one("[autofocus]").attrs["id"] == "comment-2"


def test_a_deeper_reply_stays_flat_and_names_whom_it_answers(
    client: CheckingClient, app: Flask, root: Comment
) -> None:
    with app.app_context():
        reply = cast.comment(db.session.get_one(cast.Article, 1), name="Second", parent=root)
    cast.post(client, parent=str(reply.id))
    thread = client.get(cast.PATH).page.one(f"#thread-{root.id}")
    assert len(thread.query("ol")) == 1, "two levels, never three"
    assert client.get(cast.PATH).page.text("#comment-3 .comment__answers") == "to Second"


# --- The staff ------------------------------------------------------------------------------


def test_the_staff_sign_with_their_account(moderator: CheckingClient, app: Flask) -> None:
    form = moderator.get(cast.PATH).page
    assert not form.query("#leave-reply-name")
    fields = form.fields("#leave-reply") | {"body": "From the desk.", "name": "Somebody"}
    answer = moderator.post(cast.COMMENTS, data=fields, htmx=True)
    assert answer.status_code == 201
    assert answer.page.text(".badge") == "Staff"
    made = cast.stored(app)[0]
    assert (made.name, made.status) == ("Mo Derator", Status.PUBLISHED)


def test_in_a_session_of_the_staff_the_token_is_needed(
    moderator: CheckingClient, app: Flask
) -> None:
    answer = moderator.post(cast.COMMENTS, data={"body": cast.TEXT})
    assert answer.status_code == 400
    kept = answer.page.fields(".comment-form")
    assert kept["body"] == cast.TEXT
    assert cast.stored(app) == []
    assert moderator.post(cast.COMMENTS, data=kept).status_code == 303


# --- Addresses ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        pytest.param("/2026/03/nowhere/comments", id="an article that does not exist"),
        pytest.param("/2025/03/the-tide-table/comments", id="the wrong year"),
        pytest.param("/2026/04/the-tide-table/comments", id="the wrong month"),
        pytest.param("/2099/03/later/comments", id="an article that is not out yet"),
    ],
)
def test_where_there_is_no_article_nothing_is_stored(
    client: CheckingClient, app: Flask, path: str
) -> None:
    with app.app_context():
        cast.article(slug="later", date="2099-03-04")
    answer = cast.post(client, path=path, htmx=False, body=cast.TEXT)
    assert answer.status_code == 404
    assert answer.page.one("#kept-body").to_text(strip=False) == cast.TEXT
    assert cast.stored(app) == []


def test_opening_the_address_of_a_form_leads_back_to_the_conversation(
    client: CheckingClient,
) -> None:
    answer = client.get(cast.COMMENTS)
    assert (answer.status_code, answer.location) == (303, f"{cast.PATH}#comments")

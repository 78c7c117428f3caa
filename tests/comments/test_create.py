"""POST {article}/comments: a comment is stored, or the form says what is wrong with it."""

import sqlite3
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError

from blog.extensions import db
from blog.models import Comment, Status
from blog.services import moderation
from tests import cast
from tests.conftest import MakeApp, new_client
from tests.page import Answer, CheckingClient

NewReader = Callable[[], CheckingClient]


@pytest.fixture(autouse=True)
def article(app: Flask) -> None:
    with app.app_context():
        cast.article()


def approve(app: Flask, comment_id: int = 1) -> None:
    with app.app_context():
        mo = cast.moderator()
        moderation.decide(comment_id, Status.PUBLISHED, mo, seen=Status.HELD)
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
    assert (answer.status_code, answer.location) == (303, f"{cast.PATH}#comment-1")
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


def test_a_comment_is_public_once_approved(
    app: Flask, client: CheckingClient, new_reader: NewReader
) -> None:
    cast.post(client)
    stranger = new_reader()
    before = stranger.get(cast.PATH).headers["ETag"]
    approve(app)
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
    assert targets[:2] == [f"#reply-slot-{root.id}", f"#replies-{root.id}"]
    assert not page.query(".comment__answers"), "the first level says by its place whom it answers"


def test_a_deeper_reply_stays_flat_and_names_whom_it_answers(
    client: CheckingClient, app: Flask, root: Comment
) -> None:
    with app.app_context():
        reply = cast.comment(db.session.get_one(cast.Article, 1), name="Second", parent=root)
    cast.post(client, parent=str(reply.id))
    thread = client.get(cast.PATH).page.one(f"#thread-{root.id}")
    assert len(thread.query("ol")) == 1, "two levels, never three"
    assert client.get(cast.PATH).page.text("#comment-3 .comment__answers") == "to Second"


# --- Bad input ------------------------------------------------------------------------------

TEXT = "Line one,  with <b>HTML</b> & “signs”.\n\n\tLine two.\n"
BAD: list[Any] = [
    pytest.param({"body": ""}, "body", "Please write a comment.", id="an empty comment"),
    pytest.param({"body": " \n\t "}, "body", "Please write a comment.", id="a blank comment"),
    pytest.param({"body": "\u200b\u2060"}, "body", "Please write", id="an invisible comment"),
    pytest.param({"body": "x" * 5001}, "body", "This is 1 character too long.", id="too long by one"),
    pytest.param({"body": "x" * 6000}, "body", "1000 characters too long", id="much too long"),
    pytest.param({"body": "a\0b"}, "body", "cannot be shown", id="NUL"),
    pytest.param({"body": "a\x1bb"}, "body", "cannot be shown", id="an escape character"),
    pytest.param({"body": b"a\xed\xa0\x80b"}, "body", "cannot be shown", id="a lone surrogate"),
    pytest.param({"body": b"a\xff"}, "body", "cannot be shown", id="broken UTF-8"),
    pytest.param({"name": ""}, "name", "Please give a name.", id="no name"),
    pytest.param({"name": "   "}, "name", "Please give a name.", id="a blank name"),
    pytest.param({"name": "\u3164\u200b"}, "name", "Please give a name.", id="an invisible name"),
    pytest.param({"name": "x" * 81}, "name", "1 character too long", id="a name too long"),
    pytest.param({"name": "A\nB"}, "name", "cannot be shown", id="a name of two lines"),
    pytest.param({"name": "\u202eAnn"}, "name", "cannot be shown", id="a name that turns the line"),
    pytest.param({"name": "Rúth Ansell"}, "name", "belongs to somebody", id="the name of an author"),
    pytest.param({"name": "Moderator"}, "name", "belongs to somebody", id="the name of an office"),
    pytest.param({"email": ""}, "email", "Please give an e-mail", id="no address"),
    pytest.param({"email": "ann"}, "email", "not an e-mail address", id="a word for an address"),
    pytest.param({"email": "ann@localhost"}, "email", "not an e-mail", id="a machine's own name"),
    pytest.param({"email": "a" * 250 + "@example.org"}, "email", "too long", id="a long address"),
    pytest.param({"website": "javascript:alert(1)"}, "website", "not a web address", id="a script"),
    pytest.param({"website": "http://[::1"}, "website", "not a web address", id="half an address"),
    pytest.param({"website": "https://a.org/" + "x" * 200}, "website", "too long", id="a long one"),
]  # fmt: skip


@pytest.mark.parametrize("htmx", [True, False], ids=["with htmx", "without scripts"])
@pytest.mark.parametrize(("bad", "field", "sentence"), BAD)
def test_a_fault_is_a_sentence_beside_its_field_and_nothing_is_lost(
    client: CheckingClient, app: Flask, bad: dict[str, Any], field: str, sentence: str, htmx: bool
) -> None:
    answer = cast.post(client, htmx=htmx, **{"body": TEXT, **bad})
    assert answer.status_code == 422
    form, page = "#leave-reply", answer.page
    assert sentence in page.text(f"#leave-reply-{field}-error")
    control = page.one(f"#leave-reply-{field}")
    assert control.attrs["aria-invalid"] == "true"
    assert f"leave-reply-{field}-error" in control.attrs["aria-describedby"]
    assert "autofocus" in control.attrs
    assert page.query(f"{form} .form-summary a[href='#leave-reply-{field}']")
    if "body" not in bad:
        assert page.fields(form)["body"] == TEXT
        assert page.fields(form)[field] == bad[field].strip()
    assert cast.stored(app) == []
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("htmx", [True, False], ids=["with htmx", "without scripts"])
@pytest.mark.parametrize(
    "parent",
    [
        pytest.param("99", id="a comment that does not exist"),
        pytest.param("2", id="a comment of another article"),
        pytest.param("3", id="a comment that is not public"),
        pytest.param("x", id="no number"),
        pytest.param("-1", id="a negative number"),
        pytest.param("9" * 40, id="a number that no database takes"),
        pytest.param("١", id="a digit that is not ours"),
    ],
)
def test_an_answer_to_nothing_may_be_posted_as_a_comment_of_its_own(
    client: CheckingClient, app: Flask, root: Comment, parent: str, htmx: bool
) -> None:
    with app.app_context():
        here = db.session.get_one(cast.Article, 1)
        cast.comment(cast.article(slug="elsewhere"))
        cast.comment(here, status=Status.HELD)
    answer = cast.post(client, htmx=htmx, parent=parent, body=TEXT)
    assert answer.status_code == 422
    fields = answer.page.fields("#leave-reply")
    assert (fields["parent"], fields["body"]) == ("", TEXT)
    assert answer.page.text("#leave-reply .form-summary")
    assert len(cast.stored(app)) == 3
    again: dict[str, Any] = {**fields, "key": "k"}
    assert cast.post(client, **again).status_code == 201


@pytest.mark.parametrize("htmx", [True, False], ids=["with htmx", "without scripts"])
def test_a_discussion_that_closed_meanwhile_keeps_the_text(
    client: CheckingClient, app: Flask, htmx: bool
) -> None:
    with app.app_context():
        cast.article(comments="closed")
    answer = cast.post(client, htmx=htmx, body=TEXT)
    assert answer.status_code == 409
    assert "closed while you were writing" in answer.page.text(".form-summary")
    assert answer.page.fields("#leave-reply")["body"] == TEXT


@pytest.mark.parametrize(
    ("field", "longest"), [("name", 80), ("email", 254), ("website", 200), ("body", 5000)]
)
def test_what_just_fits_is_stored_whole_and_the_form_says_the_same_limit(
    client: CheckingClient, app: Flask, field: str, longest: int
) -> None:
    fill = {
        "name": "n" * 80,
        "email": f"{'a' * 60}@{'b' * 60}.{'c' * 60}.{'d' * 60}.example.org"[:254],
        "website": "https://example.org/" + "x" * 180,
        "body": "\r\n".join(["x"] * 2500) + "\r\n",
    }[field]
    assert client.get(cast.PATH).page.one(f"#leave-reply-{field}").attrs["maxlength"] == str(
        longest
    )
    changed: dict[str, Any] = {field: fill}
    assert cast.post(client, **changed).status_code == 201
    assert getattr(cast.stored(app)[0], field) == fill.replace("\r\n", "\n")


def test_limits_are_settings(make_app: MakeApp) -> None:
    app = make_app(comment_max_length=10)
    client = new_client(app)
    assert client.get(cast.PATH).page.one("#leave-reply-body").attrs["maxlength"] == "10"
    assert cast.post(client, body="x" * 11).status_code == 422
    assert cast.post(client, body="x" * 10).status_code == 201


# --- Too much, too fast, and the wrong kind -------------------------------------------------


@pytest.mark.parametrize(
    ("content_type", "data", "status"),
    [
        pytest.param("application/json", b'{"body": "x"}', 415, id="JSON"),
        pytest.param("text/plain", b"body=x", 415, id="plain text"),
        pytest.param("", b"body=x", 415, id="no type at all"),
        pytest.param("multipart/form-data", b"body", 422, id="multipart without a boundary"),
        pytest.param("application/x-www-form-urlencoded", b"x" * 10_000_000, 413, id="10 MB"),
        pytest.param("application/x-www-form-urlencoded", b"a=b&" * 60, 413, id="60 fields"),
    ],
)
def test_what_our_form_never_sends_is_refused_in_words(
    client: CheckingClient, app: Flask, content_type: str, data: bytes, status: int
) -> None:
    answer = client.post(cast.COMMENTS, data=data, content_type=content_type)
    assert answer.status_code == status
    assert answer.page.text("h1")
    assert cast.stored(app) == []


def test_too_large_a_request_leaves_the_page_as_it_is(client: CheckingClient) -> None:
    answer = cast.post(client, body="x" * 70_000)
    assert (answer.status_code, answer.headers["HX-Retarget"]) == (413, "#notice")
    assert "shorten it" in answer.page.text(".notice__box")


@pytest.mark.parametrize("htmx", [True, False], ids=["with htmx", "without scripts"])
def test_who_wrote_a_moment_ago_waits_and_keeps_the_text(make_app: MakeApp, htmx: bool) -> None:
    client = new_client(make_app(flood_seconds=15))
    cast.post(client)
    answer = cast.post(client, htmx=htmx, body=TEXT)
    assert answer.status_code == 429
    assert 1 <= int(answer.headers["Retry-After"]) <= 15
    assert "wait" in answer.page.text(".form-summary")
    assert answer.page.fields("#leave-reply")["body"] == TEXT


def test_an_address_has_its_rate(make_app: MakeApp) -> None:
    app = make_app(comment_rate="2 per hour")
    for number in range(2):
        assert cast.post(new_client(app), body=f"No. {number}").status_code == 201
    answer = cast.post(new_client(app), body=TEXT, key="k3")
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert answer.page.fields("#leave-reply")["body"] == TEXT
    assert len(cast.stored(app)) == 2


def test_bad_input_does_not_use_up_the_rate(make_app: MakeApp) -> None:
    client = new_client(make_app(comment_rate="1 per hour"))
    assert [cast.post(client, name="").status_code for _ in range(3)] == [422] * 3
    assert cast.post(client).status_code == 201


# --- The database is away -------------------------------------------------------------------


@pytest.mark.parametrize("htmx", [True, False], ids=["with htmx", "without scripts"])
@pytest.mark.parametrize("fault", ["database is locked", "database or disk is full"])
def test_a_database_that_takes_nothing_is_a_503_and_the_text_is_kept(
    client: CheckingClient, app: Flask, monkeypatch: pytest.MonkeyPatch, fault: str, htmx: bool
) -> None:
    def fail(*_args: object) -> None:
        raise OperationalError("INSERT", {}, sqlite3.OperationalError(fault))

    with monkeypatch.context() as patch:
        patch.setattr("blog.comments.views.submit", fail)
        answer = cast.post(client, htmx=htmx, body=TEXT)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
    assert fault not in answer.text
    assert "Traceback" not in answer.text
    if not htmx:  # with htmx the page and its form stay as they are
        assert answer.page.fields(".comment-form")["body"] == TEXT
        again = client.post(cast.COMMENTS, data=answer.page.fields(".comment-form"))
        assert again.status_code == 303
        assert cast.stored(app)[0].body == TEXT


def test_a_fault_of_ours_is_a_500_without_a_trace(
    client: CheckingClient, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr("blog.comments.views.submit", fail)
    answer = cast.post(client, htmx=False, body=TEXT)
    assert answer.status_code == 500
    assert "secret detail" not in answer.text
    assert answer.page.fields(".comment-form")["body"] == TEXT


# --- Cookies --------------------------------------------------------------------------------


def _cookie(answer: Answer) -> set[str]:
    return {part.strip() for part in answer.headers["Set-Cookie"].split(";")[1:]}


def test_the_proof_lasts_as_long_as_the_browser_is_open(client: CheckingClient) -> None:
    assert _cookie(cast.post(client)) == {"HttpOnly", "Path=/", "SameSite=Lax"}


def test_the_proof_lasts_a_month_if_its_reader_asks(client: CheckingClient) -> None:
    parts = _cookie(cast.post(client, remember="y"))
    assert f"Max-Age={30 * 24 * 3600}" in parts


def test_over_tls_the_cookie_is_bound_to_the_host(make_app: MakeApp) -> None:
    client = new_client(make_app(site_url="https://news.example.org"))
    answer = cast.post(client)
    assert answer.headers["Set-Cookie"].startswith("__Host-broadsheet-author=")
    assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= _cookie(answer)


def test_the_page_of_a_commenter_is_private(client: CheckingClient) -> None:
    assert client.get(cast.PATH).headers["Cache-Control"] == "public, no-cache"
    cast.post(client)
    answer = client.get(cast.PATH)
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "ETag" not in answer.headers


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
    answer = moderator.post(cast.COMMENTS, data={"body": TEXT})
    assert answer.status_code == 400
    kept = answer.page.fields(".comment-form")
    assert kept["body"] == TEXT
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
    answer = cast.post(client, path=path, htmx=False, body=TEXT)
    assert answer.status_code == 404
    assert answer.page.fields(".comment-form")["body"] == TEXT
    assert cast.stored(app) == []


def test_opening_the_address_of_a_form_leads_back_to_the_conversation(
    client: CheckingClient,
) -> None:
    answer = client.get(cast.COMMENTS)
    assert (answer.status_code, answer.location) == (303, f"{cast.PATH}#comments")

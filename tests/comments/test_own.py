"""Editing and deleting the own comment: for 15 minutes, until somebody answers."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from blog import clock
from blog.extensions import db, writing
from blog.models import Article, Comment, Discussion, ModerationEntry, Revision, Status
from blog.services import moderation
from tests import cast
from tests.conftest import MakeApp, new_client
from tests.page import CheckingClient

EDIT = f"{cast.COMMENTS}/1/edit"
DELETE = f"{cast.COMMENTS}/1/delete"


@pytest.fixture(autouse=True)
def comment(app: Flask, client: CheckingClient) -> None:
    with app.app_context():
        cast.article()
    cast.post(client)


def _publish(app: Flask) -> None:
    with app.app_context(), writing():
        moderation.move(db.session.get_one(Comment, 1), Status.PUBLISHED, by="Mo")


def test_the_form_has_the_text_as_it_was_typed(client: CheckingClient) -> None:
    assert client.get(EDIT, htmx=True).page.fields("form")["body"] == cast.ANN["body"]
    assert client.get(EDIT).page.text("h1") == "Edit your comment"


def test_a_changed_text_is_shown_with_the_old_one_kept(client: CheckingClient, app: Flask) -> None:
    answer = client.post(EDIT, data={"body": "Better **said**."}, htmx=True)
    assert answer.status_code == 200
    assert answer.page.query("#comment-1 strong")
    assert answer.page.text(".comment__edited") == "edited"
    with app.app_context():
        assert [each.body for each in db.session.query(Revision)] == [cast.ANN["body"]]


@pytest.mark.parametrize(
    ("path", "heading", "count"),
    [
        pytest.param(EDIT, "2 comments", "2 comments", id="an edit"),
        pytest.param(DELETE, "1 comment", "1 comment", id="a deletion"),
    ],
)
def test_what_the_page_counts_is_counted_anew(
    client: CheckingClient, app: Flask, path: str, heading: str, count: str
) -> None:
    _publish(app)
    with app.app_context():
        cast.comment(db.session.get_one(Article, 1))
    page = client.post(path, data={"body": "Better."}, htmx=True).page
    assert page.text("#comments-heading") == heading
    assert page.text("#comment-count") == count


def test_without_scripts_the_way_leads_back_to_the_comment(client: CheckingClient) -> None:
    answer = client.post(EDIT, data={"body": "Better."})
    assert (answer.status_code, answer.location) == (303, f"{cast.PATH}?show=1#comment-1")


def test_an_edit_is_judged_like_a_new_comment(client: CheckingClient, app: Flask) -> None:
    _publish(app)
    client.post(EDIT, data={"body": "https://a.example https://b.example"})
    made = cast.stored(app)[0]
    assert made.status is Status.HELD
    assert made.reasons == [{"rule": "links", "fact": "2"}]
    with app.app_context():
        assert db.session.get_one(cast.Article, 1).comment_count == 0


def test_an_edit_of_a_public_comment_stays_public(client: CheckingClient, app: Flask) -> None:
    _publish(app)
    client.post(EDIT, data={"body": "Harmless."})
    assert cast.stored(app)[0].status is Status.PUBLISHED


@pytest.mark.parametrize("htmx", [True, False], ids=["with htmx", "without scripts"])
@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        pytest.param("  ", "Please write a comment.", id="blank"),
        pytest.param("x" * 5001, "This is 1 character too long.", id="too long"),
        pytest.param("\n a\x1b", "This has characters in it that cannot be shown.", id="escape"),
        pytest.param("a\ufffd", "This has characters in it that cannot be shown.", id="broken"),
    ],
)
def test_a_faulty_text_is_refused_and_kept(
    client: CheckingClient, app: Flask, body: str, sentence: str, htmx: bool
) -> None:
    answer = client.post(EDIT, data={"body": body}, htmx=htmx)
    assert answer.status_code == 422
    assert answer.page.text("#edit-1-body-error") == sentence
    assert answer.page.one("#edit-1-body").attrs["aria-describedby"] == "edit-1-body-error"
    assert answer.page.fields("#edit-1")["body"] == body
    assert cast.stored(app)[0].body == cast.ANN["body"]


def test_a_text_without_its_field_changes_nothing(client: CheckingClient, app: Flask) -> None:
    assert client.post(EDIT).status_code == 422
    assert cast.stored(app)[0].body == cast.ANN["body"]


def test_deleting_leaves_nothing_personal(client: CheckingClient, app: Flask) -> None:
    client.post(EDIT, data={"body": "Second thoughts."})
    answer = client.post(DELETE, htmx=True)
    assert "Its author deleted this comment" in answer.page.text("#comment-1")
    made = cast.stored(app)[0]
    assert made.status is Status.DELETED
    personal = (made.name, made.email, made.website, made.body, made.html)
    assert {*personal, made.browser, made.network, made.fingerprint} == {""}
    with app.app_context():
        assert db.session.query(Revision).count() == 0
        assert {entry.by for entry in db.session.query(ModerationEntry)} == {""}
    assert "Ann Reader" not in client.get(cast.PATH).text


def test_a_deleted_comment_is_not_counted(client: CheckingClient, app: Flask) -> None:
    _publish(app)
    client.post(DELETE)
    assert client.get(cast.PATH).page.text("#comments-heading") == "Be the first to comment"


@pytest.mark.parametrize("path", [EDIT, DELETE])
@pytest.mark.parametrize("htmx", [True, False], ids=["with htmx", "without scripts"])
def test_after_a_quarter_of_an_hour_it_stays(
    client: CheckingClient, app: Flask, path: str, htmx: bool
) -> None:
    with time_machine.travel(clock.now() + timedelta(minutes=16)):
        assert "Edit" not in client.get(cast.PATH).page.text(".comment__actions")
        answer = client.post(path, data={"body": "Too late."}, htmx=htmx)
    assert answer.status_code == 409
    assert cast.stored(app)[0].body == cast.ANN["body"]
    if path == EDIT:
        assert answer.page.fields("form.comment-form")["body"] == "Too late."


def test_once_answered_it_stays(client: CheckingClient, app: Flask) -> None:
    _publish(app)
    with app.app_context():
        cast.comment(cast.article(), parent=db.session.get_one(Comment, 1))
    assert client.post(EDIT, data={"body": "x"}).status_code == 409
    assert client.post(DELETE).status_code == 409
    assert "Edit" not in client.get(cast.PATH).page.text("#comment-1 > .comment__body")


@pytest.mark.parametrize("status", [Status.HELD, Status.REJECTED, Status.SPAM])
def test_an_answer_that_nobody_sees_changes_nothing(
    client: CheckingClient, app: Flask, status: Status
) -> None:
    """It would say that such an answer is there."""
    _publish(app)
    with app.app_context():
        parent = db.session.get_one(Comment, 1)
        cast.comment(cast.article(), parent=parent, status=status)
    assert "Edit" in client.get(cast.PATH).page.text("#comment-1 .comment__actions")
    assert client.post(EDIT, data={"body": "x"}).status_code == 303


def test_after_the_discussion_closed_it_stays_and_can_be_deleted(
    client: CheckingClient, app: Flask
) -> None:
    _publish(app)
    _discuss(app, Discussion.CLOSED)
    assert client.get(EDIT).status_code == 409
    answer = client.post(EDIT, data={"body": "Too late."})
    assert answer.status_code == 409
    assert answer.page.fields("form.comment-form")["body"] == "Too late."
    answer = client.post(DELETE)
    assert answer.status_code == 303
    page = client.get(answer.location).page
    assert page.text("[role=status]") == "Your comment was deleted."
    assert page.one(".narrow > p:last-child a").attrs["href"] == f"{cast.PATH}#comments"


def test_below_a_hidden_discussion_nothing_is_changed(client: CheckingClient, app: Flask) -> None:
    _publish(app)
    _discuss(app, Discussion.HIDDEN)
    assert client.get(EDIT).status_code == 404
    assert client.post(EDIT, data={"body": "x"}).status_code == 404
    assert cast.stored(app)[0].body == cast.ANN["body"]


def _discuss(app: Flask, state: Discussion) -> None:
    with app.app_context(), writing():
        db.session.query(Article).update({"discussion": state})


@pytest.mark.parametrize("path", [EDIT, DELETE])
def test_nobody_else_may(app: Flask, new_reader: Callable[[], CheckingClient], path: str) -> None:
    stranger = new_reader()
    assert stranger.post(path, data={"body": "x"}).status_code == 404, "it waits: unseen"
    _publish(app)
    assert stranger.post(path, data={"body": "x"}).status_code == 409
    assert cast.stored(app)[0].body == cast.ANN["body"]


def test_the_time_is_a_setting(make_app: MakeApp) -> None:
    client = new_client(make_app(edit_minutes=0))
    cast.post(client, body="Mine.", email="other@example.org")
    assert client.get(f"{cast.COMMENTS}/2/edit").status_code == 409

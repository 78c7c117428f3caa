"""GET {article}/comments/ID/reply: the form for an answer."""

import pytest
from flask import Flask

from blog.models import Article, Comment, Status
from tests import cast
from tests.page import CheckingClient

REPLY = f"{cast.COMMENTS}/1/reply"


@pytest.fixture(autouse=True)
def comment(app: Flask) -> Comment:
    with app.app_context():
        article: Article = cast.article()
        return cast.comment(article)


def test_with_htmx_the_form_comes_alone_and_takes_the_focus(client: CheckingClient) -> None:
    answer = client.get(REPLY, htmx=True)
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.page.fields("form")["parent"] == "1"
    assert answer.page.one("[autofocus]").attrs["id"] == "reply-to-1-body"


def test_who_only_looks_at_the_form_gets_no_cookie(client: CheckingClient) -> None:
    for htmx in (True, False):
        answer = client.get(REPLY, htmx=htmx)
        assert "Set-Cookie" not in answer.headers
        assert "Cookie" not in answer.headers.get("Vary", "")


def test_the_way_out_of_the_form_leads_to_what_was_answered(client: CheckingClient) -> None:
    link = client.get(REPLY).page.one(".buttons a")
    assert link.attrs["href"] == f"{cast.PATH}?show=1#comment-1"


def test_a_member_of_the_staff_answers_by_account(moderator: CheckingClient, app: Flask) -> None:
    fields = moderator.get(REPLY).page.fields("main form")
    assert "name" not in fields
    answer = moderator.post(cast.COMMENTS, data=fields | {"body": "From the desk."})
    assert answer.status_code == 303
    made = cast.stored(app)[1]
    assert (made.parent_id, made.name, made.badge) == (1, "Mo Derator", "staff")


def test_without_scripts_it_is_a_page_with_what_is_answered(client: CheckingClient) -> None:
    page = client.get(REPLY).page
    assert page.text("h1") == "Reply to Bea Writer"
    assert page.text("blockquote.quoted") == "I was there."
    answer = client.post(cast.COMMENTS, data=page.fields("form") | cast.ANN)
    assert (answer.status_code, answer.location) == (303, f"{cast.PATH}?show=2#comment-2")


def test_without_scripts_a_fault_keeps_the_page_of_the_reply(client: CheckingClient) -> None:
    data = {**cast.ANN, "parent": "1", "email": ""}
    answer = client.post(cast.COMMENTS, data=data)
    assert answer.status_code == 422
    assert answer.page.text("h1") == "Reply to Bea Writer"
    assert answer.page.fields("form")["body"] == cast.ANN["body"]
    assert answer.page.text("#reply-to-1-email-error")


def test_with_htmx_a_fault_keeps_the_form_in_its_place(client: CheckingClient) -> None:
    answer = cast.post(client, parent="1", name="")
    assert answer.status_code == 422
    assert answer.page.one("form").attrs["id"] == "reply-to-1"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        pytest.param(f"{cast.COMMENTS}/2/reply", 404, id="a comment that does not exist"),
        pytest.param(f"{cast.COMMENTS}/99999999999/reply", 404, id="a number too large"),
        pytest.param("/2026/03/elsewhere/comments/1/reply", 404, id="below another article"),
    ],
)
def test_there_is_nothing_to_answer(client: CheckingClient, path: str, status: int) -> None:
    assert client.get(path).status_code == status


def test_what_is_not_public_cannot_be_answered(client: CheckingClient, app: Flask) -> None:
    with app.app_context():
        held = cast.comment(cast.article(), status=Status.HELD)
    assert client.get(f"{cast.COMMENTS}/{held.id}/reply").status_code == 404


@pytest.mark.parametrize("htmx", [True, False], ids=["with htmx", "without scripts"])
def test_a_closed_discussion_says_so(client: CheckingClient, app: Flask, htmx: bool) -> None:
    with app.app_context():
        cast.article(comments="closed")
    answer = client.get(REPLY, htmx=htmx)
    assert answer.status_code == 409
    assert "no longer possible" in answer.page.text(".notice__box" if htmx else "main")
    assert "Reply" not in client.get(cast.PATH).page.text(".comment__actions")

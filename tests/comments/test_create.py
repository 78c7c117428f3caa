"""POST {article}/comments: a comment is stored, or the form says what is wrong with it."""

from collections.abc import Callable

import pytest
from flask import Flask

from blog.models import Status
from tests import cast
from tests.page import CheckingClient

NewReader = Callable[[], CheckingClient]


@pytest.fixture(autouse=True)
def article(app: Flask) -> None:
    with app.app_context():
        cast.article()


def test_with_htmx_the_parts_of_the_page_that_change_come_back(client: CheckingClient) -> None:
    answer = cast.post(client)
    assert answer.status_code == 201
    assert "Only you can see this" in answer.page.text(".comment--own")
    assert answer.headers["Cache-Control"] == "private, no-store"
    targets = [each.attrs["hx-target"] for each in answer.page.query("hx-partial")]
    assert targets == ["#leave-reply", "#thread", "#comments-heading", "#comment-count", "#live"]


def test_without_scripts_the_answer_leads_to_the_comment(client: CheckingClient) -> None:
    answer = cast.post(client, htmx=False)
    assert (answer.status_code, answer.location) == (303, f"{cast.PATH}#comment-1")
    assert "Only you can see this" in client.get(cast.PATH).page.text("#comment-1")


def test_a_first_comment_is_seen_by_its_author_only(
    client: CheckingClient, new_reader: NewReader
) -> None:
    cast.post(client)
    page = new_reader().get(cast.PATH).page
    assert not page.query(".comment")
    assert page.text("#comments-heading") == "Be the first to comment"


def test_a_comment_is_public_once_approved(
    app: Flask, client: CheckingClient, new_reader: NewReader
) -> None:
    cast.post(client)
    assert cast.stored(app)[0].status is Status.HELD

"""POST {article}/comments/preview: how a text will look."""

import pytest
from flask import Flask

from tests import cast
from tests.page import CheckingClient

PREVIEW = f"{cast.COMMENTS}/preview"


@pytest.fixture(autouse=True)
def article(app: Flask) -> None:
    with app.app_context():
        cast.article()


def test_with_htmx_the_text_comes_back_as_it_will_look(client: CheckingClient) -> None:
    answer = client.post(PREVIEW, data={"body": "<b>*x*</b>"}, htmx=True)
    assert answer.status_code == 200
    assert "&lt;b&gt;<em>x</em>&lt;/b&gt;" in answer.text


def test_without_scripts_the_page_keeps_the_form_and_names_no_fault(
    client: CheckingClient, app: Flask
) -> None:
    sent = {"body": "One *two*.", "name": "", "email": "half@"}
    answer = client.post(PREVIEW, data=sent)
    assert answer.status_code == 200
    assert answer.page.query(".preview em")
    button = answer.page.one("#leave-reply [formaction]")
    target = str(button.attrs["formaction"]).partition("#")[2]
    assert answer.page.query(f"#{target} em"), "the page opens where the preview is"
    fields = answer.page.fields("#leave-reply")
    assert {name: fields[name] for name in sent} == sent
    assert not answer.page.query("[aria-invalid]")
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert cast.stored(app) == []


def test_a_reply_is_previewed_on_its_own_page(client: CheckingClient, app: Flask) -> None:
    with app.app_context():
        cast.comment(cast.article())
    page = client.post(PREVIEW, data={"body": "Yes.", "parent": "1"}).page
    assert page.text("h1") == "Reply to Bea Writer"
    assert "Yes." in page.text(".preview")


def test_a_reply_to_what_has_gone_says_so_beside_its_preview(client: CheckingClient) -> None:
    page = client.post(PREVIEW, data={**cast.ANN, "body": "Yes.", "parent": "99"}).page
    assert "Yes." in page.text(".preview")
    assert "no longer there" in page.text("#leave-reply .form-summary")


@pytest.mark.parametrize("htmx", [True, False], ids=["with htmx", "without scripts"])
def test_what_cannot_be_posted_cannot_be_previewed(client: CheckingClient, htmx: bool) -> None:
    answer = client.post(PREVIEW, data={"body": ""}, htmx=htmx)
    assert answer.status_code == 422
    assert "Please write a comment." in answer.page.texts(".field__error")


def test_in_a_session_of_the_staff_the_token_is_needed(moderator: CheckingClient) -> None:
    answer = moderator.post(PREVIEW, data={"body": cast.TEXT})
    assert answer.status_code == 400
    fields = moderator.get(cast.PATH).page.fields("#leave-reply") | {"body": "*Yes*."}
    assert moderator.post(PREVIEW, data=fields, htmx=True).page.text("em") == "Yes"


def test_a_preview_is_asked_for_by_a_form(client: CheckingClient) -> None:
    assert client.get(PREVIEW).location == f"{cast.PATH}#comments", "opened again, it leads back"
    missing = "/2026/03/nothing/comments/preview"
    assert client.post(missing, data={"body": "x"}).status_code == 404


def test_nobody_else_may_ask_for_it(client: CheckingClient) -> None:
    answer = client.post(PREVIEW, data={"body": "x"}, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403

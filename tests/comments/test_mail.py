"""Mail for commenters: asked for in the form, proved by a link, ended by another."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask, url_for

from blog import clock
from blog.config import current_settings
from blog.extensions import db, writing
from blog.models import Article, Comment, ConfirmedEmail, Discussion, Mail
from blog.services import secret_links
from blog.services.notices import CONFIRM, STOP
from tests import cast
from tests.conftest import MakeApp
from tests.page import CheckingClient


@pytest.fixture
def app(make_app: MakeApp) -> Flask:
    made = make_app(mail_server="127.0.0.1", mail_from="desk@example.org")
    with made.app_context():
        cast.article()
    return made


def _link(app: Flask, purpose: str, number: int = 1) -> str:
    """The address in a mail about a comment."""
    with app.test_request_context():
        secret = current_settings().secret_key
        if purpose == CONFIRM:
            token = secret_links.sign_dated(secret, purpose, str(number))
            return url_for("comments.confirm_address", token=token)
        return url_for("comments.stop_mail", token=secret_links.sign(secret, purpose, str(number)))


def _count(app: Flask, kind: type) -> int:
    with app.app_context():
        return db.session.query(kind).count()


def test_who_asks_for_mail_is_asked_to_prove_the_address(
    client: CheckingClient, app: Flask
) -> None:
    page = cast.post(client, wants_mail="y").page
    assert "open the link we sent you" in page.text(".comment")
    assert _count(app, Mail) == 1
    assert _count(app, ConfirmedEmail) == 0


def test_who_does_not_ask_gets_none(client: CheckingClient, app: Flask) -> None:
    cast.post(client)
    assert _count(app, Mail) == 0


def test_without_a_mail_server_nobody_is_promised_mail(make_app: MakeApp, app: Flask) -> None:
    client = make_app().test_client()
    assert isinstance(client, CheckingClient)
    assert not client.get(cast.PATH).page.query("[name=wants_mail]")
    cast.post(client, wants_mail="y")
    assert _count(app, Mail) == 0
    assert not cast.stored(app)[0].wants_mail


def test_opening_the_link_changes_nothing_its_button_does(
    client: CheckingClient, app: Flask
) -> None:
    cast.post(client, wants_mail="y")
    for method in ("GET", "HEAD"):
        assert client.open(_link(app, CONFIRM), method=method).status_code == 200
    assert _count(app, ConfirmedEmail) == 0
    page = client.post(_link(app, CONFIRM)).page
    assert "You get mail when somebody answers you" in page.text(".toast")
    assert _count(app, ConfirmedEmail) == 1
    assert "open the link" not in client.get(cast.PATH).page.text(".comment")


def test_the_proof_is_the_commenting_browsers_whoever_opens_the_link(
    client: CheckingClient, app: Flask, new_reader: object
) -> None:
    cast.post(client, wants_mail="y")
    app.test_client().post(_link(app, CONFIRM), headers={"Sec-Fetch-Site": "same-origin"})
    with app.app_context():
        row = db.session.query(ConfirmedEmail).one()
        assert row.browser == db.session.query(Comment).one().browser


def test_another_site_cannot_press_the_button(client: CheckingClient, app: Flask) -> None:
    cast.post(client, wants_mail="y")
    answer = client.post(_link(app, CONFIRM), headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert _count(app, ConfirmedEmail) == 0


def test_the_way_out_works_from_anywhere_and_as_often_as_it_is_pressed(
    client: CheckingClient, app: Flask
) -> None:
    cast.post(client, wants_mail="y")
    assert client.get(_link(app, STOP)).status_code == 200
    assert cast.stored(app)[0].wants_mail, "looking ends nothing"
    for site in ("cross-site", "same-origin"):
        answer = client.post(_link(app, STOP), headers={"Sec-Fetch-Site": site})
        assert "sends no more mail" in answer.page.text(".toast")
    assert not cast.stored(app)[0].wants_mail


@pytest.mark.parametrize("purpose", [CONFIRM, STOP])
def test_a_link_for_somebody_who_was_erased_leads_nowhere(
    client: CheckingClient, app: Flask, purpose: str
) -> None:
    cast.post(client, wants_mail="y")
    client.post(f"{cast.COMMENTS}/1/delete")
    for method in ("GET", "POST"):
        assert client.open(_link(app, purpose), method=method).status_code == 404


def test_a_link_is_good_for_its_own_purpose_and_for_a_week(
    client: CheckingClient, app: Flask
) -> None:
    cast.post(client, wants_mail="y")
    stop = _link(app, STOP).removeprefix("/mail/stop/")
    assert client.get(f"/mail/confirm/{stop}").status_code == 404
    confirm = _link(app, CONFIRM)
    with time_machine.travel(clock.now() + timedelta(days=8)):
        assert client.get(confirm).status_code == 404
        assert client.get(_link(app, STOP)).status_code == 200, "the way out has no end"


# --- The feed of answers -------------------------------------------------------------------------


def test_the_own_feed_has_answers_of_others_and_a_secret_address(
    client: CheckingClient, app: Flask, new_reader: object
) -> None:
    assert not client.get(cast.PATH).page.query("a[href^='/feed/answers/']")
    cast.post(client)
    with app.app_context():
        own = db.session.get_one(Comment, 1)
        for browser, body in ((own.browser, "My own."), ("e" * 64, "Eve's <answer>.")):
            cast.comment(own.article, parent=own, browser=browser, html=f"<p>{body}</p>")
        cast.comment(own.article, browser="e" * 64, html="<p>No answer.</p>")
    link = str(client.get(cast.PATH).page.one("a[href^='/feed/answers/']").attrs["href"])
    assert link == str(client.get(cast.PATH).page.one("a[href^='/feed/answers/']").attrs["href"])
    feed = app.test_client().get(link)
    text = feed.get_data(as_text=True)
    assert feed.mimetype == "application/atom+xml"
    assert feed.headers["Cache-Control"] == "private, no-cache"
    assert text.count("<entry>") == 1
    assert "Eve&#39;s &lt;answer&gt;." in text or "answer" in text
    assert app.test_client().get(link + "x").status_code == 404


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"published_at": clock.now() + timedelta(days=3)}, id="it is to come again"),
        pytest.param({"discussion": Discussion.HIDDEN}, id="its discussion is hidden"),
    ],
)
def test_the_feed_says_nothing_of_an_article_that_readers_do_not_see(
    client: CheckingClient, app: Flask, changed: dict[Any, Any]
) -> None:
    cast.post(client)
    with app.app_context():
        own = db.session.get_one(Comment, 1)
        cast.comment(own.article, parent=own, browser="e" * 64, html="<p>Eve's answer.</p>")
    link = str(client.get(cast.PATH).page.one("a[href^='/feed/answers/']").attrs["href"])
    assert "<entry>" in client.get(link).get_data(as_text=True)
    with app.app_context(), writing():
        db.session.query(Article).update(changed)
    answer = client.get(link)
    assert answer.status_code == 200
    assert "<entry>" not in answer.get_data(as_text=True)

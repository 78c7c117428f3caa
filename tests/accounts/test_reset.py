"""A new password: by mail where there is some, by the command where there is none."""

from typing import Any

import pytest
from flask import Flask
from flask_mailman import Mail

from tests import cast
from tests.conftest import MakeApp, new_client
from tests.page import CheckingClient

RESET = "/account/reset"
NEW = "another quiet word"


def _link(app: Flask) -> str:
    runner = app.test_cli_runner()
    result = runner.invoke(args=["reset-link", cast.EMAIL])
    assert result.exit_code == 0, result.output
    return str(result.output.strip().removeprefix("http://localhost"))


@pytest.fixture(autouse=True)
def mo(app: Flask) -> None:
    with app.app_context():
        cast.moderator()


def _set(client: CheckingClient, link: str, **changed: str) -> Any:
    fields = client.get(link).page.fields()
    data = fields | {"password": NEW, "password_confirm": NEW, **changed}
    return client.post(link, data=data)


def test_the_link_sets_a_password_once(client: CheckingClient, app: Flask) -> None:
    link = _link(app)
    assert _set(client, link).status_code == 302
    assert cast.sign_in(client, password=NEW).location == "/dashboard/"
    again = new_client(app).get(link)
    assert again.status_code == 302, "used up: it leads back to where a new one is asked for"


def test_a_new_password_ends_every_session(moderator: CheckingClient, app: Flask) -> None:
    _set(new_client(app), _link(app))
    assert moderator.get("/dashboard/").status_code == 303


@pytest.mark.parametrize(
    "bad",
    [
        pytest.param({"password": "short", "password_confirm": "short"}, id="too short"),
        pytest.param({"password_confirm": "something else"}, id="two different ones"),
    ],
)
def test_a_faulty_password_is_refused_beside_its_field(
    client: CheckingClient, app: Flask, bad: dict[str, str]
) -> None:
    answer = _set(client, _link(app), **bad)
    assert answer.page.query(".field__error")
    assert cast.sign_in(new_client(app), password=cast.PASSWORD).location == "/dashboard/"


def test_without_mail_the_page_says_how_to_get_a_link(client: CheckingClient) -> None:
    page = client.get(RESET).page
    assert "flask --app blog reset-link" in page.text("main code")
    assert not page.query("main form")


@pytest.fixture
def mailing(make_app: MakeApp) -> Flask:
    app = make_app(
        site_url="https://news.example.org", mail_server="localhost", mail_from="desk@example.org"
    )
    app.config["MAIL_BACKEND"] = "locmem"
    Mail(app)
    return app


@pytest.mark.parametrize("host", ["localhost", "evil.example"])
def test_the_mailed_link_is_made_of_the_sites_address_whatever_host_was_asked(
    mailing: Flask, host: str
) -> None:
    client = new_client(mailing)
    fields = client.get(RESET, headers={"Host": host}).page.fields()
    client.post(RESET, data=fields | {"email": cast.EMAIL}, headers={"Host": host})
    (message,) = mailing.extensions["mailman"].outbox
    assert "https://news.example.org/account/reset/" in message.body
    assert "evil" not in message.body


def test_an_unknown_address_gets_the_same_answer_and_no_mail(mailing: Flask) -> None:
    answers = []
    for email in (cast.EMAIL, "nobody@example.org"):
        client = new_client(mailing)
        fields = client.get(RESET).page.fields()
        answer = client.post(RESET, data=fields | {"email": email})
        answers.append((answer.status_code, answer.page.text("main")))
    assert answers[0] == answers[1]
    assert len(mailing.extensions["mailman"].outbox) == 1

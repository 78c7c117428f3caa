"""A new password: by mail where there is some, by the command where there is none."""

from datetime import timedelta
from smtplib import SMTPRecipientsRefused
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask_mailman import Mail
from flask_mailman.backends import locmem

from blog import clock, jobs
from blog.extensions import writing
from blog.queries import staff as queries
from blog.services import notices
from tests import cast
from tests.conftest import MakeApp, new_client
from tests.page import Answer, CheckingClient

RESET = "/account/reset"
NEW = "another quiet word"


def _link(app: Flask) -> str:
    runner = app.test_cli_runner()
    result = runner.invoke(args=["reset-link", cast.EMAIL])
    assert result.exit_code == 0, result.output
    return str(result.output.strip().removeprefix("http://localhost"))


def _sent(app: Flask) -> Any:
    """What the site's work beside the server has sent when it has done everything."""
    with app.test_request_context(base_url="http://localhost"):
        jobs.work()
    return _outbox(app)


def _outbox(app: Flask) -> Any:
    """The messages that were sent; the library makes the list with the first of them."""
    return getattr(app.extensions["mailman"], "outbox", [])


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
    assert new_client(app).get(link).status_code == 410, "used up"


def test_a_link_that_is_dead_says_so_and_the_way_on(client: CheckingClient, app: Flask) -> None:
    link = _link(app)
    fields = client.get(link).page.fields() | {"password": NEW, "password_confirm": NEW}
    client.post(link, data=fields)
    used, again = client.get(link), client.post(link, data=fields)
    forged = client.get(f"{RESET}/WyIxIiwiMiJd.aaaaaa.bbbb")
    page = used.page
    assert page.text("h1") == "This link no longer works"
    assert "It was used, or is too old." in page.text("main")
    assert "on its way" not in page.text("main")
    ways = {str(each.attrs["href"]) for each in page.query("main a")}
    assert ways == {RESET, "/account/sign-in"}
    said = [(each.status_code, each.page.text("main")) for each in (used, again, forged)]
    assert said == [(410, page.text("main"))] * 3
    asked = client.get(RESET).page
    assert "on its way" not in asked.text("main"), "nobody asked for a link"


def test_a_new_password_ends_every_session(moderator: CheckingClient, app: Flask) -> None:
    _set(new_client(app), _link(app))
    assert moderator.get("/dashboard/").status_code == 303


@pytest.mark.parametrize(
    "bad",
    [
        pytest.param({"password": "short", "password_confirm": "short"}, id="too short"),
        pytest.param({"password_confirm": "something else"}, id="two different ones"),
        pytest.param({"password": "", "password_confirm": ""}, id="none"),
        pytest.param({"password": "x" * 201, "password_confirm": "x" * 201}, id="too long"),
        pytest.param({"password": "x" * 9000, "password_confirm": "x" * 9000}, id="much too long"),
    ],
)
def test_a_faulty_password_is_refused_beside_its_field(
    client: CheckingClient, app: Flask, bad: dict[str, str]
) -> None:
    answer = _set(client, _link(app), **bad)
    assert answer.page.query(".field__error")
    assert cast.sign_in(new_client(app), password=cast.PASSWORD).location == "/dashboard/"


def test_the_link_dies_after_its_hours(make_app: MakeApp, app: Flask) -> None:
    link = _link(app)
    client = new_client(make_app(reset_hours=1))
    with time_machine.travel(clock.now() + timedelta(minutes=59)):
        assert client.get(link).page.query("#password")
    with time_machine.travel(clock.now() + timedelta(minutes=61)):
        assert client.get(link).status_code == 410


def test_a_password_set_another_way_uses_the_link_up(client: CheckingClient, app: Flask) -> None:
    first, second = _link(app), _link(app)
    _set(client, first)
    assert new_client(app).get(second).status_code == 410


@pytest.mark.parametrize("token", ["x", "a.b.c", "WyIxIiwiMiJd.aaaaaa.bbbb", "x" * 5000, "%00"])
def test_a_forged_link_sets_nothing(client: CheckingClient, token: str) -> None:
    assert client.get(f"{RESET}/{token}").status_code == 410
    data = {"password": NEW, "password_confirm": NEW}
    assert client.post(f"{RESET}/{token}", data=data).status_code == 410
    assert cast.sign_in(client).location == "/dashboard/"


def test_a_link_of_another_site_sets_nothing(make_app: MakeApp, client: CheckingClient) -> None:
    link = _link(make_app(secret_key="the secret of another site, also long"))
    assert client.get(link).status_code == 410


def test_nobody_gets_a_link_for_an_address_that_is_not_there(app: Flask) -> None:
    result = app.test_cli_runner().invoke(args=["reset-link", "nobody@example.org"])
    assert result.exit_code == 1
    assert result.output == "Error: nobody on the staff has the address nobody@example.org\n"


def test_without_mail_the_page_says_how_to_get_a_link(client: CheckingClient) -> None:
    page = client.get(RESET).page
    assert ".venv/bin/flask --app blog reset-link" in page.text("main code")
    assert not page.query("main form")


def test_without_mail_nothing_is_tried(app: Flask, client: CheckingClient) -> None:
    app.config["MAIL_BACKEND"] = "locmem"
    Mail(app)
    token = client.get("/account/sign-in").page.fields()["csrf_token"]
    answer = client.post(RESET, data={"email": cast.EMAIL, "csrf_token": token})
    assert answer.status_code == 200
    assert _outbox(app) == []


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
    (message,) = _sent(mailing)
    assert "https://news.example.org/account/reset/" in message.body
    assert "evil" not in message.body


def _ask(client: CheckingClient, email: str) -> Answer:
    return client.post(RESET, data=client.get(RESET).page.fields() | {"email": email})


def test_the_mailed_link_works_once_and_its_owner_is_told(mailing: Flask) -> None:
    client = new_client(mailing)
    _ask(client, cast.EMAIL)
    outbox = _sent(mailing)
    link = next(line for line in outbox[0].body.splitlines() if line.startswith("https://"))
    path = link.removeprefix("https://news.example.org")
    assert _set(client, path).status_code == 302
    assert "was changed" in outbox[1].body
    assert [message.to for message in outbox] == [[cast.EMAIL]] * 2
    assert new_client(mailing).get(path).status_code == 410
    assert cast.sign_in(new_client(mailing), password=NEW).location == "/dashboard/"


def test_a_mail_that_nobody_takes_stops_no_new_password_and_the_log_says_no_address(
    mailing: Flask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    client = new_client(mailing)
    _ask(client, cast.EMAIL)
    (message,) = _sent(mailing)
    link = next(line for line in message.body.splitlines() if line.startswith("https://"))

    def refuse(*_args: object) -> int:
        raise SMTPRecipientsRefused({cast.EMAIL: (550, b"no such user")})

    monkeypatch.setattr(locmem.EmailBackend, "send_messages", refuse)
    assert _set(client, link.removeprefix("https://news.example.org")).status_code == 302
    assert "a mail was not sent: SMTPRecipientsRefused 550\n" in caplog.text
    assert cast.EMAIL not in caplog.text


def test_asking_has_a_rate(make_app: MakeApp) -> None:
    app = make_app(sign_in_rate="2 per hour", mail_server="localhost", mail_from="desk@example.org")
    app.config["MAIL_BACKEND"] = "locmem"
    Mail(app)
    client = new_client(app)
    assert [_ask(client, "nobody@example.org").status_code for _ in range(3)] == [200, 200, 429]


def test_while_the_mail_server_is_away_nobody_learns_who_is_known(make_app: MakeApp) -> None:
    settings = {"mail_server": "127.0.0.1", "mail_port": 9, "mail_tls": False}
    app = make_app(**settings, mail_from="desk@example.org")  # nobody listens there
    answers = [_ask(new_client(app), email) for email in (cast.EMAIL, "nobody@example.org")]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].page.text("main") == answers[1].page.text("main")


@pytest.mark.parametrize(
    "email", ["", "mo", "mo\0@example.org", "x" * 60_000, "a@b.org\nBcc: c@d.org"]
)
def test_a_faulty_address_gets_no_mail(mailing: Flask, email: str) -> None:
    answer = _ask(new_client(mailing), email)
    assert answer.status_code == 200
    assert _sent(mailing) == []


def test_an_unknown_address_gets_the_same_answer_and_no_mail(mailing: Flask) -> None:
    answers = []
    for email in (cast.EMAIL, "nobody@example.org"):
        client = new_client(mailing)
        fields = client.get(RESET).page.fields()
        answer = client.post(RESET, data=fields | {"email": email})
        answers.append((answer.status_code, answer.page.text("main")))
    assert answers[0] == answers[1]
    assert [message.to for message in _sent(mailing)] == [[cast.EMAIL]]


def test_both_addresses_cost_the_same_work(mailing: Flask) -> None:
    """Nothing is looked up and one row is written: time tells nothing either."""
    client, statements = new_client(mailing), []
    for email in (cast.EMAIL, "nobody@example.org"):
        fields = client.get(RESET).page.fields()
        with cast.counting(mailing) as asked:
            client.post(RESET, data=fields | {"email": email})
        statements.append(asked)
    assert statements[0] == statements[1]
    assert not any("FROM staff" in each for each in statements[0])


def test_nobodys_mailbox_is_filled_by_asking(mailing: Flask) -> None:
    client = new_client(mailing)
    for _ in range(notices.MOST_RESETS + 3):
        _ask(client, cast.EMAIL)
    assert len(_sent(mailing)) == notices.MOST_RESETS


def test_who_left_the_staff_gets_no_link(mailing: Flask) -> None:
    with mailing.app_context(), writing():
        cast.moderator()
        queries.by_email(cast.EMAIL).active = False
    _ask(new_client(mailing), cast.EMAIL)
    assert _sent(mailing) == []

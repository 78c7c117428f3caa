"""The own account: where one is signed in, time-outs, the password again, mail."""

from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from blog import clock
from blog.extensions import db
from blog.models import Notify, SettingRow, Staff, StaffSession
from blog.services import staff_sessions
from blog.web import reauthentication
from tests import cast
from tests.conftest import MakeApp, new_client
from tests.page import CheckingClient

ACCOUNT = "/dashboard/account"
PHONE = "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/156.0 Mobile Safari/537.36"


def _token(client: CheckingClient) -> dict[str, str]:
    return {"csrf_token": client.get(ACCOUNT).page.fields(".rail__out")["csrf_token"]}


@pytest.fixture
def phone(app: Flask, moderator: CheckingClient) -> CheckingClient:
    """Mo's telephone, signed in as well."""
    client = new_client(app)
    client.environ_base["HTTP_USER_AGENT"] = PHONE
    cast.sign_in(client)
    return client


# --- Sessions ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("user_agent", "expected"),
    [
        (PHONE, "Chrome, Android"),
        (
            "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
            "Firefox, Linux",
        ),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit Chrome/1 Safari/1 Edg/1", "Edge, Windows"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X) Version/26 Safari/605", "Safari, Mac"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0) Version/19 Safari/604", "Safari, iPhone"),
        ("<script>alert(1)</script>" * 99, ""),
        ("", ""),
    ],
)
def test_a_browser_is_named_in_two_words(user_agent: str, expected: str) -> None:
    assert staff_sessions.browser(user_agent) == expected


def test_it_lists_where_somebody_is_signed_in(
    moderator: CheckingClient, phone: CheckingClient
) -> None:
    lines = phone.get(ACCOUNT).page.texts(".blocks .log__what")
    assert lines == ["Chrome, Android · here", "A browser"]


def test_one_session_is_ended_and_the_other_goes_on(
    moderator: CheckingClient, phone: CheckingClient
) -> None:
    page = phone.get(ACCOUNT).page
    action = str(page.one(".blocks form").attrs["action"])
    assert phone.post(action, data=_token(phone)).status_code == 303
    assert moderator.get("/dashboard/").status_code == 303
    assert phone.get("/dashboard/").status_code == 200
    assert cast.sign_in(moderator).location == "/dashboard/"


def test_all_others_are_ended(moderator: CheckingClient, phone: CheckingClient) -> None:
    phone.post(f"{ACCOUNT}/sessions/end-others", data=_token(phone))
    assert moderator.get("/dashboard/").status_code == 303
    assert phone.get("/dashboard/").status_code == 200


def test_signing_out_ends_this_session_only(
    moderator: CheckingClient, phone: CheckingClient
) -> None:
    phone.post("/account/sign-out", data=_token(phone))
    assert phone.get("/dashboard/").status_code == 303
    assert moderator.get("/dashboard/").status_code == 200


def test_nobody_ends_another_persons_session(
    app: Flask, moderator: CheckingClient, client: CheckingClient
) -> None:
    with app.app_context():
        cast.sign_up("eve@example.org")
    cast.sign_in(client, email="eve@example.org")
    with app.app_context():
        theirs = db.session.query(StaffSession).order_by(StaffSession.id).first().id
    client.post(f"{ACCOUNT}/sessions/{theirs}/end", data=_token(client))
    assert moderator.get("/dashboard/").status_code == 200


def test_a_cookie_without_its_row_opens_nothing(moderator: CheckingClient, app: Flask) -> None:
    with app.app_context():
        db.session.query(StaffSession).delete()
        db.session.commit()
    assert moderator.get("/dashboard/").status_code == 303


# --- Time-outs ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("visits", "status"),
    [
        pytest.param([], 303, id="who is away for longer is signed out"),
        pytest.param([25, 50], 200, id="who is there stays signed in"),
        pytest.param([25, 50, 75, 100, 125, 150, 175], 303, id="but not longer than the hours"),
    ],
)
def test_a_session_ends_without_use(make_app: MakeApp, visits: list[int], status: int) -> None:
    app = make_app(idle_minutes=30, session_hours=3)
    client, start = new_client(app), clock.now()
    with app.app_context():
        cast.moderator()
    with time_machine.travel(start):
        cast.sign_in(client)
    for minutes in visits:
        with time_machine.travel(start + timedelta(minutes=minutes)):
            client.get("/dashboard/")
    last = max([*visits, 25]) + (31 if not visits else 10)
    with time_machine.travel(start + timedelta(minutes=last)):
        assert client.get("/dashboard/").status_code == status


def test_a_page_that_asks_by_itself_keeps_nobody_signed_in(make_app: MakeApp) -> None:
    app = make_app(idle_minutes=30)
    client, start = new_client(app), clock.now()
    with app.app_context():
        cast.moderator()
    cast.sign_in(client)
    for minutes, status in ((25, 200), (31, 401)):
        with time_machine.travel(start + timedelta(minutes=minutes)):
            answer = client.get("/dashboard/comments/arrivals?newest=1", htmx=True)
            assert answer.status_code in (status, 204)
    with time_machine.travel(start + timedelta(minutes=31)):
        assert client.get("/dashboard/").status_code == 303


# --- The password ------------------------------------------------------------------------------


def _change(client: CheckingClient, **changed: str) -> object:
    fields = client.get("/account/password").page.fields(".room form")
    new = {"password": cast.PASSWORD, "new_password": "other words at noon"}
    new |= {"new_password_confirm": "other words at noon"}
    return client.post("/account/password", data=fields | new | changed)


def test_a_new_password_ends_the_other_sessions(
    moderator: CheckingClient, phone: CheckingClient, app: Flask
) -> None:
    _change(phone)
    assert phone.get("/dashboard/").status_code == 200
    assert moderator.get("/dashboard/").status_code == 303
    assert phone.get(ACCOUNT).page.texts(".blocks .log__what") == ["Chrome, Android · here"]
    assert cast.sign_in(new_client(app), password="other words at noon").location == "/dashboard/"


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"password": "wrong"}, id="a wrong old one"),
        pytest.param({"new_password": "short", "new_password_confirm": "short"}, id="too short"),
        pytest.param({"new_password_confirm": "something else"}, id="two different ones"),
        pytest.param({"new_password": "x" * 201, "new_password_confirm": "x" * 201}, id="too long"),
        pytest.param({"password": "x" * 9000}, id="an endless old one"),
    ],
)
def test_a_faulty_new_password_is_refused_beside_its_field(
    moderator: CheckingClient, app: Flask, changed: dict[str, str]
) -> None:
    assert _change(moderator, **changed).page.query(".field__error")  # type: ignore[attr-defined]
    assert cast.sign_in(new_client(app)).location == "/dashboard/"


# --- The password again ------------------------------------------------------------------------

LATER = timedelta(seconds=reauthentication.FRESH_FOR + 1)


def test_a_dangerous_change_asks_for_the_password_again_and_loses_nothing(
    admin: CheckingClient, app: Flask
) -> None:
    words = "\nfirst\n  second & <third>\n"
    with time_machine.travel(clock.now() + LATER):
        fields = admin.get("/dashboard/settings").page.fields("form.settings")
        answer = admin.post("/dashboard/settings", data=fields | {"held_list": words})
        assert answer.status_code == 403
        carried = answer.page.fields(".room form")
        assert carried["held_list"].replace("\r\n", "\n") == words
        wrong = admin.post("/dashboard/settings", data=carried | {"password_again": "not it"})
        assert wrong.status_code == 403
        assert wrong.page.text(".field__error") == "That is not your password."
        carried = wrong.page.fields(".room form") | {"password_again": cast.PASSWORD}
        assert admin.post("/dashboard/settings", data=carried).status_code == 303
        more = fields | {"site_tagline": "Of the sea"}
        assert admin.post("/dashboard/settings", data=more).status_code == 303, "given just now"
    with app.app_context():
        assert {row.name for row in db.session.query(SettingRow)} == {"held_list", "site_tagline"}


def test_a_fresh_sign_in_is_asked_nothing(admin: CheckingClient) -> None:
    fields = admin.get("/dashboard/settings").page.fields("form.settings")
    assert admin.post("/dashboard/settings", data=fields).status_code == 303


def test_whoever_may_not_is_not_asked(moderator: CheckingClient) -> None:
    with time_machine.travel(clock.now() + LATER):
        answer = moderator.post("/dashboard/settings", data=_token(moderator))
        assert answer.status_code == 404


def test_guessing_the_password_there_has_a_rate(make_app: MakeApp) -> None:
    app = make_app(sign_in_rate="3 per hour")
    client = new_client(app)
    with app.app_context():
        cast.moderator(role="administrator")
    cast.sign_in(client)
    with time_machine.travel(clock.now() + LATER):
        data = _token(client) | {"password_again": "guess"}
        statuses = [client.post("/dashboard/settings", data=data).status_code for _ in range(4)]
    assert statuses[-1] == 429


@pytest.mark.parametrize("endpoint", sorted(reauthentication.DANGEROUS))
def test_everything_dangerous_asks(app: Flask, admin: CheckingClient, endpoint: str) -> None:
    (rule,) = app.url_map.iter_rules(endpoint)
    path = rule.rule.replace("<number:staff_id>", "1")
    with time_machine.travel(clock.now() + LATER):
        answer = admin.post(path, data=_token(admin))
    assert (answer.status_code, answer.page.text("h1")) == (403, "Your password again")


# --- Mail --------------------------------------------------------------------------------------


@pytest.mark.parametrize("notify", Notify)
def test_how_often_mail_comes_is_chosen(
    moderator: CheckingClient, app: Flask, notify: Notify
) -> None:
    moderator.post(f"{ACCOUNT}/mail", data=_token(moderator) | {"notify": notify.value})
    with app.app_context():
        assert db.session.query(Staff).one().notify is notify
    assert moderator.get(ACCOUNT).page.one("#notify option[selected]").attrs["value"] == notify


@pytest.mark.parametrize("notify", ["", "often", "\0"])
def test_a_choice_that_is_none_changes_nothing(moderator: CheckingClient, notify: str) -> None:
    answer = moderator.post(f"{ACCOUNT}/mail", data=_token(moderator) | {"notify": notify})
    assert answer.status_code == 422

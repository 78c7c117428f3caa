"""Codes from an app and on paper: set up, asked for, good once, and taken away."""

import re
from datetime import datetime, timedelta

import pytest
from flask import Flask
from passlib.totp import TOTP

from blog import clock
from blog.extensions import db
from blog.models import ChangeEntry, Staff
from tests import cast
from tests.conftest import MakeApp, new_client
from tests.page import Answer, CheckingClient

SETUP, CODE = "/account/second-factor", "/account/code"
CODES, RECOVERY = "/account/recovery-codes", "/account/recovery"
FORM = ".staff-form"


def _code(key: str, moment: datetime | None = None) -> str:
    """What the app on the telephone shows."""
    made = TOTP(key=key.replace("-", "").replace(" ", "")).generate(moment or clock.now())
    return str(made.token)


def _set_up(client: CheckingClient) -> tuple[str, Answer]:
    """Turn the second factor on; return the key and the last answer."""
    token = client.get(SETUP).page.fields(FORM)["csrf_token"]
    page = client.post(SETUP, data={"csrf_token": token, "setup": "authenticator"}).page
    key = page.text("main code")
    form = page.one(FORM)
    answer = client.post(str(form.attrs["action"]), data=page.fields(FORM) | {"code": _code(key)})
    return key, answer


def _recovery_codes(client: CheckingClient) -> list[str]:
    token = client.get(CODES).page.fields(FORM)["csrf_token"]
    return client.post(CODES, data={"csrf_token": token}).page.texts(".codes code")


def _give(client: CheckingClient, code: str, path: str = CODE) -> Answer:
    return client.post(path, data=client.get(path).page.fields(FORM) | {"code": code})


@pytest.fixture
def key(moderator: CheckingClient, app: Flask) -> str:
    """The key of Mo's app, set up some time ago: this step's code was not used yet."""
    made, _ = _set_up(moderator)
    with app.app_context():
        db.session.query(Staff).one().tf_last_counter = None
        db.session.commit()
    return made


def test_it_is_on_when_a_code_was_right_and_only_then(
    moderator: CheckingClient, app: Flask
) -> None:
    token = moderator.get(SETUP).page.fields(FORM)["csrf_token"]
    page = moderator.post(SETUP, data={"csrf_token": token, "setup": "authenticator"}).page
    assert page.query(".code-picture svg path")
    action = str(page.one(FORM).attrs["action"])
    moderator.post(action, data=page.fields(FORM) | {"code": "000000"})
    with app.app_context():
        assert db.session.query(Staff).one().tf_primary_method is None
    answer = moderator.post(
        action, data=page.fields(FORM) | {"code": _code(page.text("main code"))}
    )
    assert (answer.status_code, answer.location) == (302, CODES), "recovery codes come next"
    assert moderator.get(CODES).page.query("[name=generate_new_codes]")
    with app.app_context():
        member = db.session.query(Staff).one()
        assert member.tf_primary_method == "authenticator"
        assert page.text("main code").replace("-", "") not in str(member.tf_totp_secret)
    assert "no recovery codes" in moderator.get("/dashboard/account").page.text(".form-summary")


def test_signing_in_asks_for_password_and_code(key: str, client: CheckingClient) -> None:
    answer = cast.sign_in(client)
    page = client.get(str(answer.location), follow_redirects=True).page
    assert answer.status_code == 302
    assert client.get("/dashboard/").status_code == 303, "the password alone opens nothing"
    sent = page.fields(FORM) | {"code": _code(key)}
    assert client.post(str(page.one(FORM).attrs["action"]), data=sent).location == "/dashboard/"
    assert client.get("/dashboard/").status_code == 200


def test_the_form_for_a_code_signs_nobody_out(moderator: CheckingClient) -> None:
    """The library ends the session of whoever has no code to give: a foreign link could do it."""
    headers = {"Sec-Fetch-Site": "cross-site"}
    assert moderator.get("/account/code", headers=headers).location == "/dashboard/"
    assert moderator.get("/dashboard/").status_code == 200


def test_the_page_that_was_wanted_opens_after_the_code(key: str, client: CheckingClient) -> None:
    path = "/account/sign-in?next=/dashboard/log"
    fields = client.get(path).page.fields()
    answer = client.post(path, data=fields | {"email": cast.EMAIL, "password": cast.PASSWORD})
    given = client.get(str(answer.location)).page
    action = str(given.one(FORM).attrs["action"])
    answer = client.post(action, data=given.fields(FORM) | {"code": _code(key)})
    assert answer.location == "/dashboard/log"


@pytest.mark.parametrize(
    "code",
    ["", "000000", "1", "x" * 5000, "١٢٣٤٥٦", "12 34 56 78", "\0", "-1", "1e5"],
)
def test_a_wrong_code_opens_nothing_and_says_so(
    key: str, client: CheckingClient, code: str
) -> None:
    cast.sign_in(client)
    answer = _give(client, code)
    assert answer.status_code == 200
    assert "not right" in answer.page.text(".field__error")
    assert client.get("/dashboard/").status_code == 303


def test_a_code_is_good_once(key: str, app: Flask) -> None:
    code = _code(key)
    first, second = new_client(app), new_client(app)
    for each in (first, second):
        cast.sign_in(each)
    assert _give(first, code).location == "/dashboard/"
    assert "used already" in _give(second, code).page.text(".field__error")


def test_an_old_code_is_none(key: str, client: CheckingClient) -> None:
    cast.sign_in(client)
    old = _code(key, clock.now() - timedelta(minutes=3))
    assert _give(client, old).status_code == 200
    assert client.get("/dashboard/").status_code == 303


def test_a_wrong_password_never_reaches_the_code(key: str, client: CheckingClient) -> None:
    known = cast.sign_in(client, password="not this one")
    unknown = cast.sign_in(client, email="nobody@example.org")
    assert known.status_code == unknown.status_code == 200
    assert known.page.text("main") == unknown.page.text("main")
    assert client.get(CODE).location == "/account/sign-in"


def test_codes_cannot_be_guessed_from_many_addresses(key: str, make_app: MakeApp) -> None:
    app = make_app(sign_in_rate="1000 per hour", trusted_proxies=1)
    statuses = []
    for number in range(11):
        client = new_client(app)
        headers = {"X-Forwarded-For": f"198.51.100.{number}"}
        fields = client.get("/account/sign-in", headers=headers).page.fields()
        data = fields | {"email": cast.EMAIL, "password": cast.PASSWORD}
        client.post("/account/sign-in", data=data, headers=headers)
        for _ in range(2):
            fields = client.get(CODE, headers=headers).page.fields(FORM)
            answer = client.post(CODE, data=fields | {"code": "000000"}, headers=headers)
            statuses.append(answer.status_code)
    assert statuses == [200] * 20 + [429] * 2


def test_recovery_codes_are_shown_once_and_kept_encrypted(
    key: str, moderator: CheckingClient, app: Flask
) -> None:
    codes = _recovery_codes(moderator)
    assert len(set(codes)) == 10
    assert all(re.fullmatch(r"[0-9a-f]{4}(-[0-9a-f]{4}){2}", code) for code in codes)
    assert moderator.get(f"{CODES}?show_codes=y").page.query(".codes") == []
    with app.app_context():
        stored = " ".join(db.session.query(Staff).one().mf_recovery_codes or [])
    assert not any(code in stored for code in codes)
    assert moderator.get("/dashboard/account").page.text("main").count("10 left") == 1


def test_a_recovery_code_opens_the_door_once(
    key: str, moderator: CheckingClient, app: Flask
) -> None:
    codes = _recovery_codes(moderator)
    first, second = new_client(app), new_client(app)
    for each in (first, second):
        cast.sign_in(each)
    assert _give(first, f" {codes[3].upper()} ", RECOVERY).location == "/dashboard/"
    assert first.get("/dashboard/account").page.text("main").count("9 left") == 1
    assert "used already" in _give(second, codes[3], RECOVERY).page.text(".field__error")
    assert _give(second, codes[4], RECOVERY).location == "/dashboard/"


@pytest.mark.parametrize("code", ["", "0000-0000-0000", "x" * 5000, "é", "\0"])
def test_a_wrong_recovery_code_opens_nothing(
    key: str, moderator: CheckingClient, app: Flask, code: str
) -> None:
    _recovery_codes(moderator)
    client = new_client(app)
    cast.sign_in(client)
    assert _give(client, code, RECOVERY).page.query(".field__error")
    assert client.get("/dashboard/").status_code == 303


def test_new_codes_make_the_old_ones_useless(
    key: str, moderator: CheckingClient, app: Flask
) -> None:
    old = _recovery_codes(moderator)
    _recovery_codes(moderator)
    client = new_client(app)
    cast.sign_in(client)
    assert _give(client, old[0], RECOVERY).page.query(".field__error")


def test_turned_off_the_password_is_enough(key: str, moderator: CheckingClient, app: Flask) -> None:
    token = moderator.get(SETUP).page.fields(FORM)["csrf_token"]
    moderator.post(SETUP, data={"csrf_token": token, "setup": "disable"})
    assert moderator.get(CODES).location == "/dashboard/account", "codes have no use now"
    assert cast.sign_in(new_client(app)).location == "/dashboard/"


@pytest.mark.parametrize("setup", ["", "sms", "email", "x"])
def test_no_other_second_factor_can_be_chosen(
    moderator: CheckingClient, app: Flask, setup: str
) -> None:
    token = moderator.get(SETUP).page.fields(FORM)["csrf_token"]
    assert moderator.post(SETUP, data={"csrf_token": token, "setup": setup}).status_code == 200
    with app.app_context():
        assert db.session.query(Staff).one().tf_primary_method is None


def test_a_link_of_another_setup_sets_nothing(moderator: CheckingClient, app: Flask) -> None:
    token = moderator.get(SETUP).page.fields(FORM)["csrf_token"]
    answer = moderator.post(f"{SETUP}/forged", data={"csrf_token": token, "code": "123456"})
    assert answer.location == SETUP
    with app.app_context():
        assert db.session.query(Staff).one().tf_totp_secret is None


def test_whoever_runs_the_server_lets_in_who_lost_the_telephone(
    key: str, moderator: CheckingClient, app: Flask
) -> None:
    result = app.test_cli_runner().invoke(args=["remove-second-factor", cast.EMAIL])
    assert result.output.startswith("Mo Derator signs in with the password alone now")
    assert moderator.get("/dashboard/").status_code == 303
    assert cast.sign_in(new_client(app)).location == "/dashboard/"


def test_nobody_is_let_in_who_is_not_there(app: Flask) -> None:
    result = app.test_cli_runner().invoke(args=["remove-second-factor", "nobody@example.org"])
    assert (result.exit_code, result.output) == (
        1,
        "Error: nobody on the staff has the address nobody@example.org\n",
    )


def test_the_log_says_who_turned_it_on_and_off(
    key: str, moderator: CheckingClient, app: Flask
) -> None:
    token = moderator.get(SETUP).page.fields(FORM)["csrf_token"]
    moderator.post(SETUP, data={"csrf_token": token, "setup": "disable"})
    with app.app_context():
        lines = db.session.query(ChangeEntry).filter_by(what="second factor").all()
        assert [(line.by, line.after) for line in lines] == [
            ("Mo Derator", "on"),
            ("Mo Derator", "off"),
        ]

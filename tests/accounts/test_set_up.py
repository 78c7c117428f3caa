"""The first administrator: one page that works once."""

import unicodedata
from datetime import timedelta
from typing import Literal

import pytest
import time_machine
from flask import Flask
from flask_security.recoverable import generate_reset_password_token

from blog import clock
from blog.cli import set_up_path
from blog.extensions import db, writing
from blog.models import Staff
from blog.models.staff import ADMINISTRATOR
from blog.services import accounts
from tests import cast
from tests.page import CheckingClient

PERSON = {
    "name": "Ada Owner",
    "email": "ada@example.org",
    "password": cast.PASSWORD,
    "password_confirm": cast.PASSWORD,
}


@pytest.fixture
def link(app: Flask) -> str:
    with app.app_context():
        return set_up_path(app)


def _post(client: CheckingClient, link: str, **changed: str):  # type: ignore[no-untyped-def]
    return client.post(link, data=client.get(link).page.fields() | PERSON | changed)


def test_the_first_administrator_chooses_and_signs_in(
    client: CheckingClient, app: Flask, link: str
) -> None:
    answer = _post(client, link)
    assert (answer.status_code, answer.location) == (303, "/account/sign-in")
    cast.sign_in(client, email="ada@example.org")
    assert client.get("/dashboard/").status_code == 200
    with app.app_context():
        ada = db.session.query(Staff).one()
        assert [role.name for role in ada.roles] == ["administrator"]


@pytest.mark.parametrize("form", ["NFC", "NFD"], ids=["one sign", "two signs"])
def test_a_letter_with_an_accent_is_the_same_from_any_keyboard(
    client: CheckingClient, app: Flask, link: str, form: Literal["NFC", "NFD"]
) -> None:
    password = unicodedata.normalize(form, "Größe und Länge")
    _post(client, link, password=password, password_confirm=password)
    for typed in ("NFC", "NFD"):
        again = unicodedata.normalize(typed, password)
        assert cast.sign_in(client, again, "ada@example.org").location == "/dashboard/"
        with app.app_context():
            assert accounts.is_password(again, db.session.query(Staff).one())
        client.post("/account/sign-out", data=client.get("/dashboard/").page.fields(".rail__out"))


def test_the_link_works_once(client: CheckingClient, link: str) -> None:
    fields = client.get(link).page.fields() | PERSON
    client.post(link, data=fields)
    used, again = client.get(link), client.post(link, data=fields | {"email": "eve@example.org"})
    forged = client.get("/account/set-up/a.b.c")
    said = {(each.status_code, each.page.text("main")) for each in (used, again, forged)}
    assert len(said) == 1
    assert used.status_code == 410
    assert "It was used, or is too old." in used.page.text("main")
    assert used.page.one("main a").attrs["href"] == "/account/sign-in"


def test_the_link_dies_after_a_day(client: CheckingClient, link: str) -> None:
    with time_machine.travel(clock.now() + timedelta(days=1, seconds=10)):
        assert client.get(link).status_code == 410


@pytest.mark.parametrize(
    ("token", "status"), [("x", 410), ("a.b.c", 410), ("%00", 404), ("x" * 400, 404)]
)
def test_a_forged_link_is_nothing(client: CheckingClient, token: str, status: int) -> None:
    assert client.get(f"/account/set-up/{token}").status_code == status


def test_a_link_of_another_site_is_nothing(client: CheckingClient) -> None:
    token = accounts.set_up_token("the secret of another site")
    assert client.get(f"/account/set-up/{token}").status_code == 410


def test_a_link_for_a_new_password_sets_nothing_up(client: CheckingClient, app: Flask) -> None:
    with app.app_context(), app.test_request_context():
        token = generate_reset_password_token(cast.moderator())
    assert client.get(f"/account/set-up/{token}").status_code == 410


def test_who_was_faster_is_the_administrator(
    client: CheckingClient, app: Flask, link: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    fields = client.get(link).page.fields() | PERSON

    def hashed(_password: str) -> str:
        with writing():  # while the password is hashed, which takes a while
            faster = {"name": "Eve", "email": "eve@example.org", "password": "x"}
            accounts.add(**faster, role=ADMINISTRATOR)
        return "x"

    monkeypatch.setattr(accounts, "hashed", hashed)
    assert client.post(link, data=fields).status_code == 410
    with app.app_context():
        assert [member.name for member in db.session.query(Staff)] == ["Eve"]


def test_a_moderator_does_not_use_the_link_up(
    client: CheckingClient, app: Flask, link: str
) -> None:
    with app.app_context():
        cast.moderator()
    assert _post(client, link, email=cast.EMAIL.upper()).status_code == 422
    assert _post(client, link).status_code == 303


def test_the_form_is_the_pages_own(client: CheckingClient, app: Flask, link: str) -> None:
    client.get(link)
    answer = client.post(link, data=PERSON)
    assert answer.status_code == 422
    assert "Your session changed" in answer.page.text(".form-summary")
    with app.app_context():
        assert db.session.query(Staff).count() == 0


@pytest.mark.parametrize(
    ("bad", "field"),
    [
        pytest.param({"name": ""}, "name", id="no name"),
        pytest.param({"name": "\u200b"}, "name", id="an invisible name"),
        pytest.param({"name": "x" * 81}, "name", id="a name too long"),
        pytest.param({"name": "Ada\0"}, "name", id="a name with NUL"),
        pytest.param({"email": "ada"}, "email", id="no address"),
        pytest.param({"email": "ada\0@example.org"}, "email", id="an address with NUL"),
        pytest.param({"email": f"{'a' * 250}@example.org"}, "email", id="an address too long"),
        pytest.param({"password": "", "password_confirm": ""}, "password", id="no password"),
        pytest.param({"password": "x" * 201, "password_confirm": "x" * 201}, "password", id="long"),
        pytest.param({"password": "short", "password_confirm": "short"}, "password", id="short"),
        pytest.param({"password_confirm": "another password"}, "password_confirm", id="two passwords"),
    ],
)  # fmt: skip
def test_a_fault_is_named_beside_its_field(
    client: CheckingClient, app: Flask, link: str, bad: dict[str, str], field: str
) -> None:
    answer = _post(client, link, **bad)
    assert answer.status_code == 422
    assert answer.page.text(f"#form-{field}-error")
    with app.app_context():
        assert db.session.query(Staff).count() == 0

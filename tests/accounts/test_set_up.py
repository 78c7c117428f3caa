"""The first administrator: one page that works once."""

from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from blog import clock
from blog.cli import set_up_path
from blog.extensions import db
from blog.models import Staff
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


def test_the_link_works_once(client: CheckingClient, link: str) -> None:
    fields = client.get(link).page.fields() | PERSON
    client.post(link, data=fields)
    assert client.get(link).status_code == 404
    again = client.post(link, data=fields | {"email": "eve@example.org"})
    assert again.status_code == 404


def test_the_link_dies_after_a_day(client: CheckingClient, link: str) -> None:
    with time_machine.travel(clock.now() + timedelta(days=1, seconds=10)):
        assert client.get(link).status_code == 404


@pytest.mark.parametrize("token", ["x", "a.b.c", "%00", "x" * 400])
def test_a_forged_link_is_nothing(client: CheckingClient, token: str) -> None:
    assert client.get(f"/account/set-up/{token}").status_code == 404


@pytest.mark.parametrize(
    ("bad", "field"),
    [
        pytest.param({"name": ""}, "name", id="no name"),
        pytest.param({"name": "\u200b"}, "name", id="an invisible name"),
        pytest.param({"name": "x" * 81}, "name", id="a name too long"),
        pytest.param({"email": "ada"}, "email", id="no address"),
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

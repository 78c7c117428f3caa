"""While comments arrive: whatever the library changes is stored, whoever wrote in between."""

import hashlib
import json
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from typing import Any, NoReturn

import cbor2
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from flask import Flask, g
from passlib.totp import TOTP
from sqlalchemy import Connection, create_engine, event, text
from sqlalchemy.exc import OperationalError

from blog import clock, extensions
from blog.extensions import db
from blog.models import ChangeEntry, Passkey, Staff, StaffSession
from tests import cast
from tests.conftest import new_client
from tests.page import Answer, CheckingClient

NEW = "another quiet word"
WRITE = text("UPDATE queue_count SET count = count + 1")


@pytest.fixture
def mo(moderator: CheckingClient) -> CheckingClient:
    """Mo, who is signed in already."""
    return moderator


@pytest.fixture
def arrivals(app: Flask, mo: CheckingClient) -> Iterator[list[str]]:
    """After whatever is only read, somebody else writes at once."""
    with app.app_context():
        engine, address = db.engine, db.engine.url.render_as_string(hide_password=False)
    other, seen = create_engine(address), []

    def arrive(_connection: Connection, _cursor: Any, statement: str, *_more: Any) -> None:
        if statement.startswith("SELECT") and not g.get("writes"):
            with other.begin() as connection:
                connection.execute(WRITE)
            seen.append(statement)

    event.listen(engine, "after_cursor_execute", arrive)
    yield seen
    event.remove(engine, "after_cursor_execute", arrive)
    other.dispose()


def _send(client: CheckingClient, path: str, **data: str) -> Answer:
    return client.post(path, data=client.get(path).page.fields("main form:not(.rail__out)") | data)


def _member(app: Flask) -> Staff:
    with app.app_context():
        return db.session.query(Staff).one()


def _lines(app: Flask, what: str) -> int:
    with app.app_context():
        return db.session.query(ChangeEntry).filter_by(what=what).count()


def test_somebody_signs_in(app: Flask, arrivals: list[str], client: CheckingClient) -> None:
    assert cast.sign_in(client).location == "/dashboard/"
    assert arrivals
    assert client.get("/dashboard/").status_code == 200


def test_whoever_could_not_be_signed_in_waits_for_one_turn_to_write_and_not_for_two(
    client: CheckingClient, mo: CheckingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries = []

    def refuse() -> NoReturn:
        tries.append("BEGIN IMMEDIATE")
        raise OperationalError(tries[-1], {}, Exception("database is locked"))

    monkeypatch.setattr(extensions, "_turn", refuse)
    assert cast.sign_in(client).status_code == 503
    assert len(tries) == 1


def test_a_password_is_changed(app: Flask, mo: CheckingClient, arrivals: list[str]) -> None:
    answer = _send(
        mo, "/account/password",
        password=cast.PASSWORD, new_password=NEW, new_password_confirm=NEW,
    )  # fmt: skip
    assert (answer.status_code, answer.location) == (302, "/dashboard/account")
    assert cast.sign_in(new_client(app), password=NEW).location == "/dashboard/"
    assert mo.get("/dashboard/").status_code == 200
    assert _lines(app, "password") == 1


def test_a_forgotten_password_is_set_anew(
    app: Flask, mo: CheckingClient, client: CheckingClient, arrivals: list[str]
) -> None:
    result = app.test_cli_runner().invoke(args=["reset-link", cast.EMAIL])
    path = str(result.output.strip().removeprefix("http://localhost"))
    answer = _send(client, path, password=NEW, password_confirm=NEW)
    assert (answer.status_code, answer.location) == (302, "/account/sign-in")
    assert cast.sign_in(client, password=NEW).location == "/dashboard/"
    assert mo.get("/dashboard/").status_code == 303, "it ended every session"


def test_recovery_codes_are_made(app: Flask, mo: CheckingClient, arrivals: list[str]) -> None:
    token = mo.get("/dashboard/account").page.fields(".rail__out")
    answer = mo.post("/account/recovery-codes", data=token)
    assert answer.status_code == 200
    assert len(answer.page.texts(".codes code")) == 10
    assert len(_member(app).mf_recovery_codes or []) == 10


def test_a_second_factor_is_turned_on_and_off(
    app: Flask, mo: CheckingClient, arrivals: list[str]
) -> None:
    page = _send(mo, "/account/second-factor", setup="authenticator").page
    code = str(TOTP(key=page.text("main code").replace("-", "")).generate(clock.now()).token)
    action = str(page.one("main form:not(.rail__out)").attrs["action"])
    answer = mo.post(action, data=page.fields("main form:not(.rail__out)") | {"code": code})
    assert (answer.status_code, answer.location) == (302, "/account/recovery-codes")
    assert _member(app).tf_primary_method == "authenticator"
    assert _send(mo, "/account/second-factor", setup="disable").status_code == 302
    assert _member(app).tf_primary_method is None
    assert _lines(app, "second factor") == 2


class _Device:
    """A device that keeps one passkey (WebAuthn Level 2, without attestation)."""

    def __init__(self) -> None:
        self.number = secrets.token_bytes(16)
        self.key = ec.generate_private_key(ec.SECP256R1())

    def answer(self, page: Any) -> dict[str, str]:
        """What the page's form sends when the device has answered."""
        form = page.one("form[data-passkey]")
        options = json.loads(str(form.attrs["data-options"]))
        is_new = form.attrs["data-passkey"] == "create"
        said = {"type": "webauthn.create" if is_new else "webauthn.get",
                "challenge": options["challenge"], "origin": "http://localhost"}  # fmt: skip
        client, seen = json.dumps(said).encode(), self._seen(is_new)
        response = {"clientDataJSON": _spelled(client)}
        if is_new:
            made = {"fmt": "none", "attStmt": {}, "authData": seen}
            response["attestationObject"] = _spelled(cbor2.dumps(made))
        else:
            signed = self.key.sign(seen + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
            response |= {"authenticatorData": _spelled(seen), "signature": _spelled(signed)}
        number = _spelled(self.number)
        credential = {"id": number, "rawId": number, "type": "public-key", "response": response}
        return {**page.fields("form[data-passkey]"), "credential": json.dumps(credential)}

    def _seen(self, is_new: bool) -> bytes:
        point = self.key.public_key().public_numbers()
        x, y = (each.to_bytes(32, "big") for each in (point.x, point.y))
        key = cbor2.dumps({1: 2, 3: -7, -1: 1, -2: x, -3: y})
        held = bytes(16) + len(self.number).to_bytes(2, "big") + self.number + key
        flags = 0x45 if is_new else 0x05  # present, verified, and with the key
        start = hashlib.sha256(b"localhost").digest() + bytes([flags]) + bytes(4)
        return start + held if is_new else start


def _spelled(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def _show(client: CheckingClient, page: Any, device: _Device) -> Answer:
    action = str(page.one("form[data-passkey]").attrs["action"])
    return client.post(action, data=device.answer(page))


def test_a_passkey_is_added_signs_in_and_is_removed(
    app: Flask, mo: CheckingClient, client: CheckingClient, arrivals: list[str]
) -> None:
    device = _Device()
    added = _show(mo, _send(mo, "/account/passkeys", name="my telephone").page, device)
    assert (added.status_code, added.location) == (302, "/dashboard/account")
    shown = _show(client, _send(client, "/account/passkey").page, device)
    assert shown.location == "/dashboard/"
    assert client.get("/dashboard/").status_code == 200
    fields = mo.get("/account/passkeys").page.fields("main li form")
    assert mo.post("/account/passkeys/remove", data=fields).status_code == 302
    with app.app_context():
        assert db.session.query(Passkey).count() == 0
        assert db.session.query(StaffSession).count() == 2
    assert _lines(app, "passkey") == 2

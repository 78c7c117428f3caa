"""What no browser sends to the rooms of an account: answered as anybody is, never a fault of ours."""

import json
import logging

import pytest
from flask import Flask

from tests import cast
from tests.page import CheckingClient

ROOMS = [
    "/account/password", "/account/recovery-codes", "/account/passkeys", "/account/passkeys/remove",
    "/account/second-factor", "/account/second-factor/x", "/account/passkeys/x", "/account/passkey",
    "/account/passkey/x", "/account/code", "/account/recovery", "/account/sign-in", "/account/reset",
    "/account/reset/x",
]  # fmt: skip


@pytest.mark.parametrize("signed_in", [False, True])
@pytest.mark.parametrize("header", ["Accept", "Content-Type"])
def test_nobody_gets_json(app: Flask, client: CheckingClient, header: str, signed_in: bool) -> None:
    if signed_in:
        with app.app_context():
            cast.moderator()
        cast.sign_in(client)
    for path in ROOMS:
        usual = client.get(path)
        answer = client.get(path, headers={header: "application/json"})
        assert (answer.status_code, answer.mimetype) == (usual.status_code, usual.mimetype), path
        assert answer.location == usual.location, path
        wanted = {header: "application/json"} if header == "Accept" else {}
        sent = client.post(path, headers=wanted)
        assert (sent.status_code < 500, sent.mimetype) == (True, "text/html"), path


@pytest.mark.parametrize("opening", ["[", '{"a":'])
def test_a_key_nested_without_end_is_the_senders_fault(
    app: Flask, client: CheckingClient, opening: str
) -> None:
    begun = client.post("/account/passkey", data=client.get("/account/passkey").page.fields())
    form = begun.page.one("form[data-passkey]")
    fields = begun.page.fields("form[data-passkey]")
    for depth in (101, 5_000):
        answer = client.post(
            str(form.attrs["action"]), data={**fields, "credential": opening * depth}
        )
        assert answer.status_code == 400
        assert answer.page.text("h1") == "This did not arrive as we expected"
    answer = client.post(
        str(form.attrs["action"]), data={**fields, "credential": json.dumps({"a": [{}] * 20})}
    )
    assert answer.status_code == 302, "what is no key is said on the page that asks for one"


def test_what_was_typed_is_in_no_log(
    app: Flask, client: CheckingClient, caplog: pytest.LogCaptureFixture
) -> None:
    secret = "a-word-that-nobody-reads"
    typed = {"password": secret, "email": f"{secret}@example.org", "code": secret, "body": secret}

    @app.post("/account/broken")
    def broken() -> str:
        raise ValueError(secret)

    with app.app_context():
        cast.moderator()
    cast.sign_in(client)
    with caplog.at_level(logging.DEBUG):
        assert client.post("/account/broken", data=typed).status_code == 400, "no token"
        token = client.get("/dashboard/account").page.fields(".rail__out")
        assert client.post("/account/broken", data={**token, **typed}).status_code == 500
        foreign = {"Sec-Fetch-Site": "cross-site"}
        assert client.post(cast.COMMENTS, data=typed, headers=foreign).status_code == 403
        client.post("/account/password", data={**token, **typed})
    assert secret not in caplog.text
    assert "broken\n" in caplog.text, "where it broke is there"
    assert "ValueError" in caplog.text

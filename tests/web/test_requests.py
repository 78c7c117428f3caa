"""How a request's body is read."""

import io

import pytest
from flask import Flask, request

from tests import cast
from tests.conftest import MakeApp, new_client
from tests.page import Answer, CheckingClient

FORM = "application/x-www-form-urlencoded"
PARTS = "multipart/form-data; boundary=x"


@pytest.fixture(autouse=True)
def article(app: Flask) -> None:
    with app.app_context():
        cast.article()


def _part(head: str, value: bytes) -> bytes:
    return b"--x\r\nContent-Disposition: form-data; %b\r\n\r\n%b\r\n--x--\r\n" % (
        head.encode(),
        value,
    )


@pytest.mark.parametrize(
    ("kind", "data", "read"),
    [
        pytest.param(FORM, b"a=one+two%0D%0A&a=2", ["one two\r\n", "2"], id="a form"),
        pytest.param(FORM, b"a=%F0%9F%91%8D", ["👍"], id="a sign of four bytes"),
        pytest.param(FORM, b"a=", [""], id="an empty field"),
        pytest.param(FORM, b"a", [""], id="a name without a value"),
        pytest.param(FORM, b"a=%ff%fe", ["\ufffd\ufffd"], id="broken UTF-8, quoted"),
        pytest.param(FORM, b"a=\xff", ["\ufffd"], id="broken UTF-8"),
        pytest.param(FORM, b"a=x%00y", ["x\ufffdy"], id="NUL"),
        pytest.param(FORM, b"a=%zz", ["%zz"], id="no hexadecimal digits"),
        pytest.param(f"{FORM}; charset=utf-16", b"a=x", ["x"], id="another encoding is not obeyed"),
        pytest.param(PARTS, _part('name="a"', "👍".encode()), ["👍"], id="parts"),
        pytest.param(PARTS, _part('name="a"', b"\xff\x00"), ["\ufffd\ufffd"], id="broken parts"),
        pytest.param(PARTS, _part('name="a"; filename="f"', b"x"), [], id="a file is dropped"),
        pytest.param("application/json", b'{"a": 1}', [], id="no form"),
    ],
)
def test_what_a_form_says(app: Flask, kind: str, data: bytes, read: list[str]) -> None:
    with app.test_request_context(method="POST", data=data, content_type=kind):
        assert request.form.getlist("a") == read
        assert not request.files


@pytest.mark.parametrize(
    ("kind", "cut"),
    [
        pytest.param(PARTS, -20, id="parts that do not end"),
        pytest.param(PARTS, 10, id="a part without a text"),
        pytest.param("multipart/form-data", None, id="no boundary"),
    ],
)
def test_parts_that_broke_off_are_no_empty_form(
    client: CheckingClient, app: Flask, kind: str, cut: int | None
) -> None:
    body = _part('name="body"', b"Well said")[:cut]
    answer = client.post(cast.COMMENTS, data=body, content_type=kind)
    assert answer.status_code == 400
    assert "Please go back" in answer.page.text(".standfirst"), "the browser still has the text"
    assert cast.stored(app) == []


def _send(client: CheckingClient, body: bytes, **environ: str) -> Answer:
    """Send a body as a server hands it on, whatever its headers say about it."""
    overrides = {"wsgi.input": io.BytesIO(body), **environ}
    return client.post(cast.COMMENTS, content_type=FORM, environ_overrides=overrides)


COMPLETE = b"name=Ann&email=ann%40example.org&body=Well+said"


def test_a_comment_in_chunks_is_read_to_its_end(client: CheckingClient, app: Flask) -> None:
    answer = _send(client, COMPLETE, CONTENT_LENGTH="", HTTP_TRANSFER_ENCODING="chunked")
    assert answer.status_code == 303
    assert cast.stored(app)[0].body == "Well said"


def test_chunks_without_end_are_too_much(client: CheckingClient, app: Flask) -> None:
    body = COMPLETE + b"x" * 70_000
    answer = _send(client, body, CONTENT_LENGTH="", HTTP_TRANSFER_ENCODING="chunked")
    assert answer.status_code == 413
    assert cast.stored(app) == []


def test_a_comment_that_broke_off_is_not_stored(client: CheckingClient, app: Flask) -> None:
    answer = _send(client, COMPLETE, CONTENT_LENGTH="5000")
    assert answer.status_code == 400
    assert cast.stored(app) == []


def test_a_length_that_is_no_number_is_no_fault_of_ours(client: CheckingClient, app: Flask) -> None:
    assert _send(client, COMPLETE, CONTENT_LENGTH="many").status_code < 500
    assert cast.stored(app) == []


@pytest.mark.parametrize("length", [5_000, 20_000])
def test_the_longest_comment_is_let_through_in_whatever_signs(
    make_app: MakeApp, length: int
) -> None:
    app = make_app(comment_max_length=length)
    with app.app_context():
        cast.article()
    answer = cast.post(new_client(app), htmx=False, body="🌊" * length)
    assert answer.status_code == 303
    assert len(cast.stored(app)[0].body) == length
    assert cast.post(new_client(app), htmx=False, body="🌊" * (length + 1)).status_code == 422

"""What the front does with a request that Flask answers: bodies whole, limits, overload."""

import asyncio
import sys
import threading
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask

from blog.extensions import is_sqlite
from blog.front import app as front_app
from blog.front import wsgi
from blog.models.staff import ADMINISTRATOR
from blog.web import htmx
from blog.web.headers import POLICY
from tests import cast
from tests.conftest import new_client
from tests.front.conftest import Answer, Process, run

FORM = {"content_type": "application/x-www-form-urlencoded", "sec_fetch_site": "same-origin"}


def _form(**changed: str) -> bytes:
    return urlencode({**cast.ANN, **changed}).encode()


def test_a_comment_comes_through(process: Process) -> None:
    answer = process.post(cast.COMMENTS, _form(body="Grüße — “here”"), **FORM)
    assert answer.status == 303
    assert "broadsheet-author" in answer.headers["set-cookie"]
    assert [each.body for each in cast.stored(process.app)][-1] == "Grüße — “here”"


def test_a_body_in_parts_is_one_body(process: Process) -> None:
    whole = _form(body="In three parts.")
    parts = [whole[:10], b"", whole[10:30], whole[30:]]
    chunked = FORM | {"transfer_encoding": "chunked"}
    answer = run(process.ask("POST", cast.COMMENTS, chunked, parts))
    assert answer.status == 303
    assert cast.stored(process.app)[-1].body == "In three parts."


@pytest.mark.parametrize("said", [True, False], ids=["with its length", "in chunks"])
def test_a_body_that_is_too_large_is_refused_as_a_page(process: Process, said: bool) -> None:
    body = _form(body="x" * 70_000)
    length = {"content_length": str(len(body))} if said else {"transfer_encoding": "chunked"}
    answer = process.post(cast.COMMENTS, body, **FORM, **length)
    assert answer.status == 413
    assert b"This is too much at once" in answer.body
    assert len(cast.stored(process.app)) == 1


def _signed_in(process: Process) -> str:
    """The cookie of a moderator, whose forms all need a token: one without is refused when read."""
    client = new_client(process.app)
    with process.app.app_context():
        cast.moderator(ADMINISTRATOR)
    cast.sign_in(client)
    cookie = client.get_cookie("broadsheet-session")
    assert cookie
    return f"broadsheet-session={cookie.value}"


@pytest.mark.parametrize(
    ("path", "size", "is_taken"),
    [
        pytest.param(cast.COMMENTS, 60_000, True, id="a comment"),
        pytest.param(cast.COMMENTS, 70_000, False, id="no comment is that long"),
        pytest.param("/dashboard/settings", 70_000, True, id="lists of words are longer"),
        pytest.param("/dashboard/settings", 520_000, True, id="much longer"),
        pytest.param("/dashboard/settings", 530_000, False, id="and have an end, too"),
    ],
)
@pytest.mark.parametrize("said", [True, False], ids=["with its length", "in chunks"])
def test_the_staffs_forms_may_be_longer(
    process: Process, path: str, size: int, is_taken: bool, said: bool
) -> None:
    body = b"body=" + b"x" * (size - 5)
    length = {"content_length": str(size)} if said else {"transfer_encoding": "chunked"}
    answer = process.post(path, body, **FORM, **length, cookie=_signed_in(process))
    assert (answer.status, b"too much at once" in answer.body) == (
        400 if is_taken else 413,
        not is_taken,
    )


def test_a_body_that_does_not_end_is_not_waited_for(
    process: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(front_app, "BODY_WITHIN", 0.05)

    async def dawdle() -> None:
        await asyncio.sleep(0.04)

    parts = [b"x"] * 20
    answer = run(process.ask("POST", cast.COMMENTS, FORM, parts, dawdle))
    assert (answer.status, answer.headers["connection"]) == (408, "close")
    _says_the_policy(answer.headers)
    assert b"did not arrive in time" in answer.body
    assert process.rendered == 0, "no thread was kept busy by it"


def test_slow_bodies_keep_nobody_waiting(process: Process) -> None:
    release = asyncio.Event

    async def crowd() -> Answer:
        gate = release()
        slow = [
            asyncio.create_task(process.ask("POST", cast.COMMENTS, FORM, [b"x"], gate.wait))
            for _ in range(300)
        ]
        await asyncio.sleep(0)
        cookie = {"cookie": "broadsheet-session=x"}
        answer = await asyncio.wait_for(process.ask("GET", "/", cookie), 5)
        gate.set()
        await asyncio.gather(*slow)
        return answer

    assert run(crowd()).status == 200


def test_somebody_who_goes_away_is_nobodys_work(process: Process) -> None:
    async def vanish() -> list[Any]:
        sent: list[Any] = []
        scope = {
            "type": "http", "http_version": "1.1", "method": "POST", "path": cast.COMMENTS,
            "query_string": b"", "headers": [],
        }  # fmt: skip

        async def receive() -> dict[str, Any]:
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            sent.append(message)

        await process.front(scope, receive, send)
        return sent

    start, body = run(vanish())
    assert (start["status"], b"broke off" in body["body"]) == (400, True)
    _says_the_policy({name.decode(): said.decode() for name, said in start["headers"]})
    assert process.rendered == 0


def _says_the_policy(headers: Mapping[str, str]) -> None:
    """The front's own sentences are as safe as a page of Flask's."""
    assert {name.lower(): said for name, said in POLICY.items()}.items() <= headers.items()


@pytest.fixture
def held_up(
    start: Callable[..., Process], monkeypatch: pytest.MonkeyPatch
) -> tuple[Process, threading.Event]:
    """A process with one thread for readers, which works once the event is set."""
    process, gate = start(threads=1), threading.Event()
    monkeypatch.setattr(front_app, "MOST_WAITING", 3)
    monkeypatch.setattr(front_app, "MOST_PAGES_WAITING", 5)
    application: Any = process.front._application

    def slow(*request: Any) -> Any:
        gate.wait(5)
        return application(*request)

    process.front._application = slow  # type: ignore[assignment]
    return process, gate


def _ask(process: Process, count: int, **headers: str) -> list[asyncio.Task[Answer]]:
    """So many different pages, asked for at once."""
    return [
        asyncio.create_task(process.ask("GET", f"/nothing/{number}", headers))
        for number in range(count)
    ]


def test_more_than_can_be_answered_in_time_is_sent_away_at_once(
    held_up: tuple[Process, threading.Event],
) -> None:
    process, gate = held_up

    async def crowd() -> list[Answer]:
        asked = _ask(process, 7)
        done, _ = await asyncio.wait(asked, return_when=asyncio.FIRST_COMPLETED)
        assert {each.result().status for each in done} == {503}
        gate.set()
        return [await each for each in asked]

    answers = run(crowd())
    assert sorted(answer.status for answer in answers) == [404] * 5 + [503] * 2
    busy = next(answer for answer in answers if answer.status == 503)
    assert (busy.headers["retry-after"], busy.headers["cache-control"]) == ("5", "no-store")
    _says_the_policy(busy.headers)


def test_a_page_for_everybody_is_rendered_while_too_many_want_one_of_their_own(
    held_up: tuple[Process, threading.Event],
) -> None:
    process, gate = held_up

    async def crowd() -> tuple[list[int], int]:
        private = _ask(process, 6, cookie="broadsheet-author=x")
        await asyncio.wait(private, return_when=asyncio.FIRST_COMPLETED)
        public = asyncio.create_task(process.ask("GET", "/", {}))
        await asyncio.sleep(0)
        gate.set()
        return sorted([(await each).status for each in private]), (await public).status

    assert run(crowd()) == ([404] * 3 + [503] * 3, 200)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        pytest.param("GET", "/nothing", id="who reads"),
        pytest.param("POST", "/account/nothing", id="who signs in"),
        pytest.param("POST", "/dashboard/no/such/room", id="who decides"),
        pytest.param("POST", "/2025/03/nothing/comments/preview", id="who looks at a text"),
    ],
)
def test_while_all_who_write_wait_others_are_answered(
    start: Callable[..., Process], method: str, path: str
) -> None:
    process, gate = start(threads=1), threading.Event()
    application: Any = process.front._application

    def locked(request: Any, answer: Any) -> Any:
        if request["PATH_INFO"] == "/nothing" and request["REQUEST_METHOD"] == "POST":
            gate.wait(30)
        return application(request, answer)

    process.front._application = locked  # type: ignore[assignment]

    async def crowd() -> Answer:
        waiting = [
            asyncio.create_task(process.ask("POST", "/nothing", FORM, [b"x=1"])) for _ in range(8)
        ]
        await asyncio.sleep(0)
        body = [b"x=1"] if method == "POST" else []
        answer = await asyncio.wait_for(process.ask(method, path, FORM if body else {}, body), 10)
        gate.set()
        await asyncio.gather(*waiting)
        return answer

    assert run(crowd()).status in (404, 405)


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"cookie": "broadsheet-author=x"}, id="for a page of the own"),
        pytest.param({}, id="for a page for everybody"),
    ],
)
def test_who_waited_too_long_for_a_thread_is_sent_away(
    held_up: tuple[Process, threading.Event],
    monkeypatch: pytest.MonkeyPatch,
    headers: dict[str, str],
) -> None:
    """While the database is locked each request in front waits five seconds for it."""
    process, gate = held_up
    monkeypatch.setattr(front_app, "WAIT_WITHIN", 0.01)

    async def crowd() -> list[int]:
        first, second = _ask(process, 2, **headers)
        await asyncio.sleep(0.1)
        gate.set()
        return [(await each).status for each in (first, second)]

    assert run(crowd()) == [404, 503]


def test_on_sqlite_one_thread_writes(start: Callable[..., Process]) -> None:
    process, gate, begun = start(threads=2), threading.Event(), list[str]()
    application: Any = process.front._application

    def held(request: Any, answer: Any) -> Any:
        begun.append(request["PATH_INFO"])
        gate.wait(5)
        return application(request, answer)

    process.front._application = held  # type: ignore[assignment]

    async def crowd() -> int:
        waiting = [
            asyncio.create_task(process.ask("POST", f"/{number}", FORM, [b"x=1"]))
            for number in range(3)
        ]
        await asyncio.sleep(0.2)
        at_once = len(begun)
        gate.set()
        await asyncio.gather(*waiting)
        return at_once

    with process.app.app_context():
        assert run(crowd()) == (1 if is_sqlite() else 2)


def test_a_fault_in_the_middle_leaves_the_next_one_alone(process: Process) -> None:
    process.front._application = _broken  # type: ignore[assignment]
    with pytest.raises(RuntimeError):
        process.get("/")
    assert process.front._rendering == {}
    assert process.front._readers.waiting == 0


def _broken(*_request: Any) -> Any:
    raise RuntimeError("broken")


def test_starting_and_stopping_are_answered(process: Process) -> None:
    async def live() -> list[str]:
        asked = [{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}]
        told: list[str] = []

        async def receive() -> dict[str, Any]:
            return asked.pop(0)

        async def send(message: dict[str, Any]) -> None:
            told.append(message["type"])

        await process.front({"type": "lifespan"}, receive, send)
        return told

    assert run(live()) == ["lifespan.startup.complete", "lifespan.shutdown.complete"]


def test_the_thread_that_hears_of_changes_ends_with_its_process(process: Process) -> None:
    process.front.start()
    assert process.front._watching.is_alive()
    process.front.stop()
    assert not process.front._watching.is_alive(), "nobody is left behind"


def test_a_process_that_is_forked_off_takes_the_application_that_was_made_before(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "setswitchinterval", lambda _seconds: None)
    monkeypatch.setattr(front_app, "made", app)
    front = front_app.create()
    front.stop()
    assert front._application == app.wsgi_app


@pytest.mark.parametrize(
    ("headers", "is_part"),
    [
        ({"hx_request": "true"}, True),
        ({"hx_request": "true", "hx_request_type": "partial"}, True),
        ({"hx_request": "true", "hx_request_type": "full"}, False),
        ({"hx_request": ["true", "true"]}, False),
        ({"hx_request": ["false", "true"]}, False),
        ({"hx_request": ["", "true"]}, True),
        ({"hx_request": "true", "hx_request_type": ["full", "partial"]}, False),
        ({"hx_request": "true", "hx_request_type": ["partial", "full"]}, False),
        ({"hx_request": "true", "hx_request_type": ""}, True),
    ],
    ids=str,
)
def test_flask_hears_of_htmx_what_the_front_decided(
    process: Process, headers: dict[str, Any], is_part: bool
) -> None:
    heard: list[bool] = []

    @process.app.before_request
    def hear() -> None:
        heard.append(htmx.wants_fragment())

    process.get("/nothing", **headers)
    process.get("/nothing", cookie="broadsheet-author=x", **headers)
    process.post("/nothing", b"", **FORM, **headers)
    assert heard == [is_part] * 3


def _environ(**changed: Any) -> dict[str, Any]:
    scope = {
        "method": "GET", "path": "/", "query_string": b"", "http_version": "1.1", "headers": [],
        **changed,
    }  # fmt: skip
    return wsgi.environ(scope, b"", 0)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"/plain", "/plain"),
        (b"/%C3%A9", "/\xc3\xa9"),
        (b"/%ff", "/\xff"),
        (b"/a%2Fb", "/a/b"),
        (b"/x?y=1", "/x"),
        (b"/%", "/%"),
    ],
)
def test_a_path_is_handed_on_byte_by_byte(raw: bytes, expected: str) -> None:
    assert _environ(raw_path=raw)["PATH_INFO"] == expected


@pytest.mark.parametrize(
    ("headers", "key", "expected"),
    [
        ([(b"cookie", b"a=1"), (b"cookie", b"b=2")], "HTTP_COOKIE", "a=1; b=2"),
        ([(b"accept", b"a"), (b"accept", b"b")], "HTTP_ACCEPT", "a,b"),
        ([(b"x_forwarded_for", b"1.2.3.4")], "HTTP_X_FORWARDED_FOR", None),
        ([(b"x-forwarded-for", b"1.2.3.4")], "HTTP_X_FORWARDED_FOR", "1.2.3.4"),
        ([(b"content-length", b"99")], "CONTENT_LENGTH", None),
        ([(b"transfer-encoding", b"chunked")], "HTTP_TRANSFER_ENCODING", None),
        ([(b"content-type", b"text/plain")], "CONTENT_TYPE", "text/plain"),
    ],
)
def test_headers_become_what_pep_3333_says(
    headers: list[tuple[bytes, bytes]], key: str, expected: str | None
) -> None:
    assert _environ(headers=headers).get(key) == expected

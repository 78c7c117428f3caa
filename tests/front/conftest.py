"""Server processes without a network: each is a front with its own Flask and its own memory."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

import pytest
from flask import Flask

from blog.front.app import Front
from blog.web.site_memory import Era
from tests import cast
from tests.conftest import MakeApp

Found = TypeVar("Found")


def run(work: Coroutine[Any, Any, Found]) -> Found:
    """Run a loop in a thread of its own: beside journeys in a browser this one has a loop already."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


@dataclass(frozen=True)
class Answer:
    """What a browser got."""

    status: int
    headers: dict[str, str]
    body: bytes


class Process:
    """One server process. It hears of changes when told to: tests wait for no clock."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.front = Front(app)
        self.rendered = 0
        self._application: Any = self.front._application
        self.front._application = self._count  # type: ignore[assignment]
        self.look()

    def _count(self, *request: Any) -> Any:
        self.rendered += 1
        return self._application(*request)

    def look(self) -> None:
        """Hear of what changed, as the thread does five times a second."""
        with self.app.app_context():
            self.front.watch.look()
        self.front.cache.known._heard = float("inf")  # a busy machine makes no test blind

    def get(self, path: str, **headers: str | list[str]) -> Answer:
        """Fetch a page."""
        return run(self.ask("GET", path, headers))

    def post(self, path: str, body: bytes = b"", **headers: str | list[str]) -> Answer:
        """Send a form."""
        return run(self.ask("POST", path, headers, [body]))

    async def ask(
        self, method: str, path: str, headers: Mapping[str, str | list[str]],
        parts: list[bytes] | None = None, pause: Callable[[], Any] | None = None,
    ) -> Answer:  # fmt: skip
        """Send a request as the server does, its body in parts; a list is a header sent twice."""
        path, _, query = path.partition("?")
        scope = {
            "type": "http", "http_version": "1.1", "method": method, "scheme": "http",
            "path": path, "query_string": query.encode(), "server": ("localhost", 80),
            "client": ("127.0.0.1", 5000),
            "headers": [(b"host", b"localhost")]
            + [(name.lower().replace("_", "-").encode(), each.encode("latin-1"))
               for name, value in headers.items() for each in ([value] if isinstance(value, str) else value)],
        }  # fmt: skip
        left = list(parts or [b""])
        sent: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            if pause:
                await pause()
            return {"type": "http.request", "body": left.pop(0), "more_body": bool(left)}

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        await self.front(scope, receive, send)
        names = {name.decode(): value.decode("latin-1") for name, value in sent[0]["headers"]}
        return Answer(sent[0]["status"], names, b"".join(each["body"] for each in sent[1:]))

    def fresh(self, path: str) -> bytes:
        """The page as Flask renders it now, with nothing in memory."""
        self.app.extensions["site_memory"] = Era(-1, None)
        client = self.app.test_client()
        return bytes(client.get(path).data)


@pytest.fixture
def start(make_app: MakeApp) -> Iterator[Callable[..., Process]]:
    """Start another process on the same database."""
    made: list[Process] = []

    def make(**settings: Any) -> Process:
        made.append(Process(make_app(**settings)))
        return made[-1]

    yield make
    for each in made:
        each.front._readers.stop()
        each.front._writers.stop()


@pytest.fixture
def process(app: Flask, start: Callable[..., Process]) -> Process:
    """One process of a site with the article and a comment."""
    with app.app_context():
        cast.comment(cast.article())
    return start()

"""The ASGI application that the server runs: pages from memory, the rest by Flask in a thread.

Nobody slow holds a thread: a body is read whole, within its limits, before Flask hears of the
request, and an answer is whole before it is sent.
"""

import asyncio
import sys
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any, TypeVar

from flask import Flask

from blog import clock, create_app
from blog.config import Settings
from blog.front import wsgi
from blog.front.watch import Watch
from blog.front.wish import HTMX, Key, Wish, key_of
from blog.front.wsgi import Reply, Scope
from blog.pages import NOTE, Note, Page, PageCache, compress, is_worth_it, preferred
from blog.web import commenter
from blog.web.headers import policy
from blog.web.requests import STAFF_ROOMS, largest

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Found = TypeVar("Found")

BODY_WITHIN = 30  # seconds
STOP_WITHIN = 2  # seconds: the server kills a worker that takes ten
# More requests than this, for each thread that reads, are sent away, before all of them are too
# late. A page for everybody may wait longer: rendered once for all, it asks no thread again.
MOST_WAITING = 32
MOST_PAGES_WAITING = 64
# So is whoever waited for so long behind others, each of whom waits for a locked database.
WAIT_WITHIN = 10  # seconds
# Here passwords are hashed, which takes as long as a hundred comments, and here nothing is written.
STAFF, PREVIEW = ("/account/", STAFF_ROOMS), "/preview"
# What is kept is a page, or that there is nothing new; never an answer to one browser's conditions.
KEPT = (200, 204)
BY_ENCODING = (b"vary", b"Accept-Encoding")
# What is said of a body as it was before it was compressed.
OF_THE_WHOLE = (b"content-length", b"accept-ranges")
BUSY = "The site is busy. Nothing was stored. Please go back and send it again in a few seconds."
BROKEN = "Your request broke off on its way. Please go back and send it again."
LATE = "The rest of your request did not arrive in time. Please go back and send it again."


class Busy(Exception):
    """So many requests wait for a thread that one more would be answered too late, or it was."""


# What the process that forks the servers has made: they share its memory, and start at once. Where
# there is no forking each makes its own.
made: Flask | None = None


def create() -> "Front":
    """Make the application of one server process."""
    # A thread gives SQLite its turn many times in a request; by default it waits 5 ms each time to
    # go on while another one computes, and so would the loop with a page from memory.
    sys.setswitchinterval(0.0005)
    front = Front(made or create_app())
    front.start()
    return front


class Threads:
    """Some threads for what takes time, and how much of it waits for one."""

    def __init__(self, size: int, name: str) -> None:
        """`name` is what debuggers show."""
        self.waiting = 0
        self._pool = ThreadPoolExecutor(size, thread_name_prefix=name)

    async def do(self, work: Callable[[], Found], most: int) -> Found:
        """Do it in one of them. Raises Busy when so many wait already, or its turn comes late."""
        if self.waiting >= most:
            raise Busy
        until = clock.ticks() + WAIT_WITHIN

        def in_time() -> Found:
            if clock.ticks() > until:
                raise Busy
            return work()

        self.waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, in_time)
        finally:
            self.waiting -= 1

    def stop(self) -> None:
        """Take nothing more."""
        self._pool.shutdown()


class Front:
    """One server process: its pages, its threads, and the Flask application behind them."""

    def __init__(self, app: Flask) -> None:
        """Call `start` before the first request, or no page is taken from memory."""
        settings: Settings = app.config["SETTINGS"]
        self.settings = settings
        self.cache = PageCache(settings.page_cache_mb * 1024 * 1024)
        self.watch = Watch(app, self.cache)
        self._application = app.wsgi_app
        # Whoever writes may have to wait for others who write; readers have threads of their own,
        # and so has the staff. SQLite takes one writer at a time: another thread of this process
        # would compute in between, and hold up the one that all the others wait for.
        is_sqlite = app.config["SQLALCHEMY_DATABASE_URI"].startswith("sqlite")
        self._readers = Threads(settings.threads, "reads")
        self._writers = Threads(1 if is_sqlite else settings.threads, "writes")
        self._staff = Threads(settings.threads, "is of the staff")
        self._watching = threading.Thread(target=self.watch.run, daemon=True)
        self._rendering: dict[Key, asyncio.Future[None]] = {}
        self._policy = [(name.lower().encode(), said.encode()) for name, said in policy(settings)]
        self._session = app.config["SESSION_COOKIE_NAME"].encode()
        self._author = commenter.cookie_name(settings).encode()

    def start(self) -> None:
        """Hear of changes from now on."""
        self._watching.start()

    def stop(self) -> None:
        """Hear of nothing more; the thread that hears ends first, within a few seconds."""
        self.watch.stop()
        if self._watching.is_alive():
            self._watching.join(STOP_WITHIN)
        for threads in (self._readers, self._writers, self._staff):
            threads.stop()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or take part in starting and stopping."""
        if scope["type"] == "lifespan":
            await _live(receive, send)
            return self.stop()
        wish = Wish.of(scope["headers"])
        try:
            key = None if self._is_known(wish.cookie) else key_of(scope, wish)
            if key:
                page = self._fresh(key) or await self._missing(key, scope, wish)
                await _send_page(page, scope, wish, send)
            else:
                await self._pass_on(scope, wish, receive, send)
        except Busy:
            await self._send_words(send, 503, BUSY, (b"retry-after", b"5"))
        except TimeoutError:
            await self._send_words(send, 408, LATE, (b"connection", b"close"))

    def _is_known(self, cookie: bytes) -> bool:
        """True if one of our cookies may change what this browser sees."""
        return bool(cookie) and (self._session in cookie or self._author in cookie)

    # --- Pages that everybody may have -----------------------------------------------------

    def _fresh(self, key: Key) -> Page | None:
        return self.cache.fresh(key, is_chosen=key.is_chosen)

    async def _missing(self, key: Key, scope: Scope, wish: Wish) -> Page:
        """A page that is not in memory: one request renders it, the others wait."""
        if key in self._rendering:
            await asyncio.shield(self._rendering[key])
            page = self._fresh(key)
            if page:
                return page
        return await self._rendered(key, scope, wish)

    async def _rendered(self, key: Key, scope: Scope, wish: Wish) -> Page:
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        is_first = self._rendering.setdefault(key, turn) is turn
        try:
            most = MOST_PAGES_WAITING * self.settings.threads
            return await self._readers.do(lambda: self._render(key, scope, wish), most)
        finally:
            turn.set_result(None)
            if is_first:
                del self._rendering[key]

    def _render(self, key: Key, scope: Scope, wish: Wish) -> Page:
        """Let Flask render a page; keep it if Flask says that everybody may have it.

        It is rendered for nobody in particular: Flask hears of none of this browser's headers.
        """
        request = wsgi.environ({**scope, "method": "GET", "headers": wish.htmx}, b"", 0)
        note = request[NOTE] = Note()
        began = clock.now().timestamp()
        reply = wsgi.call(self._application, request)
        page = Page.of(reply.status, reply.headers, reply.body, note, began)
        page.form(wish.encoding(page))  # made here, in the thread, not in the loop
        if note.about is not None and reply.status in KEPT:
            self.cache.keep(key, page, is_chosen=key.is_chosen)
        return page

    async def _send_words(
        self, send: Send, status: int, words: str, header: tuple[bytes, bytes]
    ) -> None:
        """Answer with a sentence, where no page can be made."""
        plain = (b"content-type", b"text/plain; charset=utf-8"), (b"cache-control", b"no-store")
        said = [*plain, header, *self._policy]
        await _send(send, Reply(status, said, words.encode()), {"method": "GET"})

    # --- Everything else -------------------------------------------------------------------

    async def _pass_on(self, scope: Scope, wish: Wish, receive: Receive, send: Send) -> None:
        """Read the body, then let Flask answer. Raises TimeoutError."""
        async with asyncio.timeout(BODY_WITHIN):
            read = await self._body(scope, wish, receive)
        if read is None:  # broken off, or in chunks that are none: then somebody is still there
            await self._send_words(send, 400, BROKEN, (b"connection", b"close"))
            return
        headers = [each for each in scope["headers"] if each[0] not in HTMX] + wish.htmx
        request = wsgi.environ({**scope, "headers": headers}, *read)
        most = MOST_WAITING * self.settings.threads
        reply = await self._threads(scope).do(lambda: wsgi.call(self._application, request), most)
        await _send(send, self._formed(reply, wish), scope)

    def _threads(self, scope: Scope) -> Threads:
        if scope["method"] in ("GET", "HEAD") or scope["path"].endswith(PREVIEW):
            return self._readers
        return self._staff if scope["path"].startswith(STAFF) else self._writers

    async def _body(self, scope: Scope, wish: Wish, receive: Receive) -> tuple[bytes, int] | None:
        """The body and its length; of one that is too large only that, for Flask to refuse."""
        most = largest(scope["path"], self.settings)
        if wish.length > most:
            return b"", wish.length
        body = bytearray()
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return None
            body += message.get("body", b"")
            if len(body) > most:
                return b"", len(body)
            if not message.get("more_body"):
                return bytes(body), len(body)

    def _formed(self, reply: Reply, wish: Wish) -> Reply:
        """The answer in the browser's encoding, unless a page has a secret beside what was sent.

        The staff's pages have: their token, and words from the address (the attack called BREACH).
        A part of a file is sent as it is, and none is offered of what may be compressed. What names
        the answer stands for all encodings, so it is weak.
        """
        if self._session in wish.cookie or reply.status == 206:
            return reply
        body, headers = reply.body, [_weak(*each) for each in reply.headers]
        if reply.status == 304:  # says what the page itself would (RFC 9110, 15.4.5)
            headers.append(BY_ENCODING)
        if is_worth_it(headers, body):
            encoding = preferred(wish.accepted)
            body = compress(body, encoding)
            headers = [each for each in headers if each[0] not in OF_THE_WHOLE]
            headers += [
                (b"content-length", str(len(body)).encode()),
                BY_ENCODING,
                *([(b"content-encoding", encoding.encode())] if encoding else []),
            ]
        return replace(reply, headers=headers, body=body)


def _weak(name: bytes, value: bytes) -> tuple[bytes, bytes]:
    is_strong = name == b"etag" and not value.startswith(b"W/")
    return (name, b"W/" + value) if is_strong else (name, value)


async def _send_page(page: Page, scope: Scope, wish: Wish, send: Send) -> None:
    form = page.form(wish.encoding(page))
    status, headers, body = page.status, form.headers, form.body
    if wish.known and form.is_known(wish.known):
        status, headers, body = 304, form.unchanged, b""
    elif scope["method"] == "HEAD":
        body = b""
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _send(send: Send, reply: Reply, scope: Scope) -> None:
    body = b"" if scope["method"] == "HEAD" else reply.body
    await send({"type": "http.response.start", "status": reply.status, "headers": reply.headers})
    await send({"type": "http.response.body", "body": body})


async def _live(receive: Receive, send: Send) -> None:
    """Say that starting and stopping went well (ASGI's lifespan)."""
    while True:
        event = (await receive())["type"]
        await send({"type": f"{event}.complete"})
        if event == "lifespan.shutdown":
            return

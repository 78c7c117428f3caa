"""A real browser in front of a real server, and a watch on everything they do."""

import os
import re
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    Route,
    expect,
)
from sqlalchemy import QueuePool
from werkzeug.serving import WSGIRequestHandler, make_server

from blog.extensions import db
from tests import cast
from tests.conftest import CHROMIUM, MakeApp

PATIENCE = 20_000  # milliseconds, for a machine that is busy with something else
expect.set_options(timeout=PATIENCE)
# All rules, and the one on the size of targets, which axe leaves off.
AXE = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """The system's Chromium. Root, as in many containers, cannot have its sandbox."""
    if not CHROMIUM:
        pytest.skip("a journey in a browser: no Chromium here, and CHROMIUM names none")
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    return {"executable_path": CHROMIUM, "args": [*sandbox, "--disable-dev-shm-usage"]}


class _Quiet(WSGIRequestHandler):
    def log(self, *_anything: object, **_more: object) -> None:
        """Say nothing about each request."""


@pytest.fixture
def app(make_app: MakeApp) -> Flask:
    """The application with the article in it."""
    made = make_app()
    with made.app_context():
        cast.article()
    return made


def _whole(app: Flask) -> Callable[[Any, Any], list[bytes]]:
    """The application with each answer whole before it is sent, as the front has it.

    Werkzeug's server leaves a file open when the browser goes away while it is sent.
    """

    def answer(environ: Any, start: Any) -> list[bytes]:
        pieces: Any = app.wsgi_app(environ, start)
        try:
            return [b"".join(pieces)]
        finally:
            getattr(pieces, "close", lambda: None)()

    return answer


@pytest.fixture
def site(app: Flask) -> Iterator[str]:
    """The address of the server."""
    server = make_server("127.0.0.1", 0, _whole(app), threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()
    _let_threads_end(app)


def _let_threads_end(app: Flask) -> None:
    """Wait for the last answers: a connection that is not given back would stay open for good."""
    with app.app_context():
        pool = db.engine.pool
        assert isinstance(pool, QueuePool)
        until = time.monotonic() + PATIENCE / 1000
        calm = 0  # a thread that has only begun takes its connection a moment later
        while calm < 5 and time.monotonic() < until:
            calm = 0 if pool.checkedout() else calm + 1
            time.sleep(0.01)


class Visit:
    """A person's browser on the site. It counts page loads and notes what no page may do."""

    def __init__(self, context: BrowserContext, site: str) -> None:
        self.context = context
        self.site = site
        self.page: Page = context.new_page()
        self.loads = 0
        self.faults: list[str] = []
        # An answer such as 422 is logged as a failed load; that is what a test asked for.
        self.expected: tuple[str, ...] = ("Failed to load resource",)
        self.page.set_default_timeout(PATIENCE)
        # A page that stops requests from its beginning stops all of them. Where the first route comes
        # later, Chromium lets pass what a key sends meanwhile.
        self.page.route("**/asked-for-by-nobody", lambda route: route.abort())
        self.page.on("request", self._on_request)
        self.page.on("console", self._on_console)
        self.page.on("pageerror", lambda error: self.faults.append(f"a script broke: {error}"))

    def _on_request(self, request: Request) -> None:
        if request.is_navigation_request() and request.frame == self.page.main_frame:
            self.loads += 1
        if urlsplit(request.url).netloc != urlsplit(self.site).netloc:
            self.faults.append(f"another host is asked: {request.url}")

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not any(
            each in message.text for each in self.expected
        ):
            self.faults.append(f"the console says: {message.text}")

    def open(self, path: str = cast.PATH) -> Page:
        """Go to an address as somebody who typed it, and start to count from there."""
        self.page.goto(self.site + path)
        self.loads = 0
        return self.page

    def focus(self) -> str:
        """The id of what has the focus."""
        return str(self.page.evaluate("document.activeElement.id"))

    def fill(self, form: str = "#leave-reply", **changed: str) -> None:
        """Write Ann's comment into a form, or one that differs."""
        for name, value in {**cast.ANN, **changed}.items():
            self.page.fill(f"{form} [name={name}]", value)

    def sign_in(self) -> None:
        """Sign in as the moderator, whom `cast.moderator()` made."""
        self.open("/account/sign-in")
        self.page.fill("[name=email]", cast.EMAIL)
        self.page.fill("[name=password]", cast.PASSWORD)
        self.page.click("button[type=submit]")
        self.page.wait_for_url("**/dashboard/")

    def check(self) -> None:
        """Fail for what axe finds in light, in dark and on a narrow screen, or a sideways scroll."""
        self.page.wait_for_load_state()  # a page that has only begun has nothing in it to look at
        for scheme, width in (("light", 1200), ("dark", 1200), ("light", 320)):
            self.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
            self.page.set_viewport_size({"width": width, "height": 800})
            where = f"{self.page.url} {scheme} {width}"
            found = Axe().run(self.page, options=AXE)
            assert found.violations_count == 0, f"{where}: {found.generate_report()}"
            overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            assert self.page.evaluate(overflow) <= 0, f"{where} scrolls sideways"


def intercept(
    page: Page, address: str | re.Pattern[str], act: Callable[[Route], object], first: int = 1
) -> None:
    """Hand the first requests to an address to `act`, and let all that follow pass.

    Not Playwright's `times`: it stops to intercept when it has handed over the last of them, and
    what it stopped before and has not yet dealt with then goes to the server after all.
    """
    seen: list[Route] = []

    def handle(route: Route) -> None:
        seen.append(route)
        if len(seen) <= first:
            act(route)
        else:
            route.continue_()

    page.route(address, handle)


# What had the keys, where a request that they ask for did not come.
STATE = """() => {
  const row = document.querySelector("[data-row]");
  const box = row?.getBoundingClientRect();
  return [document.activeElement.outerHTML.slice(0, 60), document.hasFocus(), innerHeight,
    box?.top, box?.bottom, row?.querySelector("form.decisions").dataset.htmxPowered,
    typeof htmx, document.getElementById("notice").textContent, location.href];
}"""


def wait_for(page: Page, routes: list[Route], count: int = 1) -> list[Route]:
    """The requests that were stopped, as soon as that many are: a key is back before its request."""
    until = time.monotonic() + PATIENCE / 1000
    while len(routes) < count and time.monotonic() < until:
        page.wait_for_timeout(20)
    assert len(routes) == count, page.evaluate(STATE)
    return routes


OpenBrowser = Callable[..., Visit]


@pytest.fixture
def open_browser(browser: Browser, site: str) -> Iterator[OpenBrowser]:
    """Another person's browser, each time; what no page may do fails the test at its end."""
    visits: list[Visit] = []

    def make(**options: Any) -> Visit:
        visits.append(Visit(browser.new_context(reduced_motion="reduce", **options), site))
        return visits[-1]

    yield make
    for visit in visits:
        visit.context.close()
    assert [fault for visit in visits for fault in visit.faults] == []


@pytest.fixture
def reader(open_browser: OpenBrowser) -> Visit:
    """A reader's browser."""
    return open_browser()


@pytest.fixture
def plain_reader(open_browser: OpenBrowser) -> Visit:
    """A reader's browser with scripts switched off."""
    return open_browser(java_script_enabled=False)

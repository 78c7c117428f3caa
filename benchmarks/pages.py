"""Readers' pages and comments beside nginx and a plain Flask site.

Every figure is a ratio in one run, of processor time for each request and of requests a second, to
nginx that serves the same page as a file. Needs Debian's nginx and wrk.
"""

import http.client
import os
import socket
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks import data, load, plain
from benchmarks.load import Result, Server, fetch, strain
from benchmarks.sites import COMMENTS, Sites
from blog import clock
from blog.pages import compress
from blog.web import assets

ROUNDS = 3
SECONDS = 3  # of load, each time
FILE, OURS, PLAIN = 8991, 8992, 8993  # ports
LIMITS_OFF = {
    "BLOG_FLOOD_SECONDS": "0",
    "BLOG_COMMENT_RATE": "",
    "BLOG_PREVIEW_RATE": "",
}  # one address posts all
NO_MEMORY = {"BLOG_PAGE_CACHE_MB": "0"}
# As browsers ask; nginx has its files compressed by gzip.
ACCEPTED = "gzip, deflate, br, zstd"
BROWSER = {"Accept_Encoding": ACCEPTED}
FORM = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}
SLOW = 300  # people who dribble, of each kind
# One request in so many is a comment, each with a text of its own; the others read.
WRITE = """
math.randomseed(os.time())
local n = math.random(1e8) * 1000
request = function()
  n = n + 1
  if n %% %d ~= 0 then
    return wrk.format("GET", "%s", {["Accept-Encoding"] = "gzip, deflate, br, zstd"})
  end
  local form = "website=&name=Person+%%d&email=p%%d%%%%40example.org&body=Words+number+%%d+and+%%d."
  return wrk.format("POST", "%s", {["Content-Type"] = "application/x-www-form-urlencoded",
    ["Sec-Fetch-Site"] = "same-origin"}, form:format(n, n, n, math.random(1e9)))
end
"""
Pairs = list[tuple[Result, Result]]


@dataclass(frozen=True)
class Row:
    """A figure beside its bar."""

    work: str
    figures: list[float]
    bar: float
    unit: str = "times"
    is_least: bool = False  # the figure must be at least the bar

    @property
    def figure(self) -> float:
        """The median of the rounds."""
        return statistics.median(self.figures)

    @property
    def is_good(self) -> bool:
        """True if the bar holds."""
        return self.figure >= self.bar if self.is_least else self.figure <= self.bar

    def __str__(self) -> str:
        shown = [min(self.figures), self.figure, max(self.figures)]
        cells = " ".join(f"{value:8.2f}" for value in shown)
        sign = "≥" if self.is_least else "≤"
        line = f"{self.work:58} {cells} {sign} {self.bar:g} {self.unit}"
        return line if self.is_good else f"{line}  MISSED"


def report(built: Sites, folder: Path) -> int:
    """Print every row; return how many bars were missed."""
    rows = Bench(built, folder).run()
    head = f"{'least':>8} {'median':>8} {'most':>8}"
    print(f"\n{'Pages and comments, against nginx':58} {head}   bar")
    print("\n".join(str(row) for row in rows))
    return sum(not row.is_good for row in rows)


@contextmanager
def site(instance: Path, **settings: str) -> Iterator[Server]:
    """Broadsheet with two workers, as `make run` starts it."""
    environment = {"BLOG_INSTANCE": str(instance), "PORT": str(OURS), "BLOG_WORKERS": "2"}
    command = [sys.executable, "-m", "blog"]
    with load.running("broadsheet", OURS, command, **environment | settings) as server:
        yield server


@contextmanager
def plain_site() -> Iterator[Server]:
    """The plain Flask site with as many workers."""
    command = load.granian("benchmarks.plain:create_app", PLAIN)
    with load.running("plain", PLAIN, command) as server:
        yield server


def article(slug: str) -> str:
    """The path of an article of this month."""
    return f"{clock.now():/%Y/%m}/{slug}"


def rounds(work: Callable[[], Result], beside: Callable[[], Result]) -> Pairs:
    """The work and what it is compared with, one after the other, some times."""
    return [(work(), beside()) for _ in range(ROUNDS)]


def compared(name: str, found: Pairs, cpu: float, rate: float = 0) -> Iterator[Row]:
    """The rows of one comparison with the file."""
    yield Row(f"{name}: CPU", [ours.cpu / file.cpu for ours, file in found], cpu)
    if rate:
        ratios = [ours.per_second / file.per_second for ours, file in found]
        yield Row(f"{name}: requests/s", ratios, rate, is_least=True)


def divided(upper: list[float], lower: list[float]) -> list[float]:
    """Round by round."""
    return [a / b for a, b in zip(upper, lower, strict=True)]


class Bench:
    """One run: the servers it compares, and the rows it finds."""

    def __init__(self, built: Sites, folder: Path) -> None:
        """`folder` is where files for nginx are put."""
        self.sites, self.folder = built, folder
        self.rows: list[Row] = []
        os.environ["PLAIN_DATABASE"] = str(folder / "plain.sqlite")
        text = " ".join(data.WORDS[:12])
        plain.fill("<p>" + " ".join(data.WORDS * 5) + "</p>", [text] * COMMENTS)

    def run(self) -> list[Row]:
        """Measure everything."""
        (self.folder / "index.html").write_text("ready")
        with load.running("nginx", FILE, load.nginx(self.folder, FILE)) as self.file:
            self._save()
            self._sizes()
            self._start()
            self._article()
            self._lists()
            self._writes()
            self._slow()
        return self.rows

    def _save(self) -> None:
        """Each page as a file for nginx, plain and compressed as Broadsheet compresses it."""
        self.lists = {
            "home": "/", "archive 1": "/archive/1", "archive 500": "/archive/500",
            "topic": "/topic/sea", "feed": "/feed.xml", "sitemap": "/sitemap.xml",
            "search": "/search?q=tidal+harem",
        }  # fmt: skip
        with site(self.sites.large):
            for name, path in {**self.lists, "article": article("busy")}.items():
                file = self.folder / f"{name.replace(' ', '-')}.html"
                file.write_bytes(fetch(OURS, path)[2])
                packed = fetch(OURS, path, **{"Accept-Encoding": "gzip"})[2]
                file.with_suffix(".html.gz").write_bytes(packed)

    def _read(self, name: str = "article", seconds: int = SECONDS) -> Result:
        return strain(self.file, f"/{name.replace(' ', '-')}.html", seconds=seconds, **BROWSER)

    def _sizes(self) -> None:
        static = assets.folder("static")
        (htmx,) = (static / "vendor").glob("htmx*/htmx.min.js")
        scripts = (htmx.read_bytes(), assets.bundle("site.js"))
        fonts = static.rglob("broadsheet-*-normal.woff2")
        sizes = {
            "HTML with 50 comments": ((self.folder / "article.html.gz").stat().st_size, 10),
            "CSS": (len(compress(assets.bundle("site.css"), "gzip")), 12),
            "JavaScript": (sum(len(compress(each, "gzip")) for each in scripts), 18),
            "fonts": (sum(each.stat().st_size for each in fonts), 81),
        }  # fmt: skip
        for name, (size, bar) in sizes.items():
            self.rows.append(Row(f"article page: {name}, as it is sent", [size / 1000], bar, "kB"))

    def _start(self) -> None:
        found, memory = [], []
        for _ in range(ROUNDS):
            begun = time.perf_counter()
            with site(self.sites.large) as server:
                found.append(time.perf_counter() - begun)
                for path in [*self.lists.values(), article("busy")] * 20:
                    fetch(OURS, path)
                memory.append(server.memory())
        self.rows.append(Row("start to the first answer, 1,000,000 comments", found, 1, "s"))
        self.rows.append(Row("memory of two workers (PSS)", memory, 130, "MB"))

    def _article(self) -> None:
        small, large = self._read_article(self.sites.small), self._read_article(self.sites.large)
        self.rows += compared("article, from memory", large["hit"], 4, 0.40)
        self.rows += compared("article, unchanged (304)", large["same"], 2.5, 0.60)
        self.rows += compared("article, rendered", large["miss"], 60)
        with plain_site() as server:
            naive = [strain(server, "/1", seconds=SECONDS).cpu for _ in range(ROUNDS)]
        ours = [each.cpu for each, _ in large["miss"]]
        self.rows.append(Row("article, rendered: against plain Flask", divided(ours, naive), 0.25))
        for kind in ("hit", "miss"):
            costs = [[each.cpu for each, _ in found[kind]] for found in (large, small)]
            name = f"article, {kind}: 1,000,000 comments against 5,000"
            self.rows.append(Row(name, divided(*costs), 1.2))

    def _read_article(self, instance: Path) -> dict[str, Pairs]:
        path = article("busy")

        def read(server: Server, **headers: str) -> Pairs:
            return rounds(
                lambda: strain(server, path, seconds=SECONDS, **BROWSER, **headers), self._read
            )

        with site(instance) as server:
            tag = fetch(OURS, path, **{"Accept-Encoding": ACCEPTED})[1]["ETag"]
            found = {"hit": read(server), "same": read(server, If_None_Match=tag)}
        with site(instance, **NO_MEMORY) as server:
            return found | {"miss": read(server)}

    def _lists(self) -> None:
        with site(self.sites.large) as server:
            for name in set(self.lists) - {"search"}:  # no search is kept
                self.rows += compared(f"{name}, from memory", self._read_list(server, name), 4)
        costs: dict[str, list[float]] = {}
        with site(self.sites.large, **NO_MEMORY) as server:
            for name in set(self.lists) - {"sitemap"}:  # 10,000 addresses, asked for once a day
                found = self._read_list(server, name)
                costs[name] = [ours.cpu for ours, _ in found]
                bar = 100 if name == "search" else 60
                self.rows += compared(f"{name}, rendered", found, bar)
        deep = divided(costs["archive 500"], costs["archive 1"])
        self.rows.append(Row("archive 500 against 1, rendered", deep, 1.2))

    def _read_list(self, server: Server, name: str) -> Pairs:
        path = self.lists[name]
        return rounds(
            lambda: strain(server, path, seconds=2, **BROWSER), lambda: self._read(name, seconds=2)
        )

    def _writes(self) -> None:
        comments = f"{article('posts')}/comments"
        script = WRITE % (1, "", comments)
        with site(self.sites.large, **LIMITS_OFF) as server:
            found = rounds(
                lambda: strain(server, comments, seconds=SECONDS, clients=16, script=script),
                self._read,
            )
        self.rows += compared("a comment, durable, 16 clients", found, 120)
        self.rows.append(Row("a comment: p99", [ours.p99 for ours, _ in found], 60, "ms"))
        self.rows.append(Row("a comment: errors", [float(ours.errors) for ours, _ in found], 0, ""))
        with plain_site() as server:
            script = WRITE % (1, "", "/2")
            naive = [
                strain(server, "/2", seconds=SECONDS, clients=16, script=script).per_second
                for _ in range(ROUNDS)
            ]
        ours = [each.per_second for each, _ in found]
        name = "a comment: requests/s against plain Flask"
        self.rows.append(Row(name, divided(ours, naive), 4, is_least=True))
        self._mixed()

    def _mixed(self) -> None:
        path = article("busy")
        script = WRITE % (20, path, f"{path}/comments")
        with site(self.sites.small, **LIMITS_OFF, BLOG_HOLD_FIRST_COMMENT="no") as server:
            found = rounds(lambda: strain(server, "/", seconds=SECONDS, script=script), self._read)
            waits = [_seen_after(path) for _ in range(10)]
        self.rows += compared("95 % reads, 5 % comments", found, 20)
        self.rows.append(Row("a comment is in every worker's page after", waits, 1, "s"))

    def _slow(self) -> None:
        """Ordinary readers beside those who dribble headers, dribble bodies, and read slowly."""
        path = article("busy")
        post = f"POST {path}/comments HTTP/1.1\r\nHost: x\r\nSec-Fetch-Site: same-origin\r\n"
        body = f"{post}Content-Type: {FORM['Content-Type']}\r\nContent-Length: 5000\r\n\r\nname=A"
        get = f"GET {path} HTTP/1.1\r\nHost: x\r\nCookie: broadsheet-author=x\r\n\r\n"
        with site(self.sites.small) as server, ExitStack() as people:
            for begun in (post, body, get):
                for _ in range(SLOW):
                    one = people.enter_context(socket.create_connection(("127.0.0.1", OURS)))
                    one.sendall(begun.encode())
            found = [
                strain(server, path, seconds=SECONDS, clients=8, **BROWSER) for _ in range(ROUNDS)
            ]
        p95 = [each.p95 for each in found]
        self.rows.append(Row(f"beside 3 times {SLOW} slow people: p95", p95, 200, "ms"))
        failed = [float(each.errors) for each in found]
        self.rows.append(Row(f"beside 3 times {SLOW} slow people: errors", failed, 0, ""))


def _seen_after(path: str) -> float:
    """Seconds until no new connection, whichever worker takes it, gets a page without a comment."""
    words = f"seen{time.perf_counter_ns()}"
    form = f"name=Ann&email=a%40example.org&website=&body={words}"
    connection = http.client.HTTPConnection("127.0.0.1", OURS, timeout=30)
    connection.request("POST", f"{path}/comments", form, FORM)
    assert connection.getresponse().status == 303
    connection.close()
    begun, last = time.perf_counter(), 0.0
    while time.perf_counter() - begun < 2:
        if words.encode() not in fetch(OURS, f"{path}?sort=newest")[2]:
            last = time.perf_counter() - begun
    return last

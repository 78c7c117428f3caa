"""Readers' pages and comments beside nginx and a plain Flask site: `python -m benchmarks.pages`.

Every figure is a ratio in one run, of processor time for each request and of requests a second, to
nginx that serves the same page as a file. Needs Debian's nginx and wrk. Ends with 1 if a bar is missed.
"""

import gzip
import os
import platform
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks import data, load, plain
from benchmarks.load import Result, Server, fetch, strain
from blog import clock, create_app, migrating
from blog.config import Settings
from blog.web import assets

SMALL = {"comments": 5_000, "articles": 100, "held": 1_000}
LARGE = {"comments": 1_000_000, "articles": 10_000, "held": 50_000}
COMMENTS = 50  # on the article that is read
ROUNDS = 3
SECONDS = 3  # of load, each time
FILE, OURS, PLAIN = 8991, 8992, 8993  # ports
LIMITS_OFF = {"BLOG_FLOOD_SECONDS": "0", "BLOG_COMMENT_RATE": ""}  # one address posts all
GZIP = {"Accept_Encoding": "gzip"}
WRITE = """
math.randomseed(os.time())
local n = math.random(1e8) * 1000
request = function()
  n = n + 1
  if n %% %d ~= 0 then return wrk.format("GET", "%s", {["Accept-Encoding"] = "gzip"}) end
  local body = string.format("%%sname=Person+%%d&email=p%%d%%%%40example.org&body=Words+number+%%d+and+%%d.",
    "website=&", n, n, n, math.random(1e9))
  return wrk.format("POST", "%s", {["Content-Type"] = "application/x-www-form-urlencoded",
    ["Sec-Fetch-Site"] = "same-origin"}, body)
end
"""


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
        least, most = min(self.figures), max(self.figures)
        sign = "≥" if self.is_least else "≤"
        line = f"{self.work:58} {least:8.2f} {self.figure:8.2f} {most:8.2f} {sign} {self.bar:g} {self.unit}"
        return line if self.is_good else f"{line}  MISSED"


def build(folder: Path, size: dict[str, int]) -> Path:
    """A site's instance folder with everything in its database."""
    instance = folder / str(size["comments"])
    instance.mkdir()
    app = create_app(Settings(secret_key="x" * 40), instance)
    with app.app_context():
        migrating.upgrade()
        data.fill(**size)
        data.add_busy(size["articles"], COMMENTS)
    return instance


@contextmanager
def site(instance: Path, **settings: str) -> Iterator[Server]:
    """Broadsheet with two workers, as `make run` starts it."""
    environment = {"BLOG_INSTANCE": str(instance), "PORT": str(OURS), "BLOG_WORKERS": "2"}
    with load.running(
        "broadsheet", OURS, [sys.executable, "-m", "blog"], **environment, **settings
    ) as server:
        yield server


def _path(slug: str) -> str:
    return f"{clock.now():/%Y/%m}/{slug}"


def rounds(work: Callable[[], Result], beside: Callable[[], Result]) -> list[tuple[Result, Result]]:
    """The work and what it is compared with, one after the other, some times."""
    return [(work(), beside()) for _ in range(ROUNDS)]


def compared(
    name: str, found: list[tuple[Result, Result]], cpu: float, rate: float = 0
) -> Iterator[Row]:
    """The rows of one comparison with the file."""
    yield Row(f"{name}: CPU", [ours.cpu / file.cpu for ours, file in found], cpu)
    if rate:
        ratios = [ours.per_second / file.per_second for ours, file in found]
        yield Row(f"{name}: requests/s", ratios, rate, is_least=True)


class Bench:
    """One run: the servers it compares, and the rows it found."""

    def __init__(self, folder: Path) -> None:
        """Build everything that is asked for later."""
        self.folder = folder
        self.rows: list[Row] = []
        self.small, self.large = build(folder, SMALL), build(folder, LARGE)
        self._save_file()
        self._fill_plain()

    def _save_file(self) -> None:
        """The article as Broadsheet renders it, as a file for nginx."""
        with site(self.small):
            _, _, body = fetch(OURS, _path("busy"))
        (self.folder / "index.html").write_bytes(body)
        (self.folder / "article.html").write_bytes(body)
        (self.folder / "article.html.gz").write_bytes(gzip.compress(body, 6))
        self.html = body

    def _fill_plain(self) -> None:
        os.environ["PLAIN_DATABASE"] = str(self.folder / "plain.sqlite")
        text = " ".join(data.WORDS[:12])
        plain.fill("<p>" + " ".join(data.WORDS * 5) + "</p>", [text] * COMMENTS)

    def run(self) -> None:
        """Measure everything."""
        with load.running("nginx", FILE, load.nginx(self.folder, FILE)) as self.file:
            self._sizes()
            self._start()
            self._article()
            self._lists()
            self._writes()

    def _read_file(self, **headers: str) -> Result:
        return strain(self.file, "/article.html", seconds=SECONDS, **GZIP, **headers)

    def _sizes(self) -> None:
        kilo = 1000
        styles = len(gzip.compress(assets.stylesheet(), 9)) / kilo
        scripts = [path for path in (assets.folder("static") / "js").glob("*.js")]
        reader = ("theme.js", "notice.js", "times.js", "comments.js")
        vendored = next((assets.folder("static") / "vendor").glob("htmx*/htmx.min.js"))
        wanted = [path for path in scripts if path.name in reader] + [vendored]
        code = sum(len(gzip.compress(path.read_bytes(), 9)) for path in wanted) / kilo
        fonts = (
            sum(
                path.stat().st_size
                for path in assets.folder("static").rglob("*latin-wght-normal.woff2")
            )
            / kilo
        )
        html = len(gzip.compress(self.html, 6)) / kilo
        for name, size, bar in (("HTML with 50 comments, gzip", html, 10), ("CSS, gzip", styles, 12),
                                ("JavaScript, gzip", code, 18), ("fonts", fonts, 81)):  # fmt: skip
            self.rows.append(Row(f"article page: {name}", [size], bar, "kB"))

    def _start(self) -> None:
        found, memory = [], []
        for _ in range(ROUNDS):
            begun = time.perf_counter()
            with site(self.large) as server:
                found.append(time.perf_counter() - begun)
                for path in ("/", _path("busy"), "/archive/1"):
                    for _ in range(20):
                        fetch(OURS, path)
                memory.append(server.memory())
        self.rows.append(Row("start to the first answer, 1,000,000 comments", found, 1, "s"))
        self.rows.append(Row("memory of two workers (PSS)", memory, 130, "MB"))

    def _article(self) -> None:
        path = _path("busy")
        costs: dict[str, list[float]] = {}
        for name, instance in (("small", self.small), ("large", self.large)):
            with site(instance) as server:
                tag = fetch(OURS, path, **{"Accept-Encoding": "gzip"})[1]["ETag"]
                hits = rounds(
                    lambda: strain(server, path, seconds=SECONDS, **GZIP), self._read_file
                )
                same = rounds(
                    lambda: strain(server, path, seconds=SECONDS, **GZIP, If_None_Match=tag),
                    self._read_file,
                )
            with site(instance, BLOG_PAGE_CACHE_MB="0") as server:
                misses = rounds(
                    lambda: strain(server, path, seconds=SECONDS, **GZIP), self._read_file
                )
            costs[f"hit {name}"] = [ours.cpu for ours, _ in hits]
            costs[f"miss {name}"] = [ours.cpu for ours, _ in misses]
            if name == "large":
                self.rows += compared("article, from memory", hits, 4, 0.40)
                self.rows += compared("article, unchanged (304)", same, 2.5, 0.60)
                self.rows += compared("article, rendered", misses, 60)
        self._beside_plain(costs["miss large"])
        for kind in ("hit", "miss"):
            ratios = [
                a / b for a, b in zip(costs[f"{kind} large"], costs[f"{kind} small"], strict=True)
            ]
            self.rows.append(Row(f"article, {kind}: 1,000,000 comments against 5,000", ratios, 1.2))

    def _beside_plain(self, misses: list[float]) -> None:
        with load.running(
            "plain", PLAIN, load.granian("benchmarks.plain:create_app", PLAIN)
        ) as server:
            found = [strain(server, "/1", seconds=SECONDS) for _ in range(ROUNDS)]
        ratios = [ours / plain.cpu for ours, plain in zip(misses, found, strict=True)]
        self.rows.append(Row("article, rendered: CPU against plain Flask", ratios, 0.25))

    def _lists(self) -> None:
        paths = {
            "home": "/", "archive 1": "/archive/1", "archive 500": "/archive/500",
            "topic": "/topic/sea", "feed": "/feed.xml", "sitemap": "/sitemap.xml",
        }  # fmt: skip
        costs: dict[str, list[float]] = {}
        for settings, kind, bar in (
            ({}, "from memory", 4),
            ({"BLOG_PAGE_CACHE_MB": "0"}, "rendered", 60),
        ):
            with site(self.large, **settings) as server:
                for name, path in paths.items():
                    if name == "sitemap" and kind == "rendered":
                        continue  # 10,000 addresses, asked for by a machine once a day
                    found = rounds(
                        lambda path=path: strain(server, path, seconds=2, **GZIP), self._read_file
                    )
                    costs[f"{name} {kind}"] = [ours.cpu for ours, _ in found]
                    self.rows += compared(f"{name}, {kind}", found, bar)
        pairs = zip(costs["archive 500 rendered"], costs["archive 1 rendered"], strict=True)
        self.rows.append(Row("archive 500 against 1, rendered", [a / b for a, b in pairs], 1.2))

    def _writes(self) -> None:
        comments = f"{_path('posts')}/comments"
        script = WRITE % (1, "", comments)
        with site(self.large, **LIMITS_OFF) as server:
            found = rounds(
                lambda: strain(server, comments, seconds=SECONDS, clients=16, script=script),
                self._read_file,
            )
        self.rows += compared("a comment, durable, 16 clients", found, 120)
        self.rows.append(Row("a comment: p99", [ours.p99 for ours, _ in found], 60, "ms"))
        self.rows.append(Row("a comment: errors", [float(ours.errors) for ours, _ in found], 0, ""))
        with load.running(
            "plain", PLAIN, load.granian("benchmarks.plain:create_app", PLAIN)
        ) as server:
            naive = [
                strain(server, "/2", seconds=SECONDS, clients=16, script=WRITE % (1, "", "/2"))
                for _ in range(ROUNDS)
            ]
        ratios = [
            ours.per_second / plain.per_second
            for (ours, _), plain in zip(found, naive, strict=True)
        ]
        self.rows.append(Row("a comment: requests/s against plain Flask", ratios, 4, is_least=True))
        self._mixed(comments)

    def _mixed(self, comments: str) -> None:
        script = WRITE % (20, _path("busy"), comments.replace("posts", "busy"))
        with site(self.small, **LIMITS_OFF, BLOG_HOLD_FIRST_COMMENT="no") as server:
            found = rounds(
                lambda: strain(server, "/", seconds=SECONDS, script=script), self._read_file
            )
            waits = [_seen_after(comments) for _ in range(10)]
        self.rows += compared("95 % reads, 5 % comments", found, 20)
        self.rows.append(Row("a comment is in every worker's page after", waits, 1, "s"))


def _seen_after(comments: str) -> float:
    """Seconds until no new connection, whichever worker takes it, gets the page without a comment."""
    words = f"seen{time.perf_counter_ns()}"
    form = f"name=Ann&email=a%40example.org&website=&body={words}"
    post = fetch_post(comments, form)
    assert post == 303, post
    begun, last = time.perf_counter(), 0.0
    while time.perf_counter() - begun < 2:
        _, _, body = fetch(OURS, comments.removesuffix("/comments"))
        if words.encode() not in body:
            last = time.perf_counter() - begun
    return last


def fetch_post(path: str, form: str) -> int:
    """Send a form; return the status."""
    import http.client

    connection = http.client.HTTPConnection("127.0.0.1", OURS, timeout=30)
    connection.request(
        "POST", path, form,
        {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"},
    )  # fmt: skip
    status = connection.getresponse().status
    connection.close()
    return status


def main() -> int:
    """Print every row; return 1 if a bar is missed."""
    missing = [name for name in ("nginx", "wrk") if not shutil.which(name)]
    if missing:
        sys.exit(f"The benchmark needs {' and '.join(missing)}: apt-get install nginx wrk")
    machine = f"{platform.platform()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    print(f"{machine}, load {os.getloadavg()[0]:.1f}; against nginx unless a row says otherwise")
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder))
        bench.run()
    print(f"{'':58} {'least':>8} {'median':>8} {'most':>8}   bar")
    print("\n".join(str(row) for row in bench.rows))
    return 0 if all(row.is_good for row in bench.rows) else 1


if __name__ == "__main__":
    sys.exit(main())

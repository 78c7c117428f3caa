"""The server that `make run` starts, as a process of its own."""

import http.client
import os
import re
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from blog import migrating, serving
from tests.conftest import POSTGRES, postgres_database
from tests.house.source import ROOT

PATIENCE = 30  # seconds, for a machine that is busy with something else
ARTICLE = r'href="(/\d{4}/\d{2}/[a-z-]+)"'


class Site:
    """A site of its own: folder, database, port; started and stopped as its owner would."""

    def __init__(self, instance: Path, **settings: str) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.instance = instance
        self.environment = {
            "PATH": os.environ["PATH"],
            "BLOG_INSTANCE": str(instance),
            "PORT": str(self.port),
            **settings,
        }
        self.process: subprocess.Popen[str] | None = None

    def run(self, *command: str, **settings: str) -> "subprocess.CompletedProcess[str]":
        """Run a command that ends by itself."""
        return subprocess.run(
            [sys.executable, "-m", *command],
            cwd=ROOT, env=self.environment | settings, text=True, timeout=PATIENCE,
            capture_output=True, check=False,
        )  # fmt: skip

    def start(self) -> None:
        """Start the server and come back when it answers."""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "blog"],
            cwd=ROOT, env=self.environment, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
        for _ in range(PATIENCE * 20):
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.port)):
                return
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(0.05)
                break
        pytest.fail(f"it did not start: {self.stop(signal.SIGKILL)}")

    def stop(self, how: signal.Signals = signal.SIGTERM) -> str:
        """Stop the server; return all that it wrote."""
        assert self.process
        self.process.send_signal(how)
        written, _ = self.process.communicate(timeout=PATIENCE)
        return written

    def kill(self) -> None:
        """End the server and its workers at once, as a power cut does."""
        assert self.process
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.communicate(timeout=PATIENCE)

    def ask(self, method: str, path: str, **options: Any) -> tuple[int, str]:
        """Send a request; the server may answer before it has read all of a body."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        with suppress(BrokenPipeError, ConnectionResetError):
            connection.request(method, path, **options)
        answer = connection.getresponse()
        found = answer.status, answer.read().decode()
        connection.close()
        return found

    def send(self, raw: bytes) -> bytes:
        """Send bytes as they are; return what comes back."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE) as connection:
            with suppress(BrokenPipeError, ConnectionResetError):
                connection.sendall(raw)
            return b"".join(iter(lambda: connection.recv(65536), b""))


MakeSite = Callable[..., Site]


@pytest.fixture(scope="module")
def make_site(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[MakeSite]:
    """Sites with their own folders and databases; what still runs at the end is stopped."""
    made: list[Site] = []
    databases: list[Any] = []

    def make(**settings: str) -> Site:
        if POSTGRES:
            database = postgres_database(f"broadsheet_serving_{worker_id}_{len(made)}")
            settings = {"DATABASE_URL": database.__enter__(), **settings}
            databases.append(database)
        made.append(Site(tmp_path_factory.mktemp("site") / "instance", **settings))
        return made[-1]

    yield make
    for site in made:
        if site.process and site.process.poll() is None:
            site.stop()
    for database in databases:
        database.__exit__(None, None, None)


@pytest.fixture(scope="module")
def running(make_site: MakeSite) -> Site:
    """A site that is open to whatever the world sends."""
    site = make_site()
    site.start()
    return site


def test_the_first_start_fills_the_newsroom_and_later_ones_keep_everything(
    make_site: MakeSite, tmp_path: Path
) -> None:
    site = make_site(BLOG_SITE_NAME="The Harbour Light")
    site.start()
    home = site.ask("GET", "/")[1]
    assert home.count("<article") == 12
    assert "The Harbour Light" in home
    secret = site.instance / "secret"
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    written = site.stop()
    address = f"http://127.0.0.1:{site.port}"
    assert written.startswith(f"The Harbour Light is at {address}\n")
    link = re.search(rf"^{address}(/account/set-up/[\w.-]+)$", written, re.MULTILINE)
    assert link
    assert site.process
    assert site.process.returncode == 0

    kept = secret.read_text("ascii")
    (tmp_path / "new.md").write_text(
        "---\ntitle: New\nstandfirst: S.\nauthor: A\ndate: 2026-01-02\ntopic: T\n---\nText.\n"
    )
    assert site.run("flask", "--app", "blog", "publish", str(tmp_path / "new.md")).returncode == 0
    site.start()
    assert site.ask("GET", "/")[1].count("<article") == 13
    assert secret.read_text("ascii") == kept
    assert site.ask("GET", link[1])[0] == 200
    site.stop(signal.SIGINT)
    assert site.process.returncode == 0


def _open_to_others(folder: Path) -> list[str]:
    return [
        each.name for each in folder.iterdir() if each.is_file() and each.stat().st_mode & 0o077
    ]


def test_only_its_owner_reads_the_database_also_one_of_an_earlier_version(
    make_site: MakeSite,
) -> None:
    site = make_site(DEMO="0")
    site.start()
    assert _open_to_others(site.instance) == []
    site.stop()
    for each in site.instance.glob("*.sqlite"):  # on PostgreSQL there is none
        for path in (each, Path(f"{each}-wal"), Path(f"{each}-shm")):
            path.touch()
            path.chmod(0o644)
    site.start()
    assert _open_to_others(site.instance) == []


def test_the_commands_print_links_to_the_port_that_they_are_given(make_site: MakeSite) -> None:
    site = make_site(DEMO="0")
    site.run("flask", "--app", "blog", "upgrade")
    link = site.run("flask", "--app", "blog", "set-up-link").stdout
    assert link.startswith(f"http://127.0.0.1:{site.port}/account/set-up/")
    own = site.run(
        "flask", "--app", "blog", "set-up-link", BLOG_SITE_URL="https://news.example.org"
    )
    assert own.stdout.startswith("https://news.example.org/account/set-up/")


def test_without_the_demo_a_site_starts_empty(make_site: MakeSite) -> None:
    site = make_site(DEMO="0")
    site.start()
    status, home = site.ask("GET", "/")
    assert (status, home.count("<article")) == (200, 0)
    assert "Nothing has been published yet" in home


def test_a_database_of_a_newer_version_is_not_served(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrating, "current", lambda: "9999")
    with app.app_context(), pytest.raises(SystemExit, match="of a newer version of Broadsheet"):
        serving.prepare(app.config["SETTINGS"])


def test_a_taken_port_is_said_in_one_line(make_site: MakeSite) -> None:
    site = make_site()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", site.port))
        taken.listen()
        refused = site.run("blog")
    assert refused.returncode == 1
    assert refused.stdout == ""
    assert refused.stderr == (
        f"127.0.0.1:{site.port} cannot be used (Address already in use)."
        " Choose another with PORT=8001 make run.\n"
    )


@pytest.mark.parametrize(
    ("command", "name", "value", "sentence"),
    [
        ("blog", "PORT", "eighty", "The setting port is a whole number, not 'eighty'."),
        ("flask --app blog demo", "BLOG_COLOUR", "red", "There is no setting named colour."),
    ],
)
def test_a_setting_that_cannot_be_used_is_said_in_one_line(
    make_site: MakeSite, command: str, name: str, value: str, sentence: str
) -> None:
    refused = make_site().run(*command.split(), **{name: value})
    assert refused.returncode == 1
    assert refused.stderr.removeprefix("Error: ") == f"{sentence}\n"


def _ten_megabytes() -> Iterator[bytes]:
    return (b"x" * 65_536 for _ in range(160))


@pytest.mark.parametrize(
    "kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]
)
@pytest.mark.parametrize("length", ["said", "unsaid"])
def test_ten_megabytes_are_refused_and_the_server_goes_on(
    running: Site, kind: str, length: str
) -> None:
    found = re.search(ARTICLE, running.ask("GET", "/")[1])
    assert found
    headers = {"Content-Type": kind, "Sec-Fetch-Site": "same-origin"}
    headers |= (
        {"Content-Length": str(10 * 2**20)}
        if length == "said"
        else {"Transfer-Encoding": "chunked"}
    )
    status, page = running.ask(
        "POST",
        f"{found[1]}/comments",
        body=_ten_megabytes(),
        headers=headers,
        encode_chunked=length == "unsaid",
    )
    assert status == 413
    assert "This is too much at once" in page
    assert running.ask("GET", "/")[0] == 200


@pytest.mark.parametrize("path", ["/", "/account/sign-in"])
def test_a_large_body_that_no_form_sends_is_not_read_either(running: Site, path: str) -> None:
    headers = {"Content-Type": "application/json", "Content-Length": str(10 * 2**20)}
    headers["Sec-Fetch-Site"] = "same-origin"
    status, _ = running.ask("POST", path, body=_ten_megabytes(), headers=headers)
    assert status == 415


HOST = b"Host: localhost\r\nConnection: close\r\n"
CHUNKED = b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n" + HOST + b"\r\n"


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        pytest.param(b"GET /%ff%fe HTTP/1.1\r\n" + HOST, 404, id="a path that is not UTF-8"),
        pytest.param(b"GET /%ed%a0%80 HTTP/1.1\r\n" + HOST, 404, id="half a surrogate in the path"),
        pytest.param(b"GET /topic/%00 HTTP/1.1\r\n" + HOST, 404, id="NUL in the path"),
        pytest.param(b"GET /static/%00 HTTP/1.1\r\n" + HOST, 404, id="NUL in the name of a file"),
        pytest.param(b"OPTIONS /static/../../../dev/ptmx HTTP/1.1\r\n" + HOST, 200, id="a device that blocks"),
        pytest.param(b"GET /static/../../../dev/zero HTTP/1.1\r\n" + HOST, 404, id="a device without end"),
        pytest.param(b"GET /static/nope/../css/base.css HTTP/1.1\r\n" + HOST, 404, id="a file by a way round"),
        pytest.param(b"GET /static/..%2f..%2fpyproject.toml HTTP/1.1\r\n" + HOST, 404, id="a file outside static/"),
        pytest.param(b"GET /\xff HTTP/1.1\r\n" + HOST, 400, id="a raw byte in the path"),
        pytest.param(b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\n" + HOST, 414, id="an endless path"),
        pytest.param(b"GET / HTTP/1.1\r\nX-Much: " + b"a" * 10**6 + b"\r\n" + HOST, 431, id="an endless header"),
        pytest.param(b"GET / HTTP/1.1\r\n" + b"X-Much: a\r\n" * 1000 + HOST, 431, id="endless headers"),
        pytest.param(b"GET / HTTP/1.1\r\nContent-Length: -1\r\n" + HOST, 400, id="a negative length"),
        pytest.param(b"BREW / HTTP/1.1\r\n" + HOST, 403, id="an unknown method from nowhere"),
        pytest.param(b"TRACE / HTTP/1.1\r\n" + HOST, 405, id="a method that is not offered"),
        pytest.param(b"nonsense\r\n", 400, id="no HTTP at all"),
        pytest.param(CHUNKED + b"zz\r\nabc\r\n0\r\n", 400, id="a chunk without a length"),
        pytest.param(CHUNKED + b"3\r\nabcdef\r\n0\r\n", 400, id="a chunk longer than it says"),
    ],
)  # fmt: skip
def test_a_malformed_request_is_the_senders_fault(running: Site, raw: bytes, status: int) -> None:
    assert running.send(raw + b"\r\n").split(b" ", 2)[1] == str(status).encode()
    assert running.ask("GET", "/")[0] == 200


@pytest.mark.parametrize("host", [b"evil.example", b"evil.example/a b", b"[", b"\xff", b""])
def test_links_never_come_from_the_host_that_a_request_names(running: Site, host: bytes) -> None:
    for path in (b"/", b"/feed.xml", b"/account/sign-in"):
        raw = b"GET " + path + b" HTTP/1.1\r\nHost: " + host + b"\r\nConnection: close\r\n\r\n"
        answer = running.send(raw)
        assert int(answer.split(b" ", 2)[1]) < 500
        assert b"evil" not in answer


# --- Several processes, and slow people --------------------------------------------------------

FORM = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}


def _article(site: Site) -> str:
    found = re.search(ARTICLE, site.ask("GET", "/")[1])
    assert found
    return found[1]


def test_a_comment_outlives_processes_that_come_and_go_and_a_server_that_is_killed(
    make_site: MakeSite,
) -> None:
    """Who leaves SQLite's file last deletes its log: nobody may leave while others write to it."""
    site = make_site(BLOG_HOLD_FIRST_COMMENT="no", BLOG_FLOOD_SECONDS="0", BLOG_COMMENT_RATE="")
    site.start()
    path = _article(site)
    for number in range(3):
        assert site.ask("GET", path)[0] == 200
        assert site.run("flask", "--app", "blog", "work").returncode == 0
        form = f"name=Ann&email=ann%40example.org&website=&body=kept-number-{number}"
        assert site.ask("POST", f"{path}/comments", body=form, headers=FORM)[0] == 303
    site.kill()
    site.start()
    page = site.ask("GET", path)[1]
    assert [number for number in range(3) if f"kept-number-{number}" in page] == [0, 1, 2]


def test_what_one_process_stores_every_process_shows_within_a_second(make_site: MakeSite) -> None:
    site = make_site(
        BLOG_WORKERS="2", BLOG_HOLD_FIRST_COMMENT="no", BLOG_FLOOD_SECONDS="0", BLOG_COMMENT_RATE=""
    )
    site.start()
    path = _article(site)
    for number in range(5):
        for _ in range(10):  # each process has the page in its memory: a new connection each time
            assert site.ask("GET", path)[0] == 200
        words = f"seen-in-every-process-{number}"
        form = f"name=Ann&email=ann%40example.org&website=&body={words}"
        assert site.ask("POST", f"{path}/comments", body=form, headers=FORM)[0] == 303
        time.sleep(1)
        shown = [words in site.ask("GET", path)[1] for _ in range(20)]
        assert all(shown), f"stale after a second: {shown.count(False)} of 20"


@pytest.fixture
def slow_people() -> Iterator[Callable[[Site, int, bytes], None]]:
    """Connections that begin a request and go no further."""
    opened: list[socket.socket] = []

    def begin(site: Site, count: int, raw: bytes) -> None:
        for _ in range(count):
            connection = socket.create_connection(("127.0.0.1", site.port), timeout=PATIENCE)
            connection.sendall(raw)
            opened.append(connection)

    yield begin
    for connection in opened:
        connection.close()


def test_hundreds_who_dribble_keep_nobody_waiting(
    running: Site, slow_people: Callable[[Site, int, bytes], None]
) -> None:
    path = _article(running)
    head = f"POST {path}/comments HTTP/1.1\r\nHost: localhost\r\nSec-Fetch-Site: same-origin\r\n"
    body = "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 5000\r\n\r\nname=A"
    slow_people(running, 200, head.encode())
    slow_people(running, 200, (head + body).encode())
    slow_people(running, 100, f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    for cookie in ("", "broadsheet-author=x"):  # from memory, and by a thread
        for _ in range(5):
            assert running.ask("GET", path, headers={"Cookie": cookie})[0] == 200

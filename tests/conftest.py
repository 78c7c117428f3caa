"""A fresh site for every test, on SQLite or on the PostgreSQL that TEST_DATABASE_URL names."""

import os
import shutil
import sqlite3
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import Engine, create_engine, event, make_url, text

from blog import create_app, migrating
from blog.config import Settings
from blog.extensions import db, writing
from blog.models.staff import ADMINISTRATOR
from tests import cast
from tests.page import CheckingClient

POSTGRES = os.environ.get("TEST_DATABASE_URL", "")
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
SECRET = "a secret that only tests know, long enough"
MakeApp = Callable[..., Flask]


def _settings(database_url: str, **changed: Any) -> Settings:
    # Flood pause and hold of links are tested where they are the subject.
    usual = {
        "site_url": "http://localhost",
        "flood_seconds": 0,
        "comment_rate": "",
        "preview_rate": "",
    }
    usual |= {"sign_in_rate": "", "database_url": database_url, "secret_key": SECRET}
    return Settings(**{**usual, **changed})


@contextmanager
def postgres_database(name: str) -> Iterator[str]:
    """The address of a new database beside the one that TEST_DATABASE_URL names."""
    url, name = make_url(POSTGRES), f"{name}_{os.getpid()}"  # two runs at once stay apart
    server = create_engine(url, isolation_level="AUTOCOMMIT")
    drop = text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    with server.connect() as connection:
        connection.execute(drop)
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield url.set(database=name).render_as_string(hide_password=False)
    with server.connect() as connection:
        connection.execute(drop)
    server.dispose()


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[str]:
    """The address of a migrated, empty database of this worker's own."""
    folder = tmp_path_factory.mktemp("database")
    sqlite = nullcontext(f"sqlite:///{folder / 'empty.sqlite'}")
    with postgres_database(f"broadsheet_{worker_id}") if POSTGRES else sqlite as address:
        app = create_app(_settings(address), folder)
        with app.app_context():
            migrating.upgrade()
            db.session.execute(text("PRAGMA wal_checkpoint(TRUNCATE)")) if not POSTGRES else None
            db.engine.dispose()
        yield address


@pytest.fixture(scope="session")
def worker_id(request: pytest.FixtureRequest) -> str:
    """The name of this process: `main`, or gw0, gw1 and so on."""
    return os.environ.get("PYTEST_XDIST_WORKER", "main")


@pytest.fixture
def database_url(empty_database: str, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database for one test."""
    if not POSTGRES:
        shutil.copy(empty_database.removeprefix("sqlite:///"), tmp_path / "test.sqlite")
        yield f"sqlite:///{tmp_path / 'test.sqlite'}"
        return
    yield empty_database
    engine = create_engine(empty_database)
    with engine.begin() as connection:  # much quicker than TRUNCATE for a handful of rows
        for table in reversed(db.metadata.sorted_tables):
            if table.name == "queue_count":  # its rows are there from the start
                connection.execute(table.update().values(count=0))
                continue
            connection.execute(table.delete())
            if table.autoincrement_column is not None:
                connection.execute(text(f"ALTER SEQUENCE {table.name}_id_seq RESTART"))
    engine.dispose()


@event.listens_for(Engine, "connect")
def _be_quick(connection: Any, _record: Any) -> None:
    """No test pulls the plug: the databases of tests need not wait for the disk."""
    if isinstance(connection, sqlite3.Connection):
        connection.execute("PRAGMA synchronous=OFF")


@pytest.fixture(scope="session")
def compiled_templates(tmp_path_factory: pytest.TempPathFactory) -> FileSystemBytecodeCache:
    """Each template is compiled once for all tests of a process."""
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))


@pytest.fixture
def make_app(
    database_url: str, tmp_path: Path, compiled_templates: FileSystemBytecodeCache
) -> Iterator[MakeApp]:
    """Make the application with settings of the test's own; usually all share one database."""
    made: list[Flask] = []

    def make(**settings: Any) -> Flask:
        database = settings.pop("database_url", database_url)
        app = create_app(_settings(database, **settings), tmp_path)
        app.test_client_class = CheckingClient
        app.jinja_env.bytecode_cache = compiled_templates
        hashing = app.extensions["security"].pwd_context  # as on the site, but quick
        hashing.update(argon2__rounds=1, argon2__memory_cost=8, argon2__parallelism=1)
        made.append(app)
        return app

    yield make
    for app in made:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


@pytest.fixture
def app(make_app: MakeApp) -> Flask:
    """The application with the settings that most tests want."""
    return make_app()


@pytest.fixture
def client(app: Flask) -> CheckingClient:
    """A reader who has been here never before."""
    return new_client(app)


@pytest.fixture
def new_reader(app: Flask) -> Callable[[], CheckingClient]:
    """Another browser, each time."""
    return lambda: new_client(app)


def new_client(app: Flask) -> CheckingClient:
    """A browser without cookies."""
    client = app.test_client()
    assert isinstance(client, CheckingClient)
    return client


@pytest.fixture
def moderator(app: Flask) -> CheckingClient:
    """The browser of a moderator who is signed in."""
    client = new_client(app)
    with app.app_context():
        cast.moderator()
    cast.sign_in(client)
    return client


@pytest.fixture
def admin(app: Flask) -> CheckingClient:
    """The browser of an administrator who is signed in."""
    client = new_client(app)
    with app.app_context():
        cast.moderator(role=ADMINISTRATOR)
    cast.sign_in(client)
    return client


@pytest.fixture
def session(app: Flask) -> Iterator[Any]:
    """A database session that may write, for tests of services and queries."""
    with app.app_context(), writing():
        yield db.session


def _not_run(reporter: pytest.TerminalReporter) -> list[str]:
    """What this run leaves out, and why, one line each."""
    skipped = Counter(str(report.longrepr[-1]) for report in reporter.stats.get("skipped", []))
    lines = [f"{reason.removeprefix('Skipped: ')} ({count})" for reason, count in skipped.items()]
    if not POSTGRES:
        lines.append("the suite on PostgreSQL: TEST_DATABASE_URL is not set")
    return lines


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter,
) -> Generator[None, object, object]:
    """Name in the last lines what could not run here: it must never be left out in silence."""
    result = yield
    if lines := _not_run(terminalreporter):
        terminalreporter.section("not run here")
        terminalreporter.write_line("\n".join(lines))
    return result


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Where everything can run, a test that was skipped is a failure."""
    reporter: Any = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("BROADSHEET_CI") and reporter and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED

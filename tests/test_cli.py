"""The commands of `flask --app blog`: what they print, what they refuse, what they leave alone."""

import sqlite3
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from click.testing import Result
from flask import Flask
from sqlalchemy.exc import IntegrityError, OperationalError

from blog import migrating
from blog.cli import NEWER
from blog.extensions import db, writing
from blog.models import IN_QUEUE, Article, Author, Comment, Staff, Tag, Topic
from blog.services import markup
from tests import cast
from tests.conftest import MakeApp
from tests.page import CheckingClient
from tests.test_migrating import is_of_the_models

NEW_PASSWORD = "another word at midnight"


def _run(app: Flask, *arguments: str) -> Result:
    return app.test_cli_runner().invoke(args=arguments)


def _rows(app: Flask) -> dict[str, int]:
    with app.app_context():
        kinds = (Article, Author, Comment, Tag, Topic)
        return {kind.__name__: db.session.query(kind).count() for kind in kinds}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "article.md"
    path.write_text(cast.source(), "utf-8")
    return path


@pytest.mark.parametrize(
    "command",
    [
        ["publish", "{file}"], ["invite", "moderator"], ["erase", "--yes", "a@example.org"],
        ["demo"], ["work"], ["upgrade"], ["export", "a@example.org"],
    ],
    ids=lambda command: command[0],
)  # fmt: skip
def test_a_database_that_cannot_be_used_is_a_sentence(
    app: Flask, file: Path, monkeypatch: pytest.MonkeyPatch, command: list[str]
) -> None:
    def fail() -> None:
        raise OperationalError("SELECT", {}, sqlite3.OperationalError("database is locked"))

    monkeypatch.setattr(migrating, "current", fail)
    result = _run(app, *[each.format(file=file) for each in command])
    said = "Error: the database cannot be used: database is locked\n"
    assert (result.exit_code, result.output) == (1, said)


def test_a_fault_of_ours_says_nothing_that_was_typed(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise IntegrityError("INSERT", {}, sqlite3.IntegrityError("Failing row contains (secret)"))

    monkeypatch.setattr(migrating, "current", fail)
    result = _run(app, "demo")
    assert result.exit_code == 1
    assert result.output.startswith("Error: this is a fault of Broadsheet: IntegrityError in ")
    assert "secret" not in result.output


class TestPublish:
    def test_a_new_article_is_public_at_the_address_that_is_printed(
        self, app: Flask, client: CheckingClient, file: Path
    ) -> None:
        result = _run(app, "publish", str(file))
        assert (result.exit_code, result.output) == (0, f"published: http://localhost{cast.PATH}\n")
        page = client.get(cast.PATH).page
        assert page.text("h1") == "The tide table"
        assert page.one(".prose em").to_text() == "twice"

    def test_an_unknown_author_becomes_a_byline(
        self, app: Flask, client: CheckingClient, file: Path
    ) -> None:
        _run(app, "publish", str(file))
        assert client.get("/author/ruth-ansell").page.text("h1") == "Ruth Ansell"

    def test_a_date_to_come_is_said(self, app: Flask, client: CheckingClient, file: Path) -> None:
        file.write_text(cast.source(date="2999-12-31"), "utf-8")
        result = _run(app, "publish", str(file))
        when = "for readers from 31 December 2999, 00:00 UTC on"
        assert result.output.startswith(f"published, {when}: http://localhost/2999/12/")
        for path in ("/topic/sea", "/tag/tides", "/author/ruth-ansell"):
            assert client.get(path).status_code == 404, "its very words may be news"

    def test_a_picture_is_there_before_the_story_is(
        self, app: Flask, client: CheckingClient, file: Path
    ) -> None:
        file.write_text(cast.source(slug="x\npicture: demo/fery.webp"), "utf-8")
        result = _run(app, "publish", str(file))
        assert result.exit_code == 1
        assert result.output.startswith("Error: there is no picture ")
        assert _rows(app)["Article"] == 0
        with app.app_context():  # and one that somebody took away later costs nobody the page
            cast.article(slug="x\npicture: demo/fery.webp")
        for path in ("/", "/2026/03/x", "/topic/sea", "/archive/1", "/feed.xml"):
            assert client.get(path).status_code == 200

    def test_a_text_is_rendered_before_anybody_waits(self, app: Flask, file: Path) -> None:
        markup.article_html.cache_clear()
        _run(app, "publish", str(file))
        seen = markup.article_html.cache_info()
        assert (seen.misses, seen.hits) == (1, 1), "once before, and once it is at hand"

    def test_the_same_file_again_changes_nothing(self, app: Flask, file: Path) -> None:
        _run(app, "publish", str(file))
        before = _rows(app)
        result = _run(app, "publish", str(file))
        assert (result.exit_code, result.output) == (0, f"unchanged: http://localhost{cast.PATH}\n")
        assert _rows(app) == before

    def test_a_changed_file_updates_the_article_with_its_slug(
        self, app: Flask, client: CheckingClient, file: Path
    ) -> None:
        _run(app, "publish", str(file))
        file.write_text(cast.source(title="The tide tables", body="It comes once."), "utf-8")
        result = _run(app, "publish", str(file))
        assert (result.exit_code, result.output) == (0, f"updated: http://localhost{cast.PATH}\n")
        assert client.get(cast.PATH).page.text(".prose") == "It comes once."
        assert _rows(app)["Article"] == 1

    def test_a_file_with_windows_line_ends_and_a_mark_at_its_start_is_read(
        self, app: Flask, client: CheckingClient, file: Path
    ) -> None:
        file.write_bytes(b"\xef\xbb\xbf" + cast.source().replace("\n", "\r\n").encode())
        assert _run(app, "publish", str(file)).exit_code == 0
        assert client.get(cast.PATH).page.text("h1") == "The tide table"

    @pytest.mark.parametrize(
        ("source", "complaint"),
        [
            pytest.param("", "1: the first line is --- and opens the front matter", id="an empty file"),
            pytest.param("---\ntitle: A\n", "1: no second --- ends the front matter", id="no end of the front matter"),
            pytest.param("---\ntitle: [A\n---\nText.\n", "2: this is not YAML", id="broken YAML"),
            pytest.param(cast.source(title="''"), "2: title shows nothing", id="an empty title"),
            pytest.param(cast.source(date="soon"), "5: date looks like 2026-11-23", id="a date that is none"),
            pytest.param(cast.source(slug="The Tide"), "8: a slug has small letters", id="a slug with a space"),
            pytest.param(cast.source(comments="maybe"), "9: comments is one of: open", id="neither open nor closed"),
            pytest.param(cast.source().replace("topic", "section"), "6: there is no field section", id="an unknown field"),
            pytest.param(cast.source(body=""), "there is no text below the front matter", id="no text"),
        ],
    )  # fmt: skip
    def test_a_broken_file_is_refused_with_its_line_and_a_reason(
        self, app: Flask, file: Path, source: str, complaint: str
    ) -> None:
        file.write_text(source, "utf-8")
        result = _run(app, "publish", str(file))
        assert result.exit_code == 1
        assert result.output.startswith(f"Error: {file}:")
        assert complaint in result.output
        assert result.output.count("\n") == 1
        assert set(_rows(app).values()) == {0}

    def test_a_broken_update_leaves_the_article_as_it_was(
        self, app: Flask, client: CheckingClient, file: Path
    ) -> None:
        _run(app, "publish", str(file))
        before = _rows(app)
        file.write_text(cast.source(title="New", author="Somebody", tags="[new", body="New."))
        assert _run(app, "publish", str(file)).exit_code == 1
        assert _rows(app) == before
        assert client.get(cast.PATH).page.text("h1") == "The tide table"

    def test_a_file_that_is_not_utf_8_is_refused_with_its_line(
        self, app: Flask, file: Path
    ) -> None:
        file.write_bytes(cast.source(standfirst="Café").encode("latin-1"))
        result = _run(app, "publish", str(file))
        assert (result.exit_code, result.output) == (1, f"Error: {file}:3: this is not UTF-8\n")
        assert _rows(app)["Article"] == 0

    def test_a_file_that_is_not_there_is_refused(self, app: Flask, tmp_path: Path) -> None:
        result = _run(app, "publish", str(tmp_path / "nowhere.md"))
        assert result.exit_code == 2
        assert "nowhere.md' does not exist" in result.output


class TestResetLink:
    def test_the_link_sets_a_new_password_once(self, app: Flask, moderator: CheckingClient) -> None:
        link = _run(app, "reset-link", "MO@example.org").output.strip()
        assert link.startswith("http://localhost/account/reset/")
        visitor = app.test_client()
        assert isinstance(visitor, CheckingClient)
        fields = visitor.get(link).page.fields()
        sent = {"password": NEW_PASSWORD, "password_confirm": NEW_PASSWORD}
        assert visitor.post(link, data=fields | sent).status_code in (302, 303)
        assert cast.sign_in(visitor).status_code == 200, "the old password opens nothing"
        assert cast.sign_in(visitor, NEW_PASSWORD).location == "/dashboard/"
        assert app.test_client().get(link).status_code == 410, "the link worked once"

    def test_a_new_password_ends_the_sessions_that_were_open(
        self, app: Flask, moderator: CheckingClient
    ) -> None:
        link = _run(app, "reset-link", cast.EMAIL).output.strip()
        visitor = app.test_client()
        assert isinstance(visitor, CheckingClient)
        fields = visitor.get(link).page.fields()
        visitor.post(
            link, data=fields | {"password": NEW_PASSWORD, "password_confirm": NEW_PASSWORD}
        )
        assert moderator.get("/dashboard/").status_code == 303

    def test_who_is_kept_out_gets_no_link_that_leads_nowhere(
        self, app: Flask, moderator: CheckingClient
    ) -> None:
        with app.app_context(), writing():
            db.session.query(Staff).update({"active": False})
        result = _run(app, "reset-link", cast.EMAIL)
        assert result.exit_code == 1
        assert result.output.startswith("Error: Mo Derator is kept out; an administrator")

    def test_nobody_with_that_address_is_said_in_one_line(self, app: Flask) -> None:
        result = _run(app, "reset-link", "nobody@example.org")
        assert result.exit_code == 1
        assert result.output == "Error: nobody on the staff has the address nobody@example.org\n"


class TestSetUpLink:
    def test_the_link_opens_the_form_for_the_first_administrator(
        self, app: Flask, client: CheckingClient
    ) -> None:
        link = _run(app, "set-up-link").output.strip()
        assert client.get(link).page.text("h1") == "Set up your site"

    def test_there_is_no_link_once_there_is_an_administrator(self, app: Flask) -> None:
        with app.app_context():
            cast.moderator(role="administrator")
        result = _run(app, "set-up-link")
        assert result.exit_code == 1
        assert result.output == "Error: there is an administrator; reset-link lets one back in\n"


class TestDemo:
    def test_an_empty_site_is_filled(self, app: Flask, client: CheckingClient) -> None:
        result = _run(app, "demo")
        assert (result.exit_code, result.output) == (0, "articles published: 12\n")
        assert len(client.get("/").page.query("article")) == 12
        assert {comment.status for comment in cast.stored(app)} == set(IN_QUEUE)

    def test_a_site_with_articles_is_left_alone(self, app: Flask, file: Path) -> None:
        _run(app, "publish", str(file))
        before = _rows(app)
        result = _run(app, "demo")
        assert result.exit_code == 1
        assert result.output == "Error: there are articles already; the demo is for an empty site\n"
        assert _rows(app) == before


class TestUpgrade:
    def test_an_empty_database_gets_the_tables_of_the_models(
        self, make_app: MakeApp, tmp_path: Path
    ) -> None:
        app = make_app(database_url=f"sqlite:///{tmp_path / 'new.sqlite'}")
        assert _run(app, "upgrade").exit_code == 0
        assert set(_rows(app).values()) == {0}

    def test_a_second_time_changes_nothing(self, app: Flask) -> None:
        with app.app_context():
            cast.article()
        assert _run(app, "upgrade").exit_code == 0
        assert _rows(app)["Article"] == 1

    def test_the_migrations_make_exactly_what_the_models_say(self, app: Flask) -> None:
        with app.app_context(), db.engine.connect() as connection:
            assert migrating.current() == migrating.head()
            options = {"compare_type": True, "include_name": is_of_the_models}
            context = MigrationContext.configure(connection, opts=options)
            assert compare_metadata(context, db.metadata) == []


@pytest.mark.parametrize(
    "command", [("publish", "FILE"), ("reset-link", "mo@example.org"), ("set-up-link",), ("demo",)]
)
class TestWithoutADatabase:
    def test_a_site_that_was_never_started_is_said_in_one_line(
        self, make_app: MakeApp, tmp_path: Path, file: Path, command: tuple[str, ...]
    ) -> None:
        app = make_app(database_url=f"sqlite:///{tmp_path / 'new.sqlite'}")
        result = _run(app, *(str(file) if word == "FILE" else word for word in command))
        assert result.exit_code == 1
        assert result.output.startswith("Error: the database is not ready: start the site once")
        assert result.output.count("\n") == 1

    def test_a_database_that_is_away_is_said_without_a_trace(
        self, make_app: MakeApp, tmp_path: Path, file: Path, command: tuple[str, ...]
    ) -> None:
        app = make_app(database_url=f"sqlite:///{tmp_path / 'no-such-folder' / 'new.sqlite'}")
        result = _run(app, *(str(file) if word == "FILE" else word for word in command))
        assert result.exit_code == 1
        assert result.output == "Error: the database cannot be used: unable to open database file\n"

    def test_a_damaged_database_is_said_without_a_trace(
        self, make_app: MakeApp, tmp_path: Path, file: Path, command: tuple[str, ...]
    ) -> None:
        (tmp_path / "damaged.sqlite").write_bytes(b"no database " * 2_000)
        app = make_app(database_url=f"sqlite:///{tmp_path / 'damaged.sqlite'}")
        result = _run(app, *(str(file) if word == "FILE" else word for word in command))
        assert result.exit_code == 1
        assert result.output == "Error: the database cannot be used: file is not a database\n"

    def test_a_database_of_a_newer_version_is_left_alone(
        self,
        app: Flask,
        file: Path,
        command: tuple[str, ...],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(migrating, "current", lambda: "9999")
        result = _run(app, *(str(file) if word == "FILE" else word for word in command))
        assert result.exit_code == 1
        assert result.output == f"Error: {NEWER}\n"


class TestInvite:
    def test_the_link_lets_somebody_join(self, app: Flask) -> None:
        result = app.test_cli_runner().invoke(args=["invite", "administrator"])
        assert result.exit_code == 0, result.output
        path = result.output.strip().removeprefix("http://localhost")
        assert app.test_client().get(path).status_code == 200

    def test_an_unknown_role_is_refused(self, app: Flask) -> None:
        result = app.test_cli_runner().invoke(args=["invite", "bishop"])
        assert result.exit_code == 2
        assert "moderator" in result.output

"""The migrations make the models' tables, once, whoever starts first."""

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import flask_migrate
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import g
from sqlalchemy import create_engine, make_url, text

from blog import clock, create_app, migrating
from blog.extensions import BUSY_TIMEOUT, db, writing
from blog.models import Article, BulkDecision, Revision, Status, View
from blog.queries import lists, queue, versions
from blog.queries import moderation as log
from blog.queries.queue_filter import Filter
from blog.services import bulk
from tests import cast
from tests.conftest import POSTGRES, _settings


def is_of_the_models(name: str | None, _kind: str, _parents: object) -> bool:
    """False for the indexes of the searches, which each database makes in its own way."""
    return not (name or "").startswith(("comment_search", "article_search"))


@pytest.fixture
def empty(tmp_path: Path, worker_id: str):  # type: ignore[no-untyped-def]
    """The address of a database without any table."""
    if not POSTGRES:
        yield f"sqlite:///{tmp_path / 'fresh.sqlite'}"
        return
    server = create_engine(make_url(POSTGRES), isolation_level="AUTOCOMMIT")
    name = f"broadsheet_fresh_{worker_id}"
    with server.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield make_url(POSTGRES).set(database=name).render_as_string(hide_password=False)
    with server.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
    server.dispose()


def test_a_migration_that_fails_leaves_the_connection_like_any_other(
    empty: str, tmp_path: Path
) -> None:
    app = create_app(_settings(empty), tmp_path)
    with app.app_context():
        migrating.upgrade()
        with db.engine.begin() as connection:
            connection.execute(
                text("UPDATE alembic_version SET version_num = 'of a later version'")
            )
        with pytest.raises(SystemExit):
            migrating.upgrade()
        assert g.writes is False
        if not POSTGRES:
            asked = ("foreign_keys", "busy_timeout", "temp_store")
            found = [db.session.scalar(text(f"PRAGMA {each}")) for each in asked]
            assert found == [1, BUSY_TIMEOUT * 1000, 2]
        db.session.remove()
        db.engine.dispose()


def test_the_migrations_make_what_the_models_say(empty: str, tmp_path: Path) -> None:
    app = create_app(_settings(empty), tmp_path)
    with app.app_context():
        assert migrating.current() is None
        migrating.upgrade()
        assert migrating.current() == migrating.head()
        with db.engine.connect() as connection:
            options = {"compare_type": True, "include_name": is_of_the_models}
            context = MigrationContext.configure(connection, opts=options)
            assert compare_metadata(context, db.metadata) == []
        db.engine.dispose()


def test_two_servers_that_start_at_once_migrate_once(empty: str, tmp_path: Path) -> None:
    environment = {**os.environ, "BLOG_INSTANCE": str(tmp_path), "BLOG_DATABASE_URL": empty}
    command = [sys.executable, "-m", "flask", "--app", "blog", "upgrade"]
    servers = [
        subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    said = [server.communicate()[1] for server in servers]
    assert [server.returncode for server in servers] == [0, 0], said
    app = create_app(_settings(empty), tmp_path)
    with app.app_context():
        assert migrating.current() == migrating.head()
        db.engine.dispose()


def test_a_server_waits_while_another_one_migrates_for_long(empty: str, tmp_path: Path) -> None:
    environment = {**os.environ, "BLOG_INSTANCE": str(tmp_path), "BLOG_DATABASE_URL": empty}
    take = "SELECT pg_advisory_xact_lock(7426115)" if POSTGRES else "BEGIN IMMEDIATE"
    engine = create_engine(empty)
    with engine.connect() as other:
        other.connection.cursor().execute(take)
        command = [sys.executable, "-m", "flask", "--app", "blog", "upgrade"]
        server = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
        with pytest.raises(subprocess.TimeoutExpired):
            server.wait(BUSY_TIMEOUT + 4)  # longer than anybody else waits
        other.connection.rollback()
    said = server.communicate()[1]
    assert server.returncode == 0, said
    engine.dispose()


def test_a_migration_can_be_taken_back_with_the_data(empty: str, tmp_path: Path) -> None:
    app = create_app(_settings(empty), tmp_path)
    with app.app_context():
        migrating.upgrade()
        article = cast.article()
        for status in Status:
            cast.comment(article, status=status)
        cast.report(cast.comment(article))
        db.session.commit()
        before = queue.counts()
        db.session.close()
        flask_migrate.downgrade(revision="0002")
        migrating.upgrade()
        # What an older version does not know, the trash, counts as rejected there.
        trash = before.pop(View.TRASH)
        before[View.REJECTED] += trash
        assert queue.counts() == before | {View.TRASH: 0}
        assert queue.ids(Filter(view=None, words="there"))
        db.session.close()
        db.engine.dispose()


def test_the_search_finds_articles_that_were_there_before_it(empty: str, tmp_path: Path) -> None:
    app = create_app(_settings(empty), tmp_path)
    with app.app_context():
        migrating.upgrade()
        cast.articles(2)
        for _ in range(2):
            db.session.close()
            flask_migrate.downgrade(revision="0005")
            with writing():
                db.session.query(Article).update({"title": "Written without an index"})
            migrating.upgrade()
            assert len(lists.with_words("written without", None, 9).stories) == 2
            assert lists.with_words("story", None, 9).stories == []
        db.session.close()
        db.engine.dispose()


def test_changes_are_counted_before_and_after_every_step_of_the_triggers(
    empty: str, tmp_path: Path
) -> None:
    app = create_app(_settings(empty), tmp_path)
    with app.app_context():
        migrating.upgrade()
        article = cast.article()
        cast.comment(article)
        for step in (lambda: flask_migrate.downgrade(revision="0005"), migrating.upgrade):
            db.session.close()
            step()
            before = versions.read().newest
            with writing():  # not by the model, which has columns that come later
                db.session.execute(text("UPDATE comment SET like_count = like_count + 1"))
            changed = dict(versions.since(before))
            assert changed[f"article {article.id}"] == versions.read().newest > before
        db.session.close()
        db.engine.dispose()


def test_what_an_undo_needs_is_told_of_what_was_decided_before(empty: str, tmp_path: Path) -> None:
    app = create_app(_settings(empty), tmp_path)
    with app.app_context():
        migrating.upgrade()
        article = cast.article()
        comment = cast.comment(article, status=Status.HELD)
        first, second = clock.now() - timedelta(hours=2), clock.now() - timedelta(hours=1)
        for moment in (first, second):
            db.session.add(Revision(comment_id=comment.id, body="Before.", created_at=moment))
        with writing():
            done = bulk.decide(Filter(), Status.SPAM, cast.moderator(), about={})
        db.session.close()
        flask_migrate.downgrade(revision="0005")
        migrating.upgrade()
        texts = db.session.query(Revision).order_by(Revision.id)
        assert [each.edited_at for each in texts] == [None, first]
        assert done
        entry = log.last_entry(comment.id)
        assert db.session.get_one(BulkDecision, done.id).entry_id == entry.id
        cast.comment(article, body="Heron.")
        assert queue.ids(Filter(view=None, words="heron")), "the search's triggers are there"
        before = versions.read().newest
        cast.comment(article)
        assert versions.read().newest > before, "and those that count what readers see"
        db.session.close()
        db.engine.dispose()

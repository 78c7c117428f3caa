"""No page is stale once a process has heard of a change, and none that was rendered before it."""

import random
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import inspect

from blog import clock, migrating
from blog.extensions import db, writing
from blog.models import Article, Comment, Complaint, Discussion, Status
from blog.queries import versions
from blog.queries.queue_filter import Filter
from blog.services import (
    bulk,
    corrections,
    discussions,
    moderation,
    privacy,
    reactions,
    site_settings,
)
from blog.services.reactions import Reporter
from tests import cast
from tests.conftest import POSTGRES
from tests.front.conftest import Process

OTHER = "/2026/03/the-other-tide"
PATHS = [
    "/", cast.PATH, f"{cast.PATH}?sort=likes", f"{cast.PATH}/feed.xml", f"{cast.COMMENTS}/newer",
    "/archive/1", "/topic/sea", "/tag/harbour", "/author/ruth-ansell", "/feed.xml", "/sitemap.xml",
    OTHER, f"{OTHER}/feed.xml", "/search?q=tide",
]  # fmt: skip


def _comment(status: Status = Status.PUBLISHED) -> Comment:
    query = db.session.query(Comment).filter_by(status=status, staff_id=None)
    return query.order_by(Comment.id.desc()).first() or cast.comment(_article(), status=status)


def _article() -> Article:
    return db.session.query(Article).filter_by(slug="the-tide-table").one()


def _decide(before: Status, after: Status) -> Callable[[], None]:
    def change() -> None:
        made, mo = _comment(before), cast.moderator()
        seen = moderation.LookedAt(before, made.version)
        with writing():
            moderation.decide(made.id, after, mo, seen=seen)

    return change


def _undo() -> None:
    made, mo = _comment(Status.HELD), cast.moderator()
    with writing():
        entry = moderation.decide(made.id, Status.PUBLISHED, mo, seen=cast.seen(Status.HELD))
    with writing():
        assert entry
        moderation.undo(entry, mo)


def _reply() -> None:
    cast.comment(_article(), parent=_comment())


def _correct() -> None:
    made, mo = _comment(), cast.moderator()
    with writing():
        corrections.correct(made.id, "Another text.", mo, version=made.version)


def _like() -> None:
    made = _comment()
    with writing():
        reactions.like(made.id, f"{clock.now().timestamp()}".ljust(64, "x"))


def _report() -> None:
    made = _comment()
    with writing():
        for letter in "fgh":
            reactions.report(made.id, Reporter(letter * 64, letter), Complaint.SPAM, "", 3)


def _bulk() -> None:
    mo = cast.moderator()
    for _ in range(3):
        cast.comment(_article(), status=Status.HELD)
    with writing():
        bulk.decide(Filter(), Status.PUBLISHED, mo, about={})


def _publish(**changed: Any) -> Callable[[], object]:
    return lambda: cast.article(**changed)


def _rename() -> None:
    with writing():
        _article().topic.name = f"Sea {clock.now().microsecond}"


def _discuss(state: Discussion) -> Callable[[], None]:
    def change() -> None:
        article, mo = _article(), cast.moderator()
        with writing():
            discussions.change(db.session.merge(article), state, stays_open=False, staff=mo)

    return change


def _set(app: Flask, **values: Any) -> None:
    mo = cast.moderator()
    with writing():
        site_settings.change(app.config["SETTINGS"], values, mo)


def _erase() -> None:
    _comment()
    with writing():
        privacy.erase("bea@example.org")


def _by_hand() -> None:
    """An owner at the database's own prompt."""
    with writing():
        db.session.execute(db.text("UPDATE comment SET name = 'Changed by hand'"))


CHANGES: dict[str, Callable[[], object]] = {
    "a comment is published at once": lambda: cast.comment(_article()),
    "a reply is published": _reply,
    "a comment waits": lambda: cast.comment(_article(), status=Status.HELD),
    "a comment is approved": _decide(Status.HELD, Status.PUBLISHED),
    "a comment is rejected": _decide(Status.PUBLISHED, Status.REJECTED),
    "a comment is spam": _decide(Status.PUBLISHED, Status.SPAM),
    "a comment is trashed": _decide(Status.PUBLISHED, Status.TRASHED),
    "a decision is taken back": _undo,
    "many are approved at once": _bulk,
    "a text is corrected": _correct,
    "a comment is liked": _like,
    "readers report a comment away": _report,
    "a person is erased": _erase,
    "an article changes": _publish(title="Another title", body="Other words."),
    "an article is published": _publish(slug="the-other-tide", title="The other tide"),
    "an article has other tags": _publish(tags="rope"),
    "an article has another author": _publish(author="Ida Berg"),
    "a topic has another name": _rename,
    "a discussion closes": _discuss(Discussion.CLOSED),
    "a discussion is hidden": _discuss(Discussion.HIDDEN),
    "a discussion opens": _discuss(Discussion.OPEN),
    "somebody writes by hand": _by_hand,
}


def _all_true(process: Process, why: str) -> None:
    for path in PATHS:
        assert process.get(path).body == process.fresh(path), f"{path} is stale: {why}"


@pytest.mark.parametrize("change", list(CHANGES))
def test_another_process_shows_every_change(
    process: Process, start: Callable[..., Process], change: str
) -> None:
    other = start()
    for path in PATHS:
        other.get(path)
    with process.app.app_context():
        CHANGES[change]()
    other.look()
    _all_true(other, change)


def test_a_comment_that_waits_changes_no_page(process: Process) -> None:
    process.get(cast.PATH)
    with process.app.app_context():
        cast.comment(_article(), status=Status.HELD)
    process.look()
    process.get(cast.PATH)
    assert process.rendered == 1


def test_a_comment_leaves_the_pages_of_other_articles(process: Process) -> None:
    with process.app.app_context():
        cast.article(slug="elsewhere", topic="Land", title="Elsewhere")
    process.look()
    process.get("/2026/03/elsewhere")
    with process.app.app_context():
        cast.comment(_article())
    process.look()
    process.get("/2026/03/elsewhere")
    assert process.rendered == 1


@pytest.mark.parametrize(
    "values",
    [{"site_name": "Another"}, {"site_tagline": "A line"}, {"comments_per_page": 1}],
)
def test_another_process_shows_a_changed_setting(
    process: Process, start: Callable[..., Process], values: dict[str, Any]
) -> None:
    other = start()
    for path in PATHS:
        other.get(path)
    with process.app.app_context():
        cast.comment(_article())
        _set(process.app, **values)
    other.look()
    _all_true(other, str(values))


def test_a_changed_slug_leads_on_in_every_process(
    process: Process, start: Callable[..., Process]
) -> None:
    other = start()
    other.get(cast.PATH)
    with process.app.app_context(), writing():
        _article().slug = "another-name"
    other.look()
    assert other.get(cast.PATH).status == 404
    assert other.get("/2026/03/another-name").status == 200


def test_a_scheduled_article_appears_when_its_time_comes(process: Process) -> None:
    soon = clock.now() + timedelta(minutes=5)
    with process.app.app_context():
        cast.article(slug="soon", title="Soon", date=soon.isoformat())
    process.look()
    assert b"Soon" not in process.get("/").body + process.get("/feed.xml").body
    with time_machine.travel(soon + timedelta(seconds=1), tick=True):
        process.look()
        assert b"Soon" in process.get("/").body
        assert b"Soon" in process.get("/feed.xml").body


def test_of_two_articles_that_appear_between_two_looks_both_are_seen(process: Process) -> None:
    first = clock.now().replace(microsecond=0) + timedelta(minutes=5)
    with process.app.app_context():
        cast.article(slug="soon", title="Soon", date=first.isoformat())
        second = first + timedelta(seconds=20)
        cast.article(slug="later", title="A bit later", date=second.isoformat())
    process.look()
    with time_machine.travel(first + timedelta(seconds=10), tick=False):
        process.front.cache.known.published = 0  # a page is rendered before anybody looks
        assert b"Soon" in process.get("/").body
    with time_machine.travel(second + timedelta(seconds=10), tick=False):
        process.look()
        assert b"A bit later" in process.get("/").body


def test_a_discussion_closes_by_its_age_on_time(start: Callable[..., Process], app: Flask) -> None:
    with app.app_context():
        cast.article()
    process = start(close_after_days=10)
    closing = cast.PUBLISHED + timedelta(days=10)
    with time_machine.travel(closing - timedelta(seconds=30)):
        process.look()
        assert b"comment-form" in process.get(cast.PATH).body
        assert process.get(cast.PATH).status == 200
        assert process.rendered == 1
    with time_machine.travel(closing + timedelta(seconds=1)):
        process.look()
        assert b"The discussion is closed" in process.get(cast.PATH).body
        rendered = process.rendered
        process.get(cast.PATH)
        assert process.rendered == rendered, "what is over is over: the page is kept again"


def test_with_the_discussion_ends_what_a_page_of_replies_offers(
    start: Callable[..., Process], app: Flask
) -> None:
    with app.app_context():
        cast.comment(cast.article())
    process, path = start(close_after_days=10), f"{cast.COMMENTS}/1/replies"
    closing = cast.PUBLISHED + timedelta(days=10)
    with time_machine.travel(closing - timedelta(seconds=30)):
        assert b"/1/reply" in process.get(path).body
    with time_machine.travel(closing + timedelta(seconds=1)):
        process.look()
        assert b"/1/reply" not in process.get(path).body


def test_an_article_that_appears_before_its_schedule_is_heard_of_is_seen(process: Process) -> None:
    """A page is rendered after the change, before the moment; both come before the next look."""
    soon = clock.now().replace(microsecond=0) + timedelta(minutes=5)
    with time_machine.travel(soon - timedelta(seconds=3), tick=False):
        process.look()
    with time_machine.travel(soon - timedelta(seconds=2), tick=False):
        with process.app.app_context():
            cast.article(slug="soon", title="Soon", date=soon.isoformat())
        assert b"Soon" not in process.get("/").body
    with time_machine.travel(soon + timedelta(seconds=1), tick=False):
        process.look()
        assert b"Soon" in process.get("/").body


def test_a_page_that_was_rendered_from_old_rows_is_never_new(process: Process) -> None:
    """The change is committed after the page was rendered, and heard of before it is kept."""
    keep = process.front.cache.keep

    def late(key: Any, page: Any, **where: Any) -> None:
        with process.app.app_context():
            cast.comment(_article(), name="Too Late")
        process.look()
        keep(key, page, **where)

    process.front.cache.keep = late  # type: ignore[method-assign]
    process.get(cast.PATH)
    process.front.cache.keep = keep  # type: ignore[method-assign]
    assert b"Too Late" in process.get(cast.PATH).body


def test_a_change_that_is_not_committed_is_none(process: Process) -> None:
    process.get(cast.PATH)
    with process.app.app_context():
        db.session.execute(db.text("UPDATE comment SET name = 'Never'"))
        db.session.rollback()
    process.look()
    process.get(cast.PATH)
    assert process.rendered == 1


def test_what_was_taken_back_to_a_savepoint_took_no_number_along(process: Process) -> None:
    """The change that stays must have one of its own, or its page is taken for fresh."""
    process.get(cast.PATH)
    with process.app.app_context(), writing():
        nested = db.session.begin_nested()
        db.session.execute(db.text("UPDATE comment SET name = 'Never'"))
        nested.rollback()
        db.session.execute(db.text("UPDATE comment SET name = 'Changed by hand'"))
    process.look()
    assert b"Changed by hand" in process.get(cast.PATH).body


def test_each_transaction_has_a_number_and_takes_few(process: Process) -> None:
    """On PostgreSQL one: a number for each row made bulk work as slow as the square of its size.

    SQLite changes the row in its place, so there each change may have its own.
    """
    with process.app.app_context():
        for _ in range(2):  # the same connection, another transaction
            before = versions.read().newest
            with writing():
                for letter in "abc":
                    name = {"name": f"Changed {letter}"}
                    db.session.execute(db.text("UPDATE comment SET name = :name"), name)
                    db.session.execute(db.text("UPDATE topic SET name = :name"), name)
            after = versions.read().newest
            assert after - before == (1 if POSTGRES else 6)
            assert dict(versions.since(before))["all"] == after
            assert versions.read().site == after
            assert f"article {_article().id}" in dict(versions.since(before))


@pytest.mark.parametrize("seed", range(4))
def test_no_walk_of_changes_and_reads_in_two_processes_shows_a_stale_page(
    process: Process, start: Callable[..., Process], seed: int
) -> None:
    chance = random.Random(seed)  # noqa: S311  the same walk each time
    processes = [process, start()]
    for _ in range(40):
        writer, reader = chance.sample(processes, 2)
        name = chance.choice(list(CHANGES))
        if chance.random() < 0.4:
            with writer.app.app_context():
                CHANGES[name]()
        for each in (reader, writer):
            each.look()
            path = chance.choice(PATHS)
            assert each.get(path).body == each.fresh(path), f"{path} is stale: {name}"


def test_no_private_byte_is_in_a_shared_answer(
    process: Process, start: Callable[..., Process]
) -> None:
    """A commenter's waiting text and a moderator's rail are theirs, whoever asked first."""
    app = process.app
    author = app.test_client()
    cast.post(author, body="A secret that waits.", htmx=False)  # type: ignore[arg-type]
    cookie = author.get_cookie("broadsheet-author")
    assert cookie
    with app.app_context():
        cast.moderator()
    staff = app.test_client()
    cast.sign_in(staff)  # type: ignore[arg-type]
    session = staff.get_cookie("broadsheet-session")
    assert session
    for each in (f"broadsheet-author={cookie.value}", f"broadsheet-session={session.value}"):
        for path in PATHS:
            process.get(path, cookie=each)
            process.get(path, cookie=each, hx_request="true")
    assert (
        b"A secret that waits."
        in process.get(cast.PATH, cookie=f"a=b; broadsheet-author={cookie.value}").body
    )
    for path in PATHS:
        for _ in range(2):
            shared = process.get(path)
            assert b"A secret that waits." not in shared.body
            assert b"csrf_token" not in shared.body
            assert b"/dashboard/comments" not in shared.body
            assert "set-cookie" not in shared.headers


# --- The triggers ------------------------------------------------------------------------------

# What a column may be without a reader seeing it on a public page.
UNSEEN = {
    "article": {"id", "source", "comment_count"},
    "comment": {
        "id", "staff_id", "email", "body", "reasons", "browser", "network", "request_key",
        "fingerprint", "vetted", "open_report", "lesson", "wants_mail", "created_at",
    },
}  # fmt: skip


def test_every_column_that_readers_see_is_watched() -> None:
    """A new column stands in the triggers of a migration, or above."""
    code = (migrating.FOLDER / "versions" / "0005_page_versions.py").read_text("utf-8")
    watched: dict[str, Any] = {}
    exec(code.split("# Whatever changes")[0].split("depends_on = None")[1], watched)  # noqa: S102
    for model, columns in ((Article, watched["ARTICLE"]), (Comment, watched["COMMENT"])):
        table = model.__tablename__
        assert {each.name for each in model.__table__.columns} == set(columns) | UNSEEN[table]


def test_the_triggers_are_there_after_every_migration(app: Flask) -> None:
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            query = "SELECT tbl_name FROM sqlite_master WHERE type = 'trigger'"
        else:
            query = "SELECT event_object_table FROM information_schema.triggers"
        found = set(db.session.scalars(db.text(query)))
        tables = {
            "comment",
            "article",
            "topic",
            "tag",
            "article_tag",
            "author",
            "byline",
            "setting",
        }
        assert tables <= found <= set(inspect(db.engine).get_table_names())


# --- The thread --------------------------------------------------------------------------------


def _run_until(process: Process, done: Callable[[], bool]) -> None:
    """Let the thread work until something is so, and end it."""
    thread = threading.Thread(target=process.front.watch.run)
    thread.start()
    until = clock.ticks() + 10
    while not done() and clock.ticks() < until:
        time.sleep(0.01)
    process.front.watch.stop()
    thread.join(5)
    assert not thread.is_alive()


def test_the_thread_hears_of_a_change_by_itself(process: Process) -> None:
    process.get(cast.PATH)
    with process.app.app_context():
        cast.comment(_article(), name="Heard Of")
    _run_until(process, lambda: b"Heard Of" in process.get(cast.PATH).body)
    assert b"Heard Of" in process.get(cast.PATH).body


def test_a_database_that_is_away_is_said_once_and_waited_for(
    process: Process, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    calls = [0]

    def away() -> None:
        calls[0] += 1
        if calls[0] < 4:
            raise OSError("away")

    monkeypatch.setattr(process.front.watch, "look", away)
    _run_until(process, lambda: calls[0] >= 5)
    assert calls[0] >= 5
    assert caplog.text.count("what changed could not be asked") == 1

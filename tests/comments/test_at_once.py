"""Two people at once: nothing is lost, nothing is counted twice, on SQLite and on PostgreSQL."""

import re
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from threading import Barrier
from typing import Any

import pytest
from flask import Flask, current_app

from blog import clock
from blog.comments import views, views_own
from blog.config import current_settings
from blog.extensions import db, writing
from blog.models import (
    Article,
    Block,
    BlockKind,
    ChangeEntry,
    Comment,
    Complaint,
    ConfirmedEmail,
    Discussion,
    FilterToken,
    Like,
    ModerationEntry,
    Report,
    Revision,
    Staff,
    Status,
)
from blog.models.staff import MODERATOR
from blog.queries import articles, queue
from blog.queries import moderation as log
from blog.services import (
    accounts,
    authorship,
    bayes,
    blocks,
    corrections,
    discussions,
    manuscript,
    moderation,
    notices,
    privacy,
    publishing,
    reactions,
)
from blog.services.accounts import AddressTaken, UsedUp
from blog.services.authorship import TooLate
from blog.services.changes import ChangedSince
from blog.services.moderation import StaleDecision
from tests import cast
from tests.conftest import POSTGRES, MakeApp, new_client
from tests.page import CheckingClient

BEA, EVE = "b" * 64, "e" * 64
OF_EACH = 8
REFUSED = (StaleDecision, TooLate, reactions.Gone, AddressTaken, ChangedSince, UsedUp)
Late = Callable[[Callable[[], object]], None]


@pytest.fixture
def late(monkeypatch: pytest.MonkeyPatch) -> Late:
    """Let something be changed while the next comment waits for its turn to be written."""

    def change_first(change: Callable[[], object]) -> None:
        @contextmanager
        def after_others() -> Iterator[None]:
            with current_app.app_context(), writing():
                change()
            with writing():
                yield

        for view in (views, views_own):
            monkeypatch.setattr(view, "writing", after_others)

    return change_first


def _at_once(app: Flask, *works: Callable[[], Any]) -> list[Any]:
    """Do all of it in the same moment, each in a thread with a session of its own."""
    gate = Barrier(len(works))

    def run(work: Callable[[], Any]) -> Any:
        with app.app_context():
            gate.wait()
            try:
                with writing():
                    return work()
            except REFUSED as refused:
                return refused

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def _check_counts(app: Flask) -> None:
    """Whatever happened, what is counted is what is there."""
    with app.app_context():
        comments = db.session.query(Comment).all()
        assert queue.counts() == cast.truly(comments)
        for article in db.session.query(Article):
            public = [each for each in comments if each.status is Status.PUBLISHED]
            assert article.comment_count == len([c for c in public if c.article_id == article.id])
        for root in comments:
            below = [c for c in comments if c.root_id == root.id and c.status is Status.PUBLISHED]
            assert root.reply_count == len(below), root.id
            likes = db.session.query(Like).filter_by(comment_id=root.id).count()
            assert root.like_count == likes
        taught = [each for each in comments if each.lesson]
        total = db.session.get(FilterToken, bayes.TOTAL)
        assert (total.bad + total.good if total else 0) == len(taught)


def test_what_is_deleted_meanwhile_is_not_reported(app: Flask) -> None:
    """Nothing of a reader's report hangs on a comment that its author took back."""
    with app.app_context():
        numbers = [cast.comment(cast.article(), browser=EVE).id]
        numbers += [cast.comment(db.session.get_one(Article, 1), browser=EVE).id for _ in "1234567"]
        settings = current_settings()

    def delete(number: int) -> object:
        return authorship.delete(number, EVE, settings)

    def report(number: int, browser: str) -> None:
        reporter = reactions.Reporter(browser, browser[:8])
        reactions.report(number, reporter, Complaint.SPAM, "why", 3)

    for number in numbers:
        reports = [partial(report, number, letter * 64) for letter in "abc"]
        _at_once(app, partial(delete, number), *reports)
    with app.app_context():
        for comment in db.session.query(Comment):
            assert comment.status is Status.DELETED
            assert comment.open_report is None
        assert db.session.query(Report).count() == 0
    _check_counts(app)


@pytest.fixture
def comments(app: Flask) -> list[int]:
    """Comments by Bea that wait, all answers to one root."""
    with app.app_context():
        article = cast.article()
        root = cast.comment(article, browser=EVE)
        return [
            cast.comment(article, parent=root, status=Status.HELD, body=f"Ferry {number}.").id
            for number in range(OF_EACH)
        ]


def test_the_same_decision_by_many_is_one(app: Flask, comments: list[int]) -> None:
    with app.app_context():
        mo = cast.moderator()
        db.session.expunge(mo)

    def approve() -> object:
        return moderation.decide(comments[0], Status.PUBLISHED, mo, seen=cast.seen(Status.HELD))

    found = _at_once(app, *[approve] * OF_EACH)
    assert sum(isinstance(each, ModerationEntry) for each in found) == 1
    assert sum(each is None for each in found) == OF_EACH - 1
    _check_counts(app)


def test_decisions_about_many_comments_never_wait_in_a_circle(
    app: Flask, comments: list[int]
) -> None:
    with app.app_context():
        mo = cast.moderator()
        db.session.expunge(mo)
    after = [Status.PUBLISHED, Status.SPAM, Status.REJECTED, Status.PUBLISHED] * 2
    works = [
        lambda number=number, status=status: moderation.decide(
            number, status, mo, seen=cast.seen(Status.HELD)
        )
        for number, status in zip(comments, after, strict=True)
    ]
    assert all(isinstance(each, ModerationEntry) for each in _at_once(app, *works))
    _check_counts(app)


def test_an_approval_while_the_author_edits_is_about_what_was_seen(
    app: Flask, comments: list[int]
) -> None:
    with app.app_context():
        mo = cast.moderator()
        db.session.expunge(mo)
        settings = current_settings()
    number = comments[0]
    approved, edited = _at_once(
        app,
        lambda: moderation.decide(number, Status.PUBLISHED, mo, seen=cast.seen(Status.HELD)),
        lambda: authorship.edit(number, "http://a.example http://b.example", BEA, settings),
    )
    with app.app_context():
        comment = db.session.get_one(Comment, number)
        assert not isinstance(edited, TooLate), "the author's text is kept"
        assert db.session.query(Revision).one().body == "Ferry 0."
        assert comment.status is Status.HELD, "two links that nobody has seen are not public"
        if isinstance(approved, StaleDecision):
            assert approved.entry is None, "the text changed first"
    _check_counts(app)


def test_many_likes_of_many_browsers_are_all_counted(app: Flask) -> None:
    with app.app_context():
        number = cast.comment(cast.article()).id
    browsers = [str(each) * 64 for each in range(OF_EACH)]
    _at_once(app, *[lambda b=browser: reactions.like(number, b) for browser in browsers])
    _check_counts(app)
    with app.app_context():
        assert db.session.get_one(Comment, number).like_count == OF_EACH


@pytest.mark.parametrize(("clicks", "likes"), [(2, 0), (3, 1), (8, 0)])
def test_clicks_of_one_browser_at_once_are_taken_one_after_the_other(
    app: Flask, clicks: int, likes: int
) -> None:
    with app.app_context():
        number = cast.comment(cast.article()).id
    _at_once(app, *[lambda: reactions.like(number, EVE)] * clicks)
    _check_counts(app)
    with app.app_context():
        assert db.session.get_one(Comment, number).like_count == likes


def test_a_like_on_what_is_deleted_meanwhile_leaves_nothing(app: Flask) -> None:
    with app.app_context():
        number = cast.comment(cast.article()).id
        settings = current_settings()
    _at_once(
        app,
        lambda: authorship.delete(number, BEA, settings),
        *[lambda b=str(each) * 64: reactions.like(number, b) for each in range(4)],
    )
    _check_counts(app)
    with app.app_context():
        assert db.session.query(Like).count() == 0


def test_an_erasure_while_a_moderator_decides_leaves_no_trace(
    app: Flask, comments: list[int]
) -> None:
    with app.app_context():
        mo = cast.moderator()
        db.session.expunge(mo)
    _at_once(
        app,
        lambda: privacy.erase("bea@example.org"),
        *[
            lambda n=number: moderation.decide(n, Status.SPAM, mo, seen=cast.seen(Status.HELD))
            for number in comments[:4]
        ],
    )
    _check_counts(app)
    with app.app_context():
        assert {each.email for each in db.session.query(Comment)} == {""}


def test_an_answer_to_what_is_deleted_meanwhile_keeps_its_text(
    app: Flask, client: CheckingClient
) -> None:
    with app.app_context():
        parent = cast.comment(cast.article()).id
        with writing():
            authorship.delete(parent, BEA, current_settings())
    for htmx in (True, False):
        answer = cast.post(client, parent=str(parent), htmx=htmx)
        assert answer.status_code == 422
        assert cast.ANN["body"] in answer.page.text("textarea")
    _check_counts(app)


@pytest.mark.parametrize("htmx", [True, False], ids=["with htmx", "without scripts"])
@pytest.mark.parametrize("state", [Discussion.CLOSED, Discussion.HIDDEN])
def test_a_discussion_that_closes_while_a_comment_waits_for_its_turn_takes_it_no_more(
    app: Flask, client: CheckingClient, late: Late, state: Discussion, htmx: bool
) -> None:
    late(lambda: db.session.query(Article).update({"discussion": state}))
    with app.app_context():
        cast.article()
    answer = cast.post(client, htmx=htmx)
    assert answer.status_code == 409
    assert answer.page.fields("#leave-reply")["body"] == cast.ANN["body"]
    assert cast.stored(app) == []


def test_where_a_discussion_closed_nothing_else_is_promised(
    app: Flask, client: CheckingClient
) -> None:
    """The comment that was answered has gone as well: the text cannot be posted on its own."""
    with app.app_context():
        cast.article(comments="closed")
    answer = cast.post(client, parent="99")
    assert answer.status_code == 409
    assert "closed while you were writing" in answer.page.text(".form-summary")
    assert "comment of its own" not in answer.page.text(".form-summary")


def test_a_discussion_that_is_held_meanwhile_lets_nobody_through(
    make_app: MakeApp, late: Late
) -> None:
    app = make_app(hold_first_comment=False)
    late(lambda: db.session.query(Article).update({"discussion": Discussion.HELD}))
    with app.app_context():
        cast.article()
    assert cast.post(new_client(app)).status_code == 201
    assert cast.stored(app)[0].status is Status.HELD


def test_an_article_that_is_withdrawn_meanwhile_gives_the_text_back(
    app: Flask, client: CheckingClient, late: Late
) -> None:
    later = clock.now() + timedelta(days=1)
    late(lambda: db.session.query(Article).update({"published_at": later}))
    with app.app_context():
        cast.article()
    answer = cast.post(client, htmx=False)
    assert answer.status_code == 404
    assert answer.page.text("#kept-body") == cast.ANN["body"]
    assert cast.stored(app) == []


def test_an_edit_that_waits_while_the_discussion_closes_is_too_late(
    app: Flask, client: CheckingClient, late: Late
) -> None:
    with app.app_context():
        cast.article()
    cast.post(client)
    late(lambda: db.session.query(Article).update({"discussion": Discussion.CLOSED}))
    answer = client.post(f"{cast.COMMENTS}/1/edit", data={"body": "Another text."})
    assert answer.status_code == 409
    assert answer.page.fields("form.comment-form")["body"] == "Another text."
    assert cast.stored(app)[0].body == cast.ANN["body"]


def test_a_block_is_lifted_once(app: Flask) -> None:
    with app.app_context():
        mo = cast.moderator()
        with writing():
            blocks.add(BlockKind.DOMAIN, "example.org", until=None, note="", staff=mo)
        number = db.session.query(Block).one().id
        db.session.expunge(mo)
    found = _at_once(app, *[lambda: blocks.remove(number, mo)] * OF_EACH)
    assert len([entry for entry in found if entry]) == 1
    with app.app_context():
        assert db.session.query(ChangeEntry).filter_by(what="block", after="").count() == 1


ADA = {"name": "Ada Owner", "email": "ada@example.org", "password": "hashed"}


def test_who_joins_twice_is_one_member_of_staff(app: Flask) -> None:
    with app.app_context(), writing():
        tokens = [accounts.invite(MODERATOR, "Mo") for _ in range(4)]
    joined = [partial(accounts.join, token, **ADA) for token in tokens]
    assert len([each for each in _at_once(app, *joined) if isinstance(each, Staff)]) == 1


def test_there_is_one_first_administrator(app: Flask) -> None:
    with app.app_context():
        token = accounts.set_up_token("secret")
    people = [ADA | {"email": f"{number}@example.org"} for number in range(4)]
    made = [partial(accounts.set_up, token, "secret", **each) for each in people]
    assert len([each for each in _at_once(app, *made) if isinstance(each, Staff)]) == 1


def test_a_link_in_a_mail_is_opened_once(app: Flask) -> None:
    _at_once(app, *[partial(notices.confirm, BEA, "bea@example.org")] * 4)
    with app.app_context():
        assert db.session.query(ConfirmedEmail).count() == 1


def test_one_rule_is_made_of_the_same_rule_twice(app: Flask) -> None:
    with app.app_context():
        mo = cast.moderator()
        db.session.expunge(mo)
    rule = partial(blocks.add, BlockKind.DOMAIN, "example.org", until=None, note="", staff=mo)
    _at_once(app, *[rule] * 4)
    with app.app_context():
        assert db.session.query(Block).count() == 1


def test_a_rule_is_taken_back_once(app: Flask) -> None:
    with app.app_context():
        mo = cast.moderator()
        with writing():
            entry = blocks.add(BlockKind.DOMAIN, "a.org", until=None, note="", staff=mo).id
        db.session.expunge(mo)

    def undo() -> None:
        blocks.undo(db.session.get_one(ChangeEntry, entry), mo)

    _at_once(app, *[undo] * 4)
    with app.app_context():
        assert db.session.query(ChangeEntry).filter_by(undo_of=entry).count() == 1


if POSTGRES:  # SQLite has one writer: nobody waits for anybody's row

    def test_a_discussion_that_closes_while_a_comment_waits_for_its_network_is_closed(
        app: Flask, client: CheckingClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with app.app_context():
            cast.article()

        def wait_long(_network: str) -> None:
            with app.app_context(), writing():
                db.session.query(Article).update({"discussion": Discussion.CLOSED})

        monkeypatch.setattr("blog.services.comments.one_at_a_time", wait_long)
        assert cast.post(client).status_code == 409
        assert cast.stored(app) == []

    LOCKING = re.compile(r"(?:UPDATE|INTO|FROM) (article|comment|filter_token|queue_count)\b")
    Work = Callable[[], object]

    def test_a_discussion_that_closes_while_a_comment_is_stored_is_closed(
        make_app: MakeApp,
    ) -> None:
        """To be published it waits for the row that whoever closes the discussion holds."""
        app = make_app(hold_first_comment=False)
        with app.app_context():
            cast.article()
            mo = cast.moderator()
            db.session.expunge(mo)
        holds = threading.Event()

        def close() -> None:
            with app.app_context(), writing():
                story = articles.for_editing("the-tide-table")
                assert story
                discussions.change(story, Discussion.CLOSED, stays_open=False, staff=mo)
                holds.set()
                time.sleep(0.5)

        with ThreadPoolExecutor(1) as pool:
            closing = pool.submit(close)
            holds.wait(5)
            assert cast.post(new_client(app)).status_code == 409
            closing.result()
        assert cast.stored(app) == []

    def _works(app: Flask) -> tuple[dict[str, Work], Work]:
        """What is done beside a decision about a comment, and that decision."""
        with app.app_context():
            article, mo, settings = cast.article(), cast.moderator(), current_settings()
            known, waiting, public, old = [
                cast.comment(article, status=status, body=f"The ferry {number}.", browser=BEA).id
                for number, status in enumerate(
                    (Status.HELD, Status.HELD, Status.PUBLISHED, Status.HELD)
                )
            ]
            with writing():
                for number in (known, old):
                    moderation.decide(number, Status.PUBLISHED, mo, seen=cast.seen(Status.HELD))
                corrections.correct(old, "Corrected.", mo, version="first")
                db.session.add(Like(comment_id=waiting, browser=EVE))  # of when it was public
                db.session.get_one(Comment, waiting).like_count = 1
            cast.comment(article, name="Eve", email="eve@example.org", browser=EVE)
            correction = log.last_entry(old)
            db.session.expunge_all()

        def change() -> object:
            story = articles.for_editing("the-tide-table")
            assert story
            return discussions.change(story, Discussion.HELD, stays_open=False, staff=mo)

        rude = reactions.Reporter(EVE, "a network"), Complaint.ABUSIVE, ""
        return {
            "an edit": lambda: authorship.edit(known, "Another text.", BEA, settings),
            "a correction": lambda: corrections.correct(known, "Corrected.", mo, version="first"),
            "an undone correction": lambda: corrections.undo(correction, mo),
            "a changed discussion": change,
            "an article published again": lambda: publishing.publish(
                manuscript.read(cast.source(title="The tide table, again"))
            ),
            "an erasure": lambda: privacy.erase("eve@example.org"),
            "a report that hides": lambda: reactions.report(public, *rude, enough=1),
        }, lambda: moderation.decide(waiting, Status.PUBLISHED, mo, seen=cast.seen(Status.HELD))

    @pytest.mark.parametrize("is_first", [True, False], ids=["first", "second"])
    @pytest.mark.parametrize(
        "name",
        [
            "an edit", "a correction", "an undone correction", "a changed discussion",
            "an article published again", "an erasure", "a report that hides",
        ],
    )  # fmt: skip
    def test_whatever_comes_beside_a_decision_never_waits_for_it_in_a_circle(
        app: Flask, name: str, is_first: bool
    ) -> None:
        works, decide = _works(app)
        first, second = (works[name], decide) if is_first else (decide, works[name])
        thread, held, begun = threading.get_ident(), set[str](), list[Future[object]]()

        def run(work: Work) -> object:
            with app.app_context(), writing():
                return work()

        with ThreadPoolExecutor(1) as pool:

            def pause(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
                """Before the first takes another kind of row, the second gets as far as it can."""
                kind = LOCKING.search(statement)
                if threading.get_ident() != thread or not kind or statement[:6] == "SELECT":
                    return
                if held and kind[1] not in held:
                    begun[:] = begun or [pool.submit(run, second)]
                    wait(begun, 0.3)
                held.add(kind[1])

            with cast.listening(app, pause):
                run(first)
            for other in begun or [pool.submit(run, second)]:
                other.result()
        _check_counts(app)

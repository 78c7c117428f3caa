"""Decisions about many: what they move, what they leave, and that one undo brings all back."""

from collections.abc import Sequence
from typing import Any

import pytest

from blog import clock
from blog.extensions import db
from blog.models import (
    Article,
    BulkDecision,
    Comment,
    FilterToken,
    Mail,
    ModerationEntry,
    Revision,
    Staff,
    Status,
    View,
)
from blog.queries import moderation as log
from blog.queries import queue
from blog.queries.queue_filter import Filter
from blog.services import bulk, moderation, notices
from blog.services.bulk import AlreadyUndone
from tests import cast


@pytest.fixture
def article(session: Any) -> Article:
    return cast.article()


@pytest.fixture
def mo(article: Article) -> Staff:
    return cast.moderator()


def _state() -> dict[str, Any]:
    """Everything that an undo has to bring back."""
    db.session.flush()
    db.session.expire_all()
    comments = db.session.query(Comment).order_by(Comment.id).all()
    return {
        "rows": [
            (each.id, each.status, each.approved, each.open_report, each.lesson, each.reply_count)
            for each in comments
        ],
        "counts": queue.counts(),
        "articles": [each.comment_count for each in db.session.query(Article)],
        "filter": {
            (row.id, row.bad, row.good)
            for row in db.session.query(FilterToken)
            if row.bad + row.good
        },
        "mail": [(each.kind, each.comment_id) for each in db.session.query(Mail)],
    }


def _mixed(article: Article) -> list[Comment]:
    root = cast.comment(article, browser="e" * 64)
    made = [root]
    for number, status in enumerate((*Status, Status.HELD, Status.PUBLISHED)):
        made.append(cast.comment(article, parent=root, status=status, body=f"Gull {number}."))
    cast.report(root)
    return made


@pytest.mark.parametrize("after", [Status.PUBLISHED, Status.REJECTED, Status.SPAM, Status.TRASHED])
@pytest.mark.parametrize("view", [*View, None])
def test_one_undo_brings_everything_back(
    article: Article, mo: Staff, view: View | None, after: Status
) -> None:
    comments = _mixed(article)
    notices.confirm("b" * 64, "bea@example.org")
    for each in comments:
        each.wants_mail = True
    before = _state()
    meant = queue.ids(Filter(view=view))
    done = bulk.decide(Filter(view=view), after, mo, about={})
    stored = {each.id: each.status for each in db.session.query(Comment)}
    assert {stored[number] for number in meant} == {after}
    assert _state()["counts"] == cast.truly(db.session.query(Comment))
    if done is None:
        return
    assert bulk.undo(done, mo) == 0
    assert _state() == before


def test_what_arrived_or_was_edited_since_stays(article: Article, mo: Staff) -> None:
    looked = clock.now()
    old = cast.comment(article, status=Status.HELD)
    edited = cast.comment(article, status=Status.HELD, edited_at=clock.now())
    last_entry = log.newest_id()
    new = cast.comment(article, status=Status.HELD)
    bulk.decide(Filter(last_entry=last_entry, looked_at=looked), Status.SPAM, mo, about={})
    assert [each.status for each in (old, edited, new)] == [Status.SPAM, Status.HELD, Status.HELD]


def test_what_was_moved_again_since_stays_where_it_is(article: Article, mo: Staff) -> None:
    made = [cast.comment(article, status=Status.HELD) for _ in range(3)]
    done = bulk.decide(Filter(), Status.SPAM, mo, about={})
    moderation.decide(made[1].id, Status.PUBLISHED, mo, seen=cast.seen(Status.SPAM))
    assert done
    assert bulk.undo(done, mo) == 1
    assert [each.status for each in made] == [Status.HELD, Status.PUBLISHED, Status.HELD]
    with pytest.raises(AlreadyUndone):
        bulk.undo(done, mo)


def test_nothing_to_move_is_no_decision(article: Article, mo: Staff) -> None:
    assert bulk.decide(Filter(), Status.SPAM, mo, about={}) is None


def test_many_are_moved_in_portions(
    article: Article, mo: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "MOST", 2)
    made = [cast.comment(article, status=Status.HELD) for _ in range(3)]
    done = bulk.decide(Filter(), Status.SPAM, mo, about={})
    assert done
    assert done.count == 2
    assert _statuses(made) == [Status.SPAM, Status.SPAM, Status.HELD], "the oldest first"


def test_the_filter_learns_from_some_of_many(
    article: Article, mo: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "MOST_TAUGHT", 2)
    made = [cast.comment(article, status=Status.HELD) for _ in range(3)]
    bulk.decide(Filter(), Status.SPAM, mo, about={})
    assert sum(each.lesson is not None for each in made) == 2


def _statuses(comments: Sequence[Comment]) -> list[Status]:
    return [each.status for each in comments]


def test_emptied_trash_is_gone_and_answers_stay(article: Article, mo: Staff) -> None:
    root = cast.comment(article, status=Status.TRASHED, name="Root")
    reply = cast.comment(article, parent=root)
    db.session.add(Revision(comment_id=root.id, body="Before.", created_at=clock.now()))
    last_entry = log.newest_id()
    later = cast.comment(article, status=Status.TRASHED)
    assert bulk.empty_trash(last_entry, mo) == 1
    db.session.expire_all()
    left = (root.name, root.body, root.html, root.email, root.browser, root.network)
    assert (left, root.status) == (("",) * 6, Status.DELETED)
    assert (reply.status, later.status) == (Status.PUBLISHED, Status.TRASHED)
    assert db.session.query(Revision).count() == 0
    assert db.session.query(ModerationEntry).filter_by(comment_id=root.id, by="Root").count() == 0
    assert queue.counts() == cast.truly(db.session.query(Comment))
    assert queue.ids(Filter(view=None, words="Root")) == []
    with pytest.raises(AlreadyUndone):
        bulk.undo(db.session.query(BulkDecision).one(), mo)


def test_what_takes_back_is_a_decision_about_many_itself(article: Article, mo: Staff) -> None:
    for _ in range(2):
        cast.comment(article, status=Status.HELD)
    done = bulk.decide(Filter(), Status.SPAM, mo, about={"view": "waiting"})
    assert done
    bulk.undo(done, mo)
    undone = db.session.query(BulkDecision).filter_by(undo_of=done.id).one()
    assert (undone.by, undone.count, undone.about) == ("Mo Derator", 2, {"view": "waiting"})
    assert undone.entry_id == log.newest_id()
    with pytest.raises(AlreadyUndone):
        bulk.undo(undone, mo)

"""Decisions, undo and the counts that follow them."""

import random
from typing import Any

import pytest

from blog.extensions import db
from blog.models import IN_QUEUE, Article, Comment, ModerationEntry, QueueCount, Staff, Status, View
from blog.queries import moderation as queries
from blog.queries import queue
from blog.services import moderation
from blog.services.moderation import StaleDecision
from tests import cast


@pytest.fixture
def article(session: Any) -> Article:
    return cast.article()


@pytest.fixture
def mo(article: Article) -> Staff:
    return cast.moderator()


def _log(comment: Comment) -> list[tuple[Status | None, Status, str]]:
    entries = db.session.query(ModerationEntry).filter_by(comment_id=comment.id)
    return [(each.before, each.after, each.by) for each in entries.order_by(ModerationEntry.id)]


def test_a_decision_is_on_the_row_and_in_the_log(article: Article, mo: Staff) -> None:
    comment = cast.comment(article, status=Status.HELD)
    moderation.decide(comment.id, Status.PUBLISHED, mo, seen=cast.seen(Status.HELD))
    assert comment.status is Status.PUBLISHED
    assert _log(comment) == [
        (None, Status.HELD, "Bea Writer"),
        (Status.HELD, Status.PUBLISHED, "Mo Derator"),
    ]


@pytest.mark.parametrize("after", [Status.PUBLISHED, Status.REJECTED, Status.SPAM, Status.TRASHED])
def test_a_reason_goes_with_a_rejection_only(article: Article, mo: Staff, after: Status) -> None:
    comment = cast.comment(article, status=Status.HELD)
    seen = cast.seen(Status.HELD)
    entry = moderation.decide(comment.id, after, mo, seen=seen, note="Why.")
    assert entry
    assert entry.note == ("Why." if after is Status.REJECTED else "")


def test_the_same_decision_twice_is_one(article: Article, mo: Staff) -> None:
    comment = cast.comment(article, status=Status.HELD)
    moderation.decide(comment.id, Status.SPAM, mo, seen=cast.seen(Status.HELD))
    assert moderation.decide(comment.id, Status.SPAM, mo, seen=cast.seen(Status.HELD)) is None
    assert len(_log(comment)) == 2


def test_a_decision_about_what_moved_meanwhile_is_refused(article: Article, mo: Staff) -> None:
    comment = cast.comment(article, status=Status.HELD)
    moderation.decide(comment.id, Status.PUBLISHED, mo, seen=cast.seen(Status.HELD))
    with pytest.raises(StaleDecision) as refused:
        moderation.decide(comment.id, Status.SPAM, mo, seen=cast.seen(Status.HELD))
    assert (refused.value.entry.by, refused.value.entry.after) == ("Mo Derator", Status.PUBLISHED)
    assert comment.status is Status.PUBLISHED


def test_undo_puts_everything_back(article: Article, mo: Staff) -> None:
    comment = cast.comment(article, status=Status.HELD)
    before = queue.counts()
    entry = moderation.decide(comment.id, Status.PUBLISHED, mo, seen=cast.seen(Status.HELD))
    assert entry
    undone = moderation.undo(entry, mo)
    db.session.refresh(article)
    assert comment.status is Status.HELD
    assert undone.undo_of == entry.id
    assert queue.counts() == before
    assert article.comment_count == 0


def test_an_undo_is_no_decision_to_be_undone(article: Article, mo: Staff) -> None:
    """It could not bring back all that the decision did: reports, and what became of an answer."""
    comment = cast.comment(article, status=Status.HELD)
    entry = moderation.decide(comment.id, Status.REJECTED, mo, seen=cast.seen(Status.HELD))
    assert entry
    undone = moderation.undo(entry, mo)
    with pytest.raises(StaleDecision):
        moderation.undo(undone, mo)
    assert comment.status is Status.HELD


def test_an_old_decision_cannot_be_undone(article: Article, mo: Staff) -> None:
    comment = cast.comment(article, status=Status.HELD)
    first = moderation.decide(comment.id, Status.REJECTED, mo, seen=cast.seen(Status.HELD))
    moderation.decide(comment.id, Status.PUBLISHED, mo, seen=cast.seen(Status.REJECTED))
    assert first
    with pytest.raises(StaleDecision):
        moderation.undo(first, mo)
    assert comment.status is Status.PUBLISHED


def test_the_arrival_of_a_comment_cannot_be_undone(article: Article, mo: Staff) -> None:
    comment = cast.comment(article, status=Status.HELD)
    with pytest.raises(StaleDecision):
        moderation.undo(queries.last_entry(comment.id), mo)


def test_what_its_author_deleted_stays_deleted(article: Article, mo: Staff) -> None:
    comment = cast.comment(article)
    moderation.move(comment, Status.DELETED, by="")
    for seen in (Status.PUBLISHED, Status.HELD):
        with pytest.raises(StaleDecision):
            moderation.decide(comment.id, Status.SPAM, mo, seen=cast.seen(seen))
    with pytest.raises(StaleDecision):
        moderation.undo(queries.last_entry(comment.id), mo)


def test_counts_kept_by_difference_are_true_after_any_walk(article: Article, mo: Staff) -> None:
    chance = random.Random(20261123)  # noqa: S311
    comments = [cast.comment(article, status=chance.choice(IN_QUEUE)) for _ in range(8)]
    for _ in range(60):
        comment = chance.choice(comments)
        last = queries.last_entry(comment.id)
        if last.before and not last.undo_of and chance.random() < 0.4:
            moderation.undo(last, mo)
        else:
            moderation.decide(
                comment.id, chance.choice(IN_QUEUE), mo, seen=cast.seen(comment.status)
            )
    truly = cast.truly(comments)
    db.session.refresh(article)
    assert queue.counts() == truly
    assert article.comment_count == truly[View.PUBLISHED]
    assert all(row.count >= 0 for row in db.session.query(QueueCount))

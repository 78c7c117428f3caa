"""What the filter knows is always what the decided texts say, whatever way led there."""

import random
from typing import Any

import pytest

from blog import clock
from blog.config import Settings
from blog.extensions import db
from blog.models import Article, Comment, FilterToken, Lesson, Staff, Status
from blog.queries import moderation as queries
from blog.services import authorship, bayes, learning, moderation, privacy
from tests import cast

BEA = "b" * 64


@pytest.fixture
def article(session: Any) -> Article:
    return cast.article()


@pytest.fixture
def mo(session: Any) -> Staff:
    return cast.moderator()


def _known() -> dict[int, tuple[int, int]]:
    db.session.flush()
    return {row.id: (row.bad, row.good) for row in db.session.query(FilterToken)}


def _said() -> dict[int, tuple[int, int]]:
    """The same, counted from the comments."""
    counts: dict[int, list[int]] = {}
    for comment in db.session.query(Comment).where(Comment.lesson.is_not(None)):
        found = bayes.features(comment.name, comment.body)
        for number in {bayes.TOTAL, *map(bayes.number, found)}:
            counts.setdefault(number, [0, 0])[comment.lesson is Lesson.GOOD] += 1
    return {number: (bad, good) for number, (bad, good) in counts.items()}


@pytest.mark.parametrize(
    ("after", "lesson"),
    [
        pytest.param(Status.PUBLISHED, Lesson.GOOD, id="what was approved is wanted"),
        pytest.param(Status.REJECTED, Lesson.BAD, id="what was rejected is not"),
        pytest.param(Status.SPAM, Lesson.BAD, id="nor is spam"),
    ],
)
def test_a_decision_teaches_and_its_undo_takes_it_back(
    article: Article, mo: Staff, after: Status, lesson: Lesson
) -> None:
    comment = cast.comment(article, status=Status.HELD)
    moderation.decide(comment.id, after, mo, seen=cast.seen(Status.HELD))
    assert comment.lesson is lesson
    assert _known() == _said() != {}
    moderation.undo(queries.last_entry(comment.id), mo)
    assert db.session.query(Comment.lesson).one() == (None,)
    assert set(_known().values()) <= {(0, 0)}


def test_a_change_of_mind_is_one_lesson_and_its_undo_brings_the_first_back(
    article: Article, mo: Staff
) -> None:
    comment = cast.comment(article, status=Status.HELD)
    moderation.decide(comment.id, Status.PUBLISHED, mo, seen=cast.seen(Status.HELD))
    before = _known()
    moderation.decide(comment.id, Status.SPAM, mo, seen=cast.seen(Status.PUBLISHED))
    assert _known()[bayes.TOTAL] == (1, 0)
    moderation.undo(queries.last_entry(comment.id), mo)
    assert _known() == before
    assert comment.is_settled, "what was approved is approved again"


@pytest.mark.parametrize("way", ["edited", "deleted", "erased"])
def test_a_text_that_is_gone_is_forgotten(article: Article, mo: Staff, way: str) -> None:
    comment = cast.comment(article, status=Status.HELD, browser=BEA, created_at=clock.now())
    moderation.decide(comment.id, Status.PUBLISHED, mo, seen=cast.seen(Status.HELD))
    if way == "edited":
        authorship.edit(comment.id, "Second thoughts.", BEA, Settings())
    elif way == "deleted":
        authorship.delete(comment.id, BEA, Settings())
    else:
        privacy.erase(comment.email)
    assert comment.lesson is None
    assert set(_known().values()) <= {(0, 0)}


def test_counts_are_true_after_any_walk(article: Article, mo: Staff) -> None:
    chance = random.Random(20261124)  # noqa: S311
    words = ["ferry", "casino", "quay", "cheap", "tide", "watches"]
    comments = [
        cast.comment(article, body=" ".join(chance.choices(words, k=4)), status=Status.HELD)
        for _ in range(8)
    ]
    for _ in range(60):
        comment = chance.choice(comments)
        last = queries.last_entry(comment.id)
        if last.before and not last.undo_of and chance.random() < 0.4:
            moderation.undo(last, mo)
        else:
            after = chance.choice([Status.PUBLISHED, Status.REJECTED, Status.SPAM])
            moderation.decide(comment.id, after, mo, seen=cast.seen(comment.status))
        known = {number: each for number, each in _known().items() if each != (0, 0)}
        assert known == _said()


def _likeness(name: str, body: str) -> int | None:
    return learning.likeness(learning.feature_ids(name, body))


def test_what_the_filter_learned_holds_the_next_one(article: Article, mo: Staff) -> None:
    for number in range(5):
        bad = cast.comment(article, body=f"Cheap watches, buy now {number}", status=Status.HELD)
        good = cast.comment(article, body=f"The ferry was late {number}", status=Status.HELD)
        moderation.decide(bad.id, Status.SPAM, mo, seen=cast.seen(Status.HELD))
        moderation.decide(good.id, Status.PUBLISHED, mo, seen=cast.seen(Status.HELD))
    assert (_likeness("Eve", "Buy cheap watches now") or 0) >= 90
    assert _likeness("Eve", "Late again, the ferry was") in range(11)

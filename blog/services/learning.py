"""What the filter knows: learned from every decision of a moderator, taken back by its undo."""

from collections.abc import Sequence

from sqlalchemy import delete, text

from blog.extensions import db
from blog.models import Comment, FilterToken, Lesson, Status
from blog.queries import learning as queries
from blog.services import bayes

# What a decision teaches; a comment that waits again teaches nothing new.
LESSONS = {
    Status.PUBLISHED: Lesson.GOOD,
    Status.REJECTED: Lesson.BAD,
    Status.SPAM: Lesson.BAD,
}
_ADD = text(
    "INSERT INTO filter_token (id, bad, good) VALUES (:id, :bad, :good) ON CONFLICT (id)"
    " DO UPDATE SET bad = filter_token.bad + excluded.bad, good = filter_token.good + excluded.good"
)


def likeness(feature_ids: Sequence[int]) -> int | None:
    """How like the rejected comments a text is, in percent; None while too few were decided."""
    return bayes.likeness(queries.counts([bayes.TOTAL, *feature_ids]), feature_ids)


def teach(comment: Comment, lesson: Lesson | None) -> None:
    """Let the filter know a comment's present text as `lesson` and as nothing else.

    Every change of the text or of what was learned goes through here, so what is counted is always
    what the texts say.
    """
    if comment.lesson is lesson:
        return
    numbers = feature_ids(comment.name, comment.body)
    if comment.lesson:
        _count(numbers, comment.lesson, -1)
    if lesson:
        _count(numbers, lesson, +1)
    comment.lesson = lesson


def feature_ids(name: str, body: str) -> tuple[int, ...]:
    """The ids of a text's features, sorted: two decisions at once never wait in a circle."""
    return tuple(sorted({bayes.number(each) for each in bayes.features(name, body)}))


def _count(numbers: Sequence[int], lesson: Lesson, difference: int) -> None:
    bad, good = (difference, 0) if lesson is Lesson.BAD else (0, difference)
    rows = [{"id": each, "bad": bad, "good": good} for each in (bayes.TOTAL, *numbers)]
    db.session.execute(_ADD, rows)
    if difference < 0:  # a word that nobody said any more is forgotten
        token = FilterToken.__table__.c
        forgotten = (token.bad <= 0) & (token.good <= 0) & token.id.in_(numbers)
        db.session.execute(delete(FilterToken).where(forgotten))

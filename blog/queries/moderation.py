"""The log of what was decided about comments."""

from collections.abc import Sequence
from datetime import datetime
from statistics import median

from sqlalchemy import func, or_, select
from sqlalchemy.orm import aliased

from blog.extensions import db
from blog.models import BulkDecision, DayCount, ModerationEntry, Status

DECIDED_LAST = 500  # decisions that the median is taken of


def last_entry(comment_id: int) -> ModerationEntry:
    """The newest line of the log about a comment; every comment has one."""
    return db.session.scalars(
        select(ModerationEntry)
        .where(ModerationEntry.comment_id == comment_id)
        .order_by(ModerationEntry.id.desc())
        .limit(1)
    ).one()


def last_correction(comment_id: int) -> ModerationEntry | None:
    """The newest line about the text of a comment: a correction by the staff, or its undo."""
    line, corrected = ModerationEntry, aliased(ModerationEntry)
    undone = select(corrected.id).where(
        corrected.comment_id == comment_id, corrected.revision_id.is_not(None)
    )
    is_about_text = line.revision_id.is_not(None) | line.undo_of.in_(undone)
    query = select(line).where(line.comment_id == comment_id, is_about_text)
    return db.session.scalar(query.order_by(line.id.desc()).limit(1))


def entry(entry_id: int) -> ModerationEntry | None:
    """One line of the log."""
    return db.session.get(ModerationEntry, entry_id)


def bulk(bulk_id: int) -> BulkDecision | None:
    """One decision about many comments."""
    return db.session.get(BulkDecision, bulk_id, populate_existing=True)


def bulk_about(words: str) -> Sequence[BulkDecision]:
    """The decisions about many comments that a search with these words had found, in any case."""
    asked = BulkDecision.about["q"].as_string()
    # SQLite lowers ASCII only, as in comments.by_email.
    has = or_(asked.contains(words, autoescape=True), asked.icontains(words, autoescape=True))
    return db.session.scalars(select(BulkDecision).where(has)).all()


def entries_of(bulk_id: int) -> Sequence[ModerationEntry]:
    """What one decision about many comments did to each, the oldest comment first."""
    query = select(ModerationEntry).where(ModerationEntry.bulk_id == bulk_id)
    return db.session.scalars(query.order_by(ModerationEntry.comment_id)).all()


def taken_back(entry_ids: Sequence[int]) -> set[int]:
    """Which of these lines of the log were undone by a later one."""
    query = select(ModerationEntry.undo_of).where(ModerationEntry.undo_of.in_(entry_ids))
    return {number for number in db.session.scalars(query) if number is not None}


def days(since: datetime) -> dict[str, DayCount]:
    """How many comments arrived each day since then, by the day's ISO name."""
    query = select(DayCount).where(DayCount.day >= since.date())
    return {row.day.isoformat(): row for row in db.session.scalars(query)}


def median_wait() -> float | None:
    """Half of the last decisions about held comments took longer than this, in seconds.

    A comment waits from the line of the log that made it wait. None before somebody decided.
    """
    line, held = ModerationEntry, aliased(ModerationEntry)
    since = (
        select(func.max(held.created_at))
        .where(
            held.comment_id == line.comment_id,
            held.id < line.id,
            held.after == Status.HELD,
            held.before.is_distinct_from(Status.HELD),
        )
        .scalar_subquery()
    )
    query = (
        select(line.created_at, since, line.undo_of, line.staff_id, line.after)
        .where(
            line.before.is_not(None),  # which the index of the log is about
            line.before == Status.HELD,
        )
        .order_by(line.id.desc())
        .limit(DECIDED_LAST)
    )
    # An undo is none, nor is what a rule did, a correction or an erasure. SQL must not say so:
    # SQLite would take another index.
    waits = [
        (decided - begun).total_seconds()
        for decided, begun, undone, by, after in db.session.execute(query)
        if undone is None and by and begun and after not in (Status.HELD, Status.DELETED)
    ]
    return median(waits) if waits else None


def newest_id() -> int:
    """The id of the newest line of the log; 0 before there is one."""
    return db.session.scalar(select(func.max(ModerationEntry.id))) or 0


def last_entries(comment_ids: Sequence[int]) -> dict[int, int]:
    """The id of the newest line of the log about each comment."""
    query = (
        select(ModerationEntry.comment_id, func.max(ModerationEntry.id))
        .where(ModerationEntry.comment_id.in_(comment_ids))
        .group_by(ModerationEntry.comment_id)
    )
    return dict(db.session.execute(query).all())

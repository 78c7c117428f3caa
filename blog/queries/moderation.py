"""The moderation queue and its log as the dashboard reads them."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from blog.extensions import db
from blog.models import Article, Comment, ModerationEntry, QueueCount, Status


@dataclass(frozen=True)
class QueuePage:
    """A page of the queue. `after` continues it, and is None on the last page."""

    comments: Sequence[Comment]
    after: int | None


def queue(status: Status, after: int | None, size: int) -> QueuePage:
    """Comments with a status: what waits, the longest wait first; else the newest first."""
    oldest_first = status is Status.HELD
    query = (
        select(Comment)
        .where(Comment.status == status)
        .options(
            joinedload(Comment.article, innerjoin=True).load_only(
                Article.title, Article.slug, Article.published_at
            ),
            joinedload(Comment.parent),
            selectinload(Comment.reports),
        )
    )
    if after is not None:
        query = query.where(Comment.id > after if oldest_first else Comment.id < after)
    order = Comment.id.asc() if oldest_first else Comment.id.desc()
    found = db.session.scalars(query.order_by(order).limit(size + 1)).all()
    more = len(found) > size
    return QueuePage(found[:size], found[size - 1].id if more else None)


def comment(comment_id: int) -> Comment | None:
    """One comment with what its row in the queue shows."""
    return db.session.scalar(
        select(Comment)
        .where(Comment.id == comment_id)
        .options(
            joinedload(Comment.article, innerjoin=True),
            joinedload(Comment.parent),
            selectinload(Comment.reports),
        )
    )


def reported(size: int) -> Sequence[Comment]:
    """Public comments that readers reported and no moderator has approved, oldest first."""
    return db.session.scalars(
        select(Comment)
        .where(Comment.status == Status.PUBLISHED, Comment.vetted.is_(False), Comment.reports.any())
        .options(
            joinedload(Comment.article, innerjoin=True),
            joinedload(Comment.parent),
            selectinload(Comment.reports),
        )
        .order_by(Comment.id)
        .limit(size)
    ).all()


def counts() -> dict[Status, int]:
    """How many comments have each status, from the counts that are kept."""
    kept = {row.status: row.count for row in db.session.scalars(select(QueueCount))}
    return {status: kept.get(status, 0) for status in Status}


def last_entry(comment_id: int) -> ModerationEntry:
    """The newest line of the log about a comment; every comment has one."""
    return db.session.scalars(
        select(ModerationEntry)
        .where(ModerationEntry.comment_id == comment_id)
        .order_by(ModerationEntry.id.desc())
        .limit(1)
    ).one()


def entry(entry_id: int) -> ModerationEntry | None:
    """One line of the log."""
    return db.session.get(ModerationEntry, entry_id)


def recent_decisions(limit: int) -> Sequence[ModerationEntry]:
    """The newest decisions, by people and by the rules; where a new comment went is none."""
    return db.session.scalars(
        select(ModerationEntry)
        .where(ModerationEntry.before.is_not(None))
        .options(joinedload(ModerationEntry.comment, innerjoin=True).joinedload(Comment.article))
        .order_by(ModerationEntry.id.desc())
        .limit(limit)
    ).all()

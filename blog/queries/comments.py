"""Comments as pages and rules read them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_, select

from blog import clock
from blog.extensions import db
from blog.models import Author, Badge, Comment, Staff, Status

# What an author sees of the own comments beside what everybody sees.
_OWN = (Status.HELD, Status.REJECTED)


@dataclass(frozen=True)
class ShownComment:
    """A comment as the page shows it to one viewer.

    `status` is `published`, or what only its author sees. `answers` names the person answered
    when that is not the thread's root.
    """

    id: int
    thread_id: int
    name: str
    website: str
    html: str
    badge: Badge
    status: Status
    created_at: datetime
    answers: str = ""


@dataclass
class Thread:
    """A root and its replies, oldest first. A root that is no longer public is None."""

    id: int
    root: ShownComment | None = None
    replies: list[ShownComment] = field(default_factory=list)


def threads(article_id: int, browser: str | None, *, newest_first: bool = False) -> list[Thread]:
    """The conversation under an article, for a viewer whose browser has that hash.

    Everybody sees what is published; its author also sees what waits or was rejected.
    """
    visible: Sequence[Comment] = db.session.scalars(
        select(Comment)
        .where(Comment.article_id == article_id, _visible_to(browser))
        .order_by(Comment.id)
    ).all()
    names = {comment.id: comment.name for comment in visible}
    found: dict[int, Thread] = {}
    for comment in visible:
        thread = found.setdefault(comment.thread_id, Thread(comment.thread_id))
        if comment.root_id is None:
            thread.root = _shown(comment, "")
        else:
            is_deeper = comment.parent_id != comment.root_id
            answers = names.get(comment.parent_id or 0, "") if is_deeper else ""
            thread.replies.append(_shown(comment, answers))
    return sorted(found.values(), key=lambda thread: thread.id, reverse=newest_first)


def _visible_to(browser: str | None) -> ColumnElement[bool]:
    published = Comment.status == Status.PUBLISHED
    if browser is None:
        return published
    return or_(published, and_(Comment.browser == browser, Comment.status.in_(_OWN)))


def _shown(comment: Comment, answers: str) -> ShownComment:
    return ShownComment(
        comment.id,
        comment.thread_id,
        comment.name,
        comment.website,
        comment.html,
        comment.badge,
        comment.status,
        comment.created_at,
        answers,
    )


def shown(comment: Comment) -> ShownComment:
    """One comment as its author sees it."""
    parent = comment.parent
    is_deeper = parent is not None and parent.id != comment.root_id
    return _shown(comment, parent.name if parent and is_deeper else "")


def latest(article_id: int, limit: int) -> Sequence[Comment]:
    """The newest public comments under an article."""
    return db.session.scalars(
        select(Comment)
        .where(Comment.article_id == article_id, Comment.status == Status.PUBLISHED)
        .order_by(Comment.id.desc())
        .limit(limit)
    ).all()


def published(article_id: int, comment_id: int) -> Comment | None:
    """The public comment with that number under that article."""
    return db.session.scalar(
        select(Comment).where(
            Comment.id == comment_id,
            Comment.article_id == article_id,
            Comment.status == Status.PUBLISHED,
        )
    )


def by_request_key(key: str) -> Comment | None:
    """The comment that an equal request stored before."""
    return db.session.scalar(select(Comment).where(Comment.request_key == key))


def passed_before(browser: str) -> bool:
    """True if a comment of this browser is public: the proof that lets the next one pass."""
    return (
        db.session.scalar(
            select(Comment.id)
            .where(Comment.browser == browser, Comment.status == Status.PUBLISHED)
            .limit(1)
        )
        is not None
    )


def last_written(browser: str, network: str, within: timedelta) -> datetime | None:
    """When this browser or this network last wrote, if it was within that time."""
    return db.session.scalar(
        select(Comment.created_at)
        .where(
            or_(Comment.browser == browser, Comment.network == network),
            Comment.created_at > clock.now() - within,
        )
        .order_by(Comment.created_at.desc())
        .limit(1)
    )


def is_staff_name(folded: str) -> bool:
    """True if a byline or a member of staff has a name that looks the same."""
    for owner in (Author, Staff):
        if db.session.scalar(select(owner.id).where(owner.folded == folded).limit(1)):
            return True
    return False

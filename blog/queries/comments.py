"""Comments as pages and rules read them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, or_, select

from blog import clock
from blog.extensions import db
from blog.models import Author, Badge, Comment, Like, Report, Revision, Staff, Status

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
    edited_at: datetime | None
    like_count: int
    answers: str = ""
    is_own: bool = False
    is_liked: bool = False


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
    liked = liked_by(article_id, browser)
    found: dict[int, Thread] = {}
    for comment in visible:
        thread = found.setdefault(comment.thread_id, Thread(comment.thread_id))
        is_deeper = comment.parent_id != comment.root_id
        answers = names.get(comment.parent_id or 0, "") if is_deeper else ""
        seen = _shown(comment, answers, browser, comment.id in liked)
        if comment.root_id is None:
            thread.root = seen
        else:
            thread.replies.append(seen)
    return sorted(found.values(), key=lambda thread: thread.id, reverse=newest_first)


def _visible_to(browser: str | None) -> ColumnElement[bool]:
    published = Comment.status == Status.PUBLISHED
    if browser is None:
        return published
    return or_(published, and_(Comment.browser == browser, Comment.status.in_(_OWN)))


def _shown(comment: Comment, answers: str, browser: str | None, is_liked: bool) -> ShownComment:
    return ShownComment(
        id=comment.id,
        thread_id=comment.thread_id,
        name=comment.name,
        website=comment.website,
        html=comment.html,
        badge=comment.badge,
        status=comment.status,
        created_at=comment.created_at,
        edited_at=comment.edited_at,
        like_count=comment.like_count,
        answers=answers,
        is_own=comment.browser == browser,
        is_liked=is_liked,
    )


def shown(comment: Comment, browser: str | None) -> ShownComment:
    """One comment as the viewer with that browser sees it."""
    answered = comment.parent_id if comment.parent_id != comment.root_id else None
    parent = visible(comment.article_id, answered, browser) if answered else None
    answers = parent.name if parent else ""
    return _shown(comment, answers, browser, comment.id in liked_by(comment.article_id, browser))


def latest(article_id: int, limit: int) -> Sequence[Comment]:
    """The newest public comments under an article."""
    return db.session.scalars(
        select(Comment)
        .where(Comment.article_id == article_id, Comment.status == Status.PUBLISHED)
        .order_by(Comment.id.desc())
        .limit(limit)
    ).all()


def visible(article_id: int, comment_id: int, browser: str | None) -> Comment | None:
    """The comment with that number under that article, if this browser may see it."""
    return db.session.scalar(
        select(Comment).where(
            Comment.id == comment_id, Comment.article_id == article_id, _visible_to(browser)
        )
    )


def published(article_id: int, comment_id: int) -> Comment | None:
    """The public comment with that number under that article."""
    return db.session.scalar(
        select(Comment).where(
            Comment.id == comment_id,
            Comment.article_id == article_id,
            Comment.status == Status.PUBLISHED,
        )
    )


def is_answered(comment_id: int) -> bool:
    """True if somebody answered, unless the answer was deleted or is spam."""
    answers = (Status.HELD, Status.PUBLISHED, Status.REJECTED)
    query = select(Comment.id).where(Comment.parent_id == comment_id, Comment.status.in_(answers))
    return db.session.scalar(query.limit(1)) is not None


def count_reports(comment_id: int) -> int:
    """How many readers reported a comment."""
    query = select(func.count()).select_from(Report).where(Report.comment_id == comment_id)
    return db.session.scalar(query) or 0


def liked_by(article_id: int, browser: str | None) -> set[int]:
    """The comments under an article that this browser likes."""
    if browser is None:
        return set()
    query = (
        select(Like.comment_id)
        .join(Comment)
        .where(Like.browser == browser, Comment.article_id == article_id)
    )
    return set(db.session.scalars(query))


def by_email(email: str) -> Sequence[Comment]:
    """All comments that were signed with an e-mail address, in whatever case."""
    address = email.strip()
    # SQLite lowers ASCII only: an address with other capitals is found as it was written.
    is_theirs = or_(Comment.email == address, func.lower(Comment.email) == address.lower())
    return db.session.scalars(select(Comment).where(is_theirs).order_by(Comment.id)).all()


def revisions(comment_id: int) -> list[str]:
    """The texts that a comment had before, the oldest first."""
    query = select(Revision.body).where(Revision.comment_id == comment_id).order_by(Revision.id)
    return list(db.session.scalars(query))


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


def wrote_before(article_id: int, fingerprint: str, browser: str, email: str) -> bool:
    """True if this browser or this e-mail address wrote the same text under that article."""
    query = select(Comment.id).where(
        Comment.article_id == article_id,
        Comment.fingerprint == fingerprint,
        or_(Comment.browser == browser, Comment.email == email),
    )
    return db.session.scalar(query.limit(1)) is not None


def record(browser: str, since: datetime) -> tuple[int, int]:
    """How many of a browser's comments since then were rejected, and how many were decided."""
    query = (
        select(Comment.status, func.count())
        .where(Comment.browser == browser, Comment.created_at >= since)
        .group_by(Comment.status)
    )
    counts = dict(db.session.execute(query).all())
    rejected = counts.get(Status.REJECTED, 0) + counts.get(Status.SPAM, 0)
    return rejected, rejected + counts.get(Status.PUBLISHED, 0)


def last_written(browser: str, network: str, within: timedelta) -> datetime | None:
    """When this browser or network last wrote, the staff aside, if it was within that time."""
    return db.session.scalar(
        select(Comment.created_at)
        .where(
            or_(Comment.browser == browser, Comment.network == network),
            Comment.created_at > clock.now() - within,
            Comment.staff_id.is_(None),
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

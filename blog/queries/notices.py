"""Mail to commenters: who may get some, and what waits to be sent."""

from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload

from blog import clock
from blog.extensions import db
from blog.models import (
    Comment,
    ConfirmedEmail,
    Mail,
    MailKind,
    ModerationEntry,
    Report,
    Staff,
    Status,
)


def is_confirmed(browser: str, email: str) -> bool:
    """True if this browser's owner has proved to read mail at this address."""
    return db.session.get(ConfirmedEmail, (browser, email)) is not None


def count_questions(email: str, since: datetime) -> int:
    """How often this address was asked to confirm since then."""
    query = select(func.count()).select_from(Mail)
    query = query.where(
        Mail.kind == MailKind.CONFIRM,
        Mail.email == email,
        or_(Mail.sent_at.is_(None), Mail.sent_at >= since),
    )
    return db.session.scalar(query) or 0


def is_sent(kind: MailKind, comment_id: int, email: str) -> bool:
    """True if this mail was sent lately."""
    query = select(Mail.id).where(
        Mail.kind == kind,
        Mail.comment_id == comment_id,
        Mail.email == email,
        Mail.sent_at.is_not(None),
    )
    return db.session.scalar(query) is not None


def parent(comment_id: int) -> Comment | None:
    """The comment that was answered."""
    return db.session.get(Comment, comment_id)


def knows_it_is_public(comment: Comment) -> bool:
    """True if its author was told so lately and nobody has rejected the comment since."""
    told = select(Mail.entry_id).where(
        Mail.kind == MailKind.APPROVED,
        Mail.comment_id == comment.id,
        Mail.email == comment.email,
        Mail.sent_at.is_not(None),
    )
    entry_id = db.session.scalar(told)
    if entry_id is None:
        return False
    rejected = select(ModerationEntry.id).where(
        ModerationEntry.comment_id == comment.id,
        ModerationEntry.after == Status.REJECTED,
        ModerationEntry.id > entry_id,
    )
    return db.session.scalar(rejected.limit(1)) is None


def due() -> Mail | None:
    """What is to be sent now, the oldest first; a row that another process took is left out."""
    return db.session.scalar(
        select(Mail)
        .where(Mail.sent_at.is_(None), Mail.due_at <= clock.now())
        .order_by(Mail.due_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    )


def by_id(number: int) -> Mail | None:
    """One mail with what it is about."""
    return db.session.scalar(
        select(Mail)
        .where(Mail.id == number)
        .options(joinedload(Mail.comment).joinedload(Comment.article), joinedload(Mail.entry))
        .execution_options(populate_existing=True)
    )


def count_of(kind: MailKind, email: str) -> int:
    """How many mails of a kind were asked for at an address; they are kept for a day."""
    query = select(func.count()).select_from(Mail).where(Mail.kind == kind, Mail.email == email)
    return db.session.scalar(query) or 0


def waiting_since(member: Staff, limit: int) -> list[int]:
    """The comments that began to wait since a member of staff was told, but for what that one did.

    New ones, those that reports or an edit moved into the queue, and public ones with a report.
    """
    began = select(ModerationEntry.comment_id).where(
        ModerationEntry.id > member.told_entry,
        ModerationEntry.after == Status.HELD,
        ModerationEntry.before.is_distinct_from(Status.HELD),  # else its text was corrected
        ModerationEntry.staff_id.is_distinct_from(member.id),
    )
    held = select(Comment.id).where(Comment.status == Status.HELD, Comment.id.in_(began))
    reported = select(Comment.id).where(
        Comment.status == Status.PUBLISHED, Comment.open_report > member.told_report
    )
    found = [
        *db.session.scalars(held.order_by(Comment.id).limit(limit)),
        *db.session.scalars(reported.order_by(Comment.open_report).limit(limit)),
    ]
    return found[:limit]


def newest_ids() -> tuple[int, int]:
    """The newest line of the log of decisions and the newest report."""
    entry = db.session.scalar(select(func.max(ModerationEntry.id)))
    report = db.session.scalar(select(func.max(Report.id)))
    return entry or 0, report or 0

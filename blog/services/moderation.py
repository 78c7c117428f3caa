"""What a moderator does: decide about a comment, and take a decision back."""

from dataclasses import dataclass

from sqlalchemy import insert, update

from blog import clock
from blog.extensions import db
from blog.models import Article, Comment, ModerationEntry, QueueCount, Staff, Status
from blog.queries import moderation as queries


@dataclass
class StaleDecision(Exception):
    """Somebody else decided first; `entry` says who, what and when."""

    entry: ModerationEntry


def decide(comment_id: int, after: Status, staff: Staff, *, seen: Status) -> ModerationEntry | None:
    """Move a comment to a status. The same decision twice is one.

    Approving what is public already says that somebody looked: reports no longer hide it.

    `seen` is the status that the moderator looked at. Returns the log's entry, or None if the
    comment already was where it should go. Raises StaleDecision if it moved in the meantime.
    """
    comment = locked(comment_id)
    is_decided = comment.vetted or after is not Status.PUBLISHED
    if comment.status == after and is_decided:
        return None
    if comment.status != seen:
        raise StaleDecision(queries.last_entry(comment.id))
    return move(comment, after, by=staff.name, staff_id=staff.id)


def undo(entry: ModerationEntry, staff: Staff) -> ModerationEntry:
    """Take a decision back: the comment and all counts are as they were before it.

    Raises StaleDecision if the comment was moved again since.
    """
    comment = locked(entry.comment_id)
    newest = queries.last_entry(comment.id)
    if newest.id != entry.id or entry.before is None or entry.after is Status.DELETED:
        raise StaleDecision(newest)
    return move(comment, entry.before, by=staff.name, staff_id=staff.id, undo_of=entry.id)


def locked(comment_id: int) -> Comment:
    """The comment as it is now, held against other decisions until the transaction ends."""
    return db.session.get_one(Comment, comment_id, with_for_update=True, populate_existing=True)


def move(
    comment: Comment,
    after: Status,
    *,
    by: str,
    staff_id: int | None = None,
    undo_of: int | None = None,
    is_new: bool = False,
) -> ModerationEntry:
    """The only place where a comment's status changes: the row, the log and the counts together.

    A new comment has no status before; its row must be flushed already.
    """
    before = None if is_new else comment.status
    comment.status = after
    if staff_id is not None:
        comment.vetted = after is Status.PUBLISHED
    entry = ModerationEntry(
        comment_id=comment.id,
        staff_id=staff_id,
        by=by,
        before=before,
        after=after,
        reasons=comment.reasons if is_new else [],
        undo_of=undo_of,
        created_at=clock.now(),
    )
    db.session.add(entry)
    if before is not None:
        _count(before, comment.article_id, -1)
    _count(after, comment.article_id, +1)
    db.session.flush()
    return entry


def _count(status: Status, article_id: int, difference: int) -> None:
    """Change what is counted by the difference, so that no page has to count rows."""
    queue = QueueCount.__table__.c
    changed = db.session.execute(
        update(QueueCount)
        .where(queue.status == status)
        .values(count=QueueCount.count + difference)
        .returning(queue.count)
    )
    if changed.first() is None:
        db.session.execute(insert(QueueCount).values(status=status, count=max(difference, 0)))
    if status is Status.PUBLISHED:
        db.session.execute(
            update(Article)
            .where(Article.id == article_id)
            .values(comment_count=Article.comment_count + difference)
        )

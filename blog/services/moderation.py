"""What a moderator does: decide about a comment, and take a decision back."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, update

from blog import clock
from blog.extensions import Base, db
from blog.models import Article, Comment, ModerationEntry, QueueCount, Staff, Status
from blog.queries import moderation as queries
from blog.services import learning, notices


@dataclass
class StaleDecision(Exception):
    """Somebody else decided first; `entry` says who, what and when.

    None means that the comment's author changed its text.
    """

    entry: ModerationEntry | None


@dataclass(frozen=True)
class Seen:
    """What a moderator looked at: where the comment stood, and which version of its text."""

    status: Status
    version: str


def decide(
    comment_id: int, after: Status, staff: Staff, *, seen: Seen, note: str = ""
) -> ModerationEntry | None:
    """Move a comment to a status. The same decision twice is one.

    Approving what is public already says that somebody looked: reports no longer hide it. `note` is
    told to the author who asked for mail.

    Returns the log's entry, or None if the comment already was where it should go. Raises
    StaleDecision if it is not what the moderator looked at.
    """
    comment = locked(comment_id)
    if comment.status is after and (comment.vetted or after is not Status.PUBLISHED):
        return None
    if comment.status is not seen.status:
        raise StaleDecision(queries.last_entry(comment.id))
    if comment.version != seen.version:
        raise StaleDecision(None)
    entry = move(comment, after, by=staff.name, staff_id=staff.id, note=note)
    comment.vetted = after is Status.PUBLISHED
    learning.teach(comment, learning.LESSONS.get(after, comment.lesson))
    notices.decided(comment, entry)
    return entry


def undo(entry: ModerationEntry, staff: Staff) -> ModerationEntry:
    """Take a decision back: comment, counts, filter and waiting mail are as they were before it.

    Raises StaleDecision if the comment was moved again since.
    """
    comment = locked(entry.comment_id)
    newest = queries.last_entry(comment.id)
    if newest.id != entry.id or entry.before is None or entry.after is Status.DELETED:
        raise StaleDecision(newest)
    undone = move(comment, entry.before, by=staff.name, staff_id=staff.id, undo_of=entry.id)
    comment.vetted = entry.was_vetted
    learning.teach(comment, entry.was_lesson)
    notices.take_back(entry)
    return undone


def is_held_by_people(comment: Comment) -> bool:
    """True if readers' reports or a moderator made it wait: a new text does not change that."""
    if comment.status is not Status.HELD:
        return False
    is_reported = any(reason["rule"] == "reports" for reason in comment.reasons)
    return is_reported or queries.last_entry(comment.id).staff_id is not None


def locked(comment_id: int) -> Comment:
    """The comment as it is now, held against other decisions until the transaction ends.

    Its root, whose replies are counted, is held first: work on many comments of one thread takes
    them in the same order, from the oldest, and so never waits in a circle.
    """
    root_id = db.session.get_one(Comment, comment_id).root_id
    if root_id:
        db.session.get_one(Comment, root_id, with_for_update=True)
    return db.session.get_one(Comment, comment_id, with_for_update=True, populate_existing=True)


def start(comment: Comment, status: Status) -> None:
    """Give a new comment its first status."""
    comment.status = status
    db.session.add(comment)
    db.session.flush()
    move(comment, status, by=comment.name, is_new=True)


def move(
    comment: Comment,
    after: Status,
    *,
    by: str,
    staff_id: int | None = None,
    undo_of: int | None = None,
    is_new: bool = False,
    note: str = "",
) -> ModerationEntry:
    """The only place where a comment's status changes: the row, the log and the counts together.

    A new comment has no status before; its row must be flushed already.
    """
    before = None if is_new else comment.status
    comment.status = after
    entry = ModerationEntry(
        comment_id=comment.id,
        staff_id=staff_id,
        by=by,
        before=before,
        after=after,
        reasons=comment.reasons if is_new else [],
        was_vetted=comment.vetted,
        was_lesson=comment.lesson,
        note=note,
        undo_of=undo_of,
        created_at=clock.now(),
    )
    db.session.add(entry)
    _count(comment, before, after)
    db.session.flush()
    if after is Status.PUBLISHED and before is not after:
        notices.answered(comment, entry)
    return entry


def _count(comment: Comment, before: Status | None, after: Status) -> None:
    """Change what is counted by the difference, so that no page has to count rows.

    Always in the same order: two decisions at once wait for each other and never in a circle.
    """
    changes = [] if before is after else [(after, +1)] + ([(before, -1)] if before else [])
    for status, difference in sorted(changes):
        _add(QueueCount, QueueCount.status == status, "count", difference)
    public = (after is Status.PUBLISHED) - (before is Status.PUBLISHED)
    if public:
        if comment.root_id:
            _add(Comment, Comment.id == comment.root_id, "reply_count", public)
        _add(Article, Article.id == comment.article_id, "comment_count", public)


def _add(table: type[Base], row: ColumnElement[bool], name: str, difference: int) -> None:
    column = getattr(table, name)
    db.session.execute(
        update(table)
        .where(row)
        .values({name: column + difference})
        .execution_options(synchronize_session=False)
    )

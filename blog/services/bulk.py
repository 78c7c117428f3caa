"""One decision about every comment that a filter finds: one transaction, one undo."""

from dataclasses import dataclass

from blog import clock
from blog.extensions import db
from blog.models import BulkDecision, Comment, ModerationEntry, Staff, Status, View
from blog.queries import moderation as log
from blog.queries import queue
from blog.queries.queue_filter import Filter
from blog.services import authorship, learning, moderation, notices
from blog.services.moderation import Step

# As many as are moved in about a second, in which nobody else can write to SQLite.
MOST = 2_000
# A thousand alike teach the filter no more than some of them.
MOST_TAUGHT = 200


@dataclass
class AlreadyUndone(Exception):
    """Somebody took the decision back before."""

    bulk: BulkDecision


def decide(
    wanted: Filter, after: Status, staff: Staff, *, about: dict[str, str]
) -> BulkDecision | None:
    """Move what a filter finds to a status, the oldest first and at most MOST of them.

    `about` is the filter as the log shows it. Returns None if there was nothing to move.
    """
    found = [each for each in queue.lock(queue.ids(wanted, MOST)) if wanted.still_has(each)]
    chosen = [each for each in found if _moves(each, after)]
    if not chosen:
        return None
    bulk = _remember(staff, after, about)
    is_public = after is Status.PUBLISHED
    steps = [Step(each, after, approved=is_public, open_report=None) for each in chosen]
    entries = _move(bulk, steps, staff)
    for comment in chosen[-MOST_TAUGHT:]:
        learning.teach(comment, learning.LESSONS.get(after, comment.lesson))
    for comment, entry in zip(chosen, entries, strict=True):
        if comment.wants_mail:
            notices.decided(comment, entry)
    return bulk


def _moves(comment: Comment, after: Status) -> bool:
    is_new = comment.status is not after or (after is Status.PUBLISHED and not comment.is_settled)
    return is_new and comment.status is not Status.DELETED


def _remember(
    staff: Staff, after: Status, about: dict[str, str], undo_of: int | None = None
) -> BulkDecision:
    bulk = BulkDecision(
        staff_id=staff.id,
        by=staff.name,
        after=after,
        about=about,
        count=0,
        undo_of=undo_of,
        created_at=clock.now(),
    )
    db.session.add(bulk)
    db.session.flush()
    return bulk


def _move(bulk: BulkDecision, steps: list[Step], staff: Staff) -> list[ModerationEntry]:
    """Take the steps of a decision; it stands in the log where its last one does."""
    entries = moderation.move_all(steps, by=staff.name, staff_id=staff.id, bulk_id=bulk.id)
    bulk.count, bulk.entry_id = len(entries), max(each.id for each in entries)
    db.session.flush()
    return entries


def undo(bulk: BulkDecision, staff: Staff) -> int:
    """Take a decision about many back; return how many stay because they were moved again since.

    Raises AlreadyUndone; what was emptied, and what took something back, stays as it is.
    """
    if not bulk.is_undoable:
        raise AlreadyUndone(bulk)
    entries = log.entries_of(bulk.id)
    comments = {each.id: each for each in queue.lock([each.comment_id for each in entries])}
    newest = log.last_entries(list(comments))
    still = [each for each in entries if newest[each.comment_id] == each.id]
    steps = [moderation.back(comments[each.comment_id], each) for each in still]
    if steps:
        _move(_remember(staff, bulk.after, bulk.about, undo_of=bulk.id), steps, staff)
    for entry in still:
        learning.teach(comments[entry.comment_id], entry.was_lesson)
        notices.take_back(entry)
    bulk.undone_at = clock.now()
    db.session.flush()
    return len(entries) - len(still)


def empty_trash(last_entry: int, staff: Staff) -> int:
    """Delete for good what has lain in the trash since that line of the log; return how many.

    At most MOST at once. A comment keeps its place in its thread. The filter keeps what it learned.
    """
    wanted = Filter(view=View.TRASH, last_entry=last_entry)
    found = [each for each in queue.lock(queue.ids(wanted, MOST)) if wanted.still_has(each)]
    steps = [Step(each, Status.DELETED, approved=False, open_report=None) for each in found]
    if steps:
        _move(_remember(staff, Status.DELETED, {"view": View.TRASH}), steps, staff)
    authorship.empty_rows([each.id for each in found])
    return len(found)

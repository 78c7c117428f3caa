"""What a moderator does: decide about a comment, and take a decision back."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from sqlalchemy import Table, Update, bindparam, text, update

from blog import clock
from blog.extensions import Base, db, insert
from blog.models import Article, Comment, ModerationEntry, QueueCount, Rule, Staff, Status, View
from blog.queries import moderation as queries
from blog.services import learning, notices

_ARRIVED = text(
    "INSERT INTO day_count (day, arrived, stopped) VALUES (:day, 1, :stopped) ON CONFLICT (day)"
    " DO UPDATE SET arrived = day_count.arrived + 1, stopped = day_count.stopped + excluded.stopped"
)


ANY_REPORT = -1  # whatever report stands open was seen


def _adding(table: type[Base], row: str, name: str) -> Update:
    """The statement that adds a difference to a count, put together once."""
    rows = cast("Table", table.__table__)
    added = rows.c[name] + bindparam("difference")
    return update(rows).where(rows.c[row] == bindparam("row")).values({name: added})


_ADD_TO_VIEW = _adding(QueueCount, "view", "count")
_ADD_TO_ROOT = _adding(Comment, "id", "reply_count")
_ADD_TO = _adding(Article, "id", "comment_count")


@dataclass
class StaleDecision(Exception):
    """Somebody else decided first; `entry` says who, what and when.

    None means that the comment's author changed its text.
    """

    entry: ModerationEntry | None


@dataclass(frozen=True)
class LookedAt:
    """What a moderator looked at: where the comment stood, and which version of its text.

    Also whether somebody had approved it, and the report that stood open.
    """

    status: Status
    version: str
    approved: bool = True
    report: int | None = ANY_REPORT


@dataclass(frozen=True)
class Step:
    """One comment on its way: where it goes, and what is then known about it."""

    comment: Comment
    after: Status
    approved: bool
    open_report: int | None
    undo_of: int | None = None
    answer_id: int | None = None
    is_new: bool = False  # then it has no status before


def decide(
    comment_id: int, after: Status, staff: Staff, *, seen: LookedAt, note: str = ""
) -> ModerationEntry | None:
    """Move a comment to a status. The same decision twice is one.

    Approving what is public already says that somebody looked: reports no longer hide it. `note` is
    told to the author of a rejected comment; with another decision it is not kept.

    Returns the log's entry, or None if the comment already was where it should go. Raises
    StaleDecision if it is not what the moderator looked at.
    """
    comment = locked(comment_id)
    if comment.status is after and (comment.is_settled or after is not Status.PUBLISHED):
        return None
    is_public = comment.status is Status.PUBLISHED
    was_approved_since = is_public and comment.approved and not seen.approved
    if comment.status is not seen.status or was_approved_since:
        raise StaleDecision(queries.last_entry(comment.id))
    if comment.version != seen.version:
        raise StaleDecision(who_changed_the_text(comment))
    # A report that came since stays open: nobody has looked at it.
    report = None if seen.report in (ANY_REPORT, comment.open_report) else comment.open_report
    step = Step(comment, after, approved=after is Status.PUBLISHED, open_report=report)
    note = note if after is Status.REJECTED else ""
    entry = move_all([step], by=staff.name, staff_id=staff.id, note=note)[0]
    learning.teach(comment, learning.LESSONS.get(after, comment.lesson))
    notices.decided(comment, entry)
    return entry


def who_changed_the_text(comment: Comment) -> ModerationEntry | None:
    """The line of the log, if a text that is not what it was is so by the staff, or was deleted.

    None if its author changed it.
    """
    if comment.status is Status.DELETED:
        return queries.last_entry(comment.id)
    newest = queries.last_correction(comment.id)
    is_later = newest and comment.edited_at and comment.edited_at > newest.created_at
    return None if is_later else newest


def undo(entry: ModerationEntry, staff: Staff) -> ModerationEntry:
    """Take a decision back: comment, counts, filter and waiting mail are as they were before it.

    An answer that went out with it goes to the trash. Raises StaleDecision if the comment was moved
    again since, and for an undo: whoever thinks better of it decides again.
    """
    comment = locked(entry.comment_id)
    newest = queries.last_entry(comment.id)
    is_decision = entry.before is not None and entry.undo_of is None
    if newest.id != entry.id or not is_decision or entry.after is Status.DELETED:
        raise StaleDecision(newest)
    steps = [back(comment, entry), *_with_its_answer(entry)]
    undone = move_all(steps, by=staff.name, staff_id=staff.id)[0]
    learning.teach(comment, entry.was_lesson)
    notices.take_back(entry)
    return undone


def _with_its_answer(entry: ModerationEntry) -> list[Step]:
    """The way of the answer that went out with a decision: it is not left below what is gone.

    Where somebody else has put it meanwhile, it stays.
    """
    if entry.answer_id is None:
        return []
    answer = locked(entry.answer_id)
    newest = queries.last_entry(answer.id)
    if answer.status is not Status.PUBLISHED:
        return []
    notices.take_back(newest)
    taken_back = newest.id if newest.before is None else None
    return [Step(answer, Status.TRASHED, answer.approved, answer.open_report, undo_of=taken_back)]


def is_held_by_people(comment: Comment) -> bool:
    """True if readers' reports or a moderator made it wait: a new text does not change that."""
    if comment.status is not Status.HELD:
        return False
    is_reported = any(reason["rule"] == Rule.REPORTS for reason in comment.reasons)
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


def back(comment: Comment, entry: ModerationEntry) -> Step:
    """The way back from a decision. What was reported since stays reported.

    Nobody has seen a text that its author changed since.
    """
    report = entry.was_report or comment.open_report
    before = entry.before or comment.status
    is_new_text = comment.edited_at is not None and comment.edited_at > entry.created_at
    approved = entry.was_approved and not is_new_text
    return Step(comment, before, approved, report, undo_of=entry.id, answer_id=entry.answer_id)


def start(comment: Comment, status: Status) -> None:
    """Store a new comment where it goes first."""
    comment.status = status
    insert(comment)
    step = Step(comment, status, comment.approved, None, is_new=True)
    entry = _entry(step, by=comment.name)
    insert(entry)
    _apply([step])
    stopped = int(status is not Status.PUBLISHED)
    db.session.execute(_ARRIVED, {"day": comment.created_at.date().isoformat(), "stopped": stopped})
    _tell(step, entry)


def move(
    comment: Comment, after: Status, *, by: str, staff_id: int | None = None
) -> ModerationEntry:
    """Move one comment that the rules or its author move; what is known about it stays."""
    step = Step(comment, after, comment.approved, comment.open_report)
    return move_all([step], by=by, staff_id=staff_id)[0]


def move_all(
    steps: Sequence[Step],
    *,
    by: str,
    staff_id: int | None = None,
    note: str = "",
    bulk_id: int | None = None,
) -> list[ModerationEntry]:
    """Change where comments stand: the rows, the log and the counts together.

    A status changes here, after `start`, and nowhere else. Returns the log's entries in the order
    of the steps.
    """
    said = {"staff_id": staff_id, "note": note, "bulk_id": bulk_id}
    entries = [_entry(step, by=by, **said) for step in steps]
    db.session.add_all(entries)
    _apply(steps)
    db.session.flush()
    for step, entry in zip(steps, entries, strict=True):
        _tell(step, entry)
    return entries


def _entry(step: Step, by: str, **said: object) -> ModerationEntry:
    """The line of the log about a step that is not done yet."""
    comment = step.comment
    return ModerationEntry(
        comment_id=comment.id,
        by=by,
        before=None if step.is_new else comment.status,
        after=step.after,
        reasons=comment.reasons if step.is_new else [],
        was_approved=comment.approved,
        was_lesson=None if step.is_new else comment.lesson,
        was_report=None if step.is_new else comment.open_report,
        undo_of=step.undo_of,
        answer_id=step.answer_id,
        created_at=clock.now(),
        **said,
    )


def _tell(step: Step, entry: ModerationEntry) -> None:
    if entry.after is Status.PUBLISHED and entry.before is not entry.after:
        notices.answered(step.comment, entry)


def set_review(comment: Comment, *, approved: bool, open_report: int | None) -> None:
    """Say whether a comment was approved and which report is open; it stays where it is."""
    _apply([Step(comment, comment.status, approved, open_report)])


def remark(
    comment: Comment, staff: Staff, *, revision_id: int | None = None, undo_of: int | None = None
) -> ModerationEntry:
    """Write a line of the log about a comment that stays where it is: its text was corrected."""
    step = Step(comment, comment.status, comment.approved, comment.open_report, undo_of=undo_of)
    entry = move_all([step], by=staff.name, staff_id=staff.id)[0]
    entry.revision_id = revision_id
    db.session.flush()
    return entry


def _apply(steps: Iterable[Step]) -> None:
    """Change where comments stand, and by the differences what is counted: no page counts rows."""
    views: Counter[View] = Counter()
    roots: Counter[int] = Counter()
    articles: Counter[int] = Counter()
    for step in steps:
        comment = step.comment
        was_public = not step.is_new and comment.status is Status.PUBLISHED
        if not step.is_new:  # a new one is stored as it is
            views.subtract(comment.views)
            comment.status, comment.approved = step.after, step.approved
            comment.open_report = step.open_report
        views.update(comment.views)
        public = (step.after is Status.PUBLISHED) - was_public
        roots[comment.root_id or 0] += public
        articles[comment.article_id] += public
    _count(views, roots, articles)


def _count(
    views: Mapping[View, int], roots: Mapping[int, int], articles: Mapping[int, int]
) -> None:
    """Add differences to the counts of views, of replies below roots, and of articles.

    Always in the same order: two decisions at once wait for each other and never in a circle.
    """
    for add, differences in ((_ADD_TO_VIEW, views), (_ADD_TO_ROOT, roots), (_ADD_TO, articles)):
        for row, difference in sorted(differences.items()):
            if difference:
                db.session.execute(add, {"row": row, "difference": difference})

"""What a moderator writes: a comment's corrected text, an answer, a note about a person."""

from datetime import datetime

from sqlalchemy import delete

from blog import clock
from blog.config import Settings
from blog.extensions import db
from blog.models import BlockKind, Comment, ModerationEntry, PersonNote, Revision, Staff, Status
from blog.queries import comments as queries
from blog.queries import moderation as log
from blog.services import authorship, changes, comments, learning, moderation
from blog.services.comments import Draft, Sender
from blog.services.moderation import LookedAt, StaleDecision


def correct(comment_id: int, body: str, staff: Staff, *, version: str) -> ModerationEntry | None:
    """Give a comment another text; where it stands does not change.

    Returns the log's entry, by which it is undone, or None if the text is the same. Raises
    StaleDecision if the text was changed since `version`, or is gone.
    """
    comment = moderation.locked(comment_id)
    if comment.status is Status.DELETED or comment.version != version:
        raise StaleDecision(moderation.who_changed_the_text(comment))
    if comment.body == body:
        return None
    revision = authorship.keep_text(comment)
    now = clock.now()  # before the line of the log: an edit by its author is later than that
    entry = moderation.remark(comment, staff, revision_id=revision.id)
    _write(comment, body, now)
    return entry


def undo(entry: ModerationEntry, staff: Staff) -> None:
    """Bring back the text that a correction replaced, and what readers saw of its last edit.

    Raises StaleDecision if it changed since.
    """
    comment = moderation.locked(entry.comment_id)
    revision = queries.revision(entry.revision_id or 0)
    if revision is None or queries.last_revision(comment.id) != revision.id:
        raise StaleDecision(moderation.who_changed_the_text(comment))
    moderation.remark(comment, staff, undo_of=entry.id)
    _write(comment, revision.body, revision.edited_at)
    db.session.execute(delete(Revision).where(Revision.id == revision.id))


def _write(comment: Comment, body: str, edited_at: datetime | None) -> None:
    """What the staff decided about the comment is learned from the new text."""
    lesson = comment.lesson
    authorship.rewrite(comment, body, edited_at)
    learning.teach(comment, lesson)
    db.session.flush()


def answer(
    comment_id: int, body: str, staff: Staff, sender: Sender, settings: Settings, *, seen: LookedAt
) -> Comment:
    """Approve a comment and answer it in one go, or neither: one decision with one undo.

    Where somebody approved it before, the line of the log is about the answer alone. Raises
    StaleDecision, and what services.comments.submit raises.
    """
    draft = Draft(name=staff.name, email=staff.email, body=body, parent_id=comment_id)
    entry = moderation.decide(comment_id, Status.PUBLISHED, staff, seen=seen)
    comment = moderation.locked(comment_id)
    made = comments.submit(comment.article, draft, sender, settings).comment
    if made.status is not Status.PUBLISHED:  # the same words, taken back or moved away before
        moderation.move(made, Status.PUBLISHED, by=staff.name, staff_id=staff.id)
    if entry or log.last_entry(comment.id).answer_id != made.id:  # else a second click
        entry = entry or moderation.remark(comment, staff)
        entry.answer_id = made.id
        db.session.flush()
    return made


def note(browser: str, words: str, staff: Staff) -> None:
    """Note something about the person behind a browser, for the rest of the staff."""
    db.session.add(PersonNote(browser=browser, by=staff.name, note=words, created_at=clock.now()))
    changes.note(staff, "note", f"{BlockKind.BROWSER} {browser}", "", "")

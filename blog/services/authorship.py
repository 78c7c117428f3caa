"""What an author does with the own comment for a while: edit it, or delete it."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import String, cast, literal, update
from sqlalchemy import delete as sql_delete

from blog import clock
from blog.config import Settings
from blog.extensions import db
from blog.models import Comment, Like, Mail, ModerationEntry, Report, Revision, Status
from blog.queries import comments as queries
from blog.services import discussions, learning, markup, moderation, text
from blog.services.judging import judge

_EDITABLE = (Status.HELD, Status.PUBLISHED)


class TooLate(Exception):
    """The time is over, somebody has answered, or it is not this browser's comment."""


def may_change(comment: Comment, browser: str | None, settings: Settings) -> bool:
    """True for the own comment, for some minutes, until somebody answers it."""
    since = clock.now() - comment.created_at
    return (
        browser == comment.browser
        and comment.status in _EDITABLE
        and since < timedelta(minutes=settings.edit_minutes)
        and not queries.answered_among([comment.id])
    )


def edit(comment_id: int, body: str, browser: str | None, settings: Settings) -> Comment:
    """Give a comment another text, which is judged like a new one. Raises TooLate."""
    comment = _own(comment_id, browser, settings)
    if not discussions.is_running(comment.article, settings):
        raise TooLate
    if comment.body == body:
        return comment
    keep_text(comment)
    rewrite(comment, body, clock.now())
    moderation.set_review(comment, approved=False, open_report=comment.open_report)
    _judge_again(comment, settings)
    db.session.flush()
    return comment


def keep_text(comment: Comment) -> Revision:
    """Keep the text that a comment has, before it gets another one."""
    before = {"body": comment.body, "edited_at": comment.edited_at}
    revision = Revision(comment_id=comment.id, created_at=clock.now(), **before)
    db.session.add(revision)
    db.session.flush()
    return revision


def rewrite(comment: Comment, body: str, edited_at: datetime | None) -> None:
    """Give a comment another text, of which the filter has learned nothing yet."""
    comment.edited_at = edited_at
    db.session.flush()  # a decision, too, changes the comment first and teaches then
    learning.teach(comment, None)
    comment.body, comment.html = body, markup.comment_html(body)
    comment.fingerprint = text.fingerprint(body)


def _judge_again(comment: Comment, settings: Settings) -> None:
    """Where the new text goes; what people decided to hold, no new text sets free."""
    status, reasons = judge(comment, comment.article, settings)
    if moderation.is_held_by_people(comment):
        reasons = [each for each in comment.reasons if each not in reasons] + reasons
        status = Status.HELD if status is Status.PUBLISHED else status
    comment.reasons = reasons
    if status is not comment.status:
        moderation.move(comment, status, by=comment.name)


def delete(comment_id: int, browser: str | None, settings: Settings) -> Comment:
    """Delete a comment: what is left of it is its place in the thread. Raises TooLate."""
    comment = _own(comment_id, browser, settings)
    moderation.move(comment, Status.DELETED, by="")
    empty(comment)
    return comment


def empty(comment: Comment) -> None:
    """Take everything personal out of a comment's row, and what the filter learned from it."""
    learning.teach(comment, None)
    moderation.set_review(comment, approved=False, open_report=None)
    db.session.flush()
    empty_rows([comment.id])
    db.session.refresh(comment)


def empty_rows(comment_ids: Sequence[int]) -> None:
    """Take everything personal out of the rows of deleted comments, and what hangs on them."""
    nothing = dict.fromkeys(
        ("name", "email", "website", "body", "html", "browser", "network", "fingerprint"), ""
    )
    key = literal("emptied-") + cast(Comment.id, String)
    rows = update(Comment).where(Comment.id.in_(comment_ids))
    rows = rows.values(
        **nothing, reasons=[], request_key=key, like_count=0, wants_mail=False, lesson=None
    )
    of_them = update(ModerationEntry).where(ModerationEntry.comment_id.in_(comment_ids))
    by_author = of_them.where(
        ModerationEntry.staff_id.is_(None), ModerationEntry.after != Status.DELETED
    )
    # A reason says words of the text, or the address that was blocked.
    for statement in (rows, of_them.values(note="", reasons=[]), by_author.values(by="")):
        db.session.execute(statement.execution_options(synchronize_session=False))
    for kind in (Revision, Like, Report, Mail):
        db.session.execute(sql_delete(kind).where(kind.comment_id.in_(comment_ids)))


def _own(comment_id: int, browser: str | None, settings: Settings) -> Comment:
    comment = moderation.locked(comment_id)
    if not may_change(comment, browser, settings):
        raise TooLate
    return comment

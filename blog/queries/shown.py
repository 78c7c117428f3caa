"""Comments as one viewer sees them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select

from blog.extensions import db
from blog.models import Badge, Comment, ConfirmedEmail, Like, ModerationEntry, Status


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
    note: str = ""  # what the moderator who rejected it tells its author
    awaits_proof: bool = False  # its author wants mail and has not opened the link yet


# What a conversation reads of a comment: a page of fifty needs no more, and rows are cheap.
COLUMNS = (
    Comment.id, Comment.root_id, Comment.parent_id, Comment.name, Comment.email, Comment.website,
    Comment.html, Comment.badge, Comment.status, Comment.browser, Comment.like_count,
    Comment.reply_count, Comment.wants_mail, Comment.created_at, Comment.edited_at,
)  # fmt: skip
Seen = Comment | Row[*tuple[Any, ...]]


def show(comments: Iterable[Seen], browser: str | None) -> dict[int, ShownComment]:
    """Comments, or rows of COLUMNS, by their number, as the viewer with that browser sees them."""
    comments = list(comments)
    names = _names_of_answered(comments)
    liked = _liked([comment.id for comment in comments], browser)
    unproved = _unproved(comments, browser)
    notes = _notes([each.id for each in comments if each.status is Status.REJECTED])
    return {
        each.id: ShownComment(
            id=each.id,
            thread_id=each.root_id or each.id,
            name=each.name,
            website=each.website,
            html=each.html,
            badge=each.badge,
            status=each.status,
            created_at=each.created_at,
            edited_at=each.edited_at,
            like_count=each.like_count,
            answers=names.get(each.parent_id or 0, ""),
            is_own=each.browser == browser,
            is_liked=each.id in liked,
            note=notes.get(each.id, ""),
            awaits_proof=each.id in unproved,
        )
        for each in comments
    }


def _names_of_answered(comments: Iterable[Seen]) -> dict[int, str]:
    """Who was answered, where that is not the root."""
    wanted = {each.parent_id for each in comments if each.parent_id != each.root_id}
    if not wanted:
        return {}
    query = select(Comment.id, Comment.name).where(
        Comment.id.in_(wanted), Comment.status == Status.PUBLISHED
    )
    return dict(db.session.execute(query).all())


def _notes(rejected: Sequence[int]) -> dict[int, str]:
    """Why comments were rejected, for those whose moderator said so."""
    if not rejected:
        return {}
    query = (
        select(ModerationEntry.comment_id, ModerationEntry.note)
        .where(ModerationEntry.comment_id.in_(rejected), ModerationEntry.note != "")
        .order_by(ModerationEntry.id)
    )
    return dict(db.session.execute(query).all())


def _unproved(comments: Iterable[Seen], browser: str | None) -> set[int]:
    """The own comments whose author wants mail at an address that is not confirmed."""
    wanting = [each for each in comments if each.browser == browser and each.wants_mail]
    if not wanting:
        return set()
    query = select(ConfirmedEmail.email).where(ConfirmedEmail.browser == browser)
    proved = set(db.session.scalars(query))
    return {each.id for each in wanting if each.email not in proved}


def _liked(numbers: Sequence[int], browser: str | None) -> set[int]:
    if browser is None:
        return set()
    query = select(Like.comment_id).where(Like.browser == browser, Like.comment_id.in_(numbers))
    return set(db.session.scalars(query))

"""Comments as one viewer sees them."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any, NamedTuple

from sqlalchemy import Row, String, func, select, type_coerce

from blog.extensions import db
from blog.models import Comment, ConfirmedEmail, Like, ModerationEntry, Status


class ShownComment(NamedTuple):
    """A comment as the page shows it to one viewer.

    `status` is `published`, or what only its author sees. `answers` names the person answered
    when that is not the thread's root.
    """

    id: int
    thread_id: int
    name: str
    website: str
    html: str
    badge: str
    status: str
    created_at: datetime
    edited_at: datetime | None
    like_count: int
    answers: str = ""
    is_own: bool = False
    is_liked: bool = False
    note: str = ""  # what the moderator who rejected it tells its author
    awaits_proof: bool = False  # its author wants mail and has not opened the link yet


_comment = Comment.__table__.c
# What a conversation reads of a comment: a page of fifty needs no more, and rows are cheap. Words
# of enumerations stay words: a page compares them, and a thread is known by them.
COLUMNS = (
    _comment.id,
    func.coalesce(_comment.root_id, _comment.id).label("thread_id"),
    _comment.name, _comment.website, _comment.html,
    type_coerce(_comment.badge, String).label("badge"),
    type_coerce(_comment.status, String).label("status"),
    _comment.created_at, _comment.edited_at, _comment.like_count,
    _comment.root_id, _comment.parent_id, _comment.email, _comment.browser, _comment.reply_count,
    _comment.wants_mail,
)  # fmt: skip
_SAME_FOR_ALL = attrgetter(*ShownComment._fields[:10])
Seen = Comment | Row[*tuple[Any, ...]]


def show(comments: Iterable[Seen], browser: str | None) -> dict[int, ShownComment]:
    """Comments, or rows of COLUMNS, by their number, as the viewer with that browser sees them."""
    comments = list(comments)
    names = _names_of_answered(comments)
    made = ShownComment._make
    if browser is None:  # most readers are strangers: they have no own ones and like none
        rest = (False, False, "", False)
        return {
            each.id: made((*_SAME_FOR_ALL(each), names.get(each.parent_id or 0, ""), *rest))
            for each in comments
        }
    liked = _liked([comment.id for comment in comments], browser)
    unproved = _unproved(comments, browser)
    notes = _notes([each.id for each in comments if each.status == Status.REJECTED])
    return {
        each.id: made(
            (
                *_SAME_FOR_ALL(each),
                names.get(each.parent_id or 0, ""),
                each.browser == browser,
                each.id in liked,
                notes.get(each.id, ""),
                each.id in unproved,
            )
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

"""Comments as one viewer sees them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, String, func, select, type_coerce

from blog.extensions import db
from blog.models import Comment, ConfirmedEmail, Like, ModerationEntry, Status
from blog.models.types import moment
from blog.queries.comments import answered_among


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
    is_answered: bool = False  # then its author may not change it any more


class CommentRow(NamedTuple):
    """What a conversation reads of a comment: a page of fifty needs no more.

    First, and in its order, what a ShownComment shows to everybody. The values are as the database
    has them, its moments and words of enumerations, too: by them a part of a page is known, and
    they become something else only when it is rendered. Strangers' pages do without the last three.
    """

    id: int
    thread_id: int
    name: str
    website: str
    html: str
    badge: str
    status: str
    created_at: str | datetime
    edited_at: str | datetime | None
    like_count: int
    root_id: int | None
    parent_id: int | None
    reply_count: int
    email: str = ""
    browser: str | None = None
    wants_mail: bool = False

    @property
    def for_all(self) -> "CommentRow":
        """The row as strangers' pages have it."""
        return CommentRow._make((*self[:_PUBLIC], "", None, False))


# Where in a row its moments begin, what a ShownComment has ends, and what strangers may know ends.
_DATES, _FOR_ALL, _PUBLIC = 7, 10, 13
_for_all = attrgetter(*CommentRow._fields[:_FOR_ALL])
_comment = Comment.__table__.c
_READ_AS: dict[str, ColumnElement[Any]] = {
    "thread_id": func.coalesce(_comment.root_id, _comment.id).label("thread_id"),
    **{
        name: type_coerce(_comment[name], String).label(name)
        for name in ("badge", "status", "created_at", "edited_at")
    },
}
COLUMNS = tuple(
    _READ_AS[name] if name in _READ_AS else _comment[name] for name in CommentRow._fields
)
PUBLIC_COLUMNS = COLUMNS[:_PUBLIC]
Seen = Comment | CommentRow


def rows(query: Select[Any], values: dict[str, Any] | None = None) -> list[CommentRow]:
    """What a statement over COLUMNS, or over the PUBLIC_COLUMNS, finds: plain tuples."""
    return [CommentRow(*row) for row in db.session.execute(query, values).all()]


def show(
    comments: Iterable[Seen], browser: str | None, names: Mapping[int, str] | None = None
) -> dict[int, ShownComment]:
    """Comments by their number, as the viewer with that browser sees them.

    `names` are those of whom they answer, where that was asked before.
    """
    comments = list(comments)
    names = names_of_answered(comments) if names is None else names
    shown = {each.id: shown_to_all(each, names.get(each.parent_id or 0, "")) for each in comments}
    if browser is None:  # most readers are strangers: they have no own ones and like none
        return shown
    liked = _liked([comment.id for comment in comments], browser)
    unproved = _unproved(comments, browser)
    notes = _notes([each.id for each in comments if each.status == Status.REJECTED])
    answered = answered_among([each.id for each in comments if each.browser == browser])
    return {
        each.id: shown[each.id]._replace(
            is_own=each.browser == browser,
            is_liked=each.id in liked,
            note=notes.get(each.id, ""),
            awaits_proof=each.id in unproved,
            is_answered=each.id in answered,
        )
        for each in comments
    }


def shown_to_all(comment: Seen, answers: str) -> ShownComment:
    """A comment as strangers see it; it answers somebody of that name, or the root."""
    same = _as_read(comment) if isinstance(comment, CommentRow) else _for_all(comment)
    return ShownComment._make((*same, answers, False, False, "", False, False))


def _as_read(row: CommentRow) -> tuple[Any, ...]:
    moments = moment(row.created_at), moment(row.edited_at)
    return (*row[:_DATES], *moments, *row[_DATES + 2 : _FOR_ALL])


def names_of_answered(comments: Iterable[Seen]) -> dict[int, str]:
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


def _unproved(comments: Iterable[Seen], browser: str) -> set[int]:
    """The own comments whose author wants mail at an address that is not confirmed."""
    wanting = [each for each in comments if each.browser == browser and each.wants_mail]
    if not wanting:
        return set()
    query = select(ConfirmedEmail.email).where(ConfirmedEmail.browser == browser)
    proved = set(db.session.scalars(query))
    return {each.id for each in wanting if each.email not in proved}


def _liked(numbers: Sequence[int], browser: str) -> set[int]:
    query = select(Like.comment_id).where(Like.browser == browser, Like.comment_id.in_(numbers))
    return set(db.session.scalars(query))

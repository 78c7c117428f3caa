"""A conversation as its page shows it: fifty threads, each with its first replies."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, bindparam, func, or_, select, tuple_

from blog.extensions import db
from blog.models import Comment, Status
from blog.queries.comments import OWN, visible, visible_to
from blog.queries.shown import (
    COLUMNS,
    PUBLIC_COLUMNS,
    CommentRow,
    ShownComment,
    names_of_answered,
    rows,
    show,
)
from blog.queries.thread import Thread, ThreadRows, is_seen, seen

# Replies below a root that are shown at once; the rest follow when a reader asks.
FIRST_REPLIES = 3
# Replies that follow at a time, and how many stand before one that a link leads to.
REPLIES = 50
CONTEXT = 5
_comment = Comment.__table__.c


class Sort(StrEnum):
    """In which order the threads stand; replies are always the oldest first."""

    OLDEST = "oldest"
    NEWEST = "newest"
    LIKED = "liked"


@dataclass(frozen=True)
class Cursor:
    """The root after which a page starts, and its likes, by which `liked` is ordered."""

    id: int
    likes: int = 0


@dataclass(frozen=True)
class Page:
    """A page of threads; `after` continues it and is None on the last one.

    `newest` is the newest public comment under the article: what came later is new to the reader.
    `own` are its comments as the one browser sees them that wrote here, and for which it was asked.
    """

    rows: Sequence[ThreadRows]
    sort: Sort
    newest: int
    after: Cursor | None = None
    is_first: bool = True
    own: dict[int, ShownComment] | None = None

    @property
    def threads(self) -> list[Thread]:
        """The threads as their viewer sees them."""
        return [seen(each, self.own) for each in self.rows]


def page(
    article_id: int,
    browser: str | None,
    size: int,
    *,
    sort: Sort = Sort.OLDEST,
    after: Cursor | None = None,
    show: int | None = None,
) -> Page:
    """A page of the conversation, for a viewer whose browser has that hash.

    Everybody sees what is published; its author also sees what waits or was rejected. With the
    number of a comment to `show`, it is the page on which that comment stands, oldest first.
    """
    target = visible(article_id, show, browser) if show else None
    if target:
        sort, after = Sort.OLDEST, None
    roots = _roots(article_id, browser, size, sort, after)
    if target and target.thread_id > max((root.id for root in roots[:size]), default=0):
        after = Cursor(target.thread_id - 1)
        roots = _roots(article_id, browser, size, sort, after)
    last = roots[size - 1] if len(roots) > size else None
    below = _below(roots[:size], browser, target)
    names = names_of_answered([reply for replies in below.values() for reply in replies])
    found = [
        _rows(root, below[root.id], names) if root.id in below else ThreadRows(root)
        for root in roots[:size]
    ]
    is_cut = after or last or any(each.more or each.before for each in found)
    return Page(
        rows=found,
        sort=sort,
        newest=newest_id(article_id) if is_cut else _newest(found),
        after=Cursor(last.id, last.like_count) if last else None,
        is_first=after is None,
        own=None if browser is None else _seen_by(browser, found, names),
    )


def _seen_by(
    browser: str, found: Sequence[ThreadRows], names: dict[int, str]
) -> dict[int, ShownComment]:
    return show(_all(found), browser, names)


def _all(found: Sequence[ThreadRows]) -> Iterator[CommentRow]:
    return (row for each in found for row in (each.root, *each.replies))


def _roots(
    article_id: int, browser: str | None, size: int, sort: Sort, after: Cursor | None
) -> Sequence[CommentRow]:
    """One root more than the page holds, if there is one."""
    query = _roots_query(sort, is_first=after is None, is_known=browser is not None)
    where = {"article": article_id, "limit": size + 1, "browser": browser}
    if after:
        where |= {"after": after.id, "likes": after.likes}
    return rows(query, where)


@cache
def _roots_query(sort: Sort, *, is_first: bool, is_known: bool) -> Select[Any]:
    """The statement, put together once: that costs more than asking the database."""
    seen = _visible(is_known) | (_comment.reply_count > 0)
    query = select(*_columns(is_known)).where(
        _comment.article_id == bindparam("article"), _comment.root_id.is_(None), seen
    )
    if not is_first:
        query = query.where(_FOLLOWS[sort])
    return query.order_by(*_ORDER[sort]).limit(bindparam("limit"))


def _columns(is_known: bool) -> Sequence[ColumnElement[Any]]:
    return COLUMNS if is_known else PUBLIC_COLUMNS


def _visible(is_known: bool) -> ColumnElement[bool]:
    """What everybody may read, and what the browser of that name may read beside it."""
    published = _comment.status == Status.PUBLISHED
    return published | _OWN if is_known else published


_OWN = (_comment.browser == bindparam("browser")) & _comment.status.in_(OWN)
_ORDER: dict[Sort, tuple[ColumnElement[int], ...]] = {
    Sort.OLDEST: (_comment.id.asc(),),
    Sort.NEWEST: (_comment.id.desc(),),
    Sort.LIKED: (_comment.like_count.desc(), _comment.id.desc()),
}
_FOLLOWS: dict[Sort, ColumnElement[bool]] = {
    Sort.OLDEST: _comment.id > bindparam("after"),
    Sort.NEWEST: _comment.id < bindparam("after"),
    Sort.LIKED: tuple_(_comment.like_count, _comment.id)
    < tuple_(bindparam("likes", type_=Integer), bindparam("after", type_=Integer)),
}


def _below(
    roots: Sequence[CommentRow], browser: str | None, target: Comment | None
) -> dict[int, list[CommentRow]]:
    """The replies that are shown, by their root."""
    below: dict[int, list[CommentRow]] = {}
    answered = [root.id for root in roots if root.reply_count or browser is not None]
    for reply in _first_replies(answered, browser) if answered else ():
        below.setdefault(reply.root_id or 0, []).append(reply)
    if target and target.root_id in {root.id for root in roots}:
        shown = below.get(target.thread_id, ())
        if target.id not in {each.id for each in shown}:
            below[target.thread_id] = _around(target, browser)
    return below


def _rows(root: CommentRow, replies: Sequence[CommentRow], names: dict[int, str]) -> ThreadRows:
    is_deep = any(each.parent_id in names for each in replies)
    answered = [names.get(each.parent_id or 0, "") for each in replies] if is_deep else ()
    found = ThreadRows(root, tuple(replies), tuple(answered))
    public = found.public
    if len(public) <= FIRST_REPLIES:
        return found
    return found._replace(before=_count_replies(root.id, Comment.id < public[0].id))


def _first_replies(roots: Sequence[int], browser: str | None) -> Sequence[CommentRow]:
    """The first public replies of each root, and the viewer's own that are not public."""
    query = _replies_query(is_known=browser is not None)
    return rows(query, {"roots": roots, "browser": browser})


@cache
def _replies_query(*, is_known: bool) -> Select[Any]:
    below = _comment.root_id.in_(bindparam("roots", expanding=True))
    rank = func.row_number().over(partition_by=_comment.root_id, order_by=_comment.id)
    ranked = (
        select(_comment.id, rank.label("rank"))
        .where(below, _comment.status == Status.PUBLISHED)
        .subquery()
    )
    first = select(ranked.c.id).where(ranked.c.rank <= FIRST_REPLIES)
    chosen: ColumnElement[bool] = _comment.id.in_(first)
    if is_known:
        chosen |= _OWN & below
    return select(*_columns(is_known)).where(chosen).order_by(_comment.id)


def _around(target: Comment, browser: str | None) -> list[CommentRow]:
    """A reply with a few before it and many after it."""
    thread = select(*_columns(browser is not None))
    thread = thread.where(Comment.root_id == target.root_id, visible_to(browser))
    before = thread.where(Comment.id < target.id).order_by(Comment.id.desc()).limit(CONTEXT)
    rest = thread.where(Comment.id >= target.id).order_by(Comment.id).limit(REPLIES)
    return [*reversed(rows(before)), *rows(rest)]


def replies(root: Comment, browser: str | None, after: int) -> Thread:
    """The next replies of a thread, after the comment with that number."""
    query = select(Comment).where(
        Comment.root_id == root.id, Comment.id > after, visible_to(browser)
    )
    found = db.session.scalars(query.order_by(Comment.id).limit(REPLIES)).all()
    last = found[-1].id if found else after
    shown = show([root, *found], browser)
    return Thread(
        id=root.id,
        root=shown[root.id] if is_seen(root, shown[root.id]) else None,
        replies=tuple(shown[reply.id] for reply in found),
        last=last,
        more=_count_replies(root.id, Comment.id > last),
        earlier=after > root.id,
    )


def _count_replies(root_id: int, which: ColumnElement[bool]) -> int:
    query = select(func.count()).select_from(Comment)
    query = query.where(Comment.root_id == root_id, Comment.status == Status.PUBLISHED, which)
    return db.session.scalar(query) or 0


def thread_of(article_id: int, comment_id: int) -> Comment | None:
    """The root with that number, if anything of its thread is public."""
    return db.session.scalar(
        select(Comment).where(
            Comment.id == comment_id,
            Comment.article_id == article_id,
            Comment.root_id.is_(None),
            or_(Comment.status == Status.PUBLISHED, Comment.reply_count > 0),
        )
    )


_NEWEST = select(func.max(_comment.id)).where(
    _comment.article_id == bindparam("article"), _comment.status == Status.PUBLISHED
)


def _newest(found: Sequence[ThreadRows]) -> int:
    """The newest public comment of a whole conversation."""
    return max((each.id for each in _all(found) if each.status == Status.PUBLISHED), default=0)


def newest_id(article_id: int) -> int:
    """The newest public comment under an article; 0 if there is none."""
    return db.session.scalar(_NEWEST, {"article": article_id}) or 0


def newer(article_id: int, after: int, browser: str | None, limit: int) -> Sequence[Comment]:
    """The public comments that came after that one, other people's only, oldest first."""
    query = select(Comment).where(_public(article_id), Comment.id > after)
    if browser is not None:
        query = query.where(Comment.browser != browser)
    return db.session.scalars(query.order_by(Comment.id).limit(limit)).all()


def _public(article_id: int) -> ColumnElement[bool]:
    return (Comment.article_id == article_id) & (Comment.status == Status.PUBLISHED)

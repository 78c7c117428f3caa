"""A conversation as its page shows it: fifty threads, each with its first replies."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Integer, Select, bindparam, func, or_, select, tuple_

from blog.extensions import db
from blog.models import Comment, Status
from blog.queries.comments import OWN, visible, visible_to
from blog.queries.shown import COLUMNS, Seen, ShownComment, rows, show

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


class Thread(NamedTuple):
    """A root and some of its replies, oldest first. A root that is no longer public is None.

    `more` public replies follow after the one with the number `last`; `earlier` says that some
    stand before the first.
    """

    id: int
    root: ShownComment | None = None
    replies: tuple[ShownComment, ...] = ()
    last: int = 0
    more: int = 0
    earlier: bool = False

    @property
    def shown(self) -> tuple[ShownComment, ...]:
        """All of it that is shown."""
        return (self.root, *self.replies) if self.root else self.replies

    @property
    def is_personal(self) -> bool:
        """True if anything in it is shown in another way to its author, or to who liked it."""
        return any(
            each.is_own or each.is_liked or each.status != Status.PUBLISHED for each in self.shown
        )

    @property
    def is_cut(self) -> bool:
        """True if it has public replies that are not shown."""
        return self.more > 0 or self.earlier


@dataclass(frozen=True)
class Page:
    """A page of threads; `after` continues it and is None on the last one.

    `newest` is the newest public comment under the article: what came later is new to the reader.
    `is_for_one` says that it was asked for a browser that wrote here, and may have its own marks.
    """

    threads: Sequence[Thread]
    sort: Sort
    newest: int
    after: Cursor | None = None
    is_first: bool = True
    is_for_one: bool = False


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
    threads = _threads(roots[:size], browser, target)
    is_whole = after is None and last is None and not any(each.is_cut for each in threads)
    return Page(
        threads=threads,
        sort=sort,
        newest=_newest(threads) if is_whole else newest_id(article_id),
        after=Cursor(last.id, last.like_count) if last else None,
        is_first=after is None,
        is_for_one=browser is not None,
    )


def _roots(
    article_id: int, browser: str | None, size: int, sort: Sort, after: Cursor | None
) -> Sequence[Seen]:
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
    query = select(*COLUMNS).where(
        _comment.article_id == bindparam("article"), _comment.root_id.is_(None), seen
    )
    if not is_first:
        query = query.where(_FOLLOWS[sort])
    return query.order_by(*_ORDER[sort]).limit(bindparam("limit"))


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


def _threads(roots: Sequence[Seen], browser: str | None, target: Comment | None) -> list[Thread]:
    replies: dict[int, list[Seen]] = {root.id: [] for root in roots}
    answered = [root.id for root in roots if root.reply_count or browser is not None]
    for reply in _first_replies(answered, browser) if answered else ():
        replies[reply.root_id or 0].append(reply)
    below = replies.get(target.root_id or 0) if target else None
    if target and below is not None and target.id not in {each.id for each in below}:
        below[:] = _around(target, browser)
    seen = show([*roots, *(each for many in replies.values() for each in many)], browser)
    return [_thread(root, replies[root.id], seen) for root in roots]


def _thread(root: Seen, replies: list[Seen], seen: dict[int, ShownComment]) -> Thread:
    shown = seen[root.id] if _is_seen(root, seen[root.id]) else None
    if not replies:  # as most are
        return Thread(root.id, shown, last=root.id, more=root.reply_count)
    public = [reply for reply in replies if reply.status == Status.PUBLISHED]
    first, last = (public[0].id, public[-1].id) if public else (0, root.id)
    before = _count_replies(root.id, Comment.id < first) if len(public) > FIRST_REPLIES else 0
    return Thread(
        id=root.id,
        root=shown,
        replies=tuple(seen[reply.id] for reply in replies),
        last=last,
        more=max(0, root.reply_count - len(public) - before),
        earlier=before > 0,
    )


def _is_seen(root: Seen, shown: ShownComment) -> bool:
    return root.status == Status.PUBLISHED or (shown.is_own and root.status in OWN)


def _first_replies(roots: Sequence[int], browser: str | None) -> Sequence[Seen]:
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
    return select(*COLUMNS).where(chosen).order_by(_comment.id)


def _around(target: Comment, browser: str | None) -> list[Seen]:
    """A reply with a few before it and many after it."""
    thread = select(*COLUMNS).where(Comment.root_id == target.root_id, visible_to(browser))
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
    seen = show([root, *found], browser)
    return Thread(
        id=root.id,
        root=seen[root.id] if _is_seen(root, seen[root.id]) else None,
        replies=tuple(seen[reply.id] for reply in found),
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


def _newest(threads: Sequence[Thread]) -> int:
    """The newest public comment of a whole conversation."""
    shown = (each for thread in threads for each in thread.shown)
    return max((each.id for each in shown if each.status == Status.PUBLISHED), default=0)


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

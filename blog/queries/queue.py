"""The moderation queue: its pages in their order, what is new, and how many each view has."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, and_, func, literal, or_, select, tuple_
from sqlalchemy.orm import joinedload, selectinload

from blog.extensions import db, is_sqlite
from blog.models import Article, Comment, QueueCount, Status, View
from blog.queries.queue_filter import (
    Filter,
    IndexBounds,
    in_index,
    index_bounds,
    matching,
    sort_key,
    tune_planner,
)

MOST_NEW = 100  # more new comments than this are "99+" to anybody
RECENT = 20_000  # comments among which a search on PostgreSQL looks first
_REPORTED = and_(
    Comment.status.in_((Status.HELD, Status.PUBLISHED)), Comment.open_report.is_not(None)
)


@dataclass(frozen=True)
class Cursor:
    """After which row a page starts: a report, while comments with one are shown, or a comment."""

    id: int
    is_report: bool = False


@dataclass(frozen=True)
class QueuePage:
    """A page of the queue. `after` continues it, and is None on the last page."""

    comments: Sequence[Comment]
    after: Cursor | None


def page(wanted: Filter, after: Cursor | None, size: int) -> QueuePage:
    """What waits, first what readers reported, the longest wait first; else the newest first."""
    tune_planner(wanted)
    if wanted.view is View.WAITING:
        return _waiting(wanted, after, size)
    found = _newest_first(wanted, after.id if after else None, size + 1)
    return QueuePage(found[:size], Cursor(found[size - 1].id) if len(found) > size else None)


def _newest_first(wanted: Filter, before: int | None, most: int) -> Sequence[Comment]:
    """PostgreSQL finds all that have a word, then sorts them: it looks at the newest first."""
    if is_sqlite() or not wanted.is_by_words:
        return _load(_ordered(wanted, before).limit(most))
    lowest = (newest_id() + 1 if before is None else before) - RECENT
    found = _load(_ordered(wanted, before).where(Comment.id >= lowest).limit(most))
    if len(found) == most or lowest <= 1:
        return found
    return [*found, *_load(_ordered(wanted, lowest).limit(most - len(found)))]


def _waiting(wanted: Filter, after: Cursor | None, size: int) -> QueuePage:
    found: list[Comment] = []
    if after is None or after.is_report:
        reported = matching(wanted, _REPORTED)
        if after:
            reported = reported.where(Comment.open_report > after.id)
        found += _load(reported.order_by(Comment.open_report).limit(size + 1))
    if len(found) <= size:
        last_id = after.id if after and not after.is_report else None
        held = _ordered(wanted, last_id, oldest_first=True).where(Comment.open_report.is_(None))
        found += _load(held.limit(size + 1 - len(found)))
    last = found[size - 1] if len(found) > size else None
    if last is None:
        return QueuePage(found, None)
    return QueuePage(found[:size], Cursor(last.open_report or last.id, bool(last.open_report)))


def _ordered(wanted: Filter, after: int | None, *, oldest_first: bool = False) -> Select[Comment]:
    """What a filter finds beyond a comment, in the order of the pages. What waits: what is held."""
    bounds = index_bounds(wanted.view)
    if bounds and not is_sqlite() and not wanted.is_search:
        return _from_index(wanted, bounds, after, oldest_first=oldest_first)
    by = sort_key(wanted)
    query = matching(wanted, in_index(wanted.view))
    if after is not None:
        query = query.where(by > after if oldest_first else by < after)
    # No index of PostgreSQL has this order with a sum in it: so it asks the index of words, and
    # does not look for a rare word in every comment, the newest first.
    order = by + 0 if wanted.is_search and not is_sqlite() else by
    return query.order_by(order if oldest_first else order.desc())


def _from_index(
    wanted: Filter, bounds: IndexBounds, after: int | None, *, oldest_first: bool
) -> Select[Comment]:
    """The same for PostgreSQL: by bounds and an order that only the index of the view has.

    Asked for what equals, in the order of ids, it would walk through the whole table by id, past
    fifty thousand that are held to the newest spam.
    """
    columns = [column for column, _ in bounds]
    values = [literal(value, column.type) for column, value in bounds]
    rows, bound = tuple_(*columns), tuple_(*values)
    end, start = (rows <= bound, rows >= bound) if oldest_first else (rows >= bound, rows <= bound)
    if after is not None:
        row, last = tuple_(*columns, Comment.id), tuple_(*values, literal(after))
        start = row > last if oldest_first else row < last
    order = [*columns, Comment.id.expression]
    query = matching(wanted, and_(start, end))
    return query.order_by(*(order if oldest_first else [each.desc() for each in order]))


def just_before(wanted: Filter, comment: Comment) -> Cursor:
    """The cursor after which a page begins with this comment."""
    if wanted.view is not View.WAITING:
        return Cursor(comment.id + 1)
    if comment.open_report:
        return Cursor(comment.open_report - 1, is_report=True)
    return Cursor(comment.id - 1)


def _load(query: Select[Comment]) -> Sequence[Comment]:
    return db.session.scalars(
        query.options(
            joinedload(Comment.article, innerjoin=True).load_only(
                Article.title, Article.slug, Article.published_at
            ),
            joinedload(Comment.parent),
            selectinload(Comment.reports),
        )
    ).all()


def ids(wanted: Filter, most: int | None = None) -> list[int]:
    """The ids of all that a filter finds, or of the first of them, the oldest first."""
    tune_planner(wanted)
    query = matching(wanted).with_only_columns(Comment.id).order_by(sort_key(wanted)).limit(most)
    return list(db.session.scalars(query))


def count(wanted: Filter, most: int) -> int:
    """How many a filter finds; never more than `most`, so that it never takes long."""
    tune_planner(wanted)
    found = matching(wanted).with_only_columns(Comment.id).limit(most).subquery()
    return db.session.scalar(select(func.count()).select_from(found)) or 0


def count_new(wanted: Filter, since: int) -> int:
    """How many arrived in a view after the comment with that id; never more than MOST_NEW."""
    tune_planner(wanted)
    query = matching(wanted).where(Comment.id > since)
    found = query.with_only_columns(Comment.id).limit(MOST_NEW).subquery()
    return db.session.scalar(select(func.count()).select_from(found)) or 0


def newest_id() -> int:
    """The id of the newest comment; 0 before there is one."""
    return db.session.scalar(select(func.max(Comment.id))) or 0


def comment(comment_id: int) -> Comment | None:
    """One comment with what its row in the queue shows."""
    found = _load(select(Comment).where(Comment.id == comment_id))
    return found[0] if found else None


def counts() -> dict[View, int]:
    """How many comments each view has, from the counts that are kept."""
    kept = {row.view: row.count for row in db.session.scalars(select(QueueCount))}
    return {view: kept.get(view, 0) for view in View}


def lock(comment_ids: Sequence[int]) -> Sequence[Comment]:
    """These comments as they are now, held against other decisions; their parents come along.

    Roots are held, too, and all in the order of their ids, as one decision holds its two.
    """
    roots = select(Comment.root_id).where(Comment.id.in_(comment_ids), Comment.root_id.is_not(None))
    held = select(Comment.id).where(or_(Comment.id.in_(comment_ids), Comment.id.in_(roots)))
    db.session.execute(held.order_by(Comment.id).with_for_update()).all()
    return db.session.scalars(
        select(Comment)
        .where(Comment.id.in_(comment_ids))
        .options(joinedload(Comment.parent))
        .order_by(Comment.id)
        .execution_options(populate_existing=True)
    ).all()

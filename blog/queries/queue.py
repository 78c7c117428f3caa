"""The moderation queue: its views, its filter, its pages, and how many each view has."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    String,
    and_,
    bindparam,
    cast,
    column,
    func,
    literal,
    or_,
    select,
    table,
    text,
    tuple_,
)
from sqlalchemy.orm import joinedload, selectinload

from blog.extensions import db
from blog.models import IN_QUEUE, Article, Comment, QueueCount, Status, View
from blog.queries.search import terms

# What the rules may have to say against a comment, for the filter.
REASONS = (
    "first", "links", "held_word", "refused_word", "record", "likeness", "blocked", "held_person",
    "article", "reports", "trap",
)  # fmt: skip
MOST_NEW = 100  # more new comments than this are "99+" to anybody
RECENT = 20_000  # comments among which a search on PostgreSQL looks first
_STATUS_OF = {
    View.WAITING: Status.HELD,  # and what readers reported
    View.UNSEEN: Status.PUBLISHED,
    View.PUBLISHED: Status.PUBLISHED,
    View.REJECTED: Status.REJECTED,
    View.SPAM: Status.SPAM,
    View.TRASH: Status.TRASHED,
}
_REPORTED = and_(
    Comment.status.in_((Status.HELD, Status.PUBLISHED)), Comment.open_report.is_not(None)
)
_ADDRESS = re.compile(r"[^\s@]+@[^\s@]+")
_ROWID = column("rowid", Integer)
_SEARCH = table("comment_search", _ROWID)
# The same expression as in the index that the migration makes.
_WORDS = func.comment_words(Comment.name, Comment.email, Comment.body, Comment.network)
_FOR_SEARCH = select(
    func.set_config("work_mem", "64MB", True),
    func.set_config("plan_cache_mode", "force_custom_plan", True),
    func.set_config("jit", "off", True),
    func.set_config("max_parallel_workers_per_gather", "0", True),
)
Place = list[tuple[ColumnElement[Any], object]]


@dataclass(frozen=True, kw_only=True)
class Filter:
    """Which comments are meant. `view` is None for all of them; what is empty does not count.

    `browser` is the hash that proves one person; `since` and `until` are days (UTC), both included;
    `highest` leaves out what arrived after the comment with that id, `looked_at` what was edited
    after that moment; `only` names comments one by one.
    """

    view: View | None = View.WAITING
    words: str = ""
    article_id: int | None = None
    browser: str = ""
    reason: str = ""
    since: date | None = None
    until: date | None = None
    highest: int | None = None
    looked_at: datetime | None = None
    only: tuple[int, ...] = ()

    @property
    def is_plain(self) -> bool:
        """True if it is a view and nothing else."""
        return self == Filter(view=self.view)


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
    _prepare(wanted)
    if wanted.view is View.WAITING:
        return _waiting(wanted, after, size)
    found = _newest_first(wanted, after.id if after else None, size + 1)
    return QueuePage(found[:size], Cursor(found[size - 1].id) if len(found) > size else None)


def _newest_first(wanted: Filter, before: int | None, most: int) -> Sequence[Comment]:
    """PostgreSQL finds all that have a word, then sorts them: it looks at the newest first."""
    if _is_sqlite() or not _is_by_words(wanted):
        return _load(_ordered(wanted, before).limit(most))
    lowest = (newest_id() + 1 if before is None else before) - RECENT
    found = _load(_ordered(wanted, before).where(Comment.id >= lowest).limit(most))
    if len(found) == most or lowest <= 1:
        return found
    return [*found, *_load(_ordered(wanted, lowest).limit(most - len(found)))]


def _waiting(wanted: Filter, after: Cursor | None, size: int) -> QueuePage:
    found: list[Comment] = []
    if after is None or after.is_report:
        reported = _matching(wanted, _REPORTED)
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
    place, is_sqlite = _place(wanted.view), _is_sqlite()
    if place and not is_sqlite and not _is_search(wanted):
        return _from_index(wanted, place, after, oldest_first=oldest_first)
    number = _id(wanted)
    query = _matching(wanted, _in_place(wanted.view))
    if after is not None:
        query = query.where(number > after if oldest_first else number < after)
    # No index of PostgreSQL has this order with a sum in it: so it asks the index of words, and
    # does not look for a rare word in every comment, the newest first.
    order = number + 0 if _is_search(wanted) and not is_sqlite else number
    return query.order_by(order if oldest_first else order.desc())


def _from_index(
    wanted: Filter, place: Place, after: int | None, *, oldest_first: bool
) -> Select[Comment]:
    """The same for PostgreSQL: by bounds and an order that only the index of the view has.

    Asked for what equals, in the order of ids, it would walk through the whole table by id, past
    fifty thousand that are held to the newest spam.
    """
    columns = [column for column, _ in place]
    values = [literal(value, column.type) for column, value in place]
    rows, bound = tuple_(*columns), tuple_(*values)
    end, start = (rows <= bound, rows >= bound) if oldest_first else (rows >= bound, rows <= bound)
    if after is not None:
        row, last = tuple_(*columns, Comment.id), tuple_(*values, literal(after))
        start = row > last if oldest_first else row < last
    order = [*columns, Comment.id.expression]
    query = _matching(wanted, and_(start, end))
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


def _matching(wanted: Filter, in_view: ColumnElement[bool] | None = None) -> Select[Comment]:
    """What a filter finds; `in_view` says in other words, or narrower, what the view has."""
    if in_view is None:
        in_view = _in_view(wanted.view)
    query = select(Comment).where(in_view, *_conditions(wanted))
    return _searching(query, wanted.words)


def _conditions(wanted: Filter) -> list[ColumnElement[bool]]:
    edited = Comment.edited_at
    found: list[ColumnElement[bool]] = []
    if wanted.article_id is not None:
        found.append(Comment.article_id == wanted.article_id)
    if wanted.browser:
        found.append(Comment.browser == wanted.browser)
    if wanted.reason:
        found.append(cast(Comment.reasons, String).contains(f'"{wanted.reason}"', autoescape=True))
    if wanted.only:
        found.append(Comment.id.in_(wanted.only))
    if wanted.looked_at:
        found.append(or_(edited.is_(None), edited <= wanted.looked_at))
    return [*found, *_limits(wanted)]


def _limits(wanted: Filter) -> Iterator[ColumnElement[bool]]:
    if wanted.since:
        yield Comment.created_at >= _midnight(wanted.since)
    if wanted.until:
        yield Comment.created_at < _midnight(wanted.until + timedelta(days=1))
    if wanted.highest is not None:
        yield Comment.id <= wanted.highest


def _in_view(view: View | None) -> ColumnElement[bool]:
    if view is View.WAITING:
        public = Comment.status == Status.PUBLISHED
        return or_(_in_place(view), and_(public, Comment.open_report.is_not(None)))
    return _in_place(view)


def _in_place(view: View | None) -> ColumnElement[bool]:
    if view is None:
        return Comment.status.in_(IN_QUEUE)
    return and_(*(column == value for column, value in _place(view)))


def _place(view: View | None) -> Place:
    """Where the index of a view has its rows; what readers reported has one of its own."""
    if view is None:
        return []
    status: tuple[ColumnElement[Any], object] = (Comment.status.expression, _STATUS_OF[view])
    return [status, (Comment.vetted.expression, False)] if view is View.UNSEEN else [status]


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _is_sqlite() -> bool:
    return db.engine.dialect.name == "sqlite"


def _is_search(wanted: Filter) -> bool:
    return bool(terms(wanted.words))


def _is_by_words(wanted: Filter) -> bool:
    """True if the index of words finds them; an e-mail address has its own."""
    return _is_search(wanted) and not _ADDRESS.fullmatch(wanted.words)


def _id(wanted: Filter) -> ColumnElement[int]:
    """What the pages are ordered by. SQLite's index of words gives its rows in this order."""
    is_from_index = _is_by_words(wanted) and _is_sqlite()
    return _SEARCH.c.rowid if is_from_index else Comment.id.expression


def _prepare(wanted: Filter) -> None:
    """Let PostgreSQL plan a search for its words, until the transaction ends.

    Memory for where a common word stands, or it reads whole pages and finds the words of every
    text on them anew; a plan for this word and not for any; neither compiled nor for several
    processes, both of which take longer to begin than a search to end.
    """
    if _is_search(wanted) and not _is_sqlite():
        db.session.execute(_FOR_SEARCH)


def _searching(query: Select[Comment], words: str) -> Select[Comment]:
    """Only comments in whose text, name, address or network every word stands, or begins one.

    A whole e-mail address finds what was signed with it.
    """
    found = terms(words)
    if not found:
        return query
    if _ADDRESS.fullmatch(words):  # its parts, such as `com`, stand in too many comments
        return query.where(Comment.email.in_({words, words.lower()}))
    if _is_sqlite():
        wanted = " ".join(f'"{each}"*' for each in found)
        match = text("comment_search MATCH :words").bindparams(words=wanted)
        return query.join(_SEARCH, _SEARCH.c.rowid == Comment.id).where(match)
    wanted = " & ".join(f"{each}:*" for each in found)
    return query.where(_WORDS.op("@@")(func.to_tsquery("simple", bindparam("words", wanted))))


def ids(wanted: Filter) -> list[int]:
    """The ids of all that a filter finds, the oldest first."""
    _prepare(wanted)
    query = _matching(wanted).with_only_columns(Comment.id)
    return sorted(db.session.scalars(query))


def count(wanted: Filter, most: int) -> int:
    """How many a filter finds; never more than `most`, so that it never takes long."""
    _prepare(wanted)
    found = _matching(wanted).with_only_columns(Comment.id).limit(most).subquery()
    return db.session.scalar(select(func.count()).select_from(found)) or 0


def count_new(wanted: Filter, since: int) -> int:
    """How many arrived in a view after the comment with that id; never more than MOST_NEW."""
    _prepare(wanted)
    query = _matching(replace(wanted, highest=None)).where(Comment.id > since)
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


@dataclass(frozen=True)
class Record:
    """What became of the comments of one browser."""

    published: int = 0
    rejected: int = 0  # spam, too
    waiting: int = 0


def records(browsers: Iterable[str]) -> dict[str, Record]:
    """The records of the people whose comments a page shows."""
    wanted = set(browsers) - {""}
    if not wanted:
        return {}
    query = (
        select(Comment.browser, Comment.status, func.count())
        .where(Comment.browser.in_(wanted))
        .group_by(Comment.browser, Comment.status)
    )
    found: dict[str, dict[Status, int]] = {}
    for browser, status, number in db.session.execute(query).all():
        found.setdefault(browser, {})[status] = number
    return {
        browser: Record(
            published=counted.get(Status.PUBLISHED, 0),
            rejected=counted.get(Status.REJECTED, 0) + counted.get(Status.SPAM, 0),
            waiting=counted.get(Status.HELD, 0),
        )
        for browser, counted in found.items()
    }


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

"""The moderation queue: its views, its filter, its pages, and how many each view has."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    String,
    and_,
    bindparam,
    cast,
    column,
    exists,
    false,
    func,
    literal_column,
    or_,
    select,
    table,
    text,
)
from sqlalchemy.orm import joinedload, selectinload

from blog.extensions import db
from blog.models import (
    IN_QUEUE,
    Article,
    Comment,
    ModerationEntry,
    QueueCount,
    Report,
    Status,
    View,
)

# What the rules may have to say against a comment, for the filter.
REASONS = (
    "first", "links", "held_word", "refused_word", "record", "likeness", "blocked", "held_person",
    "article", "reports", "trap",
)  # fmt: skip
MOST_NEW = 100  # more new comments than this are "99+" to anybody
_STATUS_OF = {
    View.PUBLISHED: Status.PUBLISHED,
    View.REJECTED: Status.REJECTED,
    View.SPAM: Status.SPAM,
    View.TRASH: Status.TRASHED,
}
_ADDRESS = re.compile(r"[^\s@]+@[^\s@]+")
_ROWID = column("rowid", Integer)
_SEARCH = table("comment_search", _ROWID)
# The same expression as in the index that the migration makes.
_DOCUMENT: ColumnElement[str] = literal_column(
    "to_tsvector('simple', translate(comment.name || ' ' || comment.email || ' ' || comment.body"
    " || ' ' || comment.network, '@./:-_', '      '))"
)


@dataclass(frozen=True, kw_only=True)
class Filter:
    """Which comments are meant. `view` is None for all of them; what is empty does not count.

    `browser` is the hash that proves one person; `since` and `until` are days (UTC), both included;
    `last_entry` leaves out what arrived or was moved after that line of the log, `looked_at` what
    was edited or reported after that moment; `only` names comments one by one.
    """

    view: View | None = View.WAITING
    words: str = ""
    article_id: int | None = None
    browser: str = ""
    reason: str = ""
    since: date | None = None
    until: date | None = None
    last_entry: int | None = None
    looked_at: datetime | None = None
    only: tuple[int, ...] = ()

    @property
    def is_without_words(self) -> bool:
        """True if something is searched for that no text can be found by."""
        return bool(self.words) and not terms(self.words)

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
    if wanted.view is View.WAITING:
        return _waiting(wanted, after, size)
    query = _matching(wanted).order_by(_id(wanted).desc())
    if after:
        query = query.where(_id(wanted) < after.id)
    found = _load(query.limit(size + 1))
    return QueuePage(found[:size], Cursor(found[size - 1].id) if len(found) > size else None)


def _waiting(wanted: Filter, after: Cursor | None, size: int) -> QueuePage:
    found: list[Comment] = []
    if after is None or after.is_report:
        reported = _matching(wanted).where(Comment.open_report.is_not(None))
        if after:
            reported = reported.where(Comment.open_report > after.id)
        found += _load(reported.order_by(Comment.open_report).limit(size + 1))
    if len(found) <= size:
        held = _matching(wanted).where(Comment.status == Status.HELD, Comment.open_report.is_(None))
        if after and not after.is_report:
            held = held.where(_id(wanted) > after.id)
        found += _load(held.order_by(_id(wanted)).limit(size + 1 - len(found)))
    last = found[size - 1] if len(found) > size else None
    if last is None:
        return QueuePage(found, None)
    return QueuePage(found[:size], Cursor(last.open_report or last.id, bool(last.open_report)))


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


def _matching(wanted: Filter) -> Select[Comment]:
    query = select(Comment).where(*_conditions(wanted))
    return _searching(query, wanted.words)


def _conditions(wanted: Filter) -> list[ColumnElement[bool]]:
    found = [_in_view(wanted.view)]
    if wanted.article_id is not None:
        found.append(Comment.article_id == wanted.article_id)
    if wanted.browser:
        found.append(Comment.browser == wanted.browser)
    if wanted.reason:
        found.append(cast(Comment.reasons, String).contains(f'"{wanted.reason}"', autoescape=True))
    if wanted.only:
        found.append(Comment.id.in_(wanted.only))
    return [*found, *_limits(wanted), *_as_seen(wanted)]


def _limits(wanted: Filter) -> Iterator[ColumnElement[bool]]:
    if wanted.since:
        yield Comment.created_at >= _midnight(wanted.since)
    if wanted.until:
        yield Comment.created_at < _midnight(wanted.until + timedelta(days=1))


def _as_seen(wanted: Filter) -> Iterator[ColumnElement[bool]]:
    """What a page showed, and nothing that came into the view, or back into it, since then.

    A comment with an old id may be moved today: that it arrived before says nothing. Each has few
    lines in the log, found by the index of their comment.
    """
    if wanted.last_entry is not None:
        line = ModerationEntry
        newer = (line.comment_id == Comment.id) & (line.id > wanted.last_entry)
        yield ~exists().where(newer)
    if wanted.looked_at:
        edited = Comment.edited_at
        yield or_(edited.is_(None), edited <= wanted.looked_at)
        reported = (Report.id == Comment.open_report) & (Report.created_at > wanted.looked_at)
        yield ~exists().where(reported)


def _in_view(view: View | None) -> ColumnElement[bool]:
    if view is None:
        return Comment.status.in_(IN_QUEUE)
    public = Comment.status == Status.PUBLISHED
    if view is View.WAITING:
        return or_(Comment.status == Status.HELD, and_(public, Comment.open_report.is_not(None)))
    if view is View.UNSEEN:
        return and_(public, Comment.vetted.is_(False))
    return Comment.status == _STATUS_OF[view]


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _is_sqlite() -> bool:
    return db.engine.dialect.name == "sqlite"


def _id(wanted: Filter) -> ColumnElement[int]:
    """What the pages are ordered by. SQLite's index of words gives its rows in this order."""
    is_search = terms(wanted.words) and not _ADDRESS.fullmatch(wanted.words)
    is_from_index = is_search and _is_sqlite()
    return _SEARCH.c.rowid if is_from_index else Comment.id.expression


def _searching(query: Select[Comment], words: str) -> Select[Comment]:
    """Only comments in whose text, name, address or network every word stands, or begins one.

    A whole e-mail address finds what was signed with it. Signs alone find nothing: found by a
    decision about all that match, everything would be taken for a slip of the finger.
    """
    if not words:
        return query
    found = terms(words)
    if not found:
        return query.where(false())
    if _ADDRESS.fullmatch(words):  # its parts, such as `com`, stand in too many comments
        return query.where(Comment.email.in_({words, words.lower()}))
    if _is_sqlite():
        wanted = " ".join(f'"{each}"*' for each in found)
        match = text("comment_search MATCH :words").bindparams(words=wanted)
        return query.join(_SEARCH, _SEARCH.c.rowid == Comment.id).where(match)
    wanted = " & ".join(f"{each}:*" for each in found)
    return query.where(_DOCUMENT.op("@@")(func.to_tsquery("simple", bindparam("words", wanted))))


def terms(words: str) -> list[str]:
    """The words of a search; what stands between them is no language of any kind."""
    return re.findall(r"[^\W_]+", words)[:20]


def ids(wanted: Filter, most: int | None = None) -> list[int]:
    """The ids of all that a filter finds, or of the first of them, the oldest first."""
    query = _matching(wanted).with_only_columns(Comment.id).order_by(_id(wanted)).limit(most)
    return list(db.session.scalars(query))


def count(wanted: Filter, most: int) -> int:
    """How many a filter finds; never more than `most`, so that it never takes long."""
    found = _matching(wanted).with_only_columns(Comment.id).limit(most).subquery()
    return db.session.scalar(select(func.count()).select_from(found)) or 0


def count_new(wanted: Filter, since: int) -> int:
    """How many arrived in a view after the comment with that id; never more than MOST_NEW."""
    query = _matching(wanted).where(Comment.id > since)
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

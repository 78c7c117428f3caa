"""The filter of the moderation queue: which comments are meant, as a statement that finds them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
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
    exists,
    false,
    func,
    or_,
    select,
    table,
    text,
)

from blog.extensions import db, is_sqlite
from blog.models import Comment, ModerationEntry, Report, Status, View
from blog.queries.days import on_days
from blog.queries.search import terms

_STATUS_OF = {
    View.WAITING: Status.HELD,  # and what readers reported
    View.UNSEEN: Status.PUBLISHED,
    View.PUBLISHED: Status.PUBLISHED,
    View.REJECTED: Status.REJECTED,
    View.SPAM: Status.SPAM,
    View.TRASH: Status.TRASHED,
}
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
IndexBounds = list[tuple[ColumnElement[Any], object]]


@dataclass(frozen=True, kw_only=True)
class Filter:
    """Which comments are meant. `view` is None for all of them; what is empty does not count.

    `statuses` leaves out what stands elsewhere; `browser` is the hash that proves one person;
    `since` and `until` are days (UTC), both included; `last_entry` leaves out what arrived or was
    moved after that line of the log, `looked_at` what was edited or reported after that moment;
    `only` names comments one by one.
    """

    view: View | None = View.WAITING
    statuses: tuple[Status, ...] = ()
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
        return bool(self.words) and not self.is_search

    @property
    def is_search(self) -> bool:
        """True if there is a word to search for."""
        return bool(terms(self.words))

    @property
    def is_by_words(self) -> bool:
        """True if the index of words finds them; an e-mail address has its own."""
        return self.is_search and not _ADDRESS.fullmatch(self.words)

    @property
    def is_plain(self) -> bool:
        """True if it is a view and nothing else."""
        return self == Filter(view=self.view)

    def still_has(self, comment: Comment) -> bool:
        """True if a comment that was found stands where it was looked for."""
        is_in_view = self.view is None or self.view in comment.views
        return is_in_view and (not self.statuses or comment.status in self.statuses)


def matching(wanted: Filter, in_view: ColumnElement[bool] | None = None) -> Select[Comment]:
    """What a filter finds; `in_view` says in other words, or narrower, what the view has."""
    if in_view is None:
        in_view = _in_view(wanted.view)
    query = select(Comment).where(in_view, *_conditions(wanted))
    return _searching(query, wanted.words)


def _conditions(wanted: Filter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.statuses:
        found.append(Comment.status.in_(wanted.statuses))
    if wanted.article_id is not None:
        found.append(Comment.article_id == wanted.article_id)
    if wanted.browser:
        found.append(Comment.browser == wanted.browser)
    if wanted.reason:
        # Both databases keep JSON as it was written, and inside of a fact a quote has a backslash.
        rule = f'"rule": "{wanted.reason}"'
        found.append(cast(Comment.reasons, String).contains(rule, autoescape=True))
    if wanted.only:
        found.append(Comment.id.in_(wanted.only))
    days = on_days(Comment.created_at, wanted.since, wanted.until)
    return [*found, *days, *_as_seen(wanted)]


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
        reported = (Report.comment_id == Comment.id) & (Report.created_at > wanted.looked_at)
        yield ~exists().where(reported)


def _in_view(view: View | None) -> ColumnElement[bool]:
    if view is View.WAITING:
        public = Comment.status == Status.PUBLISHED
        return or_(in_index(view), and_(public, Comment.open_report.is_not(None)))
    return in_index(view)


def in_index(view: View | None) -> ColumnElement[bool]:
    """True for comments that the index of a view holds; what readers reported has another."""
    if view is None:  # said so, PostgreSQL does not ask an index for nearly all there are
        return Comment.status != Status.DELETED
    return and_(*(column == value for column, value in index_bounds(view)))


def index_bounds(view: View | None) -> IndexBounds:
    """Where the index of a view has its rows; what readers reported has one of its own."""
    if view is None:
        return []
    status: tuple[ColumnElement[Any], object] = (Comment.status.expression, _STATUS_OF[view])
    return [status, (Comment.approved.expression, False)] if view is View.UNSEEN else [status]


def sort_key(wanted: Filter) -> ColumnElement[int]:
    """What the pages are ordered by. SQLite's index of words gives its rows in this order."""
    is_from_index = wanted.is_by_words and is_sqlite()
    return _SEARCH.c.rowid if is_from_index else Comment.id.expression


def tune_planner(wanted: Filter) -> None:
    """Let PostgreSQL plan a search for its words, until the transaction ends.

    Memory for where a common word stands, or it reads whole pages and finds the words of every
    text on them anew; a plan for this word and not for any; neither compiled nor for several
    processes, both of which take longer to begin than a search to end.
    """
    if wanted.is_search and not is_sqlite():
        db.session.execute(_FOR_SEARCH)


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
    if is_sqlite():
        wanted = " ".join(f'"{each}"*' for each in found)
        match = text("comment_search MATCH :words").bindparams(words=wanted)
        return query.join(_SEARCH, _SEARCH.c.rowid == Comment.id).where(match)
    wanted = " & ".join(f"{each}:*" for each in found)
    return query.where(_WORDS.op("@@")(func.to_tsquery("simple", bindparam("words", wanted))))

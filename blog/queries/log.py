"""The log of decisions as the staff reads it: a decision about many comments is one line."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise

from sqlalchemy import ColumnElement, Select, literal, select
from sqlalchemy.orm import InstrumentedAttribute, joinedload

from blog.extensions import db
from blog.models import Article, BulkDecision, Comment, ModerationEntry, Revision, Status
from blog.queries.days import on_days

Line = ModerationEntry | BulkDecision
# Thousands of lines are a file: no text of a comment or an article comes with each.
_COMMENT = joinedload(ModerationEntry.comment, innerjoin=True)
_NAMED = (
    _COMMENT.load_only(Comment.name, Comment.status, Comment.browser, raiseload=True),
    _COMMENT.joinedload(Comment.article, innerjoin=True).load_only(
        Article.title, Article.slug, Article.published_at, raiseload=True
    ),
)


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which decisions are asked for: by whom, to where, on which days (UTC), about what.

    About one comment, or the comments of one browser, every decision is a line, those that were
    part of a decision about many, too.
    """

    staff_id: int | None = None
    after: Status | None = None
    since: date | None = None
    until: date | None = None
    comment_id: int | None = None
    browser: str = ""

    @property
    def is_about_some(self) -> bool:
        """True if it is about one comment, or one person."""
        return self.comment_id is not None or bool(self.browser)


def decisions(before: int | None, size: int, wanted: Wanted) -> Sequence[Line]:
    """The newest decisions, by people and by the rules; where a new comment went is none.

    One more than `size` if more follow; `before` is the `log_position` of the last one of the page
    before.
    """
    found: list[Line] = [*db.session.scalars(_entries(before, size + 1, wanted))]
    if not wanted.is_about_some:
        found += _many(before, size + 1, wanted)
    return sorted(found, key=log_position, reverse=True)[: size + 1]


def log_position(line: Line) -> int:
    """Where a line stands among the others; the newest has the highest number."""
    return line.id if isinstance(line, ModerationEntry) else line.entry_id or 0


def _entries(before: int | None, size: int, wanted: Wanted) -> Select[ModerationEntry]:
    line = ModerationEntry
    query = (
        select(line)
        .where(line.before.is_not(None), *_of(line.staff_id, line.after, line.created_at, wanted))
        .options(*_NAMED)
        .order_by(line.id.desc())
        .limit(size)
    )
    if before is not None:
        query = query.where(line.id < before)
    if wanted.comment_id is not None:
        query = query.where(line.comment_id == wanted.comment_id)
    elif wanted.browser:
        theirs = select(Comment.id).where(Comment.browser == wanted.browser)
        query = query.where(line.comment_id.in_(theirs))
    else:
        query = query.where(line.bulk_id.is_(None))
    return query


def _many(before: int | None, size: int, wanted: Wanted) -> Sequence[BulkDecision]:
    line = BulkDecision
    query = (
        select(line)
        .where(*_of(line.staff_id, line.after, line.created_at, wanted))
        .order_by(line.entry_id.desc())
        .limit(size)
    )
    if before is not None:
        query = query.where(line.entry_id < before)
    return db.session.scalars(query).all()


def _of(
    staff_id: InstrumentedAttribute[int | None],
    after: InstrumentedAttribute[Status],
    created_at: InstrumentedAttribute[datetime],
    wanted: Wanted,
) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.staff_id is not None:
        found.append(staff_id == wanted.staff_id)
    if wanted.after is not None:
        found.append(after == wanted.after)
    return [*found, *on_days(created_at, wanted.since, wanted.until)]


def texts(lines: Sequence[Line]) -> dict[int, tuple[str, str]]:
    """The old and the new text of each correction among these lines, by the number of the line.

    Of one that was taken back neither is kept.
    """
    edits = [each for each in lines if isinstance(each, ModerationEntry) and each.revision_id]
    known = _histories({each.comment_id for each in edits})
    return {
        edit.id: (old, new)
        for edit in edits
        for (number, old), (_, new) in pairwise(known[edit.comment_id])
        if number == edit.revision_id
    }


def _histories(about: Collection[int]) -> dict[int, list[tuple[int, str]]]:
    """All texts of these comments with the numbers of their revisions, the present one last."""
    found: dict[int, list[tuple[int, str]]] = {each: [] for each in about}
    past = select(Revision.comment_id, Revision.id, Revision.body).order_by(Revision.id)
    present = select(Comment.id, literal(0), Comment.body).where(Comment.id.in_(about))
    for query in (past.where(Revision.comment_id.in_(about)), present) if about else ():
        for comment_id, number, body in db.session.execute(query):
            found[comment_id].append((number, body))
    return found

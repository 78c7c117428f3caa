"""Comments as pages and rules read them."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import aliased, joinedload

from blog import clock
from blog.extensions import db
from blog.models import (
    Article,
    Comment,
    Discussion,
    Like,
    PersonNote,
    Report,
    Revision,
    Status,
)

# What an author sees of the own comments beside what everybody sees.
OWN = (Status.HELD, Status.REJECTED)


def visible_to(browser: str | None) -> ColumnElement[bool]:
    """What the viewer with that browser may read."""
    published = Comment.status == Status.PUBLISHED
    if browser is None:
        return published
    return or_(published, and_(Comment.browser == browser, Comment.status.in_(OWN)))


def latest(article_id: int, limit: int) -> Sequence[Comment]:
    """The newest public comments under an article."""
    return db.session.scalars(
        select(Comment)
        .where(Comment.article_id == article_id, Comment.status == Status.PUBLISHED)
        .order_by(Comment.id.desc())
        .limit(limit)
    ).all()


def answers_to(browser: str, limit: int) -> Sequence[Comment]:
    """The newest answers by others to what a browser wrote, where everybody can read them."""
    mine = aliased(Comment)
    return db.session.scalars(
        select(Comment)
        .join(mine, Comment.parent_id == mine.id)
        .where(
            mine.browser == browser,
            Comment.browser != browser,
            Comment.status == Status.PUBLISHED,
            mine.article.has(
                (Article.discussion != Discussion.HIDDEN) & (Article.published_at <= clock.now())
            ),
        )
        .options(joinedload(Comment.article, innerjoin=True))
        .order_by(Comment.id.desc())
        .limit(limit)
    ).all()


def by_id(comment_id: int) -> Comment | None:
    """A comment with its article, wherever it stands."""
    return db.session.scalar(
        select(Comment).where(Comment.id == comment_id).options(joinedload(Comment.article))
    )


def writer(comment_id: int) -> tuple[str, str] | None:
    """The browser that a comment came from, and the name it is signed with."""
    query = select(Comment.browser, Comment.name).where(Comment.id == comment_id)
    return db.session.execute(query).one_or_none()


def visible(article_id: int, comment_id: int, browser: str | None) -> Comment | None:
    """The comment with that number under that article, if this browser may see it."""
    return db.session.scalar(
        select(Comment).where(
            Comment.id == comment_id, Comment.article_id == article_id, visible_to(browser)
        )
    )


def published(article_id: int, comment_id: int) -> Comment | None:
    """The public comment with that number under that article."""
    return db.session.scalar(
        select(Comment).where(
            Comment.id == comment_id,
            Comment.article_id == article_id,
            Comment.status == Status.PUBLISHED,
        )
    )


def answered_among(comment_ids: Sequence[int]) -> set[int]:
    """Those that have an answer that everybody can read; of any other nobody is told."""
    if not comment_ids:
        return set()
    public = Comment.status == Status.PUBLISHED
    query = select(Comment.parent_id).where(Comment.parent_id.in_(comment_ids), public)
    return {number for number in db.session.scalars(query) if number}


def count_reports(comment_id: int) -> int:
    """From how many networks readers reported a comment."""
    networks = func.count(Report.network.distinct())
    query = select(networks).where(Report.comment_id == comment_id)
    return db.session.scalar(query) or 0


def by_email(email: str) -> Sequence[Comment]:
    """All comments that were signed with an e-mail address, in whatever case."""
    title = joinedload(Comment.article, innerjoin=True).load_only(Article.title)
    query = select(Comment).where(_signed(email)).order_by(Comment.id).options(title)
    return db.session.scalars(query).all()


def count_by_email(email: str) -> int:
    """How many comments were signed with an e-mail address, in whatever case."""
    query = select(func.count()).select_from(Comment).where(_signed(email))
    return db.session.scalar(query) or 0


def _signed(email: str) -> ColumnElement[bool]:
    # SQLite lowers ASCII only: an address with other capitals is found as it was written.
    address = email.strip()
    return or_(Comment.email == address, func.lower(Comment.email) == address.lower())


def liked_by(browsers: Collection[str]) -> Sequence[int]:
    """The ids of the comments that these browsers like, the oldest first."""
    query = select(Like.comment_id).where(Like.browser.in_(browsers)).distinct()
    return db.session.scalars(query.order_by(Like.comment_id)).all()


def earlier_texts(email: str) -> dict[int, list[str]]:
    """The texts that each comment of an e-mail address had before, the oldest first."""
    theirs = select(Comment.id).where(_signed(email))
    query = select(Revision.comment_id, Revision.body).where(Revision.comment_id.in_(theirs))
    return _gathered(query.order_by(Revision.id))


def names(browsers: Collection[str]) -> dict[str, str]:
    """The names that these browsers signed their newest comments with."""
    if not browsers:
        return {}
    newest = select(func.max(Comment.id)).where(Comment.browser.in_(browsers))
    query = select(Comment.browser, Comment.name).where(
        Comment.id.in_(newest.group_by(Comment.browser))
    )
    return dict(db.session.execute(query).all())


def notes(email: str) -> dict[str, list[str]]:
    """What the staff noted about each browser that signed a comment with an e-mail address."""
    theirs = select(Comment.browser).where(_signed(email), Comment.browser != "")
    query = select(PersonNote.browser, PersonNote.note).where(PersonNote.browser.in_(theirs))
    return _gathered(query.order_by(PersonNote.id))


def _gathered(query: Select[Any, str]) -> dict[Any, list[str]]:
    """The texts that a query finds, by what they are about."""
    found: defaultdict[Any, list[str]] = defaultdict(list)
    for about, words in db.session.execute(query):
        found[about].append(words)
    return found


def revision(revision_id: int) -> Revision | None:
    """One text that a comment had before."""
    return db.session.get(Revision, revision_id)


def last_revision(comment_id: int) -> int | None:
    """The id of the text that a comment had last before its present one."""
    query = select(func.max(Revision.id)).where(Revision.comment_id == comment_id)
    return db.session.scalar(query)

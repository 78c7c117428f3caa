"""Comments as pages and rules read them."""

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import aliased, joinedload

from blog import clock
from blog.extensions import db
from blog.models import (
    Article,
    Comment,
    Discussion,
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


def names(browsers: Collection[str]) -> dict[str, str]:
    """The names that these browsers signed their newest comments with."""
    if not browsers:
        return {}
    newest = select(func.max(Comment.id)).where(Comment.browser.in_(browsers))
    query = select(Comment.browser, Comment.name).where(
        Comment.id.in_(newest.group_by(Comment.browser))
    )
    return dict(db.session.execute(query).all())


def revision(revision_id: int) -> Revision | None:
    """One text that a comment had before."""
    return db.session.get(Revision, revision_id)


def last_revision(comment_id: int) -> int | None:
    """The id of the text that a comment had last before its present one."""
    query = select(func.max(Revision.id)).where(Revision.comment_id == comment_id)
    return db.session.scalar(query)

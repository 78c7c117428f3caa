"""Articles as the staff's pages and the commands read them: public or not."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import Subquery, func, select
from sqlalchemy.orm import defer, joinedload, selectinload

from blog import clock
from blog.extensions import db
from blog.models import Article, Author, Tag, Topic

Kind = TypeVar("Kind", Author, Tag, Topic)


@dataclass(frozen=True)
class Page:
    """One page of a list, newest first. `before` continues it, and is None on the last page."""

    articles: Sequence[Article]
    before: int | None


_LISTED = select(Article).options(  # without their text
    defer(Article.source, raiseload=True),
    defer(Article.html, raiseload=True),
    joinedload(Article.topic, innerjoin=True),
    selectinload(Article.bylines),
)


def for_editing(slug: str) -> Article | None:
    """The article with that slug, public or not."""
    return db.session.scalar(select(Article).where(Article.slug == slug))


def title(slug: str) -> tuple[int, str] | None:
    """Number and title of the article with that slug, public or not."""
    query = select(Article.id, Article.title).where(Article.slug == slug)
    return db.session.execute(query).one_or_none()


def with_slugs(kind: type[Kind], slug: str) -> Sequence[Kind]:
    """The authors, tags or topics with that slug, or with that one and more behind a hyphen."""
    longer = kind.slug.startswith(f"{slug}-", autoescape=True)
    return db.session.scalars(select(kind).where((kind.slug == slug) | longer)).all()


def any_exist() -> bool:
    """True if there is an article, public or not."""
    return db.session.scalar(select(Article.id).limit(1)) is not None


def for_staff(before: int | None, size: int) -> Page:
    """A page of all articles, the newest first, those to come too."""
    query = _LISTED if before is None else _LISTED.where(Article.place < before)
    found = db.session.scalars(query.order_by(Article.place.desc()).limit(size + 1)).all()
    more = len(found) > size
    return Page(found[:size], found[size - 1].place if more else None)


def newest(limit: int) -> Sequence[Article]:
    """The newest public articles."""
    newest_first = (Article.published_at.desc(), Article.id.desc())
    public = _LISTED.where(Article.published_at <= clock.now())
    return db.session.scalars(public.order_by(*newest_first).limit(limit)).all()


def numbered() -> Subquery:
    """Every article's id and the place it should have, counted from the oldest."""
    order = func.row_number().over(order_by=(Article.published_at, Article.id))
    return select(Article.id, order.label("place")).subquery()

"""Articles as pages read them. An article whose date is to come is in no answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Select, Subquery, func, select
from sqlalchemy.orm import defer, joinedload, selectinload

from blog import clock
from blog.extensions import db
from blog.models import Article, Author, Byline, Tag, Topic, article_tag
from blog.queries import search

RELATED = 3
Kind = TypeVar("Kind", Author, Tag, Topic)


@dataclass(frozen=True)
class Page:
    """One page of a list, newest first. `before` continues it, and is None on the last page."""

    articles: Sequence[Article]
    before: int | None


def _cards() -> Select[Article]:
    """Public articles with what a list shows of each."""
    return _listed().where(Article.published_at <= clock.now())


def _in_order() -> Select[Article]:
    """The same, for lists that are ordered by `place`: they are found by their index alone.

    Asked for by date, SQLite reads every article that is public and sorts them.
    """
    return _listed().where(Article.place <= _last_place(clock.now()).scalar_subquery())


def _listed() -> Select[Article]:
    """Articles without their text."""
    return select(Article).options(
        defer(Article.source, raiseload=True),
        defer(Article.html, raiseload=True),
        joinedload(Article.topic, innerjoin=True),
        selectinload(Article.bylines),
    )


def by_slug(slug: str) -> Article | None:
    """The public article with that slug, with all that its page shows."""
    return db.session.scalar(
        select(Article)
        .where(Article.slug == slug, Article.published_at <= clock.now())
        .options(
            defer(Article.source, raiseload=True),
            joinedload(Article.topic, innerjoin=True),
            selectinload(Article.bylines),
            selectinload(Article.tags),
        )
    )


def for_comments(slug: str) -> Article | None:
    """The public article with that slug; its text, authors and tags are loaded when asked for."""
    return db.session.scalar(
        select(Article)
        .where(Article.slug == slug, Article.published_at <= clock.now())
        .options(
            defer(Article.source, raiseload=True),
            defer(Article.html),
            joinedload(Article.topic, innerjoin=True),
        )
    )


def for_editing(slug: str) -> Article | None:
    """The article with that slug, public or not."""
    return db.session.scalar(select(Article).where(Article.slug == slug))


def for_staff(before: int | None, size: int) -> Page:
    """A page of all articles, the newest first, those to come too."""
    return _page(_listed(), before, size)


def any_exist() -> bool:
    """True if there is an article, public or not."""
    return db.session.scalar(select(Article.id).limit(1)) is not None


def newest(limit: int) -> Sequence[Article]:
    """The newest public articles."""
    return db.session.scalars(
        _cards().order_by(Article.published_at.desc(), Article.id.desc()).limit(limit)
    ).all()


def archive_pages(size: int) -> int:
    """How many pages of `size` the public articles fill; at least 1."""
    return max(1, -(-_newest_place() // size))


def archive(number: int, size: int) -> Sequence[Article]:
    """Page `number` of all public articles; page 1 is the newest.

    Found by the articles' own numbering, so page 500 costs what page 1 does.
    """
    last = _newest_place() - (number - 1) * size
    return db.session.scalars(
        _cards()
        .where(Article.place > last - size, Article.place <= last)
        .order_by(Article.place.desc())
    ).all()


def _newest_place() -> int:
    return db.session.scalar(_last_place(clock.now())) or 0


def _last_place(now: datetime) -> Select[int]:
    return (
        select(Article.place)
        .where(Article.published_at <= now)
        .order_by(Article.published_at.desc(), Article.id.desc())
        .limit(1)
    )


def in_topic(topic: Topic, before: int | None, size: int) -> Page:
    """A page of the articles in a topic."""
    return _page(_in_order().where(Article.topic_id == topic.id), before, size)


def with_tag(tag: Tag, before: int | None, size: int) -> Page:
    """A page of the articles with a tag."""
    tagged = select(article_tag.c.article_id).where(article_tag.c.tag_id == tag.id)
    return _page(_in_order().where(Article.id.in_(tagged)), before, size)


def by_author(author: Author, before: int | None, size: int) -> Page:
    """A page of the articles an author wrote, alone or with others."""
    written = select(Byline.article_id).where(Byline.author_id == author.id)
    return _page(_in_order().where(Article.id.in_(written)), before, size)


def with_words(words: str, before: int | None, size: int) -> Page:
    """A page of the articles that have all the words of a search; of signs alone, nothing."""
    terms = search.terms(words)
    if not terms:
        return Page([], None)
    return _page(_in_order().where(search.in_article(terms)), before, size)


def _page(query: Select[Article], before: int | None, size: int) -> Page:
    if before is not None:
        query = query.where(Article.place < before)
    found = db.session.scalars(query.order_by(Article.place.desc()).limit(size + 1)).all()
    more = len(found) > size
    return Page(found[:size], found[size - 1].place if more else None)


def related(article: Article) -> Sequence[Article]:
    """A few other articles of the same topic, newest first; never just the latest."""
    return db.session.scalars(
        _in_order()
        .where(Article.topic_id == article.topic_id, Article.id != article.id)
        .order_by(Article.place.desc())
        .limit(RELATED)
    ).all()


@dataclass(frozen=True)
class TopicLink:
    """A topic as the navigation names it."""

    id: int
    slug: str
    name: str


def topics() -> list[TopicLink]:
    """The topics that hold a public article, by name."""
    used = select(Article.topic_id).where(
        Article.topic_id == Topic.id, Article.published_at <= clock.now()
    )
    columns = select(Topic.id, Topic.slug, Topic.name).where(used.exists()).order_by(Topic.name)
    return [TopicLink(*row) for row in db.session.execute(columns)]


def with_slug(kind: type[Kind], slug: str) -> Kind | None:
    """The author, tag or topic with that slug."""
    return db.session.scalar(select(kind).where(kind.slug == slug))


def numbered() -> Subquery:
    """Every article's id and the place it should have, counted from the oldest."""
    order = func.row_number().over(order_by=(Article.published_at, Article.id))
    return select(Article.id, order.label("place")).subquery()


def for_feed(limit: int) -> Sequence[Article]:
    """The newest public articles with their text."""
    return db.session.scalars(
        select(Article)
        .where(Article.published_at <= clock.now())
        .options(joinedload(Article.topic, innerjoin=True), selectinload(Article.bylines))
        .order_by(Article.published_at.desc(), Article.id.desc())
        .limit(limit)
    ).all()


@dataclass(frozen=True)
class Address:
    """What a sitemap says of an article."""

    slug: str
    published_at: datetime
    updated_at: datetime | None


def for_sitemap(limit: int) -> list[Address]:
    """Addresses and dates of the newest public articles, at most `limit`."""
    columns = select(Article.slug, Article.published_at, Article.updated_at)
    newest = columns.where(Article.published_at <= clock.now()).order_by(
        Article.published_at.desc(), Article.id.desc()
    )
    return [Address(*row) for row in db.session.execute(newest.limit(limit))]

"""Lists of public articles: which ones, in what order, and how many comments each has now.

What an article in a list says is in queries/stories.py. An article whose date is to come is in no
answer.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, bindparam, select

from blog import clock
from blog.extensions import db, is_sqlite
from blog.models import Article, Byline, article_tag
from blog.models.types import UTCDateTime
from blog.queries import search

RELATED = 3
_FIRST = 2**31 - 1  # a place before which every article stands

_article, _byline = Article.__table__.c, Byline.__table__.c
_now = bindparam("now", type_=UTCDateTime)


class Listed(NamedTuple):
    """An article in a list: its number, its place, and how many comments are public now."""

    id: int
    place: int
    comment_count: int


@dataclass(frozen=True)
class Page:
    """One page of a list, newest first. `before` continues it, and is None on the last page."""

    stories: Sequence[Listed]
    before: int | None


# Statements are put together once: that costs more than asking the database.
_LISTED = select(_article.id, _article.place, _article.comment_count)
_PUBLIC = _LISTED.where(_article.published_at <= _now)
_NEWEST_FIRST = (_article.published_at.desc(), _article.id.desc())
_NEWEST = _PUBLIC.order_by(*_NEWEST_FIRST).limit(bindparam("limit"))
_LAST_PLACE = (
    select(_article.place).where(_article.published_at <= _now).order_by(*_NEWEST_FIRST).limit(1)
)
_ARCHIVE = _PUBLIC.where(
    _article.place > bindparam("above"), _article.place <= bindparam("last")
).order_by(_article.place.desc())
# For lists that are ordered by `place`: they are found by their index alone. Asked for by date,
# SQLite reads every article that is public and sorts them.
_IN_ORDER = (
    _LISTED.where(
        _article.place <= _LAST_PLACE.scalar_subquery(), _article.place < bindparam("before")
    )
    .order_by(_article.place.desc())
    .limit(bindparam("limit"))
)
_IN_TOPIC = _IN_ORDER.where(_article.topic_id == bindparam("subject"))
_WITH_TAG = _IN_ORDER.where(
    _article.id.in_(
        select(article_tag.c.article_id).where(article_tag.c.tag_id == bindparam("subject"))
    )
)
_BY_AUTHOR = _IN_ORDER.where(
    _article.id.in_(select(_byline.article_id).where(_byline.author_id == bindparam("subject")))
)
_WITH_WORDS = {
    sqlite: _IN_ORDER.where(search.in_article(sqlite=sqlite)) for sqlite in (True, False)
}
_RELATED = _IN_TOPIC.where(_article.id != bindparam("this"))
# An article and those beside it: to spell a list of any length out would take longer than to ask.
_NUMBERS = [f"number_{place}" for place in range(1 + RELATED)]
_COUNTS = select(_article.id, _article.comment_count).where(
    _article.id.in_([bindparam(name) for name in _NUMBERS])
)


def newest(limit: int) -> list[Listed]:
    """The newest public articles."""
    return _listed(_NEWEST, limit=limit)


def last_place() -> int:
    """The place of the newest public article; 0 before there is one."""
    return db.session.scalar(_LAST_PLACE, {"now": clock.now()}) or 0


def archive_pages(last: int, size: int) -> int:
    """How many pages of `size` the articles fill, of which the newest has that place."""
    return max(1, -(-last // size))


def archive(last: int, number: int, size: int) -> list[Listed]:
    """Page `number` of all public articles; page 1 is the newest, with the article in that place.

    Found by the articles' own numbering, so page 500 costs what page 1 does.
    """
    first = last - (number - 1) * size
    return _listed(_ARCHIVE, last=first, above=first - size)


def in_topic(topic_id: int, before: int | None, size: int) -> Page:
    """A page of the articles in a topic."""
    return _page(_IN_TOPIC, topic_id, before, size)


def with_tag(tag_id: int, before: int | None, size: int) -> Page:
    """A page of the articles with a tag."""
    return _page(_WITH_TAG, tag_id, before, size)


def by_author(author_id: int, before: int | None, size: int) -> Page:
    """A page of the articles an author wrote, alone or with others."""
    return _page(_BY_AUTHOR, author_id, before, size)


def with_words(words: str, before: int | None, size: int) -> Page:
    """A page of the articles that have all the words of a search; of signs alone, nothing."""
    terms = search.terms(words)
    if not terms:
        return Page([], None)
    sqlite = is_sqlite()
    asked = search.asked_for(terms, sqlite=sqlite)
    return _page(_WITH_WORDS[sqlite], None, before, size, words=asked)


def related(topic_id: int, article_id: int) -> list[Listed]:
    """A few other articles of the same topic, newest first; never just the latest."""
    return _listed(_RELATED, subject=topic_id, this=article_id, before=_FIRST, limit=RELATED)


def counts(numbers: Sequence[int]) -> dict[int, int]:
    """How many comments are public now below an article and those beside it.

    Raises ValueError for more than `1 + RELATED` numbers.
    """
    asked = [*numbers, *[0] * (len(_NUMBERS) - len(numbers))]
    rows = db.session.execute(_COUNTS, dict(zip(_NUMBERS, asked, strict=True)))
    return dict(rows.all())


def _page(
    query: Select[Any], subject: int | None, before: int | None, size: int, **values: str
) -> Page:
    first = _FIRST if before is None else before
    found = _listed(query, subject=subject, before=first, limit=size + 1, **values)
    more = len(found) > size
    return Page(found[:size], found[size - 1].place if more else None)


def _listed(query: Select[Any], **values: int | str | None) -> list[Listed]:
    rows = db.session.execute(query, {"now": clock.now(), **values}).all()
    return [Listed._make(row) for row in rows]


class Address(NamedTuple):
    """What a sitemap says of an article."""

    slug: str
    published_at: datetime
    updated_at: datetime | None


SITEMAP_CHUNK = 500  # addresses that are read at a time
_ADDRESSES = (
    select(_article.slug, _article.published_at, _article.updated_at)
    .where(_article.published_at <= _now)
    .order_by(*_NEWEST_FIRST)
    .limit(bindparam("limit"))
)


def for_sitemap(limit: int) -> Iterator[Address]:
    """Addresses and dates of the newest public articles, at most `limit`.

    They are read some at a time: all 50,000 would take memory that a process does not give back.
    """
    asked = {"now": clock.now(), "limit": limit}
    rows = db.session.execute(_ADDRESSES, asked, execution_options={"yield_per": SITEMAP_CHUNK})
    return (Address(*row) for row in rows)

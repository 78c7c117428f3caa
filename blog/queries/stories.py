"""Articles as readers' pages show them. An article whose date is to come is in no answer.

What an article says is a value that only a change of the site changes, so that whoever asks may
keep it (web/site_memory.py). How many comments it has is asked for with the lists.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import String, bindparam, join, select

from blog import clock
from blog.extensions import db
from blog.models import Article, Author, Byline, Discussion, Tag, Topic, article_tag
from blog.models.types import UTCDateTime
from blog.queries import lists

_article = Article.__table__.c
_topic, _tag, _author = Topic.__table__.c, Tag.__table__.c, Author.__table__.c
_byline = Byline.__table__.c
_now = bindparam("now", type_=UTCDateTime)


@dataclass(frozen=True)
class TopicLink:
    """A topic as a page names it."""

    id: int
    slug: str
    name: str
    description: str = ""


@dataclass(frozen=True)
class TagLink:
    """A tag as a page names it."""

    id: int
    slug: str
    name: str


@dataclass(frozen=True)
class Person:
    """An author as a page shows him or her; `folded` finds imitations of the name."""

    id: int
    slug: str
    name: str
    role: str
    bio: str
    folded: str


@dataclass(frozen=True)
class Card:
    """An article as a list shows it."""

    id: int
    slug: str
    title: str
    standfirst: str
    published_at: datetime
    picture: str
    picture_alt: str
    topic: TopicLink
    authors: tuple[Person, ...]

    @property
    def path(self) -> dict[str, Any]:
        """What an address of this article is made of."""
        return path(self.published_at, self.slug)


@dataclass(frozen=True)
class Story(Card):
    """An article as its page shows it, with the numbers of a few others of its topic."""

    html: str
    minutes: int
    updated_at: datetime | None
    correction: str
    picture_caption: str
    picture_credit: str
    discussion: Discussion
    stays_open: bool
    tags: tuple[TagLink, ...]
    related: tuple[int, ...]


@dataclass(frozen=True)
class Entry(Card):
    """An article as the feed has it: whole."""

    html: str
    updated_at: datetime | None


def path(published_at: datetime, slug: str) -> dict[str, Any]:
    """What an address of an article is made of."""
    return {"year": published_at.year, "month": published_at.month, "slug": slug}


_TOPIC = (_topic.id, _topic.slug, _topic.name, _topic.description)
_CARD = (
    _article.id, _article.slug, _article.title, _article.standfirst, _article.published_at,
    _article.picture, _article.picture_alt,
)  # fmt: skip
_STORY = (
    _article.html, _article.minutes, _article.updated_at, _article.correction,
    _article.picture_caption, _article.picture_credit, _article.discussion, _article.stays_open,
)  # fmt: skip
_PERSON = (_author.id, _author.slug, _author.name, _author.role, _author.bio, _author.folded)
_JOINED = join(Article.__table__, Topic.__table__)
_CARDS = (
    select(*_CARD, *_TOPIC)
    .select_from(_JOINED)
    .where(_article.id.in_(bindparam("numbers", expanding=True)))
)
_BY_SLUG = (
    select(*_CARD, *_TOPIC, *_STORY)
    .select_from(_JOINED)
    .where(_article.slug == bindparam("slug"), _article.published_at <= _now)
)
_ENTRIES = (
    select(*_CARD, *_TOPIC, _article.html, _article.updated_at)
    .select_from(_JOINED)
    .where(_article.published_at <= _now)
    .order_by(_article.published_at.desc(), _article.id.desc())
    .limit(bindparam("limit"))
)
_AUTHORS = (
    select(_byline.article_id, *_PERSON)
    .select_from(join(Byline.__table__, Author.__table__))
    .where(_byline.article_id.in_(bindparam("numbers", expanding=True)))
    .order_by(_byline.article_id, _byline.place)
)
_TAGS = (
    select(_tag.id, _tag.slug, _tag.name)
    .select_from(join(article_tag, Tag.__table__))
    .where(article_tag.c.article_id == bindparam("article"))
    .order_by(_tag.name)
)


def cards(numbers: Sequence[int]) -> dict[int, Card]:
    """What lists show of these articles."""
    authors = _authors(numbers)
    rows = db.session.execute(_CARDS, {"numbers": list(numbers)})
    return {row.id: Card(**_card(row, authors)) for row in rows}


def for_feed(limit: int) -> list[Entry]:
    """The newest public articles with their text."""
    rows = db.session.execute(_ENTRIES, {"now": clock.now(), "limit": limit}).all()
    authors = _authors([row.id for row in rows])
    return [Entry(**_card(row, authors), html=row.html, updated_at=row.updated_at) for row in rows]


def by_slug(slug: str) -> Story | None:
    """The public article with that slug, with all that its page shows."""
    row = db.session.execute(_BY_SLUG, {"slug": slug, "now": clock.now()}).first()
    if row is None:
        return None
    card = _card(row, _authors([row.id]))
    said = {column.name: getattr(row, column.name) for column in _STORY}
    tags = tuple(TagLink(*tag) for tag in db.session.execute(_TAGS, {"article": row.id}))
    related = tuple(each.id for each in lists.related(card["topic"].id, row.id))
    return Story(**card, **said, tags=tags, related=related)


def _card(row: Any, authors: dict[int, tuple[Person, ...]]) -> dict[str, Any]:
    """A card's values, of a row that starts with _CARD and _TOPIC."""
    values = {column.name: value for column, value in zip(_CARD, row, strict=False)}
    topic = TopicLink(*row[len(_CARD) : len(_CARD) + len(_TOPIC)])
    return values | {"topic": topic, "authors": authors[row.id]}


def _authors(numbers: Sequence[int]) -> dict[int, tuple[Person, ...]]:
    found: dict[int, tuple[Person, ...]] = defaultdict(tuple)
    for article_id, *person in db.session.execute(_AUTHORS, {"numbers": list(numbers)}):
        found[article_id] += (Person(*person),)
    return found


# --- What articles are listed under ----------------------------------------------------------

# What has no public article says nothing yet: its very name may be news.
_IN_TOPIC = (
    select(_article.id)
    .where(_article.topic_id == _topic.id, _article.published_at <= _now)
    .exists()
)
_WITH_TAG = (
    select(_article.id)
    .select_from(join(article_tag, Article.__table__))
    .where(article_tag.c.tag_id == _tag.id, _article.published_at <= _now)
    .exists()
)
_BY_AUTHOR = (
    select(_article.id)
    .select_from(join(Byline.__table__, Article.__table__))
    .where(_byline.author_id == _author.id, _article.published_at <= _now)
    .exists()
)
_slug = bindparam("slug", type_=String)
_TOPIC_BY_SLUG = select(*_TOPIC).where(_topic.slug == _slug, _IN_TOPIC)
_TAG_BY_SLUG = select(_tag.id, _tag.slug, _tag.name).where(_tag.slug == _slug, _WITH_TAG)
_AUTHOR_BY_SLUG = select(*_PERSON).where(_author.slug == _slug, _BY_AUTHOR)
_TOPICS = select(*_TOPIC).where(_IN_TOPIC).order_by(_topic.name)


def topics() -> list[TopicLink]:
    """The topics that hold a public article, by name."""
    return [TopicLink(*row) for row in db.session.execute(_TOPICS, {"now": clock.now()})]


def topic(slug: str) -> TopicLink | None:
    """The topic with that slug, if a public article has it."""
    row = db.session.execute(_TOPIC_BY_SLUG, {"slug": slug, "now": clock.now()}).first()
    return TopicLink(*row) if row else None


def tag(slug: str) -> TagLink | None:
    """The tag with that slug, if a public article has it."""
    row = db.session.execute(_TAG_BY_SLUG, {"slug": slug, "now": clock.now()}).first()
    return TagLink(*row) if row else None


def author(slug: str) -> Person | None:
    """The author with that slug, if a public article has it."""
    row = db.session.execute(_AUTHOR_BY_SLUG, {"slug": slug, "now": clock.now()}).first()
    return Person(*row) if row else None

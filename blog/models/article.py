"""Articles and what they are listed under."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text
from sqlalchemy.ext.orderinglist import ordering_list
from sqlalchemy.orm import Mapped, mapped_column, relationship

from blog.extensions import Base
from blog.models.types import UTCDateTime, words

article_tag = Table(
    "article_tag",
    Base.metadata,
    Column("article_id", ForeignKey("article.id", ondelete="CASCADE"), primary_key=True),
    Column("tag_id", ForeignKey("tag.id", ondelete="CASCADE"), primary_key=True, index=True),
)


class Author(Base):
    """A byline: a person, or a desk such as "Newsroom".

    `folded` is the name as `services.text.fold_name` reduces it, so that an imitation is found.
    """

    __tablename__ = "author"
    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(100), unique=True)
    name: Mapped[str] = mapped_column(String(100))
    folded: Mapped[str] = mapped_column(Text, index=True)
    role: Mapped[str] = mapped_column(String(100), default="")
    bio: Mapped[str] = mapped_column(Text, default="")


class Topic(Base):
    """A section of the paper; an article stands in one."""

    __tablename__ = "topic"
    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(100), unique=True)
    name: Mapped[str] = mapped_column(String(100))
    description: Mapped[str] = mapped_column(Text, default="")


class Tag(Base):
    """A subject; an article may have several."""

    __tablename__ = "tag"
    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(100), unique=True)
    name: Mapped[str] = mapped_column(String(100))


class Discussion(StrEnum):
    """What readers may do below an article: comment, comment and wait, read on, or nothing."""

    OPEN = "open"
    HELD = "held"
    CLOSED = "closed"
    HIDDEN = "hidden"


class Byline(Base):
    """One author of an article, in the order in which they are named."""

    __tablename__ = "byline"
    article_id: Mapped[int] = mapped_column(
        ForeignKey("article.id", ondelete="CASCADE"), primary_key=True
    )
    author_id: Mapped[int] = mapped_column(ForeignKey("author.id"), primary_key=True, index=True)
    place: Mapped[int] = mapped_column(Integer, default=0)
    author: Mapped[Author] = relationship(lazy="joined", innerjoin=True)


class Article(Base):
    """A story. It is public from `published_at` on: a date to come is a schedule.

    `place` numbers all articles from the oldest, so that page 500 of the archive is found as
    fast as page 1. `comment_count` counts published comments and changes with them. `stays_open`
    exempts it from the setting that closes discussions after some days.
    """

    __tablename__ = "article"
    __table_args__ = (
        Index("ix_article_topic_id_place", "topic_id", "place"),
        Index("ix_article_published_at_id", "published_at", "id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(100), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    standfirst: Mapped[str] = mapped_column(String(400))
    source: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)
    minutes: Mapped[int] = mapped_column(default=1)
    published_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    correction: Mapped[str] = mapped_column(Text, default="")
    picture: Mapped[str] = mapped_column(String(200), default="")
    picture_alt: Mapped[str] = mapped_column(String(500), default="")
    picture_caption: Mapped[str] = mapped_column(String(500), default="")
    picture_credit: Mapped[str] = mapped_column(String(200), default="")
    discussion: Mapped[Discussion] = mapped_column(
        words(Discussion, "discussion"), default=Discussion.OPEN
    )
    stays_open: Mapped[bool] = mapped_column(default=False)
    comment_count: Mapped[int] = mapped_column(default=0)
    place: Mapped[int] = mapped_column(default=0, index=True)
    topic_id: Mapped[int] = mapped_column(ForeignKey("topic.id"))

    topic: Mapped[Topic] = relationship()
    tags: Mapped[list[Tag]] = relationship(secondary=article_tag, order_by=Tag.name)
    bylines: Mapped[list[Byline]] = relationship(
        order_by=Byline.place,
        collection_class=ordering_list("place"),
        cascade="all, delete-orphan",
    )

    @property
    def authors(self) -> list[Author]:
        """The authors in the order of the byline."""
        return [byline.author for byline in self.bylines]

    @property
    def path(self) -> dict[str, Any]:
        """What an address of this article is made of."""
        moment = self.published_at
        return {"year": moment.year, "month": moment.month, "slug": self.slug}

"""Comments, and the log of what was decided about them."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from blog.config import BODY_COLUMN, EMAIL_COLUMN, NAME_COLUMN, NOTE_COLUMN, WEBSITE_COLUMN
from blog.extensions import Base
from blog.models.article import Article
from blog.models.types import UTCDateTime, words


class Status(StrEnum):
    """Where a comment stands. Only `published` is public."""

    HELD = "held"
    PUBLISHED = "published"
    REJECTED = "rejected"
    SPAM = "spam"
    DELETED = "deleted"  # by its author; nothing of it is left in the row


# What the moderation queue shows; of a deleted comment there is nothing to see.
IN_QUEUE = (Status.HELD, Status.PUBLISHED, Status.REJECTED, Status.SPAM)


class Complaint(StrEnum):
    """Why a reader reports a comment."""

    SPAM = "spam"
    ABUSIVE = "abusive"
    OFF_TOPIC = "off-topic"
    OTHER = "other"


class Badge(StrEnum):
    """What the site vouches for beside a name; no text of a reader can set it."""

    NONE = "none"
    AUTHOR = "author"
    STAFF = "staff"


class Comment(Base):
    """One comment, with the HTML that was made of it once.

    A thread has a root (`root_id` is null) and replies that all carry the root's id; `parent_id`
    is the comment that was answered. `browser` is the hash of the token that proves its author;
    `request_key` makes a second click the same comment; `fingerprint` finds the same text again.
    `vetted` says that a moderator approved the text as it is now.
    """

    __tablename__ = "comment"
    __table_args__ = (
        CheckConstraint(
            f"status = 'deleted' OR length(body) BETWEEN 1 AND {BODY_COLUMN}", name="body_length"
        ),
        CheckConstraint(
            f"status = 'deleted' OR length(name) BETWEEN 1 AND {NAME_COLUMN}", name="name_length"
        ),
        Index("ix_comment_article_id_status_id", "article_id", "status", "id"),
        Index("ix_comment_status_id", "status", "id"),
        Index("ix_comment_browser_status", "browser", "status"),
        Index("ix_comment_network_created_at", "network", "created_at"),
        # Only recent comments have an address: what is to be forgotten is found at once.
        Index(
            "ix_comment_created_at_network",
            "created_at",
            sqlite_where=text("network != ''"),
            postgresql_where=text("network != ''"),
        ),
        Index("ix_comment_email", "email"),
        Index("ix_comment_article_id_fingerprint", "article_id", "fingerprint"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id", ondelete="CASCADE"))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("comment.id"), index=True)
    root_id: Mapped[int | None] = mapped_column(ForeignKey("comment.id"), index=True)
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    name: Mapped[str] = mapped_column(String(NAME_COLUMN))
    email: Mapped[str] = mapped_column(String(EMAIL_COLUMN))
    website: Mapped[str] = mapped_column(String(WEBSITE_COLUMN), default="")
    body: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)
    badge: Mapped[Badge] = mapped_column(words(Badge, "badge"), default=Badge.NONE)
    status: Mapped[Status] = mapped_column(words(Status, "status"))
    reasons: Mapped[list[dict[str, str]]] = mapped_column(JSON, default=list)
    browser: Mapped[str] = mapped_column(String(64))
    network: Mapped[str] = mapped_column(String(64))
    request_key: Mapped[str] = mapped_column(String(64), unique=True)
    fingerprint: Mapped[str] = mapped_column(String(64), default="")
    like_count: Mapped[int] = mapped_column(default=0)
    vetted: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    edited_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    article: Mapped[Article] = relationship()
    parent: Mapped["Comment | None"] = relationship(
        foreign_keys=[parent_id], remote_side=[id], viewonly=True
    )
    reports: Mapped[list["Report"]] = relationship(order_by="Report.id", viewonly=True)

    @property
    def thread_id(self) -> int:
        """The id of the root under which this comment is shown."""
        return self.root_id or self.id


class Revision(Base):
    """A comment's text as it was before an edit."""

    __tablename__ = "revision"
    id: Mapped[int] = mapped_column(primary_key=True)
    comment_id: Mapped[int] = mapped_column(
        ForeignKey("comment.id", ondelete="CASCADE"), index=True
    )
    body: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class Like(Base):
    """One browser likes one comment."""

    __tablename__ = "comment_like"
    comment_id: Mapped[int] = mapped_column(
        ForeignKey("comment.id", ondelete="CASCADE"), primary_key=True
    )
    browser: Mapped[str] = mapped_column(String(64), primary_key=True, index=True)


class Report(Base):
    """One browser's complaint about a comment."""

    __tablename__ = "report"
    __table_args__ = (UniqueConstraint("comment_id", "browser"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    comment_id: Mapped[int] = mapped_column(ForeignKey("comment.id", ondelete="CASCADE"))
    browser: Mapped[str] = mapped_column(String(64))
    complaint: Mapped[Complaint] = mapped_column(words(Complaint, "complaint"))
    note: Mapped[str] = mapped_column(String(NOTE_COLUMN), default="")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class ModerationEntry(Base):
    """One line of the log: who moved a comment from where to where, why and when."""

    __tablename__ = "moderation_entry"
    id: Mapped[int] = mapped_column(primary_key=True)
    comment_id: Mapped[int] = mapped_column(
        ForeignKey("comment.id", ondelete="CASCADE"), index=True
    )
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    by: Mapped[str] = mapped_column(String(NAME_COLUMN))
    before: Mapped[Status | None] = mapped_column(words(Status, "before"))
    after: Mapped[Status] = mapped_column(words(Status, "after"))
    reasons: Mapped[list[dict[str, str]]] = mapped_column(JSON, default=list)
    undo_of: Mapped[int | None] = mapped_column(ForeignKey("moderation_entry.id"), unique=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

    comment: Mapped[Comment] = relationship()


class QueueCount(Base):
    """How many comments have a status; changed by difference in the transaction that moves one."""

    __tablename__ = "queue_count"
    status: Mapped[Status] = mapped_column(words(Status, "status"), primary_key=True)
    count: Mapped[int] = mapped_column(default=0)

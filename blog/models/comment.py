"""Comments, and what readers and their authors do with them."""

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
    TRASHED = "trashed"
    DELETED = "deleted"  # by its author, with the trash or by an erasure; the row keeps nothing


# What the moderation queue shows; of a deleted comment there is nothing to see.
IN_QUEUE = (Status.HELD, Status.PUBLISHED, Status.REJECTED, Status.SPAM, Status.TRASHED)


class View(StrEnum):
    """What a moderator looks at in the queue. A comment may stand in several views."""

    WAITING = "waiting"  # held, or public with a report that nobody has looked at
    UNSEEN = "unseen"  # public by the rules alone
    PUBLISHED = "published"
    REJECTED = "rejected"
    SPAM = "spam"
    TRASH = "trash"


_VIEW_OF = {
    Status.HELD: View.WAITING,
    Status.PUBLISHED: View.PUBLISHED,
    Status.REJECTED: View.REJECTED,
    Status.SPAM: View.SPAM,
    Status.TRASHED: View.TRASH,
}


class Complaint(StrEnum):
    """Why a reader reports a comment."""

    SPAM = "spam"
    ABUSIVE = "abusive"
    OFF_TOPIC = "off-topic"
    OTHER = "other"


class Rule(StrEnum):
    """What may speak against a comment, in the order in which a moderator reads it.

    services/decision.py says when, but for reports, which come later.
    """

    TRAP = "trap"
    BLOCKED = "blocked"
    REFUSED_WORD = "refused_word"
    HELD_PERSON = "held_person"
    FIRST = "first"
    LINKS = "links"
    HELD_WORD = "held_word"
    RECORD = "record"
    LIKENESS = "likeness"
    ARTICLE = "article"
    REPORTS = "reports"


class Lesson(StrEnum):
    """What the filter learned from a comment: text that is wanted, or text that is not."""

    GOOD = "good"
    BAD = "bad"


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
    `approved` says that a moderator approved the text as it is now, `lesson` what the filter
    learned from it, `open_report` is the first report that no moderator has looked at.
    `reply_count` counts the published replies below a root. `wants_mail` asks for mail about
    answers, which only goes to an address that its browser has confirmed.
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
        Index("ix_comment_status_vetted_id", "status", "vetted", "id"),
        Index(
            "ix_comment_open_report",
            "open_report",
            sqlite_where=text("open_report IS NOT NULL"),
            postgresql_where=text("open_report IS NOT NULL"),
        ),
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
        # Most comments answer none, and each index is a page more to write with every comment.
        Index(
            "ix_comment_parent_id",
            "parent_id",
            sqlite_where=text("parent_id IS NOT NULL"),
            postgresql_where=text("parent_id IS NOT NULL"),
        ),
        Index(
            "ix_comment_root_id_id",
            "root_id",
            "id",
            sqlite_where=text("root_id IS NOT NULL"),
            postgresql_where=text("root_id IS NOT NULL"),
        ),
        # A page of a conversation is fifty roots in one of two orders.
        Index(
            "ix_comment_article_id_id",
            "article_id",
            "id",
            sqlite_where=text("root_id IS NULL"),
            postgresql_where=text("root_id IS NULL"),
        ),
        Index(
            "ix_comment_article_id_like_count_id",
            "article_id",
            "like_count",
            "id",
            sqlite_where=text("root_id IS NULL"),
            postgresql_where=text("root_id IS NULL"),
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id", ondelete="CASCADE"))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("comment.id"))
    root_id: Mapped[int | None] = mapped_column(ForeignKey("comment.id"))
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
    reply_count: Mapped[int] = mapped_column(default=0)
    approved: Mapped[bool] = mapped_column("vetted", default=False)
    open_report: Mapped[int | None]
    lesson: Mapped[Lesson | None] = mapped_column(words(Lesson, "lesson"))
    wants_mail: Mapped[bool] = mapped_column(default=False)
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

    @property
    def views(self) -> set[View]:
        """The views of the queue in which it stands."""
        found = {_VIEW_OF[self.status]} if self.status in _VIEW_OF else set()
        if self.status is Status.PUBLISHED:
            found |= {View.UNSEEN} if not self.approved else set()
            found |= {View.WAITING} if self.open_report else set()
        return found

    @property
    def is_settled(self) -> bool:
        """True if nothing is left to look at: it was approved, and nobody reported it since."""
        return self.approved and self.open_report is None

    @property
    def stand(self) -> str:
        """Where a moderator sees it stand, for a form: `published-approved-12` has a report."""
        approved = "-approved" if self.approved else ""
        report = f"-{self.open_report}" if self.open_report else ""
        return f"{self.status.value}{approved}{report}"

    @property
    def changed_at(self) -> datetime:
        """When the text became what it is."""
        return self.edited_at or self.created_at

    @property
    def version(self) -> str:
        """Names the text as it is now: a decision is about the text that was looked at."""
        return self.edited_at.isoformat() if self.edited_at else "first"


class Revision(Base):
    """A comment's text as it was before an edit; `edited_at` is when that text was made by one."""

    __tablename__ = "revision"
    id: Mapped[int] = mapped_column(primary_key=True)
    comment_id: Mapped[int] = mapped_column(
        ForeignKey("comment.id", ondelete="CASCADE"), index=True
    )
    body: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    edited_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


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
    __table_args__ = (
        UniqueConstraint("comment_id", "browser"),
        Index(
            "ix_report_created_at_network",
            "created_at",
            sqlite_where=text("network != ''"),
            postgresql_where=text("network != ''"),
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    comment_id: Mapped[int] = mapped_column(ForeignKey("comment.id", ondelete="CASCADE"))
    browser: Mapped[str] = mapped_column(String(64))
    network: Mapped[str] = mapped_column(String(64), default="")
    complaint: Mapped[Complaint] = mapped_column(words(Complaint, "complaint"))
    note: Mapped[str] = mapped_column(String(NOTE_COLUMN), default="")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

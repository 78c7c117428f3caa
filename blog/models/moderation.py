"""The log of what was decided about comments, and what is counted of them."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from blog.config import NAME_COLUMN, NOTE_COLUMN
from blog.extensions import Base
from blog.models.comment import Comment, Lesson, Status, View
from blog.models.types import UTCDateTime, words


class ModerationEntry(Base):
    """One line of the log: who moved a comment from where to where, why and when.

    `was_approved`, `was_lesson` and `was_report` are what an undo brings back beside the status;
    `note` is what a moderator tells the comment's author; `bulk_id` is the decision about many
    comments that this one is part of, `revision_id` the text that a moderator replaced, `answer_id`
    the staff's answer that went out with it.
    """

    __tablename__ = "moderation_entry"
    __table_args__ = (
        # The log shows decisions; where a new comment went is none.
        Index(
            "ix_moderation_entry_decided",
            "id",
            sqlite_where=text("before IS NOT NULL"),
            postgresql_where=text("before IS NOT NULL"),
        ),
        # And a decision about many is one line, which stands in its own table.
        Index(
            "ix_moderation_entry_single",
            "id",
            sqlite_where=text("before IS NOT NULL AND bulk_id IS NULL"),
            postgresql_where=text("before IS NOT NULL AND bulk_id IS NULL"),
        ),
        # The line about a new comment, which the rules placed, names nobody of the staff.
        Index(
            "ix_moderation_entry_staff_id_id",
            "staff_id",
            "id",
            sqlite_where=text("staff_id IS NOT NULL"),
            postgresql_where=text("staff_id IS NOT NULL"),
        ),
        # Of those that are part of one only: else SQLite would take it for all the others, too.
        Index(
            "ix_moderation_entry_bulk_id_comment_id",
            "bulk_id",
            "comment_id",
            sqlite_where=text("bulk_id IS NOT NULL"),
            postgresql_where=text("bulk_id IS NOT NULL"),
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    comment_id: Mapped[int] = mapped_column(
        ForeignKey("comment.id", ondelete="CASCADE"), index=True
    )
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    by: Mapped[str] = mapped_column(String(NAME_COLUMN))
    before: Mapped[Status | None] = mapped_column(words(Status, "before"))
    after: Mapped[Status] = mapped_column(words(Status, "after"))
    reasons: Mapped[list[dict[str, str]]] = mapped_column(JSON, default=list)
    was_approved: Mapped[bool] = mapped_column("was_vetted", default=False)
    was_lesson: Mapped[Lesson | None] = mapped_column(words(Lesson, "was_lesson"))
    was_report: Mapped[int | None]
    bulk_id: Mapped[int | None] = mapped_column(ForeignKey("bulk_decision.id"))
    revision_id: Mapped[int | None]
    answer_id: Mapped[int | None]
    note: Mapped[str] = mapped_column(String(NOTE_COLUMN), default="")
    undo_of: Mapped[int | None] = mapped_column(ForeignKey("moderation_entry.id"), unique=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

    comment: Mapped[Comment] = relationship()


class BulkDecision(Base):
    """One decision about every comment that a filter found; it is taken back as a whole.

    `about` is the filter as the address of the queue says it, `undo_of` the one that this takes
    back. `entry_id` is its last line in the log about comments: there it stands among the others.
    """

    __tablename__ = "bulk_decision"
    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    by: Mapped[str] = mapped_column(String(NAME_COLUMN))
    after: Mapped[Status] = mapped_column(words(Status, "after"))
    about: Mapped[dict[str, Any]] = mapped_column(JSON)
    count: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    undone_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    undo_of: Mapped[int | None]
    entry_id: Mapped[int | None] = mapped_column(index=True)

    @property
    def is_undoable(self) -> bool:
        """True unless it was taken back, took something back, or emptied the trash."""
        return not (self.undone_at or self.undo_of or self.after is Status.DELETED)


class QueueCount(Base):
    """How many comments a view has; changed by difference in the transaction that moves one."""

    __tablename__ = "queue_count"
    view: Mapped[View] = mapped_column(words(View, "view"), primary_key=True)
    count: Mapped[int] = mapped_column(default=0)


class DayCount(Base):
    """How many comments arrived on a day (UTC), and how many of them did not pass the rules."""

    __tablename__ = "day_count"
    day: Mapped[date] = mapped_column(primary_key=True)
    arrived: Mapped[int] = mapped_column(default=0)
    stopped: Mapped[int] = mapped_column(default=0)

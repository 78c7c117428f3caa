"""What the staff sets up: settings, blocks, what the filter knows, and the log of changes."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from blog.config import EMAIL_COLUMN, NAME_COLUMN, NOTE_COLUMN
from blog.extensions import Base
from blog.models.comment import Comment
from blog.models.moderation import ModerationEntry
from blog.models.types import UTCDateTime, words


class PageVersion(Base):
    """The number of the last change of what readers see; only triggers write it (migration 0005).

    `all` counts every change, in the order in which transactions end: its row is held until then.
    On PostgreSQL all changes of a transaction have one number (migration 0006).
    `site` and `article 17` have the number of the last change of every page, and of the pages that
    show or count the comments of one article.
    """

    __tablename__ = "page_version"
    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger, index=True)


class SettingRow(Base):
    """A setting that an administrator changed in the dashboard; the others have their default."""

    __tablename__ = "setting"
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[object] = mapped_column(JSON)


class BlockKind(StrEnum):
    """What a block is about."""

    BROWSER = "browser"
    EMAIL = "email"
    DOMAIN = "domain"
    NETWORK = "network"


class Effect(StrEnum):
    """What a block does to the comments of those it is about."""

    REJECT = "reject"
    HOLD = "hold"
    TRUST = "trust"  # the opposite of a block: what would wait is published


class Block(Base):
    """Whose comments are rejected, held or trusted: a browser, an address, a domain, a network.

    `value` is compared as `services.blocks` spells it. `until` is empty for a block without an end.
    """

    __tablename__ = "block"
    __table_args__ = (UniqueConstraint("kind", "value"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[BlockKind] = mapped_column(words(BlockKind, "kind"))
    value: Mapped[str] = mapped_column(String(EMAIL_COLUMN))
    effect: Mapped[Effect] = mapped_column(words(Effect, "effect"), default=Effect.REJECT)
    note: Mapped[str] = mapped_column(String(NOTE_COLUMN), default="")
    until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class PersonNote(Base):
    """What the staff notes about the person behind a browser, for each other."""

    __tablename__ = "person_note"
    id: Mapped[int] = mapped_column(primary_key=True)
    browser: Mapped[str] = mapped_column(String(64), index=True)
    by: Mapped[str] = mapped_column(String(NAME_COLUMN))
    note: Mapped[str] = mapped_column(String(NOTE_COLUMN))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class FilterToken(Base):
    """In how many unwanted and wanted comments a feature of the text stood.

    `id` is the feature's hash; the row 0 counts the comments themselves.
    """

    __tablename__ = "filter_token"
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    bad: Mapped[int] = mapped_column(default=0)
    good: Mapped[int] = mapped_column(default=0)


class ChangeEntry(Base):
    """One line of the log about the site: a setting, a block or an article was changed.

    `before` and `after` are for people. `was` and `became` are what an undo compares and brings
    back; of what cannot be taken back they are empty. `undo_of` is the line that this takes back.
    Without a `staff_id` somebody used a command on the server.
    """

    __tablename__ = "change_entry"
    __table_args__ = (Index("ix_change_entry_undo_of", "undo_of", unique=True),)
    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    by: Mapped[str] = mapped_column(String(NAME_COLUMN))
    what: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(Text)
    before: Mapped[str] = mapped_column(Text, default="")
    after: Mapped[str] = mapped_column(Text, default="")
    was: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    became: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    undo_of: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class ConfirmedEmail(Base):
    """A browser has opened a link that was mailed to this address."""

    __tablename__ = "confirmed_email"
    __table_args__ = (Index("ix_confirmed_email_email", "email"),)
    browser: Mapped[str] = mapped_column(String(64), primary_key=True)
    email: Mapped[str] = mapped_column(String(EMAIL_COLUMN), primary_key=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class MailKind(StrEnum):
    """What a mail is about; the last three go to the staff."""

    CONFIRM = "confirm"
    ANSWER = "answer"
    APPROVED = "approved"
    REJECTED = "rejected"
    WAITING = "waiting"
    DIGEST = "digest"
    RESET = "reset"


class Mail(Base):
    """A mail that waits to be sent. A decision's undo takes back what was not sent yet.

    A digest and a reset are about no single comment.
    """

    __tablename__ = "mail"
    __table_args__ = (
        Index("ix_mail_due_at", "due_at"),
        UniqueConstraint("kind", "comment_id", "email"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[MailKind] = mapped_column(words(MailKind, "kind"))
    email: Mapped[str] = mapped_column(String(EMAIL_COLUMN))
    comment_id: Mapped[int | None] = mapped_column(
        ForeignKey("comment.id", ondelete="CASCADE"), index=True
    )
    entry_id: Mapped[int | None] = mapped_column(
        ForeignKey("moderation_entry.id", ondelete="CASCADE"), index=True
    )
    tries: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    due_at: Mapped[datetime] = mapped_column(UTCDateTime)

    comment: Mapped[Comment | None] = relationship()
    entry: Mapped[ModerationEntry | None] = relationship()

"""The people who run the site. Readers and commenters have no account."""

from datetime import datetime
from enum import StrEnum

from flask_security import AsaList, RoleMixin, UserMixin, WebAuthnMixin
from sqlalchemy import BigInteger, Column, ForeignKey, LargeBinary, String, Table, Text
from sqlalchemy.ext.mutable import MutableList
from sqlalchemy.orm import Mapped, mapped_column, relationship

from blog import clock
from blog.config import EMAIL_COLUMN, NAME_COLUMN
from blog.extensions import Base
from blog.models.types import UTCDateTime, words

# What somebody on the staff can be; services/rights.py says what each may do.
ADMINISTRATOR, EDITOR, AUTHOR, MODERATOR = "administrator", "editor", "author", "moderator"

staff_role = Table(
    "staff_role",
    Base.metadata,
    Column("staff_id", ForeignKey("staff.id", ondelete="CASCADE"), primary_key=True),
    Column("role_id", ForeignKey("role.id", ondelete="CASCADE"), primary_key=True),
)


class Role(Base, RoleMixin):
    """What a member of staff is: a name of the table MAY in services/rights.py."""

    __tablename__ = "role"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40), unique=True)


class Invitation(Base):
    """A link by which somebody joins the staff, once; `token` is the hash of what is in it."""

    __tablename__ = "invitation"
    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(64), unique=True)
    role: Mapped[str] = mapped_column(String(40))
    by: Mapped[str] = mapped_column(String(NAME_COLUMN))
    until: Mapped[datetime] = mapped_column(UTCDateTime)


class Notify(StrEnum):
    """How often somebody wants mail about comments that wait."""

    OFF = "off"
    AT_ONCE = "at once"
    QUARTER = "15 minutes"
    HOURLY = "hourly"
    DAILY = "daily"


class Staff(Base, UserMixin):
    """A member of staff. `fs_uniquifier` is in each session; changing it ends them all.

    `folded` is the name as `services.text.fold_name` reduces it, so that an imitation is found.
    What begins with `tf_`, `mf_` and `fs_` is named by Flask-Security: the second factor, the
    recovery codes (both encrypted) and whom a passkey belongs to. `tf_last_counter` is the step
    of the last code that was used, so that no code is good twice. `told_entry` and `told_report`
    are the newest decision and report when somebody was told by mail what waits, at `notified_at`.
    """

    __tablename__ = "staff"
    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(EMAIL_COLUMN), unique=True)
    name: Mapped[str] = mapped_column(String(NAME_COLUMN))
    folded: Mapped[str] = mapped_column(Text, index=True)
    password: Mapped[str] = mapped_column(String(255))
    active: Mapped[bool] = mapped_column(default=True)
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True)
    tf_primary_method: Mapped[str | None] = mapped_column(String(64))
    tf_totp_secret: Mapped[str | None] = mapped_column(String(255))
    tf_last_counter: Mapped[int | None] = mapped_column(BigInteger)
    mf_recovery_codes: Mapped[list[str] | None] = mapped_column(MutableList.as_mutable(AsaList()))
    fs_webauthn_user_handle: Mapped[str | None] = mapped_column(String(64), unique=True)  # type: ignore[assignment]
    notify: Mapped[Notify] = mapped_column(words(Notify, "notify"), default=Notify.OFF)
    notified_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    told_entry: Mapped[int] = mapped_column(default=0)
    told_report: Mapped[int] = mapped_column(default=0)
    roles: Mapped[list[Role]] = relationship(  # type: ignore[assignment]
        secondary=staff_role
    )
    webauthn: Mapped[list["Passkey"]] = relationship(  # type: ignore[assignment]
        back_populates="member", cascade="all, delete-orphan", passive_deletes=True
    )


class Passkey(Base, WebAuthnMixin):
    """A key in somebody's device that signs in by itself; the columns are Flask-Security's."""

    __tablename__ = "passkey"
    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    credential_id: Mapped[bytes] = mapped_column(LargeBinary(1024), unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int] = mapped_column(default=0)
    transports: Mapped[list[str] | None] = mapped_column(MutableList.as_mutable(AsaList()))
    backup_state: Mapped[bool]
    device_type: Mapped[str] = mapped_column(String(64))
    extensions: Mapped[str | None] = mapped_column(String(255))
    name: Mapped[str] = mapped_column(String(64))
    usage: Mapped[str] = mapped_column(String(64))
    lastuse_datetime: Mapped[datetime] = mapped_column(UTCDateTime, default=clock.now)
    member: Mapped[Staff] = relationship(back_populates="webauthn")

    def get_user_mapping(self) -> dict[str, object]:
        """Say whose key it is, as Flask-Security asks."""
        return {"id": self.staff_id}


class StaffSession(Base):
    """A browser in which a member of staff is signed in; `token` is the hash of its secret."""

    __tablename__ = "staff_session"
    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    token: Mapped[str] = mapped_column(String(64), unique=True)
    browser: Mapped[str] = mapped_column(String(80))
    started_at: Mapped[datetime] = mapped_column(UTCDateTime)
    seen_at: Mapped[datetime] = mapped_column(UTCDateTime)

"""Members of staff."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import selectinload

from blog import clock
from blog.extensions import db
from blog.models import Invitation, Notify, Role, Staff, StaffSession
from blog.models.staff import ADMINISTRATOR

_BY_NAME = select(Staff).order_by(Staff.name)


def administrator_exists() -> bool:
    """True if somebody runs the site."""
    found = select(Staff.id).join(Staff.roles).where(Role.name == ADMINISTRATOR).limit(1)
    return db.session.scalar(found) is not None


def by_email(email: str) -> Staff | None:
    """The member of staff with that address, whatever its case."""
    return db.session.scalar(select(Staff).where(Staff.email == email.lower()))


def everybody() -> Sequence[Staff]:
    """All members of staff, by name."""
    return db.session.scalars(_BY_NAME).all()


def team() -> Sequence[Staff]:
    """All members of staff, by name, with their roles and passkeys."""
    whole = _BY_NAME.options(selectinload(Staff.roles), selectinload(Staff.webauthn))
    return db.session.scalars(whole).all()


def by_id(number: int) -> Staff | None:
    """One member of staff."""
    return db.session.get(Staff, number)


def locked(number: int) -> Staff:
    """Somebody as they are now, held against other changes until the transaction ends."""
    return db.session.get_one(Staff, number, with_for_update=True, populate_existing=True)


def to_be_told() -> Sequence[Staff]:
    """Who wants mail about what waits; rows that another process took are left out."""
    query = select(Staff).where(Staff.active, Staff.notify != Notify.OFF).order_by(Staff.id)
    return db.session.scalars(query.with_for_update(skip_locked=True)).all()


def other_administrators(number: int) -> int:
    """How many administrators can sign in beside the one with that id."""
    query = (
        select(func.count())
        .select_from(Staff)
        .join(Staff.roles)
        .where(Role.name == ADMINISTRATOR, Staff.active, Staff.id != number)
    )
    return db.session.scalar(query) or 0


def invitations() -> Sequence[Invitation]:
    """The invitations that are still good, the newest first."""
    query = select(Invitation).where(Invitation.until > clock.now())
    return db.session.scalars(query.order_by(Invitation.id.desc())).all()


def invitation(token: str) -> Invitation | None:
    """The invitation with that token's hash, while it is good."""
    return db.session.scalar(_good(token))


def locked_invitation(token: str) -> Invitation | None:
    """The same, held against everybody else who has the link until the transaction ends."""
    return db.session.scalar(_good(token).with_for_update())


def _good(token: str) -> Select[Invitation]:
    return select(Invitation).where(Invitation.token == token, Invitation.until > clock.now())


def role(name: str) -> Role | None:
    """The role of that name."""
    return db.session.scalar(select(Role).where(Role.name == name))


def session(
    staff_id: int, token: str, *, started_after: datetime, seen_after: datetime
) -> StaffSession | None:
    """The session with that token's hash, if it is somebody's and began and was used after that."""
    query = select(StaffSession).where(
        StaffSession.token == token,
        StaffSession.staff_id == staff_id,
        StaffSession.started_at > started_after,
        StaffSession.seen_at > seen_after,
    )
    return db.session.scalar(query)


def sessions(staff_id: int) -> Sequence[StaffSession]:
    """Somebody's sessions, the one that was used last first."""
    query = select(StaffSession).where(StaffSession.staff_id == staff_id)
    return db.session.scalars(query.order_by(StaffSession.seen_at.desc())).all()

"""Members of staff."""

from collections.abc import Sequence

from sqlalchemy import func, select

from blog import clock
from blog.extensions import db
from blog.models import Invitation, Role, Staff


def administrator_exists() -> bool:
    """True if somebody can run the site."""
    found = select(Staff.id).join(Staff.roles).where(Role.name == "administrator").limit(1)
    return db.session.scalar(found) is not None


def by_email(email: str) -> Staff | None:
    """The member of staff with that address, whatever its case."""
    return db.session.scalar(select(Staff).where(Staff.email == email.lower()))


def everybody() -> Sequence[Staff]:
    """All members of staff, by name."""
    return db.session.scalars(select(Staff).order_by(Staff.name)).all()


def by_id(number: int) -> Staff | None:
    """One member of staff."""
    return db.session.get(Staff, number)


def other_administrators(number: int) -> int:
    """How many administrators can sign in beside the one with that id."""
    query = (
        select(func.count())
        .select_from(Staff)
        .join(Staff.roles)
        .where(Role.name == "administrator", Staff.active, Staff.id != number)
    )
    return db.session.scalar(query) or 0


def invitations() -> Sequence[Invitation]:
    """The invitations that are still good, the newest first."""
    query = select(Invitation).where(Invitation.until > clock.now())
    return db.session.scalars(query.order_by(Invitation.id.desc())).all()


def invitation(token: str) -> Invitation | None:
    """The invitation with that token's hash, while it is good."""
    query = select(Invitation).where(Invitation.token == token, Invitation.until > clock.now())
    return db.session.scalar(query.with_for_update())


def role(name: str) -> Role | None:
    """The role of that name."""
    return db.session.scalar(select(Role).where(Role.name == name))

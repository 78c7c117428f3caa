"""Members of staff."""

from collections.abc import Sequence

from sqlalchemy import select

from blog.extensions import db
from blog.models import Role, Staff


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


def role(name: str) -> Role | None:
    """The role of that name."""
    return db.session.scalar(select(Role).where(Role.name == name))

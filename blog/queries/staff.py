"""Members of staff."""

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


def role(name: str) -> Role | None:
    """The role of that name."""
    return db.session.scalar(select(Role).where(Role.name == name))

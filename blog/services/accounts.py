"""Accounts of the staff: making one, and the links that let somebody in without mail."""

import secrets
from datetime import timedelta

from flask_security import hash_password

from blog.extensions import db
from blog.models import Role, Staff
from blog.queries import staff as queries
from blog.services import secret_links, text
from blog.services.secret_links import BadLink

ADMINISTRATOR = "administrator"
MODERATOR = "moderator"
_SET_UP = "set-up"


class AddressTaken(Exception):
    """Another member of staff has this e-mail address."""


def add(*, name: str, email: str, password: str, role: str) -> Staff:
    """Make a member of staff with a role and a hashed password. Raises AddressTaken."""
    address = text.email(email).lower()
    if queries.by_email(address):
        raise AddressTaken
    member = Staff(
        name=name,
        folded=text.fold_name(name),
        email=address,
        password=password,
        active=True,
        fs_uniquifier=secrets.token_hex(32),
        roles=[_role(role)],
    )
    db.session.add(member)
    db.session.flush()
    return member


def hashed(password: str) -> str:
    """The password's argon2id hash. It takes a while: make it before the transaction starts."""
    return str(hash_password(password))


def _role(name: str) -> Role:
    return queries.role(name) or Role(name=name)


def end_sessions(member: Staff) -> None:
    """End every session of a member of staff, wherever it runs."""
    member.fs_uniquifier = secrets.token_hex(32)
    db.session.flush()


def set_up_token(secret: str) -> str:
    """The part of the first start's link that proves its reader sees the server's terminal."""
    return secret_links.sign_dated(secret, _SET_UP, "first administrator")


def may_set_up(token: str, secret: str) -> bool:
    """True while the link is younger than a day and nobody can run the site yet."""
    try:
        secret_links.read_dated(secret, _SET_UP, token, timedelta(days=1))
    except BadLink:
        return False
    return not queries.administrator_exists()

"""Accounts of the staff: making one, and the links that let somebody in without mail."""

import secrets
from datetime import timedelta

from flask_security import hash_password
from flask_security.proxies import _security
from flask_security.utils import verify_password
from sqlalchemy import ColumnElement, delete, update

from blog import clock
from blog.extensions import db, one_at_a_time
from blog.models import Invitation, Role, Staff
from blog.models.staff import ADMINISTRATOR
from blog.queries import staff as queries
from blog.services import changes, secret_links, staff_sessions, text
from blog.services.rights import MAY, Right
from blog.services.secret_links import BadLink, hash_token

# A password so long could not be hashed in a reasonable time.
LONGEST_PASSWORD = 200
# What a member of staff can be, who may do most last; services/rights.py says what each may do.
ROLES = tuple(reversed(MAY[Right.ENTER]))
_SET_UP = "set-up"


class AddressTaken(Exception):
    """Another member of staff has this e-mail address."""


def add(*, name: str, email: str, password: str, role: str) -> Staff:
    """Make a member of staff with a role and a hashed password. Raises AddressTaken."""
    address = text.email(email)
    one_at_a_time("staff")
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
    return str(hash_password(_spelled(password)))


def is_password(typed: str, member: Staff) -> bool:
    """True if that is the password of a member of staff."""
    return len(typed) <= LONGEST_PASSWORD and verify_password(_spelled(typed), member.password)


def _spelled(password: str) -> str:
    """A password as Flask-Security spells it: keyboards write `ö` as one sign, or as two."""
    return str(_security.password_util.normalize(password))


# Long enough for somebody on holiday, short enough for a link in an old mail.
INVITED = timedelta(days=7)


class LastAdministrator(Exception):
    """Nobody could run the site any more."""


class UsedUp(Exception):
    """The invitation, or the first start's link, was used, withdrawn, or is too old."""


def invite(role: str, by: str) -> str:
    """Make an invitation; return the secret part of its link, which is stored nowhere."""
    token = secrets.token_urlsafe(32)
    until = clock.now() + INVITED
    db.session.add(Invitation(token=hash_token(token), role=role, by=by, until=until))
    db.session.flush()
    return token


def invitation(token: str) -> Invitation | None:
    """The invitation that a link belongs to, while it is good."""
    return queries.invitation(hash_token(token))


def join(token: str, *, name: str, email: str, password: str) -> Staff:
    """Use an invitation up: a new member of staff. Raises AddressTaken or UsedUp."""
    found = queries.locked_invitation(hash_token(token))
    if found is None:
        raise UsedUp
    member = add(name=name, email=email, password=password, role=found.role)
    db.session.delete(found)
    changes.note(member, "joined", member.name, "", found.role)
    return member


def withdraw(number: int, staff: Staff) -> None:
    """Take an invitation back."""
    _withdraw(Invitation.id == number, staff)


def _withdraw(which: ColumnElement[bool], staff: Staff) -> None:
    """Take back those that fit, each with a line in the log."""
    gone = delete(Invitation).where(which).returning(Invitation.role)
    for role in db.session.scalars(gone).all():
        changes.note(staff, "invited", "", role, "")


def change_role(member: Staff, role: str, staff: Staff) -> None:
    """Give a member of staff another role. Raises LastAdministrator."""
    before = ", ".join(sorted(each.name for each in member.roles))
    if role != ADMINISTRATOR:
        _keep_an_administrator(member)
    member.roles = [_role(role)]
    db.session.flush()
    changes.note(staff, "role", member.name, before, role)
    if role != ADMINISTRATOR:  # then an invitation would give what its maker has no more
        _withdraw(Invitation.by == member.name, staff)


def change_active(member: Staff, active: bool, staff: Staff) -> None:
    """Let somebody sign in or not; who may not is signed out at once. Raises LastAdministrator."""
    db.session.refresh(member)
    if active == member.active:
        return
    if not active:
        _keep_an_administrator(member)
    before, member.active = member.active, active
    end_sessions(member)
    changes.note(staff, "account", member.name, str(before), str(active))
    if not active:
        _withdraw(Invitation.by == member.name, staff)


def _keep_an_administrator(member: Staff) -> None:
    one_at_a_time("administrators")
    if member.has_role(ADMINISTRATOR) and not queries.other_administrators(member.id):
        raise LastAdministrator


def _role(name: str) -> Role:
    found = queries.role(name)
    if found is None:
        one_at_a_time("staff")
        found = queries.role(name) or Role(name=name)
    return found


def end_sessions(member: Staff) -> None:
    """End every session of a member of staff, wherever it runs, and every half-done sign-in."""
    staff_sessions.end_others(member, "")
    member.fs_uniquifier = secrets.token_hex(32)
    db.session.flush()


def sign_out(member: Staff, staff: Staff) -> None:
    """End somebody else's sessions."""
    end_sessions(member)
    changes.note(staff, "session", member.name, "", "")


def remove_second_factor(member: Staff, staff: Staff | None) -> None:
    """Let somebody in with the password alone: for whoever lost the device. Ends all sessions.

    `staff` is empty for a command on the server.
    """
    changes.note(staff, "second factor", member.name, "", "off")
    member.tf_primary_method = member.tf_totp_secret = member.tf_last_counter = None
    member.mf_recovery_codes = None
    member.webauthn.clear()
    end_sessions(member)


def use_step(staff_id: int, step: int) -> bool:
    """Use up the step of time that somebody's code belongs to; False if it was used already."""
    unused = Staff.tf_last_counter.is_(None) | (Staff.tf_last_counter < step)
    used = update(Staff).where(Staff.id == staff_id, unused).values(tf_last_counter=step)
    return bool(db.session.execute(used.returning(Staff.id)).scalar())


def set_up_token(secret: str) -> str:
    """The part of the first start's link that proves its reader sees the server's terminal."""
    return secret_links.sign_dated(secret, _SET_UP, "first administrator")


def set_up(token: str, secret: str, *, name: str, email: str, password: str) -> Staff:
    """The first administrator, by the link that is good once. Raises AddressTaken or UsedUp."""
    one_at_a_time("administrators")
    if not may_set_up(token, secret):
        raise UsedUp
    return add(name=name, email=email, password=password, role=ADMINISTRATOR)


def may_set_up(token: str, secret: str) -> bool:
    """True while the link is younger than a day and nobody can run the site yet."""
    try:
        secret_links.read_dated(secret, _SET_UP, token, timedelta(days=1))
    except BadLink:
        return False
    return not queries.administrator_exists()

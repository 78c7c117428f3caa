"""Accounts of the staff."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from blog import clock
from blog.extensions import db
from blog.models import ChangeEntry, Invitation
from blog.models.staff import ADMINISTRATOR
from blog.queries import staff as queries
from blog.services import accounts
from tests import cast

pytestmark = pytest.mark.usefixtures("session")
SECRET = "a secret"


def test_a_member_has_one_role_and_a_hashed_password() -> None:
    mo = cast.moderator()
    assert [role.name for role in mo.roles] == ["moderator"]
    assert mo.password.startswith("$argon2id$")
    assert queries.by_email("MO@example.org") is mo


def test_an_address_belongs_to_one_member() -> None:
    cast.moderator()
    with pytest.raises(accounts.AddressTaken):
        accounts.add(name="Other", email="Mo@EXAMPLE.org", password="x", role="moderator")


def test_the_first_administrator_is_made_once() -> None:
    token = accounts.set_up_token(SECRET)
    assert accounts.may_set_up(token, SECRET)
    cast.moderator(role=ADMINISTRATOR)
    assert not accounts.may_set_up(token, SECRET)


def test_a_moderator_does_not_count_as_one_who_runs_the_site() -> None:
    cast.moderator()
    assert accounts.may_set_up(accounts.set_up_token(SECRET), SECRET)


@pytest.mark.parametrize("token", ["", "x", "ImZpcnN0IGFkbWluaXN0cmF0b3Ii.aaaaaa.bbbb"])
def test_a_forged_link_is_refused(token: str) -> None:
    assert not accounts.may_set_up(token, SECRET)


def test_a_link_of_another_site_is_refused() -> None:
    assert not accounts.may_set_up(accounts.set_up_token("another secret"), SECRET)


def test_a_link_lives_for_a_day() -> None:
    token = accounts.set_up_token(SECRET)
    with time_machine.travel(clock.now() + timedelta(hours=25)):
        assert not accounts.may_set_up(token, SECRET)


def test_ending_sessions_changes_what_each_of_them_carries() -> None:
    mo: Any = cast.moderator()
    before = mo.fs_uniquifier
    accounts.end_sessions(mo)
    assert mo.fs_uniquifier != before


@pytest.mark.parametrize("active", [True, False])
def test_an_account_that_is_as_it_was_ends_no_session(active: bool) -> None:
    mo: Any = cast.moderator(role=ADMINISTRATOR)
    nell = cast.sign_up("nell@example.org")
    nell.active = active
    db.session.flush()
    before = nell.fs_uniquifier
    accounts.change_active(nell, active, mo)
    assert nell.fs_uniquifier == before
    accounts.change_active(nell, not active, mo)
    assert (nell.active, nell.fs_uniquifier == before) == (not active, False)


def _invitations() -> list[str]:
    return sorted(each.by for each in db.session.query(Invitation))


@pytest.mark.parametrize("how", ["another role", "kept out"])
def test_invitations_end_with_the_right_to_make_them(session: Any, how: str) -> None:
    eve, boss = (
        accounts.add(name=name, email=f"{name}@example.org", password="x", role="administrator")
        for name in ("Eve", "Boss")
    )
    accounts.invite("administrator", by="Eve")
    accounts.invite("author", by="Boss")
    accounts.change_role(eve, "administrator", boss)
    assert _invitations() == ["Boss", "Eve"]
    if how == "kept out":
        accounts.change_active(eve, False, boss)
    else:
        accounts.change_role(eve, "moderator", boss)
    assert _invitations() == ["Boss"]
    assert db.session.query(ChangeEntry).filter_by(what="invited", after="").count() == 1

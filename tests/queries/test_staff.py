"""Members of staff as the sign-in and the first start ask for them."""

from typing import Any

import pytest

from blog.models.staff import ADMINISTRATOR, MODERATOR
from blog.queries import staff as queries
from blog.services import accounts
from tests import cast

pytestmark = pytest.mark.usefixtures("session")


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        pytest.param(cast.EMAIL, True, id="the address"),
        pytest.param(cast.EMAIL.upper(), True, id="the address in capitals"),
        pytest.param("other@example.org", False, id="another address"),
        pytest.param("", False, id="no address"),
        pytest.param("%", False, id="a wildcard"),
    ],
)
def test_a_member_is_found_by_the_address(asked: str, expected: bool) -> None:
    cast.moderator()
    assert bool(queries.by_email(asked)) is expected


@pytest.mark.parametrize(
    ("role", "expected"),
    [(None, False), (MODERATOR, False), (ADMINISTRATOR, True)],
    ids=["nobody", "a moderator", "an administrator"],
)
def test_who_can_run_the_site(role: Any, expected: bool) -> None:
    if role:
        cast.moderator(role=role)
    assert queries.administrator_exists() is expected


def test_a_role_is_made_with_its_first_member_and_shared_by_the_next() -> None:
    assert queries.role(MODERATOR) is None
    first = cast.moderator()
    address = "other@example.org"
    second = accounts.add(name="Other", email=address, password="x", role=MODERATOR)
    assert first.roles == second.roles == [queries.role(MODERATOR)]

"""What is written together: all of it, or nothing."""

from collections.abc import Callable

import pytest
from flask import Flask

from blog.extensions import db, is_changed, writing
from blog.models import Staff
from tests import cast


def _name(app: Flask) -> str:
    with app.app_context():
        return db.session.query(Staff).one().name


@pytest.fixture(autouse=True)
def mo(app: Flask) -> None:
    """Somebody of whom something can be changed."""
    with app.app_context():
        cast.moderator()


def test_what_a_block_changes_is_stored(app: Flask) -> None:
    with app.app_context():
        with writing():
            db.session.query(Staff).one().name = "Maud"
        assert not is_changed()
    assert _name(app) == "Maud"


def test_what_was_changed_before_the_block_is_stored_with_it(app: Flask) -> None:
    with app.app_context():
        db.session.query(Staff).one().name = "Maud"
        assert is_changed()
        with writing():
            pass
        assert not is_changed()
    assert _name(app) == "Maud"


def _rename_and_fail() -> None:
    with writing():
        db.session.query(Staff).one().name = "Maud"
        db.session.flush()
        raise ZeroDivisionError


def _rename_within_and_fail() -> None:
    with writing():
        with writing():
            db.session.query(Staff).one().name = "Maud"
        raise ZeroDivisionError


@pytest.mark.parametrize("fail", [_rename_and_fail, _rename_within_and_fail])
def test_of_a_block_that_fails_nothing_is_stored(app: Flask, fail: Callable[[], None]) -> None:
    """Also not what a block within it changed: that one is a part of it."""
    before = _name(app)
    with app.app_context(), pytest.raises(ZeroDivisionError):
        fail()
    assert _name(app) == before

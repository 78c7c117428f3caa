"""What the tables themselves refuse, and how a moment comes back."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, StatementError

from blog.extensions import db
from blog.models import Comment
from tests import cast


def test_a_moment_comes_back_in_utc(session: Any) -> None:
    berlin = timezone(timedelta(hours=1))
    made = cast.comment(cast.article(), created_at=datetime(2026, 3, 4, 1, 30, tzinfo=berlin))
    db.session.expire_all()
    assert made.created_at == datetime(2026, 3, 4, 0, 30, tzinfo=UTC)
    assert made.created_at.utcoffset() == timedelta(0)


def test_a_moment_without_a_zone_is_refused(session: Any) -> None:
    with pytest.raises(StatementError, match="needs a time zone"):
        cast.comment(cast.article(), created_at=datetime(2026, 3, 4))


@pytest.mark.parametrize(
    ("column", "value"),
    [
        pytest.param("status", "unheard-of", id="an unknown status"),
        pytest.param("badge", "bishop", id="an unknown badge"),
        pytest.param("body", "", id="an empty text"),
        pytest.param("body", "x" * 20_001, id="a text wider than the widest setting"),
        pytest.param("name", "", id="nobody"),
        pytest.param("article_id", 99, id="an article that does not exist"),
    ],
)
def test_the_database_refuses(session: Any, column: str, value: object) -> None:
    cast.comment(cast.article())
    with pytest.raises(IntegrityError):
        db.session.execute(text(f"UPDATE comment SET {column} = :value"), {"value": value})  # noqa: S608


def test_one_request_is_one_comment(session: Any) -> None:
    article = cast.article()
    cast.comment(article, request_key="same")
    with pytest.raises(IntegrityError):
        cast.comment(article, request_key="same")


def test_an_article_takes_its_comments_along(session: Any) -> None:
    article = cast.article()
    cast.comment(article, parent=cast.comment(article))
    db.session.delete(article)
    db.session.flush()
    assert db.session.query(Comment).count() == 0

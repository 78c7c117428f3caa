"""What the tables themselves refuse, and how a moment comes back."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, StatementError

from blog.extensions import db
from blog.models import Comment
from tests import cast
from tests.conftest import POSTGRES


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


if not POSTGRES:  # how SQLite keeps the data, and what it finds it by

    @pytest.mark.parametrize(
        ("pragma", "value"),
        [
            pytest.param("journal_mode", "wal", id="readers and a writer do not wait for another"),
            pytest.param("foreign_keys", 1, id="what a row refers to exists"),
            pytest.param("secure_delete", 1, id="what is deleted is overwritten"),
            pytest.param("busy_timeout", 5_000, id="a writer waits five seconds"),
            pytest.param("wal_autocheckpoint", 4_000, id="few comments wait for the log's end"),
            pytest.param("temp_store", 2, id="a comment makes no file beside the database's own"),
        ],
    )
    def test_a_connection_is(session: Any, pragma: str, value: object) -> None:
        assert db.session.scalar(text(f"PRAGMA {pragma}")) == value

    @pytest.mark.parametrize(
        ("question", "index"),
        [
            pytest.param(
                "SELECT id FROM comment WHERE parent_id = 5",
                "ix_comment_parent_id",
                id="what answers a comment, which is asked whenever one is deleted",
            ),
            pytest.param(
                "SELECT id FROM comment WHERE root_id = 5 AND id > 7 ORDER BY id",
                "ix_comment_root_id_id",
                id="the replies of a thread",
            ),
            pytest.param(
                "SELECT id FROM comment WHERE root_id IN (5, 7)",
                "ix_comment_root_id_id",
                id="the replies of some threads",
            ),
            pytest.param(
                "SELECT id FROM moderation_entry WHERE staff_id = 5 ORDER BY id DESC",
                "ix_moderation_entry_staff_id_id",
                id="what one of the staff decided",
            ),
        ],
    )
    def test_an_index_without_empty_rows_finds(session: Any, question: str, index: str) -> None:
        plan = [row.detail for row in db.session.execute(text(f"EXPLAIN QUERY PLAN {question}"))]
        assert len(plan) == 1
        assert index in plan[0]
        partial = text("SELECT partial FROM pragma_index_list(:table) WHERE name = :index")
        table = question.split()[3]
        assert db.session.scalar(partial, {"table": table, "index": index}) == 1

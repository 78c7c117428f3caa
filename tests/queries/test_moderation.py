"""The log of what was decided."""

from typing import Any

import pytest
from flask import Flask

from blog.extensions import db
from blog.models import Article, Staff, Status
from blog.queries import moderation as queries
from blog.services import moderation
from tests import cast


@pytest.fixture
def article(session: Any) -> Article:
    return cast.article()


@pytest.fixture
def mo(article: Article) -> Staff:
    return cast.moderator()


def test_the_newest_line_of_the_log_is_the_comments_own(article: Article, mo: Staff) -> None:
    comment, other = (cast.comment(article, status=Status.HELD) for _ in "12")
    assert queries.last_entry(comment.id).before is None
    entry = moderation.decide(comment.id, Status.SPAM, mo, seen=cast.seen(Status.HELD))
    moderation.decide(other.id, Status.REJECTED, mo, seen=cast.seen(Status.HELD))
    assert entry
    assert queries.last_entry(comment.id).id == entry.id
    assert queries.entry(entry.id) is entry
    assert queries.entry(99) is None


def test_recent_decisions_are_the_newest_first_and_no_arrival_is_one(
    article: Article, mo: Staff
) -> None:
    made = [cast.comment(article, status=Status.HELD).id for _ in range(3)]
    for comment_id in made:
        moderation.decide(comment_id, Status.SPAM, mo, seen=cast.seen(Status.HELD))
    assert [each.comment_id for each in queries.decisions(None, 2)][:2] == [made[2], made[1]]
    assert len(queries.decisions(None, 9)) == 3


def test_recent_decisions_come_with_what_their_lines_show(
    app: Flask, article: Article, mo: Staff
) -> None:
    for number in range(4):
        comment = cast.comment(cast.article(slug=f"a-{number}"), status=Status.HELD)
        moderation.decide(comment.id, Status.SPAM, mo, seen=cast.seen(Status.HELD))
    db.session.expunge_all()
    with cast.counting(app) as seen:
        assert all(each.comment.article.title for each in queries.decisions(None, 9))
    assert len(seen) == 1

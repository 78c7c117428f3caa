"""The log of what was decided."""

from typing import Any

import pytest

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

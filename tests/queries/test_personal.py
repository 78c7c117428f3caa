"""What is stored about the person behind an e-mail address."""

from typing import Any

import pytest

from blog.models import Article
from blog.queries import personal as queries
from tests import cast


@pytest.fixture
def article(session: Any) -> Article:
    return cast.article()


@pytest.mark.parametrize(
    ("stored", "asked"),
    [
        pytest.param("Bea@example.org", "Bea@example.org", id="as it was typed"),
        pytest.param("Bea@example.org", " bea@EXAMPLE.org ", id="in another case, with blanks"),
        pytest.param("ÄNN@example.org", "ÄNN@example.org", id="with a capital umlaut"),
    ],
)
def test_a_persons_comments_are_found_by_the_address(
    article: Article, stored: str, asked: str
) -> None:
    mine = cast.comment(article, email=stored)
    cast.comment(article, email="other@example.org")
    assert [each.id for each in queries.by_email(asked)] == [mine.id]
    assert queries.count_by_email(asked) == 1

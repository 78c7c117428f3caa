"""Comments as pages and rules read them: who sees what, and what counts as a proof."""

from typing import Any

import pytest

from blog import clock
from blog.extensions import db
from blog.models import Article, Report, Revision, Status
from blog.models.comment import Complaint
from blog.queries import comments as queries
from blog.queries import personal
from tests import cast

BEA = "b" * 64  # the author of the cast's comments
EVE = "e" * 64  # another browser


@pytest.fixture
def article(session: Any) -> Article:
    return cast.article()


# --- Who sees what -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "browser", "expected"),
    [
        pytest.param(Status.PUBLISHED, None, True, id="everybody sees what is published"),
        pytest.param(Status.PUBLISHED, EVE, True, id="other commenters see what is published"),
        pytest.param(Status.PUBLISHED, BEA, True, id="its author sees what is published"),
        pytest.param(Status.HELD, None, False, id="no stranger sees what waits"),
        pytest.param(Status.HELD, EVE, False, id="no other commenter sees what waits"),
        pytest.param(Status.HELD, BEA, True, id="its author sees what waits"),
        pytest.param(Status.REJECTED, None, False, id="no stranger sees what was rejected"),
        pytest.param(Status.REJECTED, EVE, False, id="no other commenter sees what was rejected"),
        pytest.param(Status.REJECTED, BEA, True, id="its author sees what was rejected"),
        pytest.param(Status.SPAM, None, False, id="no stranger sees spam"),
        pytest.param(Status.SPAM, EVE, False, id="no other commenter sees spam"),
        pytest.param(Status.SPAM, BEA, False, id="a spammer is told nothing"),
        pytest.param(Status.DELETED, None, False, id="no stranger sees what was deleted"),
        pytest.param(Status.DELETED, BEA, False, id="what was deleted is gone for its author, too"),
    ],
)
def test_who_sees_a_comment(
    article: Article, status: Status, browser: str | None, expected: bool
) -> None:
    comment = cast.comment(article, status=status)
    assert bool(queries.visible(article.id, comment.id, browser)) is expected


@pytest.mark.parametrize("status", Status)
def test_only_what_is_published_can_be_answered_and_is_in_the_feed(
    article: Article, status: Status
) -> None:
    comment = cast.comment(article, status=status)
    is_public = status is Status.PUBLISHED
    assert bool(queries.published(article.id, comment.id)) is is_public
    assert bool(queries.latest(article.id, 9)) is is_public


def test_a_comment_stands_under_its_own_article_only(article: Article) -> None:
    comment = cast.comment(article)
    other = cast.article(slug="other")
    assert queries.latest(other.id, 9) == []
    assert queries.visible(other.id, comment.id, BEA) is None
    assert queries.published(other.id, comment.id) is None


def test_the_feed_has_the_newest_first_and_no_more_than_it_wants(article: Article) -> None:
    made = [cast.comment(article).id for _ in range(4)]
    assert [each.id for each in queries.latest(article.id, 3)] == made[:0:-1]


# --- What hangs on a comment ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (Status.PUBLISHED, True),
        (Status.HELD, False),
        (Status.REJECTED, False),
        (Status.SPAM, False),
        (Status.DELETED, False),
    ],
)
def test_which_answers_count(article: Article, status: Status, expected: bool) -> None:
    root = cast.comment(article)
    cast.comment(article, parent=root, status=status)
    assert (root.id in queries.answered_among([root.id])) is expected


def test_reports_and_earlier_texts_of_one_comment_are_read(article: Article) -> None:
    comment, other = cast.comment(article), cast.comment(article, email="eve@example.org")
    for network, browser in (("192.0.2.0/24", BEA), ("192.0.3.0/24", EVE)):
        kept = {"comment_id": comment.id, "created_at": clock.now()}
        report = {"browser": browser, "network": network, "complaint": Complaint.SPAM}
        db.session.add(Report(**report, **kept))
        db.session.add(Revision(body=f"by {browser[0]}", **kept))
        db.session.flush()
    assert (queries.count_reports(comment.id), queries.count_reports(other.id)) == (2, 0)
    assert personal.earlier_texts(comment.email) == {comment.id: ["by b", "by e"]}
    assert personal.earlier_texts(other.email) == {}

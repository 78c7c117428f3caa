"""The queue, its counts and the log as the dashboard reads them."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from flask import Flask

from blog import clock
from blog.extensions import db
from blog.models import IN_QUEUE, Article, Comment, Complaint, Report, Staff, Status
from blog.queries import moderation as queries
from blog.services import moderation
from tests import cast


@pytest.fixture
def article(session: Any) -> Article:
    return cast.article()


@pytest.fixture
def mo(article: Article) -> Staff:
    return cast.moderator()


def _report(comment: Comment, browser: str = "e" * 64) -> None:
    complaint = {"complaint": Complaint.ABUSIVE, "created_at": clock.now()}
    db.session.add(Report(comment_id=comment.id, browser=browser, note="Rude.", **complaint))
    db.session.flush()
    db.session.expire(comment, ["reports"])


# --- The queue -------------------------------------------------------------------------------


@pytest.mark.parametrize("status", IN_QUEUE)
def test_a_tab_has_the_comments_of_its_status_only(article: Article, status: Status) -> None:
    made = {each: cast.comment(article, status=each).id for each in Status}
    assert [each.id for each in queries.queue(status, None, 9).comments] == [made[status]]


@pytest.mark.parametrize(
    ("status", "oldest_first"),
    [
        pytest.param(Status.HELD, True, id="what waits, the longest wait first"),
        pytest.param(Status.PUBLISHED, False, id="what is public, the newest first"),
        pytest.param(Status.REJECTED, False, id="what was rejected, the newest first"),
        pytest.param(Status.SPAM, False, id="what is spam, the newest first"),
    ],
)
@pytest.mark.parametrize("size", [1, 2, 5, 6])
def test_pages_of_the_queue_hold_every_comment_once(
    article: Article, status: Status, oldest_first: bool, size: int
) -> None:
    made = [cast.comment(article, status=status).id for _ in range(5)]
    seen: list[int] = []
    after: int | None = None
    for _ in range(6):
        found = queries.queue(status, after, size)
        assert len(found.comments) <= size
        seen += [each.id for each in found.comments]
        after = found.after
        if after is None:
            break
    assert seen == (made if oldest_first else made[::-1])


def test_a_decision_on_this_page_moves_nothing_off_the_next(article: Article, mo: Staff) -> None:
    made = [cast.comment(article, status=Status.HELD).id for _ in range(4)]
    first = queries.queue(Status.HELD, None, 2)
    for each in first.comments:
        moderation.decide(each.id, Status.SPAM, mo, seen=cast.seen(Status.HELD))
    rest = queries.queue(Status.HELD, first.after, 2)
    assert [each.id for each in rest.comments] == made[2:]


READS: list[Any] = [
    pytest.param(lambda: queries.queue(Status.PUBLISHED, None, 50).comments, id="the queue"),
    pytest.param(lambda: queries.reported(50), id="what readers reported"),
]


@pytest.mark.parametrize("read", READS)
def test_rows_cost_the_same_however_many_they_are(
    app: Flask, article: Article, read: Callable[[], Sequence[Comment]]
) -> None:
    prices = []
    for more in (2, 10):
        for number in range(more):
            on = cast.article(slug=f"other-{more}-{number}")
            reply = cast.comment(on, parent=cast.comment(on))
            _report(reply)
            _report(reply, browser="f" * 64)
        prices.append(_price(app, read))
    assert prices == [2, 2], "the comments, and the reports of all of them"


def _price(app: Flask, read: Callable[[], Sequence[Comment]]) -> int:
    """How many statements it takes to read comments and what their rows show."""
    db.session.expunge_all()
    with cast.counting(app) as seen:
        for comment in read():
            assert comment.article.title
            assert comment.article.path["slug"]
            assert comment.parent_id is None or comment.parent.name
            assert len(comment.reports) in (0, 2)
    return len(seen)


def test_one_row_comes_with_what_it_shows(app: Flask, article: Article) -> None:
    reply = cast.comment(article, parent=cast.comment(article))
    for browser in ("e", "f"):
        _report(reply, browser)
    comment_id = reply.id
    assert _price(app, lambda: [queries.comment(comment_id) or reply]) == 2
    assert queries.comment(99) is None


# --- What readers report -----------------------------------------------------------------------


def test_reported_is_what_is_public_until_a_moderator_keeps_it(article: Article, mo: Staff) -> None:
    made = {status: cast.comment(article, status=status) for status in Status}
    cast.comment(article)  # nobody minds this one
    for comment in made.values():
        _report(comment)
    public = made[Status.PUBLISHED]
    assert [each.id for each in queries.reported(9)] == [public.id]
    moderation.decide(public.id, Status.PUBLISHED, mo, seen=cast.seen(Status.PUBLISHED))
    assert queries.reported(9) == []


def test_a_comment_reported_by_many_is_one_row_and_the_oldest_comes_first(article: Article) -> None:
    made = [cast.comment(article) for _ in range(3)]
    for comment in reversed(made):
        for browser in "efg":
            _report(comment, browser * 64)
    assert [each.id for each in queries.reported(2)] == [made[0].id, made[1].id]


# --- The counts and the log --------------------------------------------------------------------


def test_every_status_has_a_count_from_the_start(session: Any) -> None:
    assert queries.counts() == dict.fromkeys(Status, 0)


def test_the_counts_cost_one_statement(app: Flask, article: Article) -> None:
    for status in Status:
        cast.comment(article, status=status)
    db.session.expunge_all()
    with cast.counting(app) as seen:
        assert set(queries.counts().values()) == {1}
    assert len(seen) == 1


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
    assert [each.comment_id for each in queries.recent_decisions(2)] == [made[2], made[1]]
    assert len(queries.recent_decisions(9)) == 3


def test_recent_decisions_come_with_what_their_lines_show(
    app: Flask, article: Article, mo: Staff
) -> None:
    for number in range(4):
        comment = cast.comment(cast.article(slug=f"a-{number}"), status=Status.HELD)
        moderation.decide(comment.id, Status.SPAM, mo, seen=cast.seen(Status.HELD))
    db.session.expunge_all()
    with cast.counting(app) as seen:
        assert all(each.comment.article.title for each in queries.recent_decisions(9))
    assert len(seen) == 1

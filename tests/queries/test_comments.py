"""Comments as pages and rules read them: who sees what, and what counts as a proof."""

from collections.abc import Callable
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
import time_machine
from flask import Flask

from blog import clock
from blog.extensions import db
from blog.models import Article, Author, Comment, Like, Report, Revision, Staff, Status
from blog.models.comment import Complaint
from blog.queries import comments as queries
from blog.services import text
from tests import cast

BEA = "b" * 64  # the author of the cast's comments
EVE = "e" * 64  # another browser


@pytest.fixture
def article(session: Any) -> Article:
    return cast.article()


def _ids(threads: list[queries.Thread]) -> list[int]:
    """The comments of a conversation in the order in which they are shown."""
    found = []
    for thread in threads:
        found += [thread.root.id] if thread.root else []
        found += [reply.id for reply in thread.replies]
    return found


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
    assert bool(queries.threads(article.id, browser)) is expected
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
    assert queries.threads(other.id, BEA) == []
    assert queries.latest(other.id, 9) == []
    assert queries.visible(other.id, comment.id, BEA) is None
    assert queries.published(other.id, comment.id) is None


def test_the_feed_has_the_newest_first_and_no_more_than_it_wants(article: Article) -> None:
    made = [cast.comment(article).id for _ in range(4)]
    assert [each.id for each in queries.latest(article.id, 3)] == made[:0:-1]


# --- Threads ---------------------------------------------------------------------------------


def test_replies_stand_under_their_root_oldest_first(article: Article) -> None:
    one, two = cast.comment(article), cast.comment(article)
    late = cast.comment(article, parent=one)
    deep = cast.comment(article, parent=late)
    other = cast.comment(article, parent=two)
    assert _ids(queries.threads(article.id, None)) == [one.id, late.id, deep.id, two.id, other.id]


def test_newest_first_turns_the_threads_not_the_replies(article: Article) -> None:
    one, two = cast.comment(article), cast.comment(article)
    replies = [cast.comment(article, parent=one).id for _ in range(2)]
    shown = _ids(queries.threads(article.id, None, newest_first=True))
    assert shown == [two.id, one.id, *replies]


@pytest.mark.parametrize("status", [each for each in Status if each is not Status.PUBLISHED])
def test_replies_stay_where_the_root_is_no_longer_public(article: Article, status: Status) -> None:
    root = cast.comment(article, status=status, name="Gone")
    reply = cast.comment(article, parent=root)
    deep = cast.comment(article, parent=reply)
    (thread,) = queries.threads(article.id, EVE)
    assert (thread.id, thread.root) == (root.id, None)
    assert [each.id for each in thread.replies] == [reply.id, deep.id]


def test_a_deeper_reply_says_whom_it_answers_a_first_one_does_not(article: Article) -> None:
    root = cast.comment(article, name="Root")
    reply = cast.comment(article, name="Second", parent=root)
    cast.comment(article, parent=reply)
    (thread,) = queries.threads(article.id, None)
    assert [each.answers for each in thread.replies] == ["", "Second"]


@pytest.mark.parametrize("status", [each for each in Status if each is not Status.PUBLISHED])
def test_nobody_is_named_who_is_not_to_be_seen(article: Article, status: Status) -> None:
    root = cast.comment(article)
    reply = cast.comment(article, parent=root, name="Nobody", status=status)
    deep = cast.comment(article, parent=reply, browser=EVE)
    (thread,) = queries.threads(article.id, EVE)
    assert [(each.id, each.answers) for each in thread.replies] == [(deep.id, "")]
    assert queries.shown(deep, EVE).answers == ""


def test_a_comment_alone_is_shown_as_it_is_in_its_thread(article: Article) -> None:
    for root_status, reply_status in product(Status, Status):
        root = cast.comment(article, status=root_status)
        reply = cast.comment(article, status=reply_status, parent=root, browser=EVE)
        cast.comment(article, parent=reply)
    db.session.add(Like(comment_id=1, browser=BEA))
    for browser in (None, BEA, EVE):
        for thread in queries.threads(article.id, browser):
            for each in [*filter(None, [thread.root]), *thread.replies]:
                alone = queries.shown(db.session.get_one(Comment, each.id), browser)
                assert alone == each


def test_a_viewer_knows_the_own_comments_and_likes(article: Article) -> None:
    mine, other = cast.comment(article), cast.comment(article, browser=EVE)
    db.session.add(Like(comment_id=other.id, browser=BEA))
    db.session.flush()
    seen = {each.root.id: each.root for each in queries.threads(article.id, BEA) if each.root}
    assert (seen[mine.id].is_own, seen[mine.id].is_liked) == (True, False)
    assert (seen[other.id].is_own, seen[other.id].is_liked) == (False, True)
    for each in queries.threads(article.id, None):
        assert each.root
        assert (each.root.is_own, each.root.is_liked) == (False, False), "a stranger has neither"


def test_likes_are_asked_for_one_article(article: Article) -> None:
    elsewhere = cast.comment(cast.article(slug="other"))
    db.session.add(Like(comment_id=elsewhere.id, browser=BEA))
    db.session.flush()
    assert queries.liked_by(elsewhere.article_id, BEA) == {elsewhere.id}
    assert queries.liked_by(article.id, BEA) == set()
    assert queries.liked_by(elsewhere.article_id, None) == set()


def test_a_conversation_costs_the_same_however_long_it_is(app: Flask, article: Article) -> None:
    prices = []
    for more in (2, 10):
        for _ in range(more):
            cast.comment(article, parent=cast.comment(article, parent=cast.comment(article)))
        db.session.expunge_all()
        with cast.counting(app) as seen:
            assert len(queries.threads(1, BEA)) >= more
        prices.append(len(seen))
    assert prices == [2, 2], "the comments, and the likes of this browser"


def test_a_stranger_costs_one_statement(app: Flask, article: Article) -> None:
    cast.comment(article)
    with cast.counting(app) as seen:
        queries.threads(article.id, None)
    assert len(seen) == 1


# --- What the rules ask ------------------------------------------------------------------------


@pytest.mark.parametrize("status", Status)
def test_a_public_comment_is_the_proof_that_lets_the_next_one_pass(
    article: Article, status: Status
) -> None:
    cast.comment(article, status=status)
    assert queries.passed_before(BEA) is (status is Status.PUBLISHED)
    assert not queries.passed_before(EVE)


def test_the_record_counts_what_was_decided_in_that_time(article: Article) -> None:
    old = clock.now() - timedelta(days=8)
    for status in Status:
        cast.comment(article, status=status)
        cast.comment(article, status=status, created_at=old)
        cast.comment(article, status=status, browser=EVE)
    assert queries.record(BEA, clock.now() - timedelta(days=7)) == (2, 3)
    assert queries.record("nobody", clock.now() - timedelta(days=7)) == (0, 0)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        pytest.param({}, True, id="the same browser and address"),
        pytest.param({"email": "x@example.org"}, True, id="the same browser, another address"),
        pytest.param({"browser": EVE}, True, id="another browser, the same address"),
        pytest.param({"browser": EVE, "email": "x@example.org"}, False, id="somebody else"),
        pytest.param({"fingerprint": "another"}, False, id="another text"),
        pytest.param({"article_id": 2}, False, id="another article"),
    ],
)
def test_who_said_the_same_before(article: Article, asked: dict[str, Any], expected: bool) -> None:
    cast.comment(article, fingerprint="same")
    usual = {"article_id": article.id, "fingerprint": "same", "browser": BEA}
    assert queries.wrote_before(**{**usual, "email": "bea@example.org", **asked}) is expected


@pytest.mark.parametrize(
    ("browser", "network", "expected"),
    [
        pytest.param(BEA, "198.51.100.0/24", True, id="the browser elsewhere"),
        pytest.param(EVE, "192.0.2.0/24", True, id="another browser in the network"),
        pytest.param(EVE, "198.51.100.0/24", False, id="somebody else"),
    ],
)
def test_when_a_browser_or_network_last_wrote(
    article: Article, browser: str, network: str, expected: bool
) -> None:
    with time_machine.travel(clock.now().replace(microsecond=0), tick=False) as travelled:
        cast.comment(article)
        travelled.shift(timedelta(seconds=4))
        written = cast.comment(article).created_at
        travelled.shift(timedelta(seconds=5))
        last = queries.last_written(browser, network, timedelta(seconds=15))
        assert last == (written if expected else None)
        travelled.shift(timedelta(seconds=10))
        assert queries.last_written(browser, network, timedelta(seconds=15)) is None


def test_what_the_staff_wrote_pauses_nobody(article: Article) -> None:
    cast.comment(article, staff_id=cast.moderator().id)
    assert queries.last_written(BEA, "192.0.2.0/24", timedelta(seconds=15)) is None


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (Status.PUBLISHED, True),
        (Status.HELD, True),
        (Status.REJECTED, True),
        (Status.SPAM, False),
        (Status.DELETED, False),
    ],
)
def test_which_answers_count(article: Article, status: Status, expected: bool) -> None:
    root = cast.comment(article)
    cast.comment(article, parent=root, status=status)
    assert queries.is_answered(root.id) is expected


@pytest.mark.parametrize("make", [Author, Staff], ids=["a byline", "an account"])
def test_the_names_of_the_staff_are_known_in_any_disguise(
    article: Article, make: Callable[..., Author | Staff]
) -> None:
    name = "Ruth Ansell" if make is Author else cast.moderator().name
    assert queries.is_staff_name(text.fold_name(name.upper().replace("E", "\u0415")))
    assert not queries.is_staff_name(text.fold_name("Ann Reader"))


def test_reports_and_earlier_texts_of_one_comment_are_read(article: Article) -> None:
    comment, other = cast.comment(article), cast.comment(article)
    for browser in (BEA, EVE):
        kept = {"comment_id": comment.id, "created_at": clock.now()}
        db.session.add(Report(browser=browser, complaint=Complaint.SPAM, **kept))
        db.session.add(Revision(body=f"by {browser[0]}", **kept))
        db.session.flush()
    assert (queries.count_reports(comment.id), queries.count_reports(other.id)) == (2, 0)
    assert queries.revisions(comment.id) == ["by b", "by e"]
    assert queries.revisions(other.id) == []


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

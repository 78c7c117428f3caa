"""What is known of whoever sends a comment: the same request, the same text, the pause, the record."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask

from blog import clock
from blog.extensions import db
from blog.models import Article, Author, Discussion, Staff, Status
from blog.queries import senders as queries
from blog.services import text
from tests import cast

BEA = "b" * 64  # the author of the cast's comments
EVE = "e" * 64  # another browser


@pytest.fixture
def article(session: Any) -> Article:
    return cast.article()


def _known(**asked: Any) -> queries.Known:
    """What is known of a request by the cast's commenter, or of one that differs."""
    usual = {
        "key": "new", "other_key": "", "article_id": 1, "parent_id": None, "fingerprint": "new", "names": [],
        "browser": BEA, "network": "192.0.2.0/24", "pause": timedelta(seconds=15),
        "record": timedelta(days=7),
    }  # fmt: skip
    return queries.known(**{**usual, **asked})


def test_nothing_is_known_of_a_stranger(article: Article) -> None:
    nothing = (None, False, False, False, None, (False, 0, 0))
    assert tuple(_known(browser=EVE, network="", article_id=article.id))[1:] == nothing


def test_the_article_is_known_as_it_is_now(article: Article) -> None:
    article.discussion, article.stays_open = Discussion.HELD, True
    db.session.flush()
    assert _known().article == (Discussion.HELD, True, article.published_at)


def test_an_equal_request_is_known_by_its_key(article: Article) -> None:
    stored = cast.comment(article, request_key="same")
    assert _known(key="same").stored == stored.id
    assert _known(other_key="same").stored == stored.id


@pytest.mark.parametrize("status", Status)
def test_only_a_public_comment_under_the_same_article_is_answered(
    article: Article, status: Status
) -> None:
    other = cast.article(slug="other")
    parent = cast.comment(article, status=status)
    is_public = status is Status.PUBLISHED
    assert _known(article_id=article.id, parent_id=parent.id).is_parent_public is is_public
    assert not _known(article_id=other.id, parent_id=parent.id).is_parent_public


def test_all_of_it_is_one_statement(app: Flask, article: Article) -> None:
    with cast.counting(app) as seen:
        _known()
    assert len(seen) == 1


@pytest.mark.parametrize("status", Status)
def test_a_public_comment_is_the_proof_that_lets_the_next_one_pass(
    article: Article, status: Status
) -> None:
    cast.comment(article, status=status)
    assert queries.standing(BEA, clock.now()).passed is (status is Status.PUBLISHED)
    assert not queries.standing(EVE, clock.now()).passed


def test_the_record_counts_what_was_decided_in_that_time(article: Article) -> None:
    old = clock.now() - timedelta(days=8)
    for status in Status:
        cast.comment(article, status=status)
        cast.comment(article, status=status, created_at=old)
        cast.comment(article, status=status, browser=EVE)
    week_ago = clock.now() - timedelta(days=7)
    assert queries.standing(BEA, week_ago) == _known().standing == (True, 2, 3)
    assert queries.standing("nobody", week_ago) == (False, 0, 0)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        pytest.param({}, True, id="the same browser and network"),
        pytest.param({"network": "198.51.100.0/24"}, True, id="the same browser elsewhere"),
        pytest.param({"browser": EVE}, True, id="another browser in the network"),
        pytest.param({"browser": EVE, "network": "198.51.100.0/24"}, False, id="somebody else"),
        pytest.param({"fingerprint": "another"}, False, id="another text"),
        pytest.param({"article_id": 2}, False, id="another article"),
    ],
)
def test_who_said_the_same_before(article: Article, asked: dict[str, Any], expected: bool) -> None:
    cast.article(slug="other")
    cast.comment(article, fingerprint="same")
    usual = {"article_id": article.id, "fingerprint": "same"}
    assert _known(**{**usual, **asked}).is_repeated is expected


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
        last = _known(browser=browser, network=network).last_written
        assert last == (written if expected else None)
        travelled.shift(timedelta(seconds=10))
        assert _known(browser=browser, network=network).last_written is None


def test_what_the_staff_wrote_pauses_nobody(article: Article) -> None:
    cast.comment(article, staff_id=cast.moderator().id)
    assert _known().last_written is None


@pytest.mark.parametrize("make", [Author, Staff], ids=["a byline", "an account"])
def test_the_names_of_the_staff_are_known_in_any_disguise(
    article: Article, make: Callable[..., Author | Staff]
) -> None:
    name = "Ruth Ansell" if make is Author else cast.moderator().name
    disguised = text.fold_name(name.upper().replace("E", "\u0415"))
    assert _known(names=[disguised]).is_staff_name
    assert not _known(names=[text.fold_name("Ann Reader")]).is_staff_name

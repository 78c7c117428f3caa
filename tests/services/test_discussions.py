"""What readers may do below an article, and when that ends by itself."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from blog.config import Settings
from blog.models import ChangeEntry, Discussion
from blog.services import discussions
from tests import cast


@pytest.mark.parametrize(
    ("set_to", "days", "stays", "age", "expected"),
    [
        pytest.param("open", 0, False, 9999, "open", id="nothing closes by itself by default"),
        pytest.param("open", 14, False, 13, "open", id="a young discussion is open"),
        pytest.param("open", 14, False, 15, "closed", id="an old one is closed"),
        pytest.param("held", 14, False, 15, "closed", id="also where every comment waits"),
        pytest.param("open", 14, True, 15, "open", id="unless it stays open"),
        pytest.param("closed", 14, True, 1, "closed", id="what was closed is closed"),
        pytest.param("hidden", 14, False, 99, "hidden", id="what is hidden stays hidden"),
    ],
)
def test_the_state_now(
    session: Any, set_to: str, days: int, stays: bool, age: int, expected: str
) -> None:
    article = cast.article(comments=set_to)
    article.stays_open = stays
    with time_machine.travel(article.published_at + timedelta(days=age)):
        found = discussions.state(article, Settings(close_after_days=days))
        assert found == expected
        running = discussions.is_running(article, Settings(close_after_days=days))
        assert running is (expected in ("open", "held"))


def test_a_change_is_in_the_log_and_none_is_not(session: Any) -> None:
    article, mo = cast.article(), cast.moderator()
    discussions.change(article, Discussion.OPEN, stays_open=False, staff=mo)
    assert session.query(ChangeEntry).count() == 0
    discussions.change(article, Discussion.HELD, stays_open=True, staff=mo)
    line = session.query(ChangeEntry).one()
    assert (line.subject, line.before, line.after) == ("The tide table", "open", "held, stays open")


def test_publishing_again_leaves_what_the_dashboard_set(session: Any) -> None:
    article = cast.article()
    discussions.change(article, Discussion.CLOSED, stays_open=False, staff=cast.moderator())
    cast.article(comments="", body="Another text.")
    assert article.discussion.value == "closed"
    cast.article(comments="open", body="A third.")
    assert article.discussion.value == "open", "what the file says counts"

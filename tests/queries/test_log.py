"""The log of decisions as the staff reads it."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import insert, text

from blog import clock
from blog.extensions import db
from blog.models import Article, BulkDecision, Comment, ModerationEntry, Staff, Status
from blog.queries import log
from blog.queries.log import Wanted
from blog.queries.queue_filter import Filter
from blog.services import bulk, corrections, moderation
from tests import cast
from tests.conftest import POSTGRES


@pytest.fixture
def article(session: Any) -> Article:
    return cast.article()


@pytest.fixture
def mo(article: Article) -> Staff:
    return cast.moderator()


def _spam(comment: Comment, mo: Staff) -> None:
    moderation.decide(comment.id, Status.SPAM, mo, seen=cast.seen(Status.HELD))


def _about(**wanted: Any) -> list[int]:
    found = log.decisions(None, 99, Wanted(**wanted))
    return [each.comment_id for each in found if isinstance(each, ModerationEntry)]


def test_decisions_are_the_newest_first_and_no_arrival_is_one(article: Article, mo: Staff) -> None:
    made = [cast.comment(article, status=Status.HELD) for _ in range(3)]
    for comment in made:
        _spam(comment, mo)
    assert _about() == [each.id for each in reversed(made)]
    assert len(log.decisions(None, 2, Wanted())) == 3, "one more, to know that more follow"


def test_a_decision_about_many_is_one_line_among_the_others(article: Article, mo: Staff) -> None:
    first, *many, last = [cast.comment(article, status=Status.HELD) for _ in range(5)]
    _spam(first, mo)
    wanted = Filter(only=tuple(each.id for each in many))
    done = bulk.decide(wanted, Status.SPAM, mo, about={})
    _spam(last, mo)
    found = log.decisions(None, 9, Wanted())
    assert [type(each) for each in found] == [ModerationEntry, BulkDecision, ModerationEntry]
    seen, before = [], None
    for _ in found:  # a line a page
        line, *_more = log.decisions(before, 1, Wanted())
        before = log.log_position(line)
        seen.append(line)
    assert seen == found
    assert done
    bulk.undo(done, mo)
    assert len(log.decisions(None, 9, Wanted())) == 4, "its undo is one line, too"
    assert len(_about(comment_id=many[0].id)) == 2, "each comment has lines of its own"


def test_the_log_is_narrowed_to_days_a_comment_or_a_person(article: Article, mo: Staff) -> None:
    old, new = (cast.comment(article, status=Status.HELD) for _ in "12")
    theirs = cast.comment(article, status=Status.HELD, browser="e" * 64)
    day = clock.now().date()
    with time_machine.travel(clock.now() - timedelta(days=2), tick=False):
        _spam(old, mo)
    _spam(new, mo)
    _spam(theirs, mo)
    assert _about(comment_id=new.id) == [new.id]
    assert _about(browser="e" * 64) == [theirs.id]
    assert _about(since=day) == [theirs.id, new.id]
    assert _about(until=day - timedelta(days=1)) == [old.id]
    assert _about(staff_id=mo.id + 1) == []
    assert _about(after=Status.REJECTED) == []


def test_a_correction_comes_with_the_old_and_the_new_text(article: Article, mo: Staff) -> None:
    comment = cast.comment(article, body="One.")
    first = corrections.correct(comment.id, "Two.", mo, version=comment.version)
    second = corrections.correct(comment.id, "Three.", mo, version=comment.version)
    assert first
    assert second
    lines = log.decisions(None, 9, Wanted())
    assert log.texts(lines) == {first.id: ("One.", "Two."), second.id: ("Two.", "Three.")}
    corrections.undo(second, mo)
    assert log.texts(log.decisions(None, 9, Wanted())) == {first.id: ("One.", "Two.")}


if not POSTGRES:  # how SQLite finds it; there is no such plan elsewhere

    @pytest.mark.parametrize("is_analysed", [False, True])
    def test_a_page_of_the_log_is_found_by_an_index(article: Article, is_analysed: bool) -> None:
        """Arrivals are the most of its lines, and none of them is shown."""
        comment = cast.comment(article)
        row = {"comment_id": comment.id, "by": "", "after": "held", "created_at": clock.now()}
        many = [row | {"before": None if number % 50 else "held"} for number in range(500)]
        db.session.execute(insert(ModerationEntry), many)
        if is_analysed:
            db.session.execute(text("ANALYZE"))
        query = log._entries(9, 5, Wanted())
        written = query.compile(db.engine, compile_kwargs={"literal_binds": True})
        plan = [row.detail for row in db.session.execute(text(f"EXPLAIN QUERY PLAN {written}"))]
        assert "ix_moderation_entry_single" in plan[0]
        assert not any("B-TREE" in each for each in plan), plan


def test_decisions_come_with_what_their_lines_show(app: Flask, article: Article, mo: Staff) -> None:
    for number in range(4):
        _spam(cast.comment(cast.article(slug=f"a-{number}"), status=Status.HELD), mo)
    db.session.expunge_all()
    with cast.counting(app) as seen:
        found = log.decisions(None, 9, Wanted())
        assert all(isinstance(each, ModerationEntry) and each.comment.article for each in found)
    assert len(seen) == 2, "one for single decisions, one for those about many"

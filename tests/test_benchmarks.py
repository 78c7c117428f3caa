"""What is measured is a site like any other: its counts are true, its indexes all there."""

from collections import Counter

from flask import Flask
from sqlalchemy import inspect

from benchmarks import data
from blog.extensions import db
from blog.models import Article, Comment, ModerationEntry, Status
from blog.queries import queue, versions
from tests import cast


def _indexes() -> set[str | None]:
    found = inspect(db.engine)
    return {
        each["name"]
        for table in ("comment", "moderation_entry")
        for each in found.get_indexes(table)
    }


def test_the_site_that_is_measured_is_one_that_the_rules_could_have_made(app: Flask) -> None:
    with app.app_context():
        indexes = _indexes()
        data.fill(comments=300, articles=20, held=30)
        assert _indexes() == indexes
        comments = db.session.query(Comment).all()
        assert len(comments) == 300 == db.session.query(ModerationEntry).count()
        assert queue.counts() == cast.truly(comments)
        public = Counter(each.article_id for each in comments if each.status is Status.PUBLISHED)
        articles = db.session.query(Article).all()
        assert {each.id: each.comment_count for each in articles} == {
            each.id: public[each.id] for each in articles
        }
        noted = {name for name, _ in versions.since(0)}
        assert {f"article {number}" for number in public} <= noted, "the triggers counted"
        made = cast.comment(articles[0], request_key="another")
        assert made.id == 301, "what is written next has the next number"

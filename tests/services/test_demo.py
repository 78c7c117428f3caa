"""The demo newsroom: enough to judge the design by."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from blog import clock
from blog.extensions import db
from blog.models import Article, Author, Comment, DayCount, Status, Topic
from blog.queries import articles
from blog.queries.queue import counts
from blog.services import demo


@pytest.fixture
def filled(session: Any) -> int:
    return demo.fill()


@pytest.mark.usefixtures("filled")
def test_there_is_something_of_everything() -> None:
    assert db.session.query(Article).count() == 12
    assert db.session.query(Author).count() == 3
    assert db.session.query(Topic).count() == 4
    assert all(author.bio and author.role for author in db.session.query(Author))
    assert all(topic.description for topic in db.session.query(Topic))
    assert min(counts().values()) > 0, "comments in every view"


@pytest.mark.usefixtures("filled")
def test_every_comment_is_counted_on_its_day() -> None:
    days = {row.day: row.arrived for row in db.session.query(DayCount)}
    assert days == Counter(each.created_at.date() for each in db.session.query(Comment))


@pytest.mark.usefixtures("filled")
def test_it_looks_like_today() -> None:
    newest, *others = articles.newest(20)
    age = clock.now() - newest.published_at
    assert timedelta(hours=1) < age < timedelta(hours=3)
    assert len(others) == 11
    assert all(comment.created_at <= clock.now() for comment in db.session.query(Comment))


@pytest.mark.usefixtures("filled")
def test_its_counts_are_true() -> None:
    for article in db.session.query(Article):
        public = [
            each
            for each in db.session.query(Comment).filter_by(article_id=article.id)
            if each.status is Status.PUBLISHED
        ]
        assert article.comment_count == len(public)


@pytest.mark.usefixtures("filled")
def test_every_picture_is_there_and_described() -> None:
    from blog.web.assets import has_asset

    pictured = [each for each in db.session.query(Article) if each.picture]
    assert len(pictured) >= 2
    for article in pictured:
        assert has_asset(article.picture)
        assert article.picture_alt

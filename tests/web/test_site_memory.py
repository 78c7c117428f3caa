"""What is remembered until the site changes: for how long, by whom, and what a page costs then."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import update

from blog import clock
from blog.extensions import db, writing
from blog.models import Article, Author, Comment, SettingRow, Status, Topic
from blog.web import site_memory, stories
from blog.web.site_memory import remembered
from tests import cast
from tests.page import CheckingClient


@pytest.fixture
def asked(app: Flask) -> Callable[[], list[int]]:
    """Asks for something that is remembered; returns how often it had to be made so far."""
    made: list[int] = []

    def make() -> str:
        made.append(1)
        return "found"

    def ask() -> list[int]:
        with app.app_context():
            remembered("a thing", make)
        return made

    with app.app_context():
        cast.comment(cast.article())
    ask()
    return ask


CHANGES = [
    pytest.param(lambda: cast.article(slug="b"), 2, id="an article is published"),
    pytest.param(lambda: _set(Article, title="Another"), 2, id="an article has another title"),
    pytest.param(lambda: _set(Author, name="Another"), 2, id="an author has another name"),
    pytest.param(lambda: _set(Topic, name="Another"), 2, id="a topic has another name"),
    pytest.param(
        lambda: db.session.add(SettingRow(name="site_name", value="X")), 2, id="a setting changes"
    ),
    pytest.param(lambda: _set(Comment, name="Another"), 1, id="a comment changes"),
    pytest.param(lambda: cast.comment(_article()), 1, id="a comment arrives"),
    pytest.param(lambda: None, 1, id="nothing happens"),
]


def _set(kind: type, **values: Any) -> None:
    db.session.execute(update(kind).values(values))


def _article() -> Article:
    return db.session.query(Article).first() or cast.article()


@pytest.mark.parametrize(("change", "times"), CHANGES)
def test_what_ends_an_era(
    app: Flask, asked: Callable[[], list[int]], change: Callable[[], object], times: int
) -> None:
    assert len(asked()) == 1, "asked twice, made once"
    with app.app_context(), writing():
        change()
    assert len(asked()) == times


def test_a_scheduled_article_ends_an_era_when_its_moment_comes(
    app: Flask, asked: Callable[[], list[int]]
) -> None:
    moment = clock.now().replace(microsecond=0) + timedelta(hours=1)
    with app.app_context():
        cast.article(slug="later", date=moment.isoformat())
    with time_machine.travel(moment - timedelta(seconds=1), tick=False):
        assert len(asked()) == len(asked()) == 2
    with time_machine.travel(moment, tick=False):
        assert len(asked()) == len(asked()) == 3


def test_what_is_not_found_is_asked_for_again(app: Flask) -> None:
    with app.app_context():
        assert stories.story("the-tide-table") is None
        db.session.rollback()
        cast.article()
    with app.app_context():
        assert stories.story("the-tide-table")


def test_what_may_yet_be_rolled_back_is_nobody_elses(app: Flask) -> None:
    with app.app_context():
        cast.article()
        with pytest.raises(ZeroDivisionError):
            _read_and_fail()
    with app.app_context():
        found = stories.story("the-tide-table")
        assert found
        assert found.title == "The tide table"


def _read_and_fail() -> None:
    with writing():
        _set(Article, title="Never")
        found = stories.story("the-tide-table")
        assert found
        assert found.title == "Never"
        raise ZeroDivisionError


@pytest.mark.parametrize(
    ("path", "price"),
    [
        pytest.param(cast.PATH, 3, id="an article: versions, counts, threads"),
        pytest.param("/", 2, id="the front page: versions, numbers and counts"),
        pytest.param("/topic/sea", 2, id="a topic: versions, numbers and counts"),
        pytest.param("/archive/1", 2, id="the archive: versions, numbers and counts"),
    ],
)
def test_a_page_after_a_comment_reads_only_what_a_comment_changes(
    app: Flask, client: CheckingClient, path: str, price: int
) -> None:
    with app.app_context():
        article = cast.article()
        cast.articles(5)
    client.get(path)
    with app.app_context():
        cast.comment(article, status=Status.PUBLISHED)
    client.get(path)
    with cast.counting(app) as seen:
        client.get(path)
    assert len(seen) == price, seen


def test_what_was_kept_first_goes_when_there_is_no_more_room(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(site_memory, "MOST", 2)
    with app.app_context():
        for name in "abc":
            assert remembered(name, partial(str, name)) == name
        again = {name: remembered(name, lambda: "made again") for name in "cba"}
    assert again == {"c": "c", "b": "b", "a": "made again"}

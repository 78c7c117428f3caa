"""Lists of articles: what is public, in which order, page by page, at which price."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask

from blog import clock
from blog.extensions import db
from blog.models import Article, Author, Tag, Topic
from blog.queries import articles, stories
from blog.queries import lists as queries
from tests import cast

pytestmark = pytest.mark.usefixtures("session")
Read = Callable[[], Sequence[Any]]
ReadPage = Callable[[int | None, int], queries.Page]


def _topic() -> int:
    return db.session.query(Topic).filter_by(slug="sea").one().id


def _tag() -> int:
    return db.session.query(Tag).filter_by(slug="tides").one().id


def _author() -> int:
    return db.session.query(Author).filter_by(slug="ruth-ansell").one().id


def _archive(number: int, size: int) -> list[queries.Listed]:
    return queries.archive(queries.last_place(), number, size)


def _pages(size: int) -> int:
    return queries.archive_pages(queries.last_place(), size)


LISTS: list[Any] = [
    pytest.param(lambda: queries.newest(99), id="the front page"),
    pytest.param(lambda: _archive(1, 99), id="the archive"),
    pytest.param(lambda: queries.in_topic(_topic(), None, 99).stories, id="a topic"),
    pytest.param(lambda: queries.with_tag(_tag(), None, 99).stories, id="a tag"),
    pytest.param(lambda: queries.by_author(_author(), None, 99).stories, id="an author"),
    pytest.param(lambda: stories.for_feed(99), id="the feed"),
    pytest.param(lambda: [*queries.for_sitemap(99)], id="the sitemap"),
]
# How a list is continued: the page that starts after a place.
PAGED: list[Any] = [
    pytest.param(lambda before, size: queries.in_topic(_topic(), before, size), id="a topic"),
    pytest.param(lambda before, size: queries.with_tag(_tag(), before, size), id="a tag"),
    pytest.param(lambda before, size: queries.by_author(_author(), before, size), id="an author"),
]


def _slugs(found: Sequence[Any]) -> list[str]:
    """What a list holds, whether it has the articles' numbers or their addresses."""
    return [
        getattr(each, "slug", "") or db.session.get_one(Article, each.id).slug for each in found
    ]


# --- What is public --------------------------------------------------------------------------


@pytest.mark.parametrize("read", LISTS)
def test_a_scheduled_article_is_in_no_list_until_its_moment(read: Read) -> None:
    cast.article()
    moment = clock.now().replace(microsecond=0) + timedelta(days=1)
    cast.article(slug="later", date=moment.isoformat())
    assert _slugs(read()) == ["the-tide-table"]
    with time_machine.travel(moment - timedelta(seconds=1), tick=False):
        assert _slugs(read()) == ["the-tide-table"]
    with time_machine.travel(moment, tick=False):
        assert _slugs(read()) == ["later", "the-tide-table"]


def test_a_scheduled_article_has_no_page_but_can_be_edited() -> None:
    cast.article(slug="later", date="2099-01-01")
    assert stories.by_slug("later") is None
    assert articles.for_editing("later")
    assert articles.any_exist()


def test_a_scheduled_article_is_related_to_nothing() -> None:
    article = cast.article()
    cast.article(slug="later", date="2099-01-01")
    assert _related(article) == []


def test_a_scheduled_article_fills_no_page_of_the_archive() -> None:
    cast.articles(2)
    cast.article(slug="later", date="2099-01-01")
    assert _pages(2) == 1


def test_a_topic_is_named_once_something_of_it_is_public() -> None:
    cast.article(topic="Weather")
    cast.article(slug="b", topic="City")
    cast.article(slug="c", topic="City")
    moment = clock.now() + timedelta(days=1)
    cast.article(slug="later", topic="Sport", date=moment.isoformat())
    assert [topic.name for topic in stories.topics()] == ["City", "Weather"]
    with time_machine.travel(moment + timedelta(seconds=1)):
        assert [topic.name for topic in stories.topics()] == ["City", "Sport", "Weather"]


def test_an_empty_site_has_no_article_and_one_page() -> None:
    assert not articles.any_exist()
    assert (_pages(20), _archive(1, 20), queries.newest(20)) == (1, [], [])


# --- In which order --------------------------------------------------------------------------


@pytest.mark.parametrize("read", LISTS)
def test_the_newest_comes_first_whatever_was_published_last(read: Read) -> None:
    cast.articles(2)
    cast.article(slug="old", date="2020-01-01")
    assert _slugs(read()) == ["story-2", "story-1", "old"]


@pytest.mark.parametrize("read", LISTS)
def test_of_two_articles_of_one_moment_the_one_stored_later_comes_first(read: Read) -> None:
    for slug in ("a", "b", "c"):
        cast.article(slug=slug)
    assert _slugs(read()) == ["c", "b", "a"]


def test_related_are_three_others_of_the_topic_the_newest_first() -> None:
    *_, fourth, fifth = cast.articles(5)
    cast.article(slug="elsewhere", topic="City")
    assert _related(fifth) == ["story-4", "story-3", "story-2"]
    assert _related(fourth) == ["story-5", "story-3", "story-2"]


def test_an_article_alone_in_its_topic_is_related_to_nothing() -> None:
    cast.articles(2)
    assert _related(cast.article(topic="City")) == []


def _related(article: Article) -> list[str]:
    return _slugs(queries.related(article.topic_id, article.id))


def test_an_article_by_two_people_is_in_the_lists_of_both_once() -> None:
    cast.article(author="[Ruth Ansell, Idris Calloway]")
    for author in db.session.query(Author):
        assert _slugs(queries.by_author(author.id, None, 9).stories) == ["the-tide-table"]


# --- Page by page ----------------------------------------------------------------------------


@pytest.mark.parametrize("read", PAGED)
@pytest.mark.parametrize("size", [1, 4, 6])
def test_pages_hold_every_article_once(read: ReadPage, size: int) -> None:
    for number, _ in enumerate(cast.articles(6)):  # others lie between them
        date = (cast.PUBLISHED + timedelta(hours=number, minutes=30)).isoformat()
        cast.article(slug=f"x-{number}", date=date, topic="City", tags="", author="Somebody")
    seen: list[str] = []
    before: int | None = None
    for _ in range(7):
        found = read(before, size)
        assert len(found.stories) <= size
        seen += _slugs(found.stories)
        before = found.before
        if before is None:
            break
    assert seen == [f"story-{number}" for number in range(6, 0, -1)]


@pytest.mark.parametrize("read", PAGED)
def test_a_page_that_is_just_full_is_the_last(
    read: ReadPage,
) -> None:
    cast.articles(2)
    assert read(None, 2).before is None
    assert read(None, 1).before is not None


@pytest.mark.parametrize(
    ("count", "size", "pages"), [(0, 3, 1), (1, 3, 1), (3, 3, 1), (4, 3, 2), (7, 3, 3), (5, 1, 5)]
)
def test_numbered_pages_hold_every_article_once(count: int, size: int, pages: int) -> None:
    cast.articles(count)
    cast.article(slug="later", date="2099-01-01")
    assert _pages(size) == pages
    seen = [slug for number in range(1, pages + 1) for slug in _slugs(_archive(number, size))]
    assert seen == [f"story-{number}" for number in range(count, 0, -1)]
    assert _archive(pages + 1, size) == []


# --- At which price --------------------------------------------------------------------------


@pytest.mark.parametrize("read", [each for each in LISTS if each.id != "the feed"])
def test_a_list_costs_the_same_however_long_it_is(app: Flask, read: Read) -> None:
    cast.articles(2)
    few = _price(app, read)
    cast.articles(12, author="[Ruth Ansell, Idris Calloway]", tags="harbour, tides, weather")
    assert _price(app, read) == few
    assert few <= 3, "its subject, where it ends, and the list"


@pytest.mark.parametrize("count", [2, 12])
def test_the_feed_and_cards_cost_two_statements(app: Flask, count: int) -> None:
    made = cast.articles(count, author="[Ruth Ansell, Idris Calloway]")
    numbers = [each.id for each in made]
    for read in (lambda: stories.for_feed(99), lambda: stories.cards(numbers)):
        assert _price(app, read) == 2


def test_a_sitemap_costs_one_statement(app: Flask) -> None:
    cast.articles(12)
    with cast.counting(app) as seen:
        assert len([*queries.for_sitemap(99)]) == 12
    assert len(seen) == 1


def _price(app: Flask, read: Callable[[], object]) -> int:
    """How many statements it takes."""
    db.session.expunge_all()
    with cast.counting(app) as seen:
        assert read()
    return len(seen)


@pytest.mark.parametrize("count", [2, 12])
def test_the_topics_cost_one_statement(app: Flask, count: int) -> None:
    for number in range(count):
        cast.article(slug=f"a-{number}", topic=f"Topic {number}")
    with cast.counting(app) as seen:
        assert len(stories.topics()) == count
    assert len(seen) == 1


def test_an_article_comes_with_all_that_its_page_shows(app: Flask) -> None:
    cast.article(author="[Ruth Ansell, Idris Calloway]", tags="a, b, c")
    db.session.expunge_all()
    with cast.counting(app) as seen:
        article = stories.by_slug("the-tide-table")
        assert article
        assert (article.topic.name, len(article.authors), len(article.tags)) == ("Sea", 2, 3)
    assert len(seen) == 4, "the article, its authors, its tags, what is related"


def test_the_comments_below_many_articles_are_counted_at_once(app: Flask) -> None:
    one, two = cast.articles(2)
    cast.comment(one)
    with cast.counting(app) as seen:
        assert queries.counts([one.id, two.id, 99]) == {one.id: 1, two.id: 0}
    assert len(seen) == 1

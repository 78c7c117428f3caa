"""Publishing a manuscript: new, changed, unchanged; and everything it is listed under."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from blog.extensions import db
from blog.models import Article, Author, Tag, Topic
from blog.services import manuscript, publishing
from blog.services.manuscript import BrokenManuscript
from blog.services.publishing import Outcome
from tests import cast

pytestmark = pytest.mark.usefixtures("session")


def _publish(**changed: Any) -> tuple[Article, Outcome]:
    return publishing.publish(manuscript.read(cast.source(**changed)))


def test_a_new_article_is_published_with_all_it_has() -> None:
    article, outcome = _publish(author="[Ruth Ansell, Idris Calloway]")
    assert outcome is Outcome.PUBLISHED
    assert [author.name for author in article.authors] == ["Ruth Ansell", "Idris Calloway"]
    assert {tag.slug for tag in article.tags} == {"harbour", "tides"}
    assert (article.topic.slug, article.minutes) == ("sea", 1)
    assert "<em>twice</em>" in article.html


def test_the_same_file_twice_changes_nothing() -> None:
    first, _ = _publish()
    second, outcome = _publish()
    assert (outcome, second.id) == (Outcome.UNCHANGED, first.id)


@pytest.mark.parametrize(
    "change",
    [
        {"title": "Another title"}, {"body": "Another text."}, {"author": "Idris Calloway"},
        {"author": "[Ruth Ansell, Idris Calloway]"}, {"topic": "City"}, {"tags": "harbour"},
        {"tags": ""}, {"comments": "closed"}, {"date": "2026-03-05T09:30:00+00:00"},
    ],
    ids=lambda change: str(*change.values()),
)  # fmt: skip
def test_a_changed_file_updates_the_article(change: dict[str, str]) -> None:
    first, _ = _publish()
    second, outcome = _publish(**change)
    assert (outcome, second.id) == (Outcome.UPDATED, first.id)
    assert _publish(**change)[1] is Outcome.UNCHANGED


def test_an_author_topic_or_tag_is_made_once() -> None:
    _publish()
    _publish(slug="another", author="RUTH ANSELL", tags="Harbour, harbour, tides")
    assert db.session.query(Author).count() == 1
    assert db.session.query(Topic).count() == 1
    assert db.session.query(Tag).count() == 2


@pytest.mark.parametrize(
    ("kind", "field", "names", "slugs"),
    [
        pytest.param(Author, "author", ("张伟", "章伟"), ["zhang-wei", "zhang-wei-2"], id="sound"),
        pytest.param(Tag, "tags", ("C", "c", "C++"), ["c", "c-plus-plus"], id="signs"),
        pytest.param(Tag, "tags", ("Straße", "STRASSE"), ["strasse"], id="case"),
        pytest.param(Author, "author", ("Søren Łuk", "Soren Luk"), ["soren-luk"], id="letters"),
        pytest.param(
            Tag,
            "tags",
            ("a" * 91 + " bbbb", "a" * 91 + " cccc"),
            ["a" * 91, "a" * 91 + "-2"],
            id="long ones, cut at a word",
        ),
        pytest.param(
            Tag, "tags", ('"Notes #1"', "Notes 1"), ["notes-1", "notes-1-2"], id="a number"
        ),
        pytest.param(
            Topic, "topic", ("José-Luis", "Jose Luis"), ["jose-luis"], id="accents, signs"
        ),
        pytest.param(Topic, "topic", ("Sea 2", "Sea"), ["sea", "sea-2"], id="a number"),
    ],
)
def test_other_names_are_other_rows_though_they_are_spelled_alike(
    kind: type[Author | Tag | Topic], field: str, names: tuple[str, ...], slugs: list[str]
) -> None:
    for number, name in enumerate(names):
        _publish(**{"author": "A", "tags": "t", "topic": "T", "slug": f"s-{number}", field: name})
    db.session.flush()
    found = set(db.session.scalars(select(kind.slug))) - {"a", "t"}
    assert sorted(found) == slugs


def _without_slug(**changed: str) -> tuple[Article, Outcome]:
    source = cast.source(slug="-", **changed).replace("slug: -\n", "")
    return publishing.publish(manuscript.read(source))


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"title": "背景"}, id="another title with the same sound"),
        pytest.param({"date": "2026-05-04"}, id="a title that comes back"),
    ],
)
def test_a_slug_that_was_guessed_replaces_no_other_article(changed: dict[str, str]) -> None:
    first, _ = _without_slug(title="北京")
    assert _without_slug(title="北京", body="A new word.") == (first, Outcome.UPDATED)
    with pytest.raises(
        BrokenManuscript, match="“北京” is at this address already: `slug: bei-jing`"
    ):
        _without_slug(**{"title": "北京"} | changed)
    assert first.title == "北京"


def test_the_order_of_the_byline_is_kept_and_can_be_changed() -> None:
    _publish(author="[Ruth Ansell, Idris Calloway]")
    article, _ = _publish(author="[Idris Calloway, Ruth Ansell]")
    db.session.expire_all()
    assert [author.name for author in article.authors] == ["Idris Calloway", "Ruth Ansell"]


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("The Tide: a Table!", "the-tide-a-table"),
        ("Прилив", "priliv"),
        ("潮汐", "chao-xi"),
        ("word " * 40, "word-" * 19 + "word"),
        ("C", "c"),
        ("C++", "c-plus-plus"),
        ("C#, and why", "c-sharp-and-why"),
        ("#harbour at 1+1", "harbour-at-1-1"),
    ],
)
def test_a_slug_is_made_of_the_title(title: str, slug: str) -> None:
    assert publishing.slug_of(title) == slug


@pytest.mark.parametrize("changed", [{"title": "🎉"}, {"title": "?!"}, {"tags": "☃"}])
def test_signs_alone_make_no_address(changed: dict[str, str]) -> None:
    """All of them would have the same one, and the second article take the place of the first."""
    source = cast.source(**changed).replace("slug: the-tide-table\n", "")
    with pytest.raises(BrokenManuscript, match=r"no address can be made of|no letter and no digit"):
        publishing.publish(manuscript.read(source))


def test_signs_alone_are_a_title_beside_a_slug() -> None:
    assert _publish(title="🎉", slug="a-party")[0].slug == "a-party"


def test_places_count_from_the_oldest_also_when_one_comes_between() -> None:
    for slug, hours in (("a", 0), ("c", 20), ("b", 10), ("0", -5)):
        _publish(slug=slug, date=(cast.PUBLISHED + timedelta(hours=hours)).isoformat())
    db.session.expire_all()
    by_place = db.session.query(Article).order_by(Article.place)
    assert [(each.slug, each.place) for each in by_place] == [
        ("0", 1), ("a", 2), ("b", 3), ("c", 4),
    ]  # fmt: skip

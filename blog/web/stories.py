"""Articles for readers' pages: what they say from memory, how many comments they have from now."""

from collections.abc import Sequence
from typing import NamedTuple

from flask import abort

from blog.config import current_settings
from blog.models import Discussion
from blog.queries import lists, stories
from blog.queries.lists import Listed
from blog.queries.stories import Card, Person, Story, TagLink, TopicLink
from blog.services import discussions
from blog.web.site_memory import remembered, remembered_all


class Listing(NamedTuple):
    """An article in a list, as a template shows it."""

    card: Card
    comment_count: int


def story(slug: str) -> Story | None:
    """The public article with that slug."""
    return remembered(("story", slug), lambda: stories.by_slug(slug))


def article_or_404(year: int, month: int, slug: str) -> Story:
    """The public article at that address."""
    found = story(slug)
    if not found or found.path != {"year": year, "month": month, "slug": slug}:
        abort(404)
    return found


def open_article_or_404(year: int, month: int, slug: str) -> Story:
    """The public article at that address, unless its discussion is hidden."""
    found = article_or_404(year, month, slug)
    if discussions.state(found, current_settings()) is Discussion.HIDDEN:
        abort(404)
    return found


def topic(slug: str) -> TopicLink | None:
    """The topic with that slug."""
    return remembered(("topic", slug), lambda: stories.topic(slug))


def tag(slug: str) -> TagLink | None:
    """The tag with that slug."""
    return remembered(("tag", slug), lambda: stories.tag(slug))


def author(slug: str) -> Person | None:
    """The author with that slug."""
    return remembered(("author", slug), lambda: stories.author(slug))


def listings(listed: Sequence[Listed]) -> list[Listing]:
    """What a list shows of its articles."""
    cards = _cards([each.id for each in listed])
    # On PostgreSQL an article may be deleted between two statements.
    return [Listing(cards[each.id], each.comment_count) for each in listed if each.id in cards]


def last_place() -> int:
    """The place of the newest public article, from which the archive is numbered."""
    return remembered("last place", lists.last_place)


class Below(NamedTuple):
    """What changes on an article's page with every comment: its count, and those of others."""

    comment_count: int
    related: list[Listing]


def below(story: Story) -> Below:
    """The counts that an article's page shows now."""
    counts, cards = lists.counts((story.id, *story.related)), _cards(story.related)
    related = [Listing(cards[each], counts[each]) for each in story.related if each in counts]
    return Below(counts.get(story.id, 0), related)


def _cards(numbers: Sequence[int]) -> dict[int, Card]:
    return remembered_all("card", numbers, stories.cards)

"""What a newsroom does with articles: publish one, or publish it again."""

import re
import unicodedata
from collections.abc import Iterable
from enum import StrEnum
from itertools import chain, count
from typing import TypeVar

from slugify import slugify
from sqlalchemy import inspect, update
from sqlalchemy.orm import InstanceState

from blog.extensions import db
from blog.models import Article, Author, Byline, Discussion, Tag, Topic
from blog.queries import articles as queries
from blog.queries import versions
from blog.services import markup, text
from blog.services.manuscript import MAX_SLUG, BrokenManuscript, Manuscript

Kind = TypeVar("Kind", Author, Tag, Topic)
# A number fits behind it, where names of different people are spelled alike.
LONGEST_SLUG = MAX_SLUG - 6
# Signs that tell names apart where they end a word: C, C++ and C# are three tags.
_SIGNS = re.compile(r"(?<=[\w+])[+#](?![^\W_])")


class Outcome(StrEnum):
    """What publishing did."""

    PUBLISHED = "published"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


def publish(manuscript: Manuscript) -> tuple[Article, Outcome]:
    """Store a manuscript as the article with its slug, new or changed.

    An author, topic or tag that is not known yet is created. Raises BrokenManuscript, also where
    a slug that was made of the title is that of another article.
    """
    slug = manuscript.slug or slug_of(manuscript.title)
    versions.hold()
    article = queries.for_editing(slug)
    if article and not manuscript.slug and not _is_the_same(article, manuscript):
        raise BrokenManuscript(
            1,
            f"“{article.title}” is at this address already: `slug: {slug}` replaces it,"
            " another slug keeps both",
        )
    is_new = article is None
    if article is None:
        article = Article(slug=slug)
    with db.session.no_autoflush:
        _fill(article, manuscript)
    changed = is_new or _is_changed(article)
    db.session.add(article)
    db.session.flush()
    if changed:
        _number()
        db.session.refresh(article, ["place"])
    if is_new:
        return article, Outcome.PUBLISHED
    return article, Outcome.UPDATED if changed else Outcome.UNCHANGED


def slug_of(title: str) -> str:
    """The slug of a title; one without a Latin letter is spelled by its sound.

    Raises BrokenManuscript for one of signs alone: all of them would be one.
    """
    slug = _slug_of(title)
    if not slug:
        raise BrokenManuscript(1, f"no address can be made of {title!r}; give a slug")
    return slug


def _slug_of(title: str, longest: int = MAX_SLUG) -> str:
    spelled = _SIGNS.sub(lambda sign: " plus " if sign[0] == "+" else " sharp ", title)
    return slugify(spelled, max_length=longest, word_boundary=True)


def _is_the_same(article: Article, manuscript: Manuscript) -> bool:
    """True if a manuscript without a slug is about this article, and not one with a like title."""
    is_same_title = _compared(article.title) == _compared(manuscript.title)
    return is_same_title and article.published_at == manuscript.date


def _compared(name: str) -> str:
    """A name as it is compared: neither case, accents nor other signs make it another one.

    Latin letters are as they are in an address: Søren is Soren. Of others each counts.
    """
    letters = [each for each in name if each.isalpha()]
    if all(unicodedata.name(each, "").startswith("LATIN") for each in letters):
        return slugify(name, separator="", regex_pattern=r"[^a-z0-9+#]+")
    folded = unicodedata.normalize("NFKD", name).casefold()
    return "".join(each for each in folded if each.isalnum() or each in "+#")


def _fill(article: Article, manuscript: Manuscript) -> None:
    article.title = manuscript.title
    article.standfirst = manuscript.standfirst
    article.source = manuscript.body
    article.html = markup.article_html(manuscript.body)
    article.minutes = markup.reading_minutes(manuscript.body)
    article.published_at = manuscript.date
    article.updated_at = manuscript.updated
    article.correction = manuscript.correction
    article.picture = manuscript.picture
    article.picture_alt = manuscript.picture_alt
    article.picture_caption = manuscript.picture_caption
    article.picture_credit = manuscript.picture_credit
    if manuscript.comments:  # what the file does not say, the dashboard may have set
        article.discussion = Discussion(manuscript.comments)
    article.topic = find_or_make(Topic, manuscript.topic)
    tags = _each_once(Tag, manuscript.tags)
    if {tag.slug for tag in tags} != {tag.slug for tag in article.tags}:
        article.tags = tags
    authors = _each_once(Author, manuscript.author)
    if authors != article.authors:
        article.bylines = [Byline(author=author) for author in authors]


def _each_once(kind: type[Kind], names: Iterable[str]) -> list[Kind]:
    """The rows of those names; two spellings of one name, such as another case, are one row."""
    return list(dict.fromkeys(find_or_make(kind, name) for name in names))


def find_or_make(kind: type[Kind], name: str) -> Kind:
    """The row of that name, or a new one: another name that sounds alike has a slug of its own.

    Raises BrokenManuscript for a name of signs alone.
    """
    slug = _slug_of(name, LONGEST_SLUG)
    if not slug:
        raise BrokenManuscript(1, f"{name!r} has no letter and no digit to make an address of")
    known: dict[str, Kind] = {each.slug: each for each in queries.with_slugs(kind, slug)}
    for pending in db.session.new:
        if isinstance(pending, kind):
            known[pending.slug] = pending
    for row in known.values():
        if _compared(row.name) == _compared(name):
            return row
    slugs = chain([slug], (f"{slug}-{number}" for number in count(2)))
    found = kind(slug=next(each for each in slugs if each not in known), name=name)
    if isinstance(found, Author):
        found.folded = text.fold_name(name)
    db.session.add(found)
    return found


def _is_changed(article: Article) -> bool:
    state: InstanceState[Article] = inspect(article)
    return any(attribute.history.has_changes() for attribute in state.attrs)


def _number() -> None:
    """Number all articles from the oldest, changing only rows whose number moved."""
    numbered = queries.numbered()
    db.session.execute(
        update(Article)
        .where(Article.id == numbered.c.id, Article.place != numbered.c.place)
        .values(place=numbered.c.place)
        .execution_options(synchronize_session=False)
    )

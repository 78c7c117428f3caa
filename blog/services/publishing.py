"""What a newsroom does with articles: publish one, or publish it again."""

import re
from collections.abc import Iterable
from enum import StrEnum
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
# Signs that tell names apart where they end a word: C, C++ and C# are three tags.
_SIGNS = re.compile(r"(?<=[\w+])[+#](?![^\W_])")


class Outcome(StrEnum):
    """What publishing did."""

    PUBLISHED = "published"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


def publish(manuscript: Manuscript) -> tuple[Article, Outcome]:
    """Store a manuscript as the article with its slug, new or changed.

    An author, topic or tag that is not known yet is created. Raises BrokenManuscript.
    """
    slug = manuscript.slug or slug_of(manuscript.title)
    versions.hold()
    article = queries.for_editing(slug)
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
    """The slug of a title or name; one without a Latin letter is spelled by its sound.

    Raises BrokenManuscript for one of signs alone: all of them would be one.
    """
    spelled = _SIGNS.sub(lambda sign: " plus " if sign[0] == "+" else " sharp ", title)
    slug = slugify(spelled, max_length=MAX_SLUG, word_boundary=True)
    if not slug:
        raise BrokenManuscript(
            1, f"no address can be made of {title!r}; an article may have a slug"
        )
    return slug


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
    """The row of that name, recognised by its slug, or a new one."""
    slug = slug_of(name)
    for pending in db.session.new:
        if isinstance(pending, kind) and pending.slug == slug:
            return pending
    found = queries.with_slug(kind, slug)
    if found is None:
        found = kind(slug=slug, name=name)
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

"""What readers may do below an article now."""

from datetime import datetime, timedelta
from typing import Any

from blog import clock
from blog.config import Settings
from blog.extensions import db
from blog.models import Article, ChangeEntry, Discussion, Staff
from blog.queries import articles as queries
from blog.queries import versions
from blog.queries.senders import ArticleNow
from blog.queries.stories import Story
from blog.services import changes

Discussed = Article | Story | ArticleNow
_RUNNING = (Discussion.OPEN, Discussion.HELD)


def state(article: Discussed, settings: Settings) -> Discussion:
    """The discussion as it is now: one that runs may have closed by its age."""
    ends = closes_at(article, settings)
    return Discussion.CLOSED if ends and clock.now() > ends else article.discussion


def closes_at(article: Discussed, settings: Settings) -> datetime | None:
    """When its age closes the discussion, or has closed it; None if nothing but people does."""
    days = settings.close_after_days
    if article.discussion not in _RUNNING or not days or article.stays_open:
        return None
    return article.published_at + timedelta(days=days)


def is_running(article: Discussed, settings: Settings) -> bool:
    """True if the article takes comments now."""
    return state(article, settings) in _RUNNING


def is_shown(article: Discussed) -> bool:
    """True if readers see the article and what is said below it."""
    return article.published_at <= clock.now() and article.discussion is not Discussion.HIDDEN


def change(
    article: Article,
    discussion: Discussion,
    *,
    stays_open: bool,
    staff: Staff,
    undo_of: int | None = None,
) -> ChangeEntry | None:
    """Open, hold, close or hide a discussion, and say whether age may close it.

    Returns the log's line, or None if nothing changed.
    """
    versions.hold()
    db.session.refresh(article, ["discussion", "stays_open"])
    before, was = _words(article), _state(article)
    article.discussion, article.stays_open = discussion, stays_open
    became, words = _state(article), (article.title, before, _words(article))
    if became == was:
        return None
    return changes.note(staff, "discussion", *words, was=was, became=became, undo_of=undo_of)


def undo(entry: ChangeEntry, staff: Staff) -> None:
    """Give a discussion back what it was before a line of the log. Raises ChangedSince."""
    versions.hold()
    was = entry.was or {}
    article = queries.for_editing(was.get("slug", ""))
    changes.check(entry, is_still=article is not None and _state(article) == entry.became)
    if article:
        kind, stays = Discussion(was["discussion"]), was["stays_open"]
        change(article, kind, stays_open=stays, staff=staff, undo_of=entry.id)


def _state(article: Article) -> dict[str, Any]:
    return {
        "slug": article.slug,
        "discussion": article.discussion.value,
        "stays_open": article.stays_open,
    }


def _words(article: Article) -> str:
    return f"{article.discussion.value}{', stays open' if article.stays_open else ''}"

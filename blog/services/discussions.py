"""What readers may do below an article now."""

from datetime import datetime, timedelta

from blog import clock
from blog.config import Settings
from blog.models import Article, Discussion, Staff
from blog.queries.stories import Story
from blog.services import changes

Discussed = Article | Story
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


def change(article: Article, discussion: Discussion, *, stays_open: bool, staff: Staff) -> None:
    """Open, hold, close or hide a discussion, and say whether age may close it."""
    before = _words(article)
    article.discussion, article.stays_open = discussion, stays_open
    if _words(article) != before:
        changes.note(staff, "discussion", article.title, before, _words(article))


def _words(article: Article) -> str:
    return f"{article.discussion.value}{', stays open' if article.stays_open else ''}"

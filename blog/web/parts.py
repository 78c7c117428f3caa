"""Parts of pages that strangers share: rendered once for as long as nothing in them changes.

After a new comment its page is rendered again, and forty-nine of fifty threads are as they were.
All that a part shows is in the arguments that it is remembered by, so what is remembered cannot be
old.
"""

from functools import lru_cache

from flask import current_app, render_template
from jinja2.utils import LRUCache
from markupsafe import Markup

from blog.config import current_settings
from blog.models import Article, Staff
from blog.queries.threads import Thread

# About four kilobytes each, so eight megabytes in a process; a card is a quarter of that.
THREADS, CARDS = 2_048, 1_024
_cards = LRUCache(CARDS)


def thread_html(
    thread: Thread, base: str, article_path: str, *, running: bool, viewer: Staff | None
) -> Markup:
    """One thread of a page. What has a viewer's own marks is rendered for that viewer."""
    if viewer or thread.is_personal:
        return _thread(thread, base, article_path, running, viewer)
    settings = current_settings()
    return _known_thread(thread, base, article_path, running, settings.locale, settings.timezone)


def _thread(
    thread: Thread, base: str, article_path: str, running: bool, viewer: Staff | None
) -> Markup:
    where = {"base": base, "article_path": article_path, "running": running, "viewer": viewer}
    return Markup(render_template("comments/_thread.html", each=thread, **where))  # noqa: S704


@lru_cache(THREADS)
def _known_thread(
    thread: Thread, base: str, article_path: str, running: bool, _locale: str, _timezone: str
) -> Markup:
    return _thread(thread, base, article_path, running, None)


def card(article: Article, kind: str = "row", level: int = 2, *, lazy: bool = True) -> Markup:
    """One story in a list: `kind` is lead, beside, related or row, `level` that of its heading."""
    settings, topic = current_settings(), article.topic
    shown = (
        article.title, article.standfirst, article.slug, article.published_at,
        article.comment_count, article.picture, article.picture_alt, topic.slug, topic.name,
        tuple(author.name for author in article.authors),
        kind, level, lazy, settings.locale, settings.timezone,
    )  # fmt: skip
    html: Markup | None = _cards.get(shown)
    if html is None:
        macros = current_app.jinja_env.get_template("articles/_card.html").module
        html = Markup(macros.card(article, kind, level, lazy))  # type: ignore[attr-defined] # noqa: S704
        _cards[shown] = html
    return html

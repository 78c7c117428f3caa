"""Parts of pages that strangers share: rendered once for as long as nothing in them changes.

After a new comment its page is rendered again, and all but one of its threads, the text, the frame
are as they were. All that a part shows is in the arguments that it is remembered by, or is what
only a change of the whole site changes, so what is remembered cannot be old.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from flask import current_app
from markupsafe import Markup

from blog.config import Settings, current_settings
from blog.models import Staff
from blog.queries.stories import Story
from blog.queries.threads import Thread
from blog.web.comment_form import CommentForm
from blog.web.site_memory import remembered
from blog.web.stories import Listing

# About two kilobytes each.
THREADS = 2_048


def part(name: str, **shown: Any) -> Markup:
    """A template rendered with these values and nothing else; each must be a value, no row."""
    key = (name, *shown.items())
    return remembered(key, lambda: _rendered(name, **shown))


def _rendered(name: str, **shown: Any) -> Markup:
    return Markup(current_app.jinja_env.get_template(name).render(shown))  # noqa: S704


def frame(name: str) -> Markup:
    """A part that every page has: it shows nothing but settings, and needs no database for it."""
    settings, kept = current_settings(), current_app.extensions.setdefault("frames", {})
    known: tuple[Settings, Markup] | None = kept.get(name)
    if known is None or known[0] is not settings:
        known = kept[name] = (settings, _rendered(name))
    return known[1]


def blank_form(story: Story, viewer: Staff | None) -> Markup:
    """The form below an article as it is before anybody typed."""
    shown = {"article": story, "viewer": viewer}
    if viewer:
        return _blank_form(shown)
    return remembered(("blank form", story.id), lambda: _blank_form(shown))


def _blank_form(shown: dict[str, Any]) -> Markup:
    return _rendered("comments/_form.html", **shown, form=CommentForm(formdata=None))


def card(listing: Listing, kind: str = "row", level: int = 2, *, lazy: bool = True) -> Markup:
    """One story in a list: `kind` is lead, beside, related or row, `level` that of its heading."""
    key = ("card", listing.card.id, listing.comment_count, kind, level, lazy)
    shown = {"article": listing.card, "comment_count": listing.comment_count}
    shown |= {"kind": kind, "level": level, "lazy": lazy}
    return remembered(key, lambda: _rendered("articles/_card.html", **shown))


def threads_html(
    threads: Sequence[Thread], base: str, article_path: str, *, running: bool, viewer: Staff | None
) -> Markup:
    """The threads of a page. What has a viewer's own marks is rendered for that viewer."""
    settings = current_settings()
    for_all = (base, article_path, running, settings.locale, settings.timezone)
    return Markup("").join(
        _thread(each, base, article_path, running, viewer)
        if viewer or each.is_personal
        else _known_thread(each, *for_all)
        for each in threads
    )


def _thread(
    thread: Thread, base: str, article_path: str, running: bool, viewer: Staff | None
) -> Markup:
    where = {"base": base, "article_path": article_path, "running": running, "viewer": viewer}
    return _rendered("comments/_thread.html", each=thread, **where)


@lru_cache(THREADS)
def _known_thread(
    thread: Thread, base: str, article_path: str, running: bool, _locale: str, _timezone: str
) -> Markup:
    return _thread(thread, base, article_path, running, None)

"""Parts of pages that strangers share: rendered once for as long as nothing in them changes.

After a new comment its page is rendered again, and all but one of its threads, the text and all
around it are as they were. All that a part shows is in what it is remembered by, or is what only
a change of the whole site changes, so what is remembered cannot be old.
"""

import re
import secrets
from collections.abc import Callable, Hashable, Iterable, Mapping
from functools import lru_cache
from typing import Any

from flask import current_app
from markupsafe import Markup

from blog.config import current_settings
from blog.models import Staff
from blog.queries import thread
from blog.queries.conversation import Page
from blog.queries.thread import Thread, ThreadRows
from blog.web.site_memory import remembered, remembered_all
from blog.web.stories import Listing

# About two kilobytes each.
THREADS = 2_048
# What stands for a hole while the page around it is rendered; nobody can have written it.
_MARK = secrets.token_hex(16)
_HOLE = re.compile(f"{_MARK}-([a-z]+);")


def rendered(name: str, **shown: Any) -> Markup:
    """A template rendered with these values and nothing else."""
    return Markup(current_app.jinja_env.get_template(name).render(shown))  # noqa: S704


def part(name: str, **shown: Any) -> Markup:
    """The same, remembered by its values; each must be a value, no row."""
    return remembered((name, *shown.items()), lambda: rendered(name, **shown))


def around(
    key: Hashable | None,
    holes: Mapping[str, str | bytes],
    render: Callable[[Mapping[str, str]], str],
) -> bytes:
    """A page, all around whose holes is rendered once for each key; without one, for this viewer.

    `holes` is what changes with every comment, by the name that the template has for it; `render`
    makes the page of it. The key tells apart whatever else the page shows.
    """

    def make() -> list[str | bytes]:
        return _around(holes, render)

    pieces = make() if key is None else remembered(("around", key), make)
    return b"".join(
        piece if isinstance(piece, bytes) else _encoded(holes[piece]) for piece in pieces
    )


def _around(
    holes: Mapping[str, str | bytes], render: Callable[[Mapping[str, str]], str]
) -> list[str | bytes]:
    """The pieces of a page, and between each two the name of the hole that is there."""
    marks = {name: Markup(f"{_MARK}-{name};") for name in holes}  # noqa: S704
    pieces = _HOLE.split(render(marks))
    return [piece if number % 2 else piece.encode() for number, piece in enumerate(pieces)]


def _encoded(hole: str | bytes) -> bytes:
    return hole if isinstance(hole, bytes) else hole.encode()


def cards(
    listings: Iterable[Listing], kind: str = "row", level: int = 2, *, lazy: bool = True
) -> Markup:
    """Stories in a list: `kind` is lead, beside, related or row, `level` that of their headings.

    A browser loads a picture that is not `lazy` at once.
    """
    told = {(each.card.id, each.comment_count): each.card for each in listings}

    def render(missing: list[tuple[int, int]]) -> dict[tuple[int, int], Markup]:
        looks = {"kind": kind, "level": level, "lazy": lazy}
        return {
            key: rendered("articles/_card.html", article=told[key], comment_count=key[1], **looks)
            for key in missing
        }

    found = remembered_all(("cards", kind, level, lazy), [*told], render)
    return Markup("".join(found[key] for key in told))  # noqa: S704


def threads_html(
    page: Page, base: str, article_path: str, *, running: bool, viewer: Staff | None
) -> bytes:
    """The threads of a page. What has a viewer's own marks is rendered for that viewer."""
    settings = current_settings()
    for_all = (base, article_path, running, settings.locale, settings.timezone)
    if viewer is None and page.own is None:
        return b"".join([_known_thread(each, *for_all) for each in page.rows])
    return b"".join(
        _thread(each, base, article_path, running, viewer)
        if viewer or each.is_personal
        else _known_thread(found.for_all, *for_all)
        for found, each in zip(page.rows, page.threads, strict=True)
    )


def _thread(
    each: Thread, base: str, article_path: str, running: bool, viewer: Staff | None
) -> bytes:
    where = {"base": base, "article_path": article_path, "running": running, "viewer": viewer}
    return rendered("comments/_thread.html", each=each, **where).encode()


@lru_cache(THREADS)
def _known_thread(
    found: ThreadRows, base: str, article_path: str, running: bool, _locale: str, _timezone: str
) -> bytes:
    return _thread(thread.seen(found), base, article_path, running, None)

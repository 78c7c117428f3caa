"""The search: stories by their words."""

import re
from collections.abc import Mapping

from flask import make_response, render_template, request, url_for
from markupsafe import escape
from werkzeug.wrappers import Response

from blog.articles.views import bp
from blog.config import current_settings
from blog.queries import lists
from blog.web import access, article_page, headers, paging, parts, stories

LONGEST = 200  # characters
# What no page can show: control characters, and what Unicode calls no character.
_UNSHOWN = re.compile("[\x00-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff]+")


@bp.get("/search")
def search() -> Response:
    """The stories with all the words that are asked for, the newest first; without any, the field.

    Few ask for the same words, and whoever likes can ask for endless ones: no search is kept in
    memory, where it would push out the pages that many read.
    """
    asked = _UNSHOWN.sub(" ", request.args.get("q", "")).strip()
    is_too_long = len(asked) > LONGEST
    page = lists.Page([], None) if is_too_long else _page(asked)
    found = stories.listings(page.stories)
    told = {
        "is_asked": bool(asked),
        "is_older": bool(request.args.get("before")),
        "is_too_long": is_too_long,
        "longest": LONGEST,
        "found": bool(found),
    }
    holes = {"asked": escape(asked), "cards": parts.cards(found), "pager": _pager(asked, page)}
    response = make_response(_html(told, holes), 422 if is_too_long else 200)
    is_private = is_too_long or article_page.is_private()
    return response if is_private else headers.public(response, None)


def _page(asked: str) -> lists.Page:
    size = current_settings().articles_per_page
    return lists.with_words(asked, paging.cursor("before"), size)


def _html(told: Mapping[str, object], holes: Mapping[str, str]) -> bytes:
    """The page; all that `told` does not tell apart and no hole holds is the same in each."""
    viewer = access.staff()

    def html(holes: Mapping[str, str]) -> str:
        return render_template("articles/search.html", viewer=viewer, **told, **holes)

    return parts.around(None if viewer else ("search", *told.values()), holes, html)


def _pager(asked: str, page: lists.Page) -> str:
    newest = url_for(".search", q=asked) if request.args.get("before") else ""
    older = url_for(".search", q=asked, before=page.before) if page.before else ""
    if not newest and not older:
        return ""
    return parts.rendered("articles/_pager.html", newest=newest, older=older, is_search=True)

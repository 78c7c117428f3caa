"""The search: stories by their words."""

import re

from flask import make_response, render_template, request
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
    page = lists.Page([], None)
    if asked and not is_too_long:
        size = current_settings().articles_per_page
        page = lists.with_words(asked, paging.cursor("before"), size)
    context = {"asked": asked, "longest": LONGEST, "is_too_long": is_too_long}
    found = stories.listings(page.stories)
    context |= {"found": len(found), "cards": parts.cards(found), "before": page.before}
    html = render_template("articles/search.html", viewer=access.staff(), **context)
    response = make_response(html, 422 if is_too_long else 200)
    is_private = is_too_long or article_page.is_private()
    return response if is_private else headers.public(response, None)

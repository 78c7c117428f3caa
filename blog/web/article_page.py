"""The page of an article with its conversation, which two blueprints answer."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from flask import current_app, make_response, render_template, request, url_for
from werkzeug.wrappers import Response

from blog.config import current_settings
from blog.models import Discussion
from blog.queries import conversation
from blog.queries.conversation import Sort
from blog.queries.stories import Story
from blog.services import discussions
from blog.web import access, commenter, headers, paging, parts, sessions, stories
from blog.web.comment_form import CommentForm


def render(
    story: Story, form: CommentForm | None = None, status: int = 200, preview: str = ""
) -> Response:
    """Answer the page, for everybody or for the one viewer whom a cookie makes known.

    With a form that was sent, the page shows that form, its text, what is wrong with it or how
    it will look.
    """
    below, page = stories.below(story), _conversation(story)
    shown = context(story) | {
        "has_conversation": page is not None,
        "has_related": bool(below.related),
        "is_sortable": below.comment_count > 1,
        "sort": page.sort if page else None,
    }

    def html(holes: Mapping[str, str]) -> str:
        sent = form or CommentForm(formdata=None)
        return render_template(
            "articles/article.html", form=sent, preview=preview, **shown, **holes
        )

    holes = _holes(below, page, shown)
    if form or shown["viewer"]:
        return make_response(parts.around(None, holes, html), status)
    told = ("running", "has_conversation", "has_related", "is_sortable", "sort")
    key = ("article", story.id, *(shown[name] for name in told))
    response = make_response(parts.around(key, holes, html), status)
    if is_private():
        return response
    ends = discussions.closes_at(story, current_settings())
    return headers.public(response, (story.id, *story.related), until=ends)


def _holes(
    below: stories.Below, page: conversation.Page | None, shown: dict[str, Any]
) -> dict[str, str | bytes]:
    """What of the page may change with every comment, by the names the template has for it."""
    holes: dict[str, str | bytes] = {"related": parts.cards(below.related, "related", level=3)}
    if page is None:
        return holes
    said = {"comment_count": below.comment_count, "running": shown["running"]}
    where = {name: shown[name] for name in ("base", "article_path", "running", "viewer")}
    pages = {"is_first": page.is_first, "after": page.after, "sort": page.sort}
    is_all = page.is_first and not page.after
    feed = commenter.feed_path()
    return holes | {
        "count": parts.part("comments/_count.html", **said),
        "heading": parts.part("comments/_heading.html", **said),
        "feed": parts.rendered("comments/_feed.html", feed=feed) if feed else "",
        "newest": str(page.newest),
        "threads": parts.threads_html(page, **where),
        "pager": ""
        if is_all
        else parts.rendered("comments/_pager.html", article_path=where["article_path"], **pages),
    }


def context(story: Story) -> dict[str, Any]:
    """What every part of a conversation is rendered with.

    `base` is where its comments live: put together once, since a page has hundreds of such links.
    """
    path, base = _addresses(**story.path)
    return {
        "article": story,
        "article_path": path,
        "base": base,
        "running": discussions.is_running(story, current_settings()),
        "viewer": access.staff(),
    }


@lru_cache(1_024)  # in a request only: elsewhere `url_for` makes other addresses
def _addresses(**path: Any) -> tuple[str, str]:
    return url_for("articles.show", **path), url_for("comments.create", **path)


def _conversation(story: Story) -> conversation.Page | None:
    if discussions.state(story, current_settings()) is Discussion.HIDDEN:
        return None
    return conversation.page(
        story.id,
        commenter.browser(),
        current_settings().comments_per_page,
        sort=_sort(),
        after=paging.thread_cursor("after"),
        show=paging.cursor("show"),
    )


def _sort() -> Sort:
    wanted = request.args.get("sort")
    return Sort(wanted) if wanted in set(Sort) else Sort.OLDEST


def is_private() -> bool:
    """True if a cookie may change what this viewer sees; then nobody else may be shown it."""
    return bool(commenter.token()) or sessions.has_cookie(current_app)

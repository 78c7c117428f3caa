"""The page of an article with its conversation, which two blueprints answer."""

from typing import Any

from flask import current_app, make_response, render_template, request, url_for
from werkzeug.wrappers import Response

from blog.config import current_settings
from blog.models import Discussion
from blog.queries import threads
from blog.queries.stories import Story
from blog.queries.threads import Sort
from blog.services import discussions
from blog.web import access, commenter, headers, paging, sessions, stories
from blog.web.comment_form import CommentForm


def render(
    story: Story, form: CommentForm | None = None, status: int = 200, preview: str = ""
) -> Response:
    """Answer the page, for everybody or for the one viewer whom a cookie makes known.

    With a form that was sent, the page shows that form, its text, what is wrong with it or how
    it will look.
    """
    below = stories.below(story)
    response = make_response(
        render_template(
            "articles/article.html",
            page=_conversation(story),
            related=below.related,
            comment_count=below.comment_count,
            form=form,
            preview=preview,
            feed=commenter.feed_path(),
            **context(story),
        ),
        status,
    )
    if form or is_private():
        return response
    ends = discussions.closes_at(story, current_settings())
    return headers.public(response, (story.id, *story.related), until=ends)


def context(story: Story) -> dict[str, Any]:
    """What every part of a conversation is rendered with.

    `base` is where its comments live: put together once, since a page has hundreds of such links.
    """
    return {
        "article": story,
        "article_path": url_for("articles.show", **story.path),
        "base": url_for("comments.create", **story.path),
        "running": discussions.is_running(story, current_settings()),
        "viewer": access.staff(),
    }


def _conversation(story: Story) -> threads.Page | None:
    if discussions.state(story, current_settings()) is Discussion.HIDDEN:
        return None
    return threads.page(
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

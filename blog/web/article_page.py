"""The page of an article with its conversation, which two blueprints answer."""

from typing import Any

from flask import current_app, make_response, render_template, request, url_for
from werkzeug.wrappers import Response

from blog.config import current_settings
from blog.models import Article, Discussion
from blog.queries import articles, threads
from blog.queries.threads import Sort
from blog.services import discussions
from blog.web import access, commenter, headers, paging, sessions
from blog.web.comment_form import CommentForm


def render(
    article: Article, form: CommentForm | None = None, status: int = 200, preview: str = ""
) -> Response:
    """Answer the page, for everybody or for the one viewer whom a cookie makes known.

    With a form that was sent, the page shows that form, its text, what is wrong with it or how
    it will look.
    """
    related = articles.related(article)
    response = make_response(
        render_template(
            "articles/article.html",
            page=_conversation(article),
            related=related,
            form=form or CommentForm(formdata=None),
            preview=preview,
            feed=commenter.feed_path(),
            **context(article),
        ),
        status,
    )
    if form or is_private():
        return response
    ends = discussions.closes_at(article, current_settings())
    return headers.public(response, (article, *related), until=ends)


def context(article: Article) -> dict[str, Any]:
    """What every part of a conversation is rendered with.

    `base` is where its comments live: put together once, since a page has hundreds of such links.
    """
    return {
        "article": article,
        "article_path": url_for("articles.show", **article.path),
        "base": url_for("comments.create", **article.path),
        "running": discussions.is_running(article, current_settings()),
        "viewer": access.staff(),
    }


def _conversation(article: Article) -> threads.Page | None:
    if discussions.state(article, current_settings()) is Discussion.HIDDEN:
        return None
    return threads.page(
        article.id,
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

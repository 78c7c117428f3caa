"""The page of an article with its conversation, which two blueprints answer."""

from flask import current_app, make_response, render_template, request
from werkzeug.wrappers import Response

from blog.models import Article
from blog.queries import articles, comments
from blog.web import access, commenter, headers, sessions
from blog.web.comment_form import CommentForm


def render(
    article: Article, form: CommentForm | None = None, status: int = 200, preview: str = ""
) -> Response:
    """Answer the page, for everybody or for the one viewer whom a cookie makes known.

    With a form that was sent, the page shows that form, its text, what is wrong with it or how
    it will look.
    """
    sort = "newest" if request.args.get("sort") == "newest" else "oldest"
    response = make_response(
        render_template(
            "articles/article.html",
            article=article,
            threads=comments.threads(
                article.id, commenter.browser(), newest_first=sort == "newest"
            ),
            sort=sort,
            related=articles.related(article),
            form=form or CommentForm(formdata=None),
            preview=preview,
            viewer=access.staff(),
        ),
        status,
    )
    if form or is_private():
        return response
    return headers.public(response)


def is_private() -> bool:
    """True if a cookie may change what this viewer sees; then nobody else may be shown it."""
    return bool(commenter.token()) or sessions.has_cookie(current_app)

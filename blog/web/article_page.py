"""The page of an article with its conversation, which two blueprints answer."""

from flask import current_app, make_response, render_template
from werkzeug.wrappers import Response

from blog.models import Article
from blog.queries import articles, comments
from blog.web import access, commenter, headers, sessions
from blog.web.comment_form import CommentForm


def render(article: Article, form: CommentForm | None = None, status: int = 200) -> Response:
    """Answer the page, for everybody or for the one viewer whom a cookie makes known.

    With a form that was refused, the page shows that form, its text and what is wrong with it.
    """
    response = make_response(
        render_template(
            "articles/article.html",
            article=article,
            threads=comments.threads(article.id, commenter.browser()),
            related=articles.related(article),
            form=form or CommentForm(formdata=None),
            viewer=access.staff(),
        ),
        status,
    )
    if status != 200 or is_private():
        return response
    return headers.public(response)


def is_private() -> bool:
    """True if a cookie may change what this viewer sees; then nobody else may be shown it."""
    return bool(commenter.token()) or sessions.has_cookie(current_app)

"""The blueprint, and what all of its views load first."""

from flask import Blueprint, url_for
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from blog.models import Comment
from blog.queries import comments as queries
from blog.queries.stories import Story
from blog.web import commenter, errors

bp = Blueprint("comments", __name__)
COMMENTS = "/<year:year>/<month:month>/<slug:slug>/comments"
COMMENT = f"{COMMENTS}/<number:comment_id>"


class NoComment(NotFound):
    """The comment is not there, not any more, or not for this browser; all have one answer."""


@bp.errorhandler(NoComment)
def no_comment(error: NoComment) -> Response:
    """Say so: the address is right."""
    return errors.answer(error, _("This comment was removed, or is not public."))


def comment_or_404(article: Story, comment_id: int) -> Comment:
    """The comment under that article, if this browser may see it. Raises NoComment."""
    found = queries.visible(article.id, comment_id, commenter.browser())
    if not found:
        raise NoComment
    return found


def published_or_404(article: Story, comment_id: int) -> Comment:
    """The public comment under that article. Raises NoComment."""
    found = queries.published(article.id, comment_id)
    if not found:
        raise NoComment
    return found


def permalink(article: Story, comment_id: int) -> str:
    """The address that shows a comment on its page of the conversation."""
    anchor = f"comment-{comment_id}"
    return url_for("articles.show", show=comment_id, _anchor=anchor, **article.path)

"""The blueprint, and what all of its views load first."""

from flask import Blueprint, abort, url_for

from blog.models import Comment
from blog.queries import comments as queries
from blog.queries.stories import Story
from blog.web import commenter

bp = Blueprint("comments", __name__)
COMMENTS = "/<year:year>/<month:month>/<slug:slug>/comments"
COMMENT = f"{COMMENTS}/<number:comment_id>"


def comment_or_404(article: Story, comment_id: int) -> Comment:
    """The comment under that article, if this browser may see it."""
    return queries.visible(article.id, comment_id, commenter.browser()) or abort(404)


def permalink(article: Story, comment_id: int) -> str:
    """The address that shows a comment on its page of the conversation."""
    anchor = f"comment-{comment_id}"
    return url_for("articles.show", show=comment_id, _anchor=anchor, **article.path)

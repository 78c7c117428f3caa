"""The blueprint, and what all of its views load first."""

from flask import Blueprint, abort, url_for

from blog.config import current_settings
from blog.models import Comment, Discussion
from blog.queries import comments as queries
from blog.queries.stories import Story
from blog.services import discussions
from blog.web import commenter, stories

bp = Blueprint("comments", __name__)
COMMENTS = "/<int(fixed_digits=4):year>/<int(fixed_digits=2):month>/<slug:slug>/comments"
COMMENT = f"{COMMENTS}/<number:comment_id>"


def article_or_404(year: int, month: int, slug: str) -> Story:
    """The public article at that address."""
    article = stories.story(slug)
    if not article or article.path != {"year": year, "month": month, "slug": slug}:
        abort(404)
    return article


def open_article_or_404(year: int, month: int, slug: str) -> Story:
    """The public article at that address, unless its discussion is hidden."""
    article = article_or_404(year, month, slug)
    if discussions.state(article, current_settings()) is Discussion.HIDDEN:
        abort(404)
    return article


def comment_or_404(article: Story, comment_id: int) -> Comment:
    """The comment under that article, if this browser may see it."""
    return queries.visible(article.id, comment_id, commenter.browser()) or abort(404)


def permalink(article: Story, comment_id: int) -> str:
    """The address that shows a comment on its page of the conversation."""
    anchor = f"comment-{comment_id}"
    return url_for("articles.show", show=comment_id, _anchor=anchor, **article.path)

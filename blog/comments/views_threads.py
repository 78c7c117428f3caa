"""More of a conversation: the replies that were folded, and what came since the page was loaded."""

from flask import abort, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response

from blog.comments.loading import COMMENT, COMMENTS, bp
from blog.config import current_settings
from blog.queries import conversation, lists
from blog.queries import shown as shown_comments
from blog.queries.stories import Story
from blog.services import discussions
from blog.web import article_page, commenter, headers, htmx, paging
from blog.web.stories import open_article_or_404

# More than this is a reason to look at the newest comments as a page.
MOST_NEW = 50


@bp.get(f"{COMMENT}/replies")
def replies(year: int, month: int, slug: str, comment_id: int) -> Response:
    """The next replies of a thread: a part of the page, or a page of its own."""
    article = open_article_or_404(year, month, slug)
    root = conversation.thread_of(article.id, comment_id) or abort(404)
    thread = conversation.replies(root, commenter.browser(), paging.cursor("after") or root.id)
    parts = article_page.context(article) | {"each": thread, "unfolded": htmx.wants_fragment()}
    if htmx.wants_fragment():
        return htmx.fragment(render_template("comments/_replies.html", **parts))
    response = make_response(render_template("comments/thread.html", **parts))
    if article_page.is_private():
        return response
    ends = discussions.closes_at(article, current_settings())
    return headers.public(response, (article.id,), until=ends)


@bp.get(f"{COMMENTS}/newer")
def newer(year: int, month: int, slug: str) -> Response:
    """Whether other people commented since: a button with how many, or nothing.

    Cheap, and the same for everybody without a cookie, so it may be kept for a moment.
    """
    article = open_article_or_404(year, month, slug)
    after = paging.cursor("after") or 0
    count = len(conversation.newer(article.id, after, commenter.browser(), MOST_NEW + 1))
    if not count:
        response = make_response("", 204)
    else:
        parts = {"count": count, "after": after, "most": MOST_NEW}
        parts |= article_page.context(article)
        response = make_response(render_template("comments/_newer.html", **parts))
    if not article_page.is_private():
        response.headers["Cache-Control"] = "public, max-age=15"
        headers.may_be_kept((article.id,))
    return response


@bp.get(f"{COMMENTS}/since")
def since(year: int, month: int, slug: str) -> Response:
    """The comments that came since, to be put on a page that is already open."""
    article = open_article_or_404(year, month, slug)
    if not htmx.wants_fragment():
        return _newest_first(article)
    after = paging.cursor("after") or 0
    found = conversation.newer(article.id, after, commenter.browser(), MOST_NEW)
    shown = shown_comments.show(found, commenter.browser())
    parts = article_page.context(article) | {
        "comments": [(each, shown[each.id]) for each in found],
        "newest": max(shown, default=after),
        "comment_count": lists.counts([article.id])[article.id],
    }
    return htmx.fragment(render_template("comments/_since.html", **parts))


def _newest_first(article: Story) -> Response:
    return redirect(url_for("articles.show", sort="newest", _anchor="thread", **article.path), 303)

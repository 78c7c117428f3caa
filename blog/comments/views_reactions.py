"""Readers like a comment, or report one."""

import secrets

from flask import make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from blog.comments.forms import ReportForm
from blog.comments.loading import COMMENT, NoComment, bp, permalink, published_or_404
from blog.config import current_settings
from blog.extensions import writing
from blog.models import Comment, Complaint
from blog.queries import shown as shown_comments
from blog.queries.stories import Story
from blog.services import reactions
from blog.services.reactions import Reporter
from blog.services.secret_links import hash_token
from blog.web import article_page, commenter, htmx, rates
from blog.web.stories import open_article_or_404

# Of one comment from one address. A browser is known by its cookie alone, and anybody can make up
# as many as there are.
LIKES = "10 per day"


@bp.post(f"{COMMENT}/like")
def like(year: int, month: int, slug: str, comment_id: int) -> Response:
    """Like a comment, or take the like back."""
    article = open_article_or_404(year, month, slug)
    comment = published_or_404(article, comment_id)
    token = commenter.token() or secrets.token_hex(32)
    try:
        rates.spend(current_settings().reaction_rate, "reaction")
        rates.spend(LIKES, f"like {comment.id}", staff_too=True)
        with writing():
            count = reactions.like(comment.id, hash_token(token))
    except reactions.Gone:
        raise NoComment from None
    response = _liked(article, comment, hash_token(token), count)
    if not commenter.token():
        commenter.remember(response, token, long=True)
    return response


@bp.route(f"{COMMENT}/report", methods=["GET", "POST"])
def report(year: int, month: int, slug: str, comment_id: int) -> Response:
    """Say what is wrong with a comment; a moderator is told."""
    article = open_article_or_404(year, month, slug)
    comment = published_or_404(article, comment_id)
    form = ReportForm()
    if request.method == "GET" or not form.validate():
        return _report_form(article, comment, form)
    token = commenter.token() or secrets.token_hex(32)
    rates.spend(current_settings().reaction_rate, "reaction")
    reporter = Reporter(hash_token(token), commenter.sender().network)
    complaint, enough = Complaint(form.complaint.data), current_settings().reports_to_hide
    try:
        with writing():
            reactions.report(comment.id, reporter, complaint, form.note.data, enough)
    except reactions.Gone:
        raise NoComment from None
    response = _reported(article, comment)
    if not commenter.token():
        commenter.remember(response, token, long=True)
    return response


def _liked(article: Story, comment: Comment, browser: str, count: int) -> Response:
    if not htmx.wants_fragment():
        return redirect(permalink(article, comment.id), 303)
    shown = shown_comments.show([comment], browser)[comment.id]
    parts = article_page.context(article) | {"comment": shown, "count": count}
    return htmx.fragment(render_template("comments/_like.html", **parts))


def _report_form(article: Story, comment: Comment, form: ReportForm) -> Response:
    status = 422 if form.errors else 200
    is_fragment = htmx.wants_fragment()
    template = "comments/_report.html" if is_fragment else "comments/report.html"
    parts = article_page.context(article) | {"comment": comment, "form": form}
    html = render_template(template, **parts)
    return htmx.fragment(html, status) if is_fragment else make_response(html, status)


def _reported(article: Story, comment: Comment) -> Response:
    """Thanks, in the place of the form; without htmx on a page of its own."""
    if htmx.wants_fragment():
        return htmx.fragment(render_template("comments/_reported.html", comment=comment))
    return redirect(url_for(".done", what="reported", comment_id=comment.id, **article.path), 303)

"""An author changes the own comment: for some minutes, until somebody answers."""

from flask import abort, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response

from blog.comments.forms import EditForm
from blog.comments.loading import COMMENT, bp, comment_or_404, permalink
from blog.config import current_settings
from blog.extensions import writing
from blog.models import Comment, Status
from blog.queries import lists
from blog.queries import shown as shown_comments
from blog.queries.stories import Story
from blog.services import authorship, discussions
from blog.services.authorship import TooLate
from blog.web import article_page, commenter, htmx, rates
from blog.web.stories import article_or_404, open_article_or_404


@bp.get(f"{COMMENT}/edit")
def edit_form(year: int, month: int, slug: str, comment_id: int) -> Response:
    """The own text in a form: a part of the page below the comment, or a page of its own."""
    article = open_article_or_404(year, month, slug)
    comment = comment_or_404(article, comment_id)
    if not discussions.is_running(article, current_settings()):
        abort(409)
    if not authorship.may_change(comment, commenter.browser(), current_settings()):
        abort(409)
    return _form(article, comment, EditForm(formdata=None, body=comment.body), 200)


@bp.post(f"{COMMENT}/edit")
def edit(year: int, month: int, slug: str, comment_id: int) -> Response:
    """Store the changed text; it is judged like a new one."""
    article = open_article_or_404(year, month, slug)
    comment = comment_or_404(article, comment_id)
    rates.spend(current_settings().preview_rate, "preview")
    form = EditForm()
    if not form.validate():
        return _form(article, comment, form, 422)
    try:
        with writing():
            authorship.edit(comment.id, form.body.data, commenter.browser(), current_settings())
    except TooLate:
        form.form_errors = [form.too_late()]
        return _form(article, comment, form, 409)
    return _changed(article, comment)


@bp.post(f"{COMMENT}/delete")
def delete(year: int, month: int, slug: str, comment_id: int) -> Response:
    """Delete the own comment; nothing of it stays in the database."""
    article = article_or_404(year, month, slug)
    comment = comment_or_404(article, comment_id)
    try:
        with writing():
            authorship.delete(comment.id, commenter.browser(), current_settings())
    except TooLate:
        abort(409)
    return _changed(article, comment)


def _form(article: Story, comment: Comment, form: EditForm, status: int) -> Response:
    is_fragment = htmx.wants_fragment()
    template = "comments/_edit.html" if is_fragment else "comments/edit.html"
    parts = article_page.context(article) | {"comment": comment, "form": form}
    html = render_template(template, **parts)
    return htmx.fragment(html, status) if is_fragment else make_response(html, status)


def _changed(article: Story, comment: Comment) -> Response:
    """The comment as it is now, in its place; without htmx the way back to it.

    A deleted comment may have left the page, and a link to it would show nothing.
    """
    if not htmx.wants_fragment():
        path = {"comment_id": comment.id, **article.path}
        if comment.status is Status.DELETED:
            return redirect(url_for(".done", what="deleted", **path), 303)
        return redirect(permalink(article, comment.id), 303)
    shown = shown_comments.show([comment], commenter.browser())[comment.id]
    count = lists.counts([article.id])[article.id]
    parts = article_page.context(article) | {"comment": shown, "comment_count": count}
    return htmx.fragment(render_template("comments/_changed.html", **parts))

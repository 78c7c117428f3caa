"""Readers answer: a comment is posted, or the form for an answer is opened."""

from flask import abort, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from blog.comments.loading import COMMENT, COMMENTS, bp, permalink, published_or_404
from blog.comments.refusals import REFUSALS, refuse, say_parent_is_gone
from blog.config import current_settings
from blog.extensions import writing
from blog.models import Comment
from blog.queries import comments as queries
from blog.queries import lists
from blog.queries import shown as shown_comments
from blog.queries.stories import Story
from blog.services import discussions
from blog.services.comments import Withdrawn, submit
from blog.services.markup import comment_html
from blog.web import access, article_page, commenter, htmx, rates
from blog.web.comment_form import CommentForm
from blog.web.stories import article_or_404


@bp.post(COMMENTS)
def create(year: int, month: int, slug: str) -> Response:
    """Store a comment and show it in its place, or show the form and what is wrong with it."""
    article = article_or_404(year, month, slug)
    form, settings = CommentForm.signed(access.staff()), current_settings()
    try:
        # To look at a text takes time, whether or not it can be stored.
        rates.spend(settings.preview_rate, "preview")
        if not form.validate():
            return _refused(article, form, 422)
        rates.spend(settings.comment_rate, "comment")
        draft, sender = form.draft(), commenter.sender()  # nobody waits for us yet
        with writing():
            submitted = submit(article, draft, sender, settings)
    except Withdrawn:
        abort(404)
    except REFUSALS as error:
        return _refused(article, form, *refuse(form, error))
    response = _posted(article, submitted.comment, form.place_id())
    if submitted.token:
        commenter.remember(response, submitted.token, long=form.remember.data)
    return response


@bp.post(f"{COMMENTS}/preview")
def preview(year: int, month: int, slug: str) -> Response:
    """Show how a text will look, by the same path as posting it; nothing is stored."""
    article = article_or_404(year, month, slug)
    rates.spend(current_settings().preview_rate, "preview")
    form = CommentForm.signed(access.staff())
    form.validate()
    errors = form.body.errors
    html = "" if errors else comment_html(form.body.data)
    if htmx.wants_fragment():
        page = render_template("comments/_preview.html", html=html, errors=errors)
        return htmx.fragment(page, 422 if errors else 200)
    if errors:
        return _refused(article, form, 422)
    return _page(article, form.unjudged(), 200, preview=html)


@bp.get(COMMENTS)
@bp.get(f"{COMMENTS}/preview")
def back(year: int, month: int, slug: str) -> Response:
    """Where somebody lands who opens the address again that a form was sent to."""
    article = article_or_404(year, month, slug)
    return redirect(url_for("articles.show", _anchor="comments", **article.path), 303)


@bp.get(f"{COMMENT}/like")
@bp.get(f"{COMMENT}/delete")
def back_to(year: int, month: int, slug: str, comment_id: int) -> Response:
    """The same for what is sent about one comment."""
    article = article_or_404(year, month, slug)
    return redirect(permalink(article, comment_id), 303)


@bp.get(f"{COMMENT}/reply")
def reply(year: int, month: int, slug: str, comment_id: int) -> Response:
    """The form for an answer: a part of the page under the comment, or a page of its own."""
    article = article_or_404(year, month, slug)
    if not discussions.is_running(article, current_settings()):
        abort(409)
    parent = published_or_404(article, comment_id)
    form = CommentForm(formdata=None, parent=str(parent.id))
    if htmx.wants_fragment():
        return htmx.fragment(_form(article, form, parent))
    return _reply_page(article, form, parent, 200)


@bp.get(f"{COMMENT}/reported", defaults={"what": "reported"})
@bp.get(f"{COMMENT}/deleted", defaults={"what": "deleted"})
def done(year: int, month: int, slug: str, comment_id: int, what: str) -> str:
    """Say what was done, where no script can say it, and lead back."""
    article = article_or_404(year, month, slug)
    is_report = what == "reported"
    return render_template(
        "comments/done.html",
        article=article,
        is_report=is_report,
        back=permalink(article, comment_id)
        if is_report
        else url_for("articles.show", _anchor="comments", **article.path),
    )


def _posted(article: Story, comment: Comment, place: int | None) -> Response:
    """The stored comment: with htmx the parts of the page that changed, else the way there.

    `place` is the comment below which the form stood, though it answers none.
    """
    if not htmx.wants_fragment():
        return redirect(permalink(article, comment.id), 303)
    own = [each for each in (comment, comment.parent) if each and each.browser == comment.browser]
    shown = shown_comments.show(own, comment.browser)
    return htmx.fragment(
        render_template(
            "comments/_posted.html",
            comment=shown[comment.id],
            own_parent=shown.get(comment.parent_id or 0),  # which cannot be changed any more
            parent_id=comment.parent_id,
            place=place,
            on_top="sort=newest" in request.headers.get("HX-Current-URL", ""),
            comment_count=lists.counts([article.id])[article.id],
            form=CommentForm(formdata=None),
            **article_page.context(article),
        ),
        201,
    )


def _refused(article: Story, form: CommentForm, status: int, wait: int = 0) -> Response:
    """The form with every byte of the text and what is wrong with it."""
    response: Response
    if htmx.wants_fragment():
        parent = _parent(article, form, status)
        if not parent:  # it has gone meanwhile: the form stays where it is
            form.place.data = form.parent.data or form.place.data
        response = htmx.fragment(_form(article, form, parent), status)
    else:
        response = _page(article, form, status)
    if wait:
        response.headers["Retry-After"] = str(wait)
    return response


def _parent(article: Story, form: CommentForm, status: int) -> Comment | None:
    """The comment that is answered. When it has gone, the form says so if it can be sent again."""
    parent_id = form.parent_id()
    parent = queries.published(article.id, parent_id) if parent_id else None
    if parent_id and not parent and status != 409:
        say_parent_is_gone(form)
    return parent


def _page(article: Story, form: CommentForm, status: int, preview: str = "") -> Response:
    """The page on which a form stands that was sent without scripts."""
    parent = _parent(article, form, status)
    if parent:
        return _reply_page(article, form, parent, status, preview)
    return article_page.render(article, form, status, preview)


def _form(article: Story, form: CommentForm, parent: Comment | None) -> str:
    return render_template(
        "comments/_form.html", form=form, parent=parent, **article_page.context(article)
    )


def _reply_page(
    article: Story, form: CommentForm, parent: Comment, status: int, preview: str = ""
) -> Response:
    html = render_template(
        "comments/reply.html",
        form=form,
        parent=parent,
        preview=preview,
        **article_page.context(article),
    )
    return make_response(html, status)

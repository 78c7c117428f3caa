"""The person who wrote a comment: what is known, and what happens to their next comments."""

from flask import abort, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from blog.dashboard import filtering, toasts
from blog.dashboard.forms import NoteForm, RuleForm
from blog.dashboard.toasts import Toast
from blog.dashboard.views import bp, room
from blog.dashboard.views_queue import looked, row_address
from blog.extensions import writing
from blog.models import BlockKind, Comment, Effect
from blog.queries import blocks as block_queries
from blog.queries import comments, people
from blog.services import blocks, corrections
from blog.web import access, htmx


@bp.get("/comments/<number:comment_id>/person")
def person(comment_id: int) -> Response:
    """Everything about the person who wrote this comment; with htmx what can be done about them."""
    comment = _written(comment_id)
    if htmx.wants_fragment():
        return _rules(comment)
    return _page(comment, NoteForm())


@bp.post("/comments/<number:comment_id>/person")
def note_person(comment_id: int) -> Response:
    """Note something about the person, for the rest of the staff."""
    comment, form = _written(comment_id), NoteForm()
    if not form.validate():
        return _page(comment, form)
    with writing():
        corrections.note(comment.browser, form.note.data, access.signed_in())
    return redirect(url_for(".person", comment_id=comment_id, **filtering.here()), 303)


@bp.post("/comments/<number:comment_id>/person/rule")
def rule_person(comment_id: int) -> Response:
    """Trust this person, always hold, or block, for a day or for ever."""
    comment, form = _written(comment_id), RuleForm()
    if not form.validate():
        abort(422)
    effect = Effect(form.effect.data)
    with writing():
        entry = blocks.add(
            BlockKind.BROWSER,
            comment.browser,
            until=form.until(),
            note=comment.name,
            staff=access.signed_in(),
            effect=effect,
        )
    said = Toast(_said(effect), ".undo_change", (str(entry.id),))
    if htmx.wants_fragment():
        return _rules(comment, said)
    toasts.say(said.sentence, said.endpoint, [entry])
    return redirect(url_for(".person", comment_id=comment_id, **filtering.here()), 303)


def _said(effect: Effect) -> str:
    sentences = {
        Effect.TRUST: _("Trusted: the next comments of this person do not wait."),
        Effect.HOLD: _("The next comments of this person always wait."),
        Effect.REJECT: _("Blocked: the next comments of this person are rejected."),
    }
    return str(sentences[effect])


def _written(comment_id: int) -> Comment:
    comment = comments.by_id(comment_id)
    if comment is None or not comment.browser:
        abort(404)
    return comment


def _rules(comment: Comment, toast: Toast | None = None) -> Response:
    """What can be done about the person, below the comment's row."""
    back = url_for(".comments", **row_address(comment)) if toast else ""
    html = render_template(
        "dashboard/_rules.html",
        comment=comment,
        rules=block_queries.about_browser(comment.browser),
        toast=toast,
        back_to=back,
        **looked(),
    )
    return htmx.fragment(html)


def _page(comment: Comment, form: NoteForm) -> Response:
    return room(
        "dashboard/person.html",
        422 if form.errors else 200,
        comment=comment,
        person=people.person(comment.browser),
        form=form,
        **looked(),
    )

"""Decisions about one comment: approve, reject, spam, trash, answer, correct, and take it back."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import format_timedelta
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from blog import clock
from blog.config import current_settings
from blog.dashboard import filtering
from blog.dashboard.forms import AnswerForm, CorrectionForm, DecisionForm, UndoForm
from blog.dashboard.views import bp, came_from, room
from blog.dashboard.views_queue import place_address, queue_page, row_address
from blog.extensions import writing
from blog.models import Comment, ModerationEntry, Status
from blog.queries import moderation as log
from blog.queries import queue, records
from blog.services import corrections, moderation
from blog.services.comments import AlreadyStored, Closed, UnknownParent
from blog.services.moderation import StaleDecision
from blog.web import access, commenter, filters, htmx


@bp.post("/comments/<number:comment_id>/decision")
def decide(comment_id: int) -> Response:
    """Approve, reject, mark as spam, or put into the trash."""
    queue.comment(comment_id) or abort(404)
    form = DecisionForm()
    if not form.validate():
        abort(422)
    after = Status(form.status.data)
    seen, staff = form.looked_at(), access.signed_in()
    try:
        with writing():
            entry = moderation.decide(comment_id, after, staff, seen=seen, note=form.note.data)
    except StaleDecision as stale:
        return _answer(comment_id, stale.entry, 409)
    return _answer(comment_id, entry or log.last_entry(comment_id), 200)


@bp.post("/comments/<number:comment_id>/undo")
def undo(comment_id: int) -> Response:
    """Take a decision or a correction back."""
    form = UndoForm()
    if not form.validate():
        abort(422)
    entry = log.entry(form.entry.data)
    if not entry or entry.comment_id != comment_id:
        abort(404)
    service = corrections if entry.revision_id else moderation
    try:
        with writing():
            service.undo(entry, access.signed_in())
    except StaleDecision as stale:
        return _answer(comment_id, stale.entry, 409)
    return _answer(comment_id, None, 200)


@bp.route("/comments/<number:comment_id>/answer", methods=["GET", "POST"])
def answer(comment_id: int) -> Response:
    """Approve a comment and answer it."""
    comment = queue.comment(comment_id)
    if comment is None or comment.status is Status.DELETED:
        abort(404)
    form = _answer_form(comment)
    if not form.validate_on_submit():
        return _answer_page(comment, form)
    staff, seen = access.signed_in(), form.looked_at()
    sender, settings = commenter.sender(), current_settings()
    try:
        with writing():
            corrections.answer(comment_id, form.body.data, staff, sender, settings, seen=seen)
    except StaleDecision as stale:
        form.body.errors = [stale_words(stale.entry)]
        form.seen.data, form.version.data = comment.stand, comment.version
        return _answer_page(comment, form, is_stale=True)
    except (AlreadyStored, Closed, UnknownParent):
        form.body.errors = [_("The discussion takes no answers now.")]
    return _answer_page(comment, form) if form.errors else _answered(comment_id)


def _answer_form(comment: Comment) -> AnswerForm:
    """The form about what was seen: the row below which it is put, or a page that shows it anew."""
    row = request.args if htmx.wants_fragment() else {}
    seen, version = comment.stand, comment.version
    return AnswerForm(seen=row.get("seen", seen), version=row.get("version", version))


def _answered(comment_id: int) -> Response:
    return _answer(comment_id, log.last_entry(comment_id), 200)


def _answer_page(comment: Comment, form: AnswerForm, *, is_stale: bool = False) -> Response:
    """The form for an answer, below the comment's row or as a page, and what is wrong with it.

    What it sends is the version that was seen. Only a form that shows the comment as it is now
    (`is_stale`) takes up that one.
    """
    status = 422 if form.errors else 200
    shown: dict[str, Any] = {"comment": comment, "form": form, "is_stale": is_stale}
    if htmx.wants_fragment():
        return htmx.fragment(render_template("dashboard/_answer.html", **shown), status)
    return room("dashboard/answer.html", status, **shown)


@bp.route("/comments/<number:comment_id>/correct", methods=["GET", "POST"])
def correct(comment_id: int) -> Response:
    """A page to correct a comment's text."""
    comment = queue.comment(comment_id)
    if comment is None or comment.status is Status.DELETED:
        abort(404)
    form = CorrectionForm(body=comment.body, version=comment.version)
    if not form.validate_on_submit():
        return _correct_page(comment, form, 422 if form.errors else 200)
    try:
        with writing():
            entry = corrections.correct(
                comment_id, form.body.data, access.signed_in(), version=form.version.data
            )
    except StaleDecision:
        form.body.errors = [_("The text was changed meanwhile. Yours is still here.")]
        form.version.data = comment.version
        return _correct_page(comment, form, 409)
    if entry is None:
        flash(_("Nothing was changed."))
    done = entry.id if entry else None
    return redirect(url_for(".comments", done=done, **row_address(comment)), 303)


def _correct_page(comment: Comment, form: CorrectionForm, status: int) -> Response:
    back = url_for(".comments", **row_address(comment))
    shown: dict[str, Any] = {"form": form, "comment": comment, "back": back}
    return room("dashboard/correct.html", status, is_stale=status == 409, **shown)


def _answer(comment_id: int, entry: ModerationEntry | None, status: int) -> Response:
    """The comment's row as it is now and the counts; without htmx the queue it came from.

    `entry` is the decision that can be taken back; None after it was.
    """
    comment = queue.comment(comment_id) or abort(404)
    stale = stale_words(entry) if status == 409 else ""
    if htmx.wants_fragment():
        html = render_template(
            "dashboard/_decided.html",
            comment=comment,
            entry=entry,
            counts=queue.counts(),
            records=records.records([comment.browser]),
            wanted=filtering.wanted(),
            stale=stale,
        )
        return htmx.fragment(html, status)
    if status != 200:
        return queue_page(status, stale=stale)
    if entry is None:
        flash(_("Taken back."))
    done = entry.id if entry else None
    place = url_for(".comments", done=done, **place_address(comment))
    return redirect(came_from() or place, 303)


def stale_words(entry: ModerationEntry | None) -> str:
    """What happened before this decision came."""
    if entry is None:
        return str(_("Its author changed the text."))
    ago = format_timedelta(entry.created_at - clock.now(), add_direction=True)
    return f"{filters.decision(entry)} ({ago})"

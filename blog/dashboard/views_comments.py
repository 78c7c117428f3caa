"""The moderation queue: look at comments, decide, take a decision back."""

from flask import abort, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from blog.config import current_settings
from blog.dashboard.forms import DecisionForm, UndoForm
from blog.dashboard.views import bp, room
from blog.extensions import writing
from blog.models import IN_QUEUE, ModerationEntry, Status
from blog.queries import moderation as queries
from blog.services import moderation
from blog.services.moderation import Seen, StaleDecision
from blog.web import access, filters, htmx, paging


@bp.get("/comments")
def comments() -> Response:
    """A page of the queue: what waits, or what was published, rejected or marked as spam."""
    return _queue()


@bp.post("/comments/<number:comment_id>/decision")
def decide(comment_id: int) -> Response:
    """Approve, reject or mark as spam."""
    queries.comment(comment_id) or abort(404)
    form = DecisionForm()
    if not form.validate():
        abort(422)
    after = Status(form.status.data)
    seen = Seen(Status(form.seen.data), form.version.data)
    staff = access.signed_in()
    try:
        with writing():
            entry = moderation.decide(comment_id, after, staff, seen=seen, note=form.note.data)
    except StaleDecision as stale:
        return _answer(comment_id, stale.entry, 409)
    return _answer(comment_id, entry or queries.last_entry(comment_id), 200)


@bp.post("/comments/<number:comment_id>/undo")
def undo(comment_id: int) -> Response:
    """Take a decision back."""
    form = UndoForm()
    if not form.validate():
        abort(422)
    entry = queries.entry(form.entry.data)
    if not entry or entry.comment_id != comment_id:
        abort(404)
    staff = access.signed_in()
    try:
        with writing():
            moderation.undo(entry, staff)
    except StaleDecision as stale:
        return _answer(comment_id, stale.entry, 409)
    return _answer(comment_id, None, 200)


def _answer(comment_id: int, entry: ModerationEntry | None, status: int) -> Response:
    """The comment's row as it is now and the counts; without htmx the queue it came from.

    `entry` is the decision that can be taken back; None after it was.
    """
    comment = queries.comment(comment_id) or abort(404)
    if htmx.wants_fragment():
        html = render_template(
            "dashboard/_decided.html",
            comment=comment,
            entry=entry,
            counts=queries.counts(),
            stale=stale_words(entry) if status == 409 else "",
        )
        return htmx.fragment(html, status)
    if status == 409:
        return _queue(status, stale=stale_words(entry))
    done = entry.id if entry else None
    return redirect(url_for(".comments", status=request.args.get("status"), done=done), 303)


def stale_words(entry: ModerationEntry | None) -> str:
    """What happened before this decision came."""
    return filters.decision(entry) if entry else _("Its author changed the text.")


def _queue(status: int = 200, stale: str = "") -> Response:
    wanted = request.args.get("status", Status.HELD)
    shown = Status(wanted) if wanted in set(IN_QUEUE) else Status.HELD
    size = current_settings().queue_per_page
    page = queries.queue(shown, paging.cursor("after"), size)
    done = paging.cursor("done")
    return room(
        "dashboard/comments.html",
        status,
        page=page,
        reported=queries.reported(size) if shown is Status.HELD else [],
        shown=shown,
        done=queries.entry(done) if done else None,
        stale=stale,
    )

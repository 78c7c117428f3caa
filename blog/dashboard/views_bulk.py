"""Decisions about many comments at once, and the end of what lies in the trash."""

from dataclasses import replace
from typing import Any

from flask import abort, flash, redirect, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from blog.dashboard import filtering
from blog.dashboard.forms import BulkForm, LookedForm, TrashForm
from blog.dashboard.views import bp, came_from
from blog.dashboard.views_queue import queue_page
from blog.extensions import writing
from blog.models import BulkDecision, Status
from blog.queries import comments, moderation
from blog.queries.queue_filter import Filter
from blog.services import bulk, changes
from blog.services.bulk import AlreadyUndone
from blog.web import access


@bp.post("/comments/decide-all")
def decide_all() -> Response:
    """Move every comment that is ticked, or all that the filter finds."""
    form = BulkForm()
    if not (form.validate() and filtering.is_readable()):
        abort(422)
    if not (form.all.data or form.only.data):
        return queue_page(422, stale=_("No comment is selected."))
    wanted = replace(
        filtering.wanted(),
        last_entry=form.last_entry.data,
        looked_at=form.moment,
        only=() if form.all.data else tuple(form.only.data),
    )
    return _decide(wanted, Status(form.status.data), filtering.here())


@bp.post("/comments/<number:comment_id>/reject-all")
def reject_all(comment_id: int) -> Response:
    """Reject what the person who wrote this comment wrote, as far as it waits or is public."""
    comment = comments.by_id(comment_id)
    if comment is None or not comment.browser:
        abort(404)
    form = LookedForm()
    if not form.validate():
        abort(422)
    wanted = Filter(
        view=None,
        statuses=(Status.HELD, Status.PUBLISHED),
        browser=comment.browser,
        last_entry=form.last_entry.data,
        looked_at=form.moment,
    )
    about = filtering.here() or {"view": "all", "person": str(comment_id)}
    return _decide(wanted, Status.REJECTED, about)


def _decide(wanted: Filter, after: Status, about: dict[str, Any]) -> Response:
    with writing():
        done = bulk.decide(wanted, after, access.signed_in(), about=about)
    if done is None:
        flash(_("There was nothing left to decide."))
    place = about | {"after": filtering.return_address().get("after")}
    return redirect(url_for(".comments", bulk=done.id if done else None, **place), 303)


@bp.post("/decisions/<number:bulk_id>/undo")
def undo_all(bulk_id: int) -> Response:
    """Take a decision about many back."""
    done = moderation.bulk(bulk_id) or abort(404)
    try:
        with writing():
            left = bulk.undo(done, access.signed_in())
    except AlreadyUndone:
        return queue_page(409, stale=_("This was taken back before."))
    flash(_undone(done, left))
    place = done.about | {"after": filtering.return_address().get("after")}
    return redirect(came_from() or url_for(".comments", **place), 303)


def _undone(done: BulkDecision, left: int) -> str:
    back = done.count - left
    sentence = ngettext("%(num)s comment is back.", "%(num)s comments are back.", back)
    if not left:
        return str(sentence)
    rest = ngettext(
        "%(num)s was moved again since and stays.", "%(num)s were moved again since and stay.", left
    )
    return f"{sentence} {rest}"


@bp.post("/comments/empty-trash")
def empty_trash() -> Response:
    """Delete for good what lay in the trash when the page was made, if somebody is sure."""
    form = TrashForm()
    if not form.validate():
        abort(422)
    if not form.sure.data:
        return queue_page(422, stale=_("Tick “Yes, for good” to empty the trash."))
    staff = access.signed_in()
    with writing():
        count = bulk.empty_trash(form.last_entry.data, staff)
        if count:
            changes.note(staff, "trash", str(count), "", "")
    flash(ngettext("%(num)s comment is gone.", "%(num)s comments are gone.", count))
    return redirect(url_for(".comments", view="trash"), 303)

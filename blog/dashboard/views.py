"""The staff's rooms. Every one of them is closed by the one hook below."""

import shutil
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from flask import Blueprint, abort, current_app, make_response, render_template, request, url_for
from werkzeug.wrappers import Response

from blog import clock
from blog.config import VERSION
from blog.dashboard import chart, filtering, rows, template_filters, toasts
from blog.models import View
from blog.queries import articles, health, log, moderation, queue
from blog.queries.queue_filter import Filter
from blog.services import backups
from blog.web import access, frame, reauthentication
from blog.web.converters import is_path

bp = Blueprint("dashboard", __name__, url_prefix="/dashboard")
bp.before_request(access.staff_only)
bp.before_request(reauthentication.ask)
bp.add_app_template_global(filtering.here, "queue_filter")
bp.add_app_template_global(filtering.return_address, "return_address")
bp.add_app_template_global(toasts.toasts)
template_filters.add_to(bp)
rows.add_to(bp)
RECENT = 5
DAYS = 30


def room(
    template: str, status: int = 200, counts: Mapping[View, int] | None = None, **context: object
) -> Response:
    """A page of the dashboard; every one shows who is signed in and how much waits."""
    html = render_template(template, here=filtering.here(), **frame.context(counts), **context)
    return make_response(html, status)


def came_from() -> str:
    """The room that a form says it was sent from; empty if it says none of ours."""
    back = request.form.get("back", "")
    return back if is_path(back) and back.startswith(url_for(".overview")) else ""


@bp.get("/", strict_slashes=False)
def overview() -> Response:
    """What waits, what happened, and whether the site is well."""
    waiting = queue.page(Filter(), None, 1).comments
    month = [clock.now().date() - timedelta(days=ago) for ago in reversed(range(DAYS))]
    return room(
        "dashboard/overview.html",
        oldest=waiting[0] if waiting else None,
        month=chart.bars(month, moderation.days(clock.now() - timedelta(days=DAYS))),
        wait=moderation.median_wait(),
        recent=log.decisions(None, RECENT, log.Wanted())[:RECENT],
        articles=articles.newest(5),
        health=_health(),
    )


def _health() -> dict[str, object]:
    return {
        "version": VERSION,
        "database": health.database_name(),
        "bytes": health.database_bytes(),
        "mail": health.mail(),
        "backup": backups.last(Path(current_app.instance_path)),
        "free": shutil.disk_usage(current_app.instance_path).free,
    }


@bp.route("/<path:_anything>")
def nothing(_anything: str) -> Response:
    """A room that does not exist is a 404 for the staff, and closed for everybody else."""
    abort(404)

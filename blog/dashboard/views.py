"""The staff's rooms. Every one of them is closed by the one hook below."""

from flask import Blueprint, abort, make_response, render_template
from werkzeug.wrappers import Response

from blog.dashboard import filtering
from blog.queries import articles, moderation, queue
from blog.web import access

bp = Blueprint("dashboard", __name__, url_prefix="/dashboard")
bp.before_request(access.staff_only)
RECENT = 10


def room(template: str, status: int = 200, **context: object) -> Response:
    """A page of the dashboard; every one shows who is signed in and how much waits."""
    usual = {"counts": queue.counts(), "viewer": access.staff(), "here": filtering.here()}
    context = usual | context
    return make_response(render_template(template, **context), status)


bp.add_app_template_global(filtering.here, "queue_filter")


@bp.get("/", strict_slashes=False)
def overview() -> Response:
    """What waits, and what was decided last."""
    return room(
        "dashboard/overview.html",
        recent=moderation.decisions(None, RECENT)[:RECENT],
        articles=articles.newest(5),
    )


@bp.route("/<path:_anything>")
def nothing(_anything: str) -> Response:
    """A room that does not exist is a 404 for the staff, and closed for everybody else."""
    abort(404)

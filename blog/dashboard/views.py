"""The staff's rooms. Every one of them is closed by the one hook below."""

from flask import Blueprint, abort, make_response, render_template
from werkzeug.wrappers import Response

from blog.queries import articles, moderation
from blog.web import access

bp = Blueprint("dashboard", __name__, url_prefix="/dashboard")
bp.before_request(access.staff_only)
RECENT = 10


@bp.get("/", strict_slashes=False)
def overview() -> Response:
    """What waits, and what was decided last."""
    return make_response(
        render_template(
            "dashboard/overview.html",
            counts=moderation.counts(),
            recent=moderation.recent_decisions(RECENT),
            articles=articles.newest(5),
            viewer=access.staff(),
        )
    )


@bp.route("/<path:_anything>")
def nothing(_anything: str) -> Response:
    """A room that does not exist is a 404 for the staff, and closed for everybody else."""
    abort(404)

"""The staff's rooms. Every one of them is closed by the one hook below."""

from flask import Blueprint, abort, make_response, render_template
from werkzeug.wrappers import Response

from blog.queries import articles, moderation
from blog.web import access

bp = Blueprint("dashboard", __name__, url_prefix="/dashboard")
bp.before_request(access.staff_only)
RECENT = 10


def room(template: str, status: int = 200, **context: object) -> Response:
    """A page of the dashboard; every one shows who is signed in and how much waits."""
    context = {"counts": moderation.counts(), "viewer": access.staff()} | context
    return make_response(render_template(template, **context), status)


@bp.get("/", strict_slashes=False)
def overview() -> Response:
    """What waits, and what was decided last."""
    return room(
        "dashboard/overview.html",
        recent=moderation.recent_decisions(RECENT),
        articles=articles.newest(5),
    )


@bp.route("/<path:_anything>")
def nothing(_anything: str) -> Response:
    """A room that does not exist is a 404 for the staff, and closed for everybody else."""
    abort(404)

"""A decision by a link from a mail: the page with the buttons, for whoever holds the link."""

from flask import make_response, render_template
from werkzeug.wrappers import Response

from blog.config import current_settings
from blog.dashboard.forms import DecisionForm
from blog.dashboard.views import bp
from blog.extensions import writing
from blog.models import Comment, Status
from blog.queries import moderation as log
from blog.queries import queue
from blog.services import moderation, staff_mail
from blog.services.moderation import StaleDecision
from blog.services.secret_links import BadLink
from blog.services.staff_mail import Invited
from blog.web import access


@bp.route("/by-mail/<token:token>", methods=["GET", "POST"])
def by_mail(token: str) -> Response:
    """Show the comment with its buttons; only pressing one changes anything."""
    try:
        invited = staff_mail.read(token, current_settings().secret_key)
    except BadLink:
        return _page(None, 410)
    # The link is the proof; inside a session forgery.py asks for the token as well.
    form = DecisionForm(meta={"csrf": False})
    if not form.validate_on_submit():
        return _page(invited.comment, 422 if form.errors else 200)
    try:
        _decide(invited, form)
    except StaleDecision:
        return _page(queue.comment(invited.comment.id), 409)
    decided = log.last_entry(invited.comment.id)
    return _page(queue.comment(invited.comment.id), 200, decided=decided)


def _decide(invited: Invited, form: DecisionForm) -> None:
    after, seen = Status(form.status.data), form.looked_at()
    number, note = invited.comment.id, form.note.data
    with writing():
        moderation.decide(number, after, invited.member, seen=seen, note=note)


def _page(comment: Comment | None, status: int, **context: object) -> Response:
    context |= {"comment": comment, "status": status, "viewer": access.staff()}
    html = render_template("dashboard/by_mail.html", **context)
    return make_response(html, status)

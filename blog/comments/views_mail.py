"""What the links in mail to commenters lead to. Opening one changes nothing; a button does."""

from collections.abc import Callable
from datetime import timedelta

from flask import abort, make_response, render_template, request
from werkzeug.wrappers import Response

from blog.comments.loading import bp
from blog.config import current_settings
from blog.extensions import writing
from blog.models import Comment
from blog.queries import comments as queries
from blog.services import notices, secret_links
from blog.services.notices import CONFIRM, STOP
from blog.services.secret_links import BadLink

# A question about an address is not worth an answer for ever.
GOOD_FOR = timedelta(days=7)


@bp.route("/mail/confirm/<token:token>", methods=["GET", "POST"])
def confirm_address(token: str) -> Response:
    """Ask whether the address belongs to whoever wrote the comment."""
    secret = current_settings().secret_key
    comment = _comment_or_404(lambda: secret_links.read_dated(secret, CONFIRM, token, GOOD_FOR))
    if request.method == "POST":
        with writing():
            notices.confirm(comment.browser, comment.email)
    return _page("comments/confirm.html", comment)


@bp.route("/mail/stop/<token:token>", methods=["GET", "POST"])
def stop_mail(token: str) -> Response:
    """End all mail to an address. Mail programs press this button themselves (RFC 8058)."""
    comment = _comment_or_404(lambda: secret_links.read(current_settings().secret_key, STOP, token))
    if request.method == "POST":
        with writing():
            notices.stop(comment.email)
    return _page("comments/stop.html", comment)


def _comment_or_404(number: Callable[[], str]) -> Comment:
    """The comment that a link is for, unless the link is forged or the person was erased."""
    try:
        comment = queries.by_id(int(number()))
    except BadLink:
        abort(404)
    return comment if comment and comment.email else abort(404)


def _page(template: str, comment: Comment) -> Response:
    done = request.method == "POST"
    return make_response(render_template(template, comment=comment, done=done))

"""Who may enter: the staff's rooms are closed unless this module opens them."""

from collections.abc import Callable
from functools import wraps

from flask import abort, current_app, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_security import current_user
from werkzeug.wrappers import Response

from blog.models import Staff
from blog.web import htmx, sessions

ADMINISTRATOR = "administrator"
ROLES = (ADMINISTRATOR, "moderator")
View = Callable[..., Response]


def staff() -> Staff | None:
    """The member of staff who is signed in, if any. Asks nothing when there is no session."""
    if not sessions.has_cookie(current_app) or not current_user.is_authenticated:
        return None
    member: Staff = current_user._get_current_object()
    return member


def signed_in() -> Staff:
    """The member of staff in a room that `staff_only` guards."""
    return staff() or abort(401)


def administrators_only(view: View) -> View:
    """Close a room of the staff to everybody but administrators, who alone know that it exists."""

    @wraps(view)
    def guarded(*args: object, **kwargs: object) -> Response:
        if not signed_in().has_role(ADMINISTRATOR):
            abort(404)
        return view(*args, **kwargs)

    return guarded


def is_administrator() -> bool:
    """True if an administrator is signed in."""
    member = staff()
    return member is not None and member.has_role(ADMINISTRATOR)


def staff_only() -> Response | None:
    """Before-request hook for a room of the staff: everybody else is sent to sign in.

    Somebody who is signed in and has no role finds nothing: signing in again would not help.
    """
    member = staff()
    if member:
        return None if any(member.has_role(role) for role in ROLES) else abort(404)
    if htmx.wants_fragment():
        return htmx.go_to(url_for("security.login"), 401)
    flash(_("Please sign in to continue."))
    wanted = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("security.login", next=wanted), 303)

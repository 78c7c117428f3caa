"""Who may enter: the staff's rooms are closed unless this module opens them."""

from flask import abort, current_app, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_security import current_user
from werkzeug.wrappers import Response

from blog.models import Staff
from blog.services import rights
from blog.services.rights import Right
from blog.web import htmx, sessions

# Which right a room needs; what is not named needs MODERATE.
NEEDS = {
    "dashboard.overview": Right.ENTER,
    "dashboard.account": Right.ENTER,
    "dashboard.end_session": Right.ENTER,
    "dashboard.end_other_sessions": Right.ENTER,
    "dashboard.notify": Right.ENTER,
    "dashboard.undo_setting": Right.ADMINISTER,
    "dashboard.remove_second_factor": Right.ADMINISTER,
    "dashboard.settings": Right.ADMINISTER,
    "dashboard.people": Right.ADMINISTER,
    "dashboard.export_person": Right.ADMINISTER,
    "dashboard.erase_person": Right.ADMINISTER,
    "dashboard.team": Right.ADMINISTER,
    "dashboard.invite": Right.ADMINISTER,
    "dashboard.withdraw_invitation": Right.ADMINISTER,
    "dashboard.change_role": Right.ADMINISTER,
    "dashboard.change_active": Right.ADMINISTER,
    "dashboard.end_sessions": Right.ADMINISTER,
}
# Who holds the signed link in the address may open these, signed in or not.
BY_LINK = frozenset({"dashboard.by_mail"})
# The fields of forms in which somebody may have written at length.
TEXTS = ("body", "note", "held_list", "refused_list")


def staff() -> Staff | None:
    """The member of staff who is signed in, if any. Asks nothing when there is no session."""
    if not sessions.has_cookie(current_app) or not current_user.is_authenticated:
        return None
    member: Staff = current_user._get_current_object()
    return member


def signed_in() -> Staff:
    """The member of staff in a room that `staff_only` guards."""
    return staff() or abort(401)


def may(right: Right) -> bool:
    """True if the member of staff who is signed in may do this."""
    member = staff()
    return member is not None and rights.has(member, right)


def staff_only() -> Response | None:
    """Before-request hook for a room of the staff: everybody else is sent to sign in.

    Raises Unauthorized where that would lose a text: from a page with htmx nobody is led away, and
    what a form brought is shown. Somebody who is signed in and may not enter finds nothing: signing
    in again would not help, and whoever has no right to a room need not know that it exists.
    """
    if request.endpoint in BY_LINK:
        return None
    member = staff()
    if member:
        needed = NEEDS.get(request.endpoint or "", Right.MODERATE)
        return None if may(needed) else abort(404)
    if htmx.wants_fragment() or any(request.form.get(name) for name in TEXTS):
        abort(401)
    if request.method == "GET":
        flash(_("Please sign in to continue."))
    else:
        flash(_("You are signed out, so nothing was done. Please sign in and do it once more."))
    wanted = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("security.login", next=wanted), 303)

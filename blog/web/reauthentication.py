"""A dangerous change asks for the password again, unless it was given a short while ago.

The page that asks carries on what was sent, so nothing that was typed is lost.
"""

from flask import make_response, render_template, request, session
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from blog import clock
from blog.config import current_settings
from blog.services import accounts
from blog.web import access, frame, rates

FRESH_FOR = 30 * 60  # seconds
FIELD = "password_again"
# What takes the site, a person's data or a way in out of somebody's hands.
DANGEROUS = frozenset(
    {
        "dashboard.settings",
        "dashboard.undo_setting",
        "dashboard.export_person",
        "dashboard.erase_person",
        "dashboard.invite",
        "dashboard.change_role",
        "dashboard.change_active",
        "dashboard.remove_second_factor",
        "security.two_factor_setup",
        "security.mf_recovery_codes",
        "security.wan_register",
        "security.wan_delete",
    }
)


def ask() -> Response | None:
    """Ask a member of staff who wants something dangerous for the password; None lets it pass."""
    if request.method != "POST" or request.endpoint not in DANGEROUS or _is_fresh():
        return None
    member = access.staff()
    if member is None:
        return None  # the view itself sends strangers away
    password = request.form.get(FIELD)
    if password is None:
        return _page("")
    rates.spend(current_settings().sign_in_rate, "sign-in", staff_too=True)
    if not accounts.is_password(password, member):
        return _page(_("That is not your password."))
    session["fs_paa"] = clock.now().timestamp()
    return None


def _is_fresh() -> bool:
    given: float = session.get("fs_paa", 0)
    return 0 <= clock.now().timestamp() - given < FRESH_FOR


def _page(error: str) -> Response:
    left_out = ("csrf_token", FIELD)
    carried = [each for each in request.form.items(multi=True) if each[0] not in left_out]
    html = render_template(
        "accounts/password_again.html",
        carried=carried,
        error=error,
        name=FIELD,
        **frame.context(),
    )
    return make_response(html, 403)

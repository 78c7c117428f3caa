"""The staff's way in: what Flask-Security, which signs people in and out, leaves to us."""

from collections.abc import Callable

from flask import (
    Blueprint,
    Flask,
    abort,
    current_app,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask_babel import gettext as _
from flask_login import user_logged_in, user_logged_out
from flask_security import password_changed, password_reset, tf_disabled, tf_profile_changed
from flask_security.recoverable import reset_password_token_status
from flask_security.signals import wan_deleted, wan_registered
from werkzeug.wrappers import Response

from blog.accounts.forms import SetUpForm
from blog.config import current_settings
from blog.extensions import writing
from blog.models import Staff
from blog.services import accounts, changes, staff_sessions
from blog.services.accounts import AddressTaken, UsedUp
from blog.web import access, rates, reauthentication, sessions
from blog.web.converters import is_path

bp = Blueprint("accounts", __name__, url_prefix="/account")
THROTTLED = (
    "security.login",
    "security.forgot_password",
    "security.reset_password",
    "security.change_password",
    "security.two_factor_token_validation",
    "security.mf_recovery",
    "security.wan_signin",
    "security.wan_signin_response",
    "accounts.join",
)
# Against somebody who knows a password and guesses codes, from wherever: 480 of a million a day.
CODE_RATE = "20 per hour"
# What a browser says about a passkey has about five; json.loads gives up at a thousand deep.
MOST_BRACKETS = 100
# Rooms of the library that have no use here: mail as a second factor, a choice of one.
UNUSED = ("security.two_factor_rescue", "security.tf_select")


@bp.before_app_request  # first: a request that is sent on must not count as a try
def check_library_input() -> Response | None:
    """Keep from Flask-Security what it handles badly.

    JSON without an end in `credential` is a 400. For a `next` that leads off the site the library
    would call the password wrong, and it makes some itself that lead back to the door: from an
    address it is dropped by a redirect, in a form it is a 400.
    """
    if not (request.endpoint or "").startswith("security."):
        return None
    credential = request.form.get("credential", "")
    if credential.count("{") + credential.count("[") > MOST_BRACKETS:
        abort(400)
    wanted = request.values.getlist("next")
    if all(not each or is_path(each) for each in wanted):
        return None
    return abort(400) if "next" in request.form else redirect(request.path, 307)


@bp.before_app_request
def stay_signed_in() -> Response | None:
    """Lead whoever is in already away from the form for a code: the library signs them out."""
    is_door = request.endpoint == "security.two_factor_token_validation"
    if is_door and "tf_state" not in session and access.staff():
        return redirect(url_for("dashboard.overview"), 303)
    return None


@bp.before_app_request
def throttle() -> None:
    """Count every try to get in against the address it comes from."""
    if request.method != "POST" or request.endpoint not in THROTTLED:
        return
    rates.spend(current_settings().sign_in_rate, "sign-in", staff_too=True)
    if "tf_user_id" in session and current_settings().sign_in_rate:
        rates.spend_of(session["tf_user_id"], CODE_RATE, "code")


@bp.before_app_request
def keep_session() -> None:
    """Write down, now and then, that a member of staff is there."""
    if access.staff():
        sessions.touch()


@bp.before_app_request
def guard_library() -> Response | None:
    """Close the library's rooms without a use; ask for the password where it would not."""
    if request.endpoint in UNUSED:
        abort(404)
    is_sight = request.method == "GET" and request.endpoint == "security.mf_recovery_codes"
    if is_sight and _has_no_use_for_codes():
        return redirect(url_for("dashboard.account"), 303)
    is_library = (request.endpoint or "").startswith("security.")
    return reauthentication.ask() if is_library else None


def _has_no_use_for_codes() -> bool:
    """True for a member of staff without a second factor that codes could stand for."""
    member = access.staff()
    return member is not None and not member.tf_primary_method


@bp.before_app_request
def refuse_dead_reset() -> Response | None:
    """Answer a link that sets no password: the library would lead to where one asks for a link."""
    if request.endpoint != "security.reset_password":
        return None
    is_old, is_bad, member = reset_password_token_status((request.view_args or {})["token"])
    return _dead_link("reset") if is_old or is_bad or not member else None


def _dead_link(kind: str) -> Response:
    """Say that a link no longer works, with the same words whatever is wrong with it."""
    return make_response(render_template("accounts/dead_link.html", kind=kind), 410)


@bp.route("/set-up/<token:token>", methods=["GET", "POST"])
def set_up(token: str) -> Response:
    """The first administrator chooses name, address and password, once."""
    if not accounts.may_set_up(token, current_app.config["SECRET_KEY"]):
        return _dead_link("set_up")
    form = SetUpForm()
    if not form.validate_on_submit():
        return _set_up_page(form, token)
    person = _person(form)
    try:
        with writing():
            accounts.set_up(token, current_app.config["SECRET_KEY"], **person)
    except AddressTaken:
        form.email.errors = [_("Somebody on the staff has this address.")]
        return _set_up_page(form, token)
    except UsedUp:
        return _dead_link("set_up")  # somebody was faster
    flash(_("Your account is ready. Please sign in."))
    return redirect(url_for("security.login"), 303)


@bp.route("/join/<token:token>", methods=["GET", "POST"])
def join(token: str) -> Response:
    """Whoever was invited chooses name, address and password, once."""
    if not accounts.invitation(token):
        return _dead_link("join")
    form = SetUpForm()
    if not form.validate_on_submit():
        return _set_up_page(form, token, invited=True)
    person = _person(form)
    try:
        with writing():
            accounts.join(token, **person)
    except AddressTaken:
        form.email.errors = [_("Somebody on the staff has this address.")]
        return _set_up_page(form, token, invited=True)
    except UsedUp:
        return _dead_link("join")  # somebody was faster
    flash(_("Your account is ready. Please sign in."))
    return redirect(url_for("security.login"), 303)


def _person(form: SetUpForm) -> dict[str, str]:
    """Who was filled in. To hash a password takes a while, so no transaction waits for it."""
    password = accounts.hashed(form.password.data)
    return {"name": form.name.data, "email": form.email.data, "password": password}


def _set_up_page(form: SetUpForm, token: str, *, invited: bool = False) -> Response:
    html = render_template("accounts/set_up.html", form=form, token=token, invited=invited)
    return make_response(html, 422 if form.errors else 200)


def _begin_session(_app: Flask, user: Staff, **_extra: object) -> None:
    """Who signs in stands in the log, so that a stranger with a password is noticed."""
    with writing():
        changes.note(user, "sign-in", "", "", "")
        session[sessions.KEY] = staff_sessions.begin(user, request.user_agent.string)


def _end_session(_app: Flask, user: Staff, **_extra: object) -> None:
    """A signed cookie stays valid after signing out; without its row it opens nothing."""
    found = sessions.current()
    with writing():
        staff_sessions.end(user, found.id if found else 0)
    flash(_("You are signed out."))


def _end_other_sessions(_app: Flask, user: Staff, **_extra: object) -> None:
    """A new password ends every session but the one in which it was set."""
    with writing():
        staff_sessions.end_others(user, session.get(sessions.KEY, ""))
        changes.note(user, "password", "", "", "")


def _note(what: str, after: str) -> Callable[..., None]:
    """Write down that somebody changed how to get in."""

    def note(_app: Flask, user: Staff, name: str = "", **_extra: object) -> None:
        with writing():
            changes.note(user, what, name, "", after)

    return note


user_logged_in.connect(_begin_session)
user_logged_out.connect(_end_session)
password_changed.connect(_end_other_sessions)
password_reset.connect(_end_other_sessions)
tf_profile_changed.connect(_note("second factor", "on"), weak=False)
tf_disabled.connect(_note("second factor", "off"), weak=False)
wan_registered.connect(_note("passkey", "on"), weak=False)
wan_deleted.connect(_note("passkey", "off"), weak=False)

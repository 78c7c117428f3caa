"""The staff's way in: what Flask-Security, which signs people in and out, leaves to us."""

from urllib.parse import urlsplit

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
    url_for,
)
from flask_babel import gettext as _
from flask_login import user_logged_in, user_logged_out
from werkzeug.wrappers import Response

from blog.accounts.forms import SetUpForm
from blog.config import current_settings
from blog.extensions import writing
from blog.models import Staff
from blog.services import accounts, changes
from blog.services.accounts import AddressTaken, UsedUp
from blog.web import rates

bp = Blueprint("accounts", __name__, url_prefix="/account")
THROTTLED = (
    "security.login",
    "security.forgot_password",
    "security.reset_password",
    "accounts.join",
)


@bp.before_app_request
def throttle() -> None:
    """Count every try to get in against the address it comes from."""
    if request.method == "POST" and request.endpoint in THROTTLED:
        rates.spend(current_settings().sign_in_rate, "sign-in")


@bp.before_app_request
def refuse_no_address() -> None:
    """Refuse a `next` that is no address at all: the library trips over it."""
    if (request.endpoint or "").startswith("security."):
        try:
            for wanted in request.values.getlist("next"):
                urlsplit(wanted)
        except ValueError:
            abort(400)


@bp.route("/set-up/<token:token>", methods=["GET", "POST"])
def set_up(token: str) -> Response:
    """The first administrator chooses name, address and password, once."""
    if not accounts.may_set_up(token, current_app.config["SECRET_KEY"]):
        abort(404)
    form = SetUpForm()
    if not form.validate_on_submit():
        return _set_up_page(form, token)
    try:
        _add_administrator(form, token)
    except AddressTaken:
        form.email.errors = [_("Somebody on the staff has this address.")]
        return _set_up_page(form, token)
    flash(_("Your account is ready. Please sign in."))
    return redirect(url_for("security.login"), 303)


def _add_administrator(form: SetUpForm, token: str) -> None:
    password = accounts.hashed(form.password.data)
    with writing():
        if not accounts.may_set_up(token, current_app.config["SECRET_KEY"]):
            abort(404)  # somebody was faster
        accounts.add(
            name=form.name.data,
            email=form.email.data,
            password=password,
            role=accounts.ADMINISTRATOR,
        )


@bp.route("/join/<token:token>", methods=["GET", "POST"])
def join(token: str) -> Response:
    """Whoever was invited chooses name, address and password, once."""
    if not accounts.invitation(token):
        abort(404)
    form = SetUpForm()
    if not form.validate_on_submit():
        return _set_up_page(form, token, invited=True)
    password = accounts.hashed(form.password.data)
    try:
        with writing():
            accounts.join(token, name=form.name.data, email=form.email.data, password=password)
    except AddressTaken:
        form.email.errors = [_("Somebody on the staff has this address.")]
        return _set_up_page(form, token, invited=True)
    except UsedUp:
        abort(404)  # somebody was faster
    flash(_("Your account is ready. Please sign in."))
    return redirect(url_for("security.login"), 303)


def _set_up_page(form: SetUpForm, token: str, *, invited: bool = False) -> Response:
    html = render_template("accounts/set_up.html", form=form, token=token, invited=invited)
    return make_response(html, 422 if form.errors else 200)


def _end_sessions(_app: Flask, user: Staff, **_extra: object) -> None:
    """A signed cookie stays valid after signing out; another identifier ends what it opened."""
    with writing():
        accounts.end_sessions(user)


def _note_sign_in(_app: Flask, user: Staff, **_extra: object) -> None:
    """Who signs in stands in the log, so that a stranger with a password is noticed."""
    with writing():
        changes.note(user, "sign-in", "", "", "")


user_logged_out.connect(_end_sessions)
user_logged_in.connect(_note_sign_in)

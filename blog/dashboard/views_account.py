"""The own account: ways to sign in, where one is signed in, and mail about what waits."""

from flask import abort, flash, redirect, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from blog.dashboard.forms import NotifyForm
from blog.dashboard.views import bp, room
from blog.extensions import writing
from blog.models import Notify
from blog.queries import staff as queries
from blog.services import changes, staff_mail, staff_sessions
from blog.web import access, sessions


@bp.get("/account")
def account() -> Response:
    """Everything about the own account, each with the way to change it."""
    member = access.signed_in()
    return room(
        "dashboard/account.html",
        member=member,
        sessions=queries.sessions(member.id),
        current=sessions.current(),
        form=NotifyForm(formdata=None, notify=member.notify.value),
    )


@bp.post("/account/sessions/<number:session_id>/end")
def end_session(session_id: int) -> Response:
    """Sign out somewhere else."""
    with writing():
        staff_sessions.end(access.signed_in(), session_id)
        changes.note(access.signed_in(), "session", "", "", "")
    flash(_("That session has ended."))
    return redirect(url_for(".account"), 303)


@bp.post("/account/sessions/end-others")
def end_other_sessions() -> Response:
    """Sign out everywhere but here."""
    with writing():
        staff_sessions.end_others(access.signed_in(), session[sessions.KEY])
        changes.note(access.signed_in(), "session", "", "", "")
    flash(_("You are signed in only here now."))
    return redirect(url_for(".account"), 303)


@bp.post("/account/mail")
def notify() -> Response:
    """Choose how often mail about waiting comments comes."""
    form = NotifyForm()
    if not form.validate():
        abort(422)
    with writing():
        staff_mail.choose(access.signed_in(), Notify(form.notify.data))
    flash(_("Saved."))
    return redirect(url_for(".account"), 303)

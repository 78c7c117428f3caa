"""Who is on the staff: invite somebody, give a role, keep somebody out, end sessions."""

from flask import abort, flash, redirect, request, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from blog.config import current_settings
from blog.dashboard.forms import RoleForm
from blog.dashboard.views import bp, room
from blog.extensions import writing
from blog.models import Staff
from blog.queries import staff as queries
from blog.services import accounts, changes
from blog.services.accounts import LastAdministrator
from blog.services.rights import MAY
from blog.web import access

LINK = "invitation"  # where a new link waits for the one page that shows it


@bp.get("/team")
def team() -> Response:
    """Everybody on the staff, and the invitations that are still good."""
    return room(
        "dashboard/team.html",
        people=queries.team(),
        invitations=queries.invitations(),
        form=RoleForm(formdata=None),
        rights=MAY,
        link=session.pop(LINK, ""),
    )


@bp.post("/team/invite")
def invite() -> Response:
    """Make a link by which somebody joins; it is shown once and can be copied."""
    form = RoleForm()
    if not form.validate():
        abort(422)
    staff = access.signed_in()
    with writing():
        token = accounts.invite(form.role.data, staff.name)
        changes.note(staff, "invited", "", "", form.role.data)
    session[LINK] = current_settings().public_url + url_for("accounts.join", token=token)
    return redirect(url_for(".team"), 303)


@bp.post("/team/invitations/<number:invitation_id>/withdraw")
def withdraw_invitation(invitation_id: int) -> Response:
    """Make a link useless."""
    with writing():
        accounts.withdraw(invitation_id, access.signed_in())
    flash(_("The invitation is withdrawn."))
    return redirect(url_for(".team"), 303)


@bp.post("/team/<number:staff_id>/role")
def change_role(staff_id: int) -> Response:
    """Give somebody another role."""
    member, form = _member(staff_id), RoleForm()
    if not form.validate():
        abort(422)
    try:
        with writing():
            accounts.change_role(member, form.role.data, access.signed_in())
    except LastAdministrator:
        return _last()
    flash(_("Saved."))
    return redirect(url_for(".team"), 303)


@bp.post("/team/<number:staff_id>/active")
def change_active(staff_id: int) -> Response:
    """Keep somebody out, or let them in again."""
    member = _member(staff_id)
    try:
        with writing():
            accounts.change_active(member, "active" in request.form, access.signed_in())
    except LastAdministrator:
        return _last()
    flash(_("Saved."))
    return redirect(url_for(".team"), 303)


@bp.post("/team/<number:staff_id>/sessions")
def end_sessions(staff_id: int) -> Response:
    """Sign somebody out everywhere."""
    member = _member(staff_id)
    with writing():
        accounts.sign_out(member, access.signed_in())
    flash(_("%(name)s is signed out everywhere.", name=member.name))
    return redirect(url_for(".team"), 303)


@bp.post("/team/<number:staff_id>/second-factor")
def remove_second_factor(staff_id: int) -> Response:
    """Let somebody in without the device that was lost."""
    member = _member(staff_id)
    with writing():
        accounts.remove_second_factor(member, access.signed_in())
    flash(_("%(name)s signs in with the password alone now.", name=member.name))
    return redirect(url_for(".team"), 303)


def _member(staff_id: int) -> Staff:
    return queries.by_id(staff_id) or abort(404)


def _last() -> Response:
    flash(_("Somebody has to stay who can run the site. Make another administrator first."))
    return redirect(url_for(".team"), 303)

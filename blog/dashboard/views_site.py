"""What the site is set up with."""

from flask import current_app, g, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from blog.config import EDITABLE, current_settings
from blog.dashboard import toasts
from blog.dashboard.forms_settings import SettingsForm
from blog.dashboard.views import bp, room
from blog.extensions import writing
from blog.queries import site as queries
from blog.services import site_settings
from blog.services.site_settings import ChangedMeanwhile
from blog.web import access


@bp.route("/settings", methods=["GET", "POST"])
def settings() -> Response:
    """Settings that count at once, for every process of the server."""
    form = SettingsForm(obj=current_settings())
    if request.method == "GET":
        form.seen.data = str(queries.newest_change())
    if not form.validate_on_submit():
        return _settings_page(form)
    values = {name: form[name].data for name in EDITABLE}
    base, staff, seen = current_app.config["SETTINGS"], access.signed_in(), int(form.seen.data)
    try:
        with writing():
            changed = site_settings.save(base, values, staff, seen)
    except ChangedMeanwhile as error:
        return _settings_page(_conflicting(form, error))
    g.pop("settings")
    sentence = _("Saved. It counts from now on.") if changed else _("Nothing was changed.")
    toasts.say(sentence, ".undo_setting", changed)
    return redirect(url_for(".settings"), 303)


def _conflicting(form: SettingsForm, error: ChangedMeanwhile) -> SettingsForm:
    """The form with what was typed, and what a colleague did meanwhile; sent again it counts."""
    for entry in error.entries:
        said = _(
            "%(name)s set this to “%(value)s” meanwhile. Save again to replace it.",
            name=entry.by,
            value=entry.after,
        )
        form[entry.subject].errors = [said]
    form.seen.data = str(queries.newest_change())
    return form


def _settings_page(form: SettingsForm) -> Response:
    return room("dashboard/settings.html", 422 if form.errors else 200, form=form)

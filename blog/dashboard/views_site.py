"""What the site is set up with."""

from flask import current_app, g, redirect, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from blog.config import EDITABLE, current_settings
from blog.dashboard import toasts
from blog.dashboard.forms_settings import SettingsForm
from blog.dashboard.views import bp, room
from blog.extensions import writing
from blog.services import site_settings
from blog.web import access


@bp.route("/settings", methods=["GET", "POST"])
def settings() -> Response:
    """Settings that count at once, for every process of the server."""
    form = SettingsForm(obj=current_settings())
    if not form.validate_on_submit():
        return _settings_page(form)
    values = {name: form[name].data for name in EDITABLE}
    with writing():
        changed = site_settings.change(current_app.config["SETTINGS"], values, access.signed_in())
    g.pop("settings")
    sentence = _("Saved. It counts from now on.") if changed else _("Nothing was changed.")
    toasts.say(sentence, ".undo_setting", changed)
    return redirect(url_for(".settings"), 303)


def _settings_page(form: SettingsForm) -> Response:
    return room("dashboard/settings.html", 422 if form.errors else 200, form=form)

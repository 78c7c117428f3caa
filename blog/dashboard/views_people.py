"""What is stored about a person: handed out, or erased, when that person asks."""

import json

from flask import flash, make_response, redirect, request, url_for
from flask_babel import ngettext
from werkzeug.wrappers import Response

from blog.dashboard.forms import PersonForm
from blog.dashboard.views import bp, room
from blog.extensions import writing
from blog.queries import personal
from blog.services import changes, privacy
from blog.web import access


@bp.route("/people", methods=["GET", "POST"])
def people() -> Response:
    """Ask for an e-mail address, and say what there is about it."""
    form = PersonForm()
    found = personal.count_by_email(form.email.data) if form.validate_on_submit() else None
    return room("dashboard/people.html", 422 if form.errors else 200, form=form, found=found)


@bp.post("/people/export")
def export_person() -> Response:
    """Everything about a person as a file, for that person."""
    form = PersonForm()
    if not form.validate():
        return redirect(url_for(".people"), 303)
    found = privacy.export(form.email.data)
    with writing():
        changes.note(access.signed_in(), "exported", str(len(found["comments"])), "", "")
    text = json.dumps(found, ensure_ascii=False, indent=2)
    response = make_response(text)
    response.content_type = "application/json"
    response.headers["Content-Disposition"] = "attachment; filename=personal-data.json"
    return response


@bp.post("/people/erase")
def erase_person() -> Response:
    """Take a person out of every comment, for good."""
    form = PersonForm()
    if not form.validate():
        return redirect(url_for(".people"), 303)
    if not request.form.get("sure"):
        found = personal.count_by_email(form.email.data)
        return room("dashboard/people.html", 422, form=form, found=found, is_unsure=True)
    with writing():
        count = privacy.erase(form.email.data, access.signed_in())
        changes.note(access.signed_in(), "erased", str(count), "", "")
    flash(ngettext("Erased from %(num)s comment.", "Erased from %(num)s comments.", count))
    return redirect(url_for(".people"), 303)

"""The log: every decision, and everything that the staff changed, as a page and as a file."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flask import abort, current_app, flash, make_response, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from blog.config import EDITABLE
from blog.dashboard.views import bp, room
from blog.extensions import writing
from blog.models import ChangeEntry, ModerationEntry, Status
from blog.queries import moderation, staff
from blog.queries import site as queries
from blog.services import site_settings
from blog.web import access, filters, paging

LENGTH = 50
LONGEST_FILE = 10_000  # lines
KINDS = (
    "setting", "discussion", "block", "sign-in", "password", "second factor", "passkey", "joined",
    "invited", "role", "account", "trash", "erased",
)  # fmt: skip
# A spreadsheet takes what begins with one of these for a formula (OWASP, CSV injection).
FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")


@dataclass(frozen=True)
class Wanted:
    """What of the log is asked for."""

    is_about_site: bool
    staff_id: int | None
    after: Status | None
    what: str

    def lines(self, size: int) -> Sequence[ModerationEntry] | Sequence[ChangeEntry]:
        """The newest lines, one more than `size` if more follow."""
        before = paging.cursor("before")
        if self.is_about_site:
            return queries.changes(before, size, staff_id=self.staff_id, what=self.what)
        return moderation.decisions(before, size, staff_id=self.staff_id, after=self.after)


@bp.get("/log")
def log() -> Response:
    """Who decided or changed what, and when; decisions can be taken back from here."""
    wanted = _wanted()
    found = wanted.lines(LENGTH)
    entries = found[:LENGTH]
    return room(
        "dashboard/log.html",
        entries=entries,
        before=entries[-1].id if len(found) > LENGTH else None,
        wanted=wanted,
        people=staff.everybody(),
        kinds=KINDS,
        taken_back=moderation.taken_back([each.id for each in entries]),
    )


@bp.post("/log/settings/<number:entry_id>/undo")
def undo_setting(entry_id: int) -> Response:
    """Give a setting back the value that it had."""
    entry = queries.change(entry_id)
    if entry is None or entry.what != "setting" or entry.subject not in EDITABLE:
        abort(404)
    try:
        with writing():
            site_settings.undo(current_app.config["SETTINGS"], entry, access.signed_in())
        flash(_("The setting is as it was."))
    except site_settings.ChangedSince:
        flash(_("Somebody has changed this setting since. Nothing was changed."))
    return redirect(url_for(".log", of="site"), 303)


@bp.get("/log.csv")
def log_file() -> Response:
    """The same lines as a file for a spreadsheet, the newest LONGEST_FILE of them."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(("when", "who", "what", "subject", "before", "after"))
    writer.writerows(map(_cells, _wanted().lines(LONGEST_FILE)[:LONGEST_FILE]))
    response = make_response(text.getvalue())
    response.content_type = "text/csv; charset=utf-8"
    response.headers["Content-Disposition"] = "attachment; filename=log.csv"
    return response


def _wanted() -> Wanted:
    after, what = request.args.get("status", ""), request.args.get("what", "")
    return Wanted(
        is_about_site=request.args.get("of") == "site",
        staff_id=paging.cursor("who"),
        after=Status(after) if after in set(Status) else None,
        what=what if what in KINDS else "",
    )


def _cells(line: ModerationEntry | ChangeEntry) -> Iterator[str]:
    when = line.created_at.isoformat(timespec="seconds")
    if isinstance(line, ChangeEntry):
        cells = (when, line.by, line.what, line.subject, line.before, line.after)
    else:
        before = line.before.value if line.before else ""
        cells = (when, line.by, filters.decision(line), str(line.comment_id), before, line.after)
    return (f"'{cell}" if cell.startswith(FORMULA) else cell for cell in cells)

"""The log: every decision, and everything that the staff changed, as a page and as a file."""

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from operator import attrgetter

from flask import abort, current_app, flash, make_response, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from blog.config import EDITABLE
from blog.dashboard import filtering, sentences, template_filters
from blog.dashboard.forms import UndoChangesForm
from blog.dashboard.views import bp, came_from, room
from blog.extensions import writing
from blog.models import BulkDecision, ChangeEntry, ModerationEntry, Staff, Status
from blog.queries import log as queries
from blog.queries import moderation, site, staff
from blog.queries.log import Line, Wanted
from blog.services import blocks, discussions, site_settings
from blog.services.changes import ChangedSince
from blog.services.rights import Right
from blog.web import access, filters, paging

LENGTH = 50
LONGEST_FILE = 10_000  # lines
# What narrows the log, as its address says it.
NAMES = ("of", "who", "status", "what", "since", "until", "comment", "person")
# A spreadsheet takes what begins with one of these for a formula (OWASP, CSV injection).
FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")
UNDO = {"block": blocks.undo, "discussion": discussions.undo}
bp.add_app_template_global(sentences.change, "change_words")
bp.add_app_template_global(sentences.from_to)


@bp.get("/log")
def log() -> Response:
    """Who decided or changed what, and when; decisions can be taken back from here."""
    return _changes() if _is_about_site() else _decisions()


def _decisions() -> Response:
    wanted = _wanted()
    found = queries.decisions(paging.cursor("before"), LENGTH, wanted)
    entries = found[:LENGTH]
    single = [each.id for each in entries if isinstance(each, ModerationEntry)]
    return room(
        "dashboard/log.html",
        entries=entries,
        before=queries.log_position(entries[-1]) if len(found) > LENGTH else None,
        wanted=wanted,
        people=staff.everybody(),
        taken_back=moderation.taken_back(single),
        texts=queries.texts(entries),
        asked=_asked(),
    )


def _changes() -> Response:
    found = _changed(paging.cursor("before"), LENGTH)
    entries = found[:LENGTH]
    return room(
        "dashboard/log.html",
        entries=entries,
        before=entries[-1].id if len(found) > LENGTH else None,
        wanted=_wanted(),
        people=staff.everybody(),
        kinds=sentences.KINDS,
        taken_back=site.taken_back([each.id for each in entries]),
        known=sentences.people(entries),
        undoable=_may_undo(),
        asked=_asked(),
    )


def _may_undo() -> set[str]:
    """The kinds of lines that whoever is signed in may take back."""
    return {*UNDO, "setting"} if access.may(Right.ADMINISTER) else set(UNDO)


@bp.post("/log/undo")
def undo_change() -> Response:
    """Bring back the rule or the discussion that was there before a line of the log."""
    return _undo(UNDO)


@bp.post("/log/settings/undo")
def undo_setting() -> Response:
    """Give settings back the values that they had."""

    def undo(entry: ChangeEntry, member: Staff) -> None:
        if entry.subject not in EDITABLE:
            abort(404)
        site_settings.undo(current_app.config["SETTINGS"], entry, member)

    return _undo({"setting": undo})


def _undo(ways: Mapping[str, Callable[[ChangeEntry, Staff], None]]) -> Response:
    form = UndoChangesForm()
    if not form.validate():
        abort(422)
    entries = [site.change(number) or abort(404) for number in form.entry.data]
    if any(entry.what not in ways for entry in entries):
        abort(404)
    try:
        with writing():
            # Always in this order, so that two who take back never wait in a circle.
            for entry in sorted(entries, key=attrgetter("what")):
                ways[entry.what](entry, access.signed_in())
        flash(_("It is as it was."))
    except ChangedSince:
        flash(_("Somebody has changed this since. Nothing was changed."))
    return redirect(came_from() or url_for(".log", of="site"), 303)


@bp.get("/log.csv")
def log_file() -> Response:
    """The same lines as a file for a spreadsheet, the newest LONGEST_FILE of them."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(("when", "who", "what", "subject", "before", "after"))
    writer.writerows(map(_safe, _rows()))
    response = make_response(text.getvalue())
    response.content_type = "text/csv; charset=utf-8"
    response.headers["Content-Disposition"] = "attachment; filename=log.csv"
    return response


def _rows() -> Iterator[tuple[str, ...]]:
    if _is_about_site():
        changes = _changed(None, LONGEST_FILE)[:LONGEST_FILE]
        known = sentences.people(changes)
        for entry in changes:
            before, after = sentences.from_to(entry) or (entry.before, entry.after)
            said = sentences.change(entry, known)
            yield _when(entry), entry.by, said, entry.subject, before, after
        return
    lines = queries.decisions(None, LONGEST_FILE, _wanted())[:LONGEST_FILE]
    texts = queries.texts(lines)
    for line in lines:
        yield _when(line), line.by, *_decided(line, texts)


def _decided(line: Line, texts: Mapping[int, tuple[str, str]]) -> tuple[str, ...]:
    if isinstance(line, BulkDecision):
        return template_filters.bulk_decision(line), "", "", line.after
    before, after = texts.get(line.id) or (line.before or "", line.after)
    return filters.decision(line), str(line.comment_id), before, after


def _when(line: Line | ChangeEntry) -> str:
    return line.created_at.isoformat(timespec="seconds")


def _safe(cells: Sequence[str]) -> Iterator[str]:
    return (f"'{cell}" if cell.startswith(FORMULA) else cell for cell in cells)


def _is_about_site() -> bool:
    return request.args.get("of") == "site"


def _asked() -> dict[str, str]:
    """What narrows the log, to be carried into other addresses."""
    return {name: request.args[name] for name in NAMES if request.args.get(name)}


def _changed(before: int | None, size: int) -> Sequence[ChangeEntry]:
    what, wanted = request.args.get("what", ""), _wanted()
    return site.changes(
        before,
        size,
        staff_id=wanted.staff_id,
        what=what if what in sentences.KINDS else "",
        since=wanted.since,
        until=wanted.until,
    )


def _wanted() -> Wanted:
    after = request.args.get("status", "")
    days = filtering.wanted()
    return Wanted(
        staff_id=paging.cursor("who"),
        after=Status(after) if after in set(Status) else None,
        since=days.since,
        until=days.until,
        comment_id=paging.cursor("comment"),
        browser=days.browser,
    )

"""Settings that an administrator changes in the dashboard; they count from the next request on."""

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import delete

from blog.config import EDITABLE, Settings, read
from blog.extensions import db, one_at_a_time
from blog.models import ChangeEntry, SettingRow, Staff
from blog.queries import site as queries
from blog.services import changes


def effective(base: Settings) -> Settings:
    """The settings in force: what the dashboard says, else the server's."""
    return replace(base, **{k: v for k, v in queries.settings().items() if k in EDITABLE})  # type: ignore[arg-type]


@dataclass
class ChangedMeanwhile(Exception):
    """Somebody else changed what is to be changed; `entries` are the newest lines about it."""

    entries: list[ChangeEntry]


def save(base: Settings, values: dict[str, Any], staff: Staff, seen: int) -> list[ChangeEntry]:
    """Store what a page sent, whose newest line of the log was `seen`.

    What somebody else changed meanwhile stays where the page only sends back what it showed.
    Raises ChangedMeanwhile where both changed the same setting.
    """
    one_at_a_time("settings")
    since = queries.settings_changed_since(seen)
    shown = {entry.subject: read(entry.subject, entry.before) for entry in reversed(since)}
    newest = {entry.subject: entry for entry in since}
    both = [
        newest[name]
        for name in newest
        if values[name] not in (shown[name], read(name, newest[name].after))
    ]
    if both:
        raise ChangedMeanwhile(both)
    return change(base, {k: v for k, v in values.items() if k not in newest}, staff)


def change(
    base: Settings, values: dict[str, Any], staff: Staff, undo_of: int | None = None
) -> list[ChangeEntry]:
    """Store valid values of EDITABLE settings; return a line of the log for each that changed.

    A value that is the server's own is not stored: it follows the server's from then on.
    """
    now = effective(base)
    changed = [name for name in EDITABLE if name in values and values[name] != getattr(now, name)]
    entries = []
    for name in changed:
        db.session.execute(delete(SettingRow).where(SettingRow.name == name))
        if values[name] != getattr(base, name):
            db.session.add(SettingRow(name=name, value=values[name]))
        words = name, str(getattr(now, name)), str(values[name])
        entries.append(changes.note(staff, "setting", *words, undo_of=undo_of))
    return entries


def undo(base: Settings, entry: ChangeEntry, staff: Staff) -> None:
    """Give a setting the value that it had before a line of the log. Raises ChangedSince."""
    one_at_a_time("settings")
    now = str(getattr(effective(base), entry.subject))
    changes.check(entry, is_still=now == entry.after)
    change(base, {entry.subject: read(entry.subject, entry.before)}, staff, undo_of=entry.id)

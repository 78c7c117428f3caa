"""The log of what the staff changes about the site: settings, blocks, discussions."""

from typing import Any

from blog import clock
from blog.extensions import db
from blog.models import ChangeEntry, Staff
from blog.queries import site as queries

State = dict[str, Any] | None
# Who did it when nobody was signed in: somebody with a shell on the server.
COMMAND = "command"


class ChangedSince(Exception):
    """What is to be taken back was changed again, or taken back, since."""


def note(
    staff: Staff | None,
    what: str,
    subject: str,
    before: str,
    after: str,
    *,
    was: State = None,
    became: State = None,
    undo_of: int | None = None,
) -> ChangeEntry:
    """Write a line of the log: who changed what, from what, to what. No `staff` is a command.

    `was` and `became` are the state that an undo compares and brings back.
    """
    entry = ChangeEntry(
        staff_id=staff.id if staff else None,
        by=staff.name if staff else COMMAND,
        what=what,
        subject=subject,
        before=before,
        after=after,
        was=was,
        became=became,
        undo_of=undo_of,
        created_at=clock.now(),
    )
    db.session.add(entry)
    db.session.flush()
    return entry


def check(entry: ChangeEntry, *, is_still: bool) -> None:
    """Let a line of the log be taken back once, while all is as it left it. Raises ChangedSince.

    Whoever asks keeps others from what is compared, before it is read and until it is changed.
    """
    if not is_still or entry.undo_of or queries.taken_back([entry.id]):
        raise ChangedSince

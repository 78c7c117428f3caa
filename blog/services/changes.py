"""The log of what the staff changes about the site: settings, blocks, discussions."""

from blog import clock
from blog.extensions import db
from blog.models import ChangeEntry, Staff


def note(staff: Staff, what: str, subject: str, before: str, after: str) -> None:
    """Write a line of the log: who changed what, from what, to what."""
    db.session.add(
        ChangeEntry(
            staff_id=staff.id,
            by=staff.name,
            what=what,
            subject=subject,
            before=before,
            after=after,
            created_at=clock.now(),
        )
    )
    db.session.flush()

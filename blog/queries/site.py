"""What the staff has set up, and the log of it."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import func, select

from blog.extensions import db
from blog.models import ChangeEntry, SettingRow
from blog.queries.days import on_days


def settings() -> dict[str, object]:
    """The settings that were changed in the dashboard, by name."""
    row = SettingRow.__table__.c
    return dict(db.session.execute(select(row.name, row.value)).all())


def changes(
    before: int | None,
    size: int,
    *,
    staff_id: int | None = None,
    what: str = "",
    since: date | None = None,
    until: date | None = None,
) -> Sequence[ChangeEntry]:
    """Lines of the log of changes, the newest first; one more than `size` if more follow."""
    query = select(ChangeEntry).order_by(ChangeEntry.id.desc()).limit(size + 1)
    query = query.where(*on_days(ChangeEntry.created_at, since, until))
    if staff_id is not None:
        query = query.where(ChangeEntry.staff_id == staff_id)
    if what:
        query = query.where(ChangeEntry.what == what)
    if before is not None:
        query = query.where(ChangeEntry.id < before)
    return db.session.scalars(query).all()


def taken_back(entry_ids: Sequence[int]) -> set[int]:
    """Which of these lines of the log of changes were undone by a later one."""
    query = select(ChangeEntry.undo_of).where(ChangeEntry.undo_of.in_(entry_ids))
    return {number for number in db.session.scalars(query) if number is not None}


def change(entry_id: int) -> ChangeEntry | None:
    """One line of the log of changes."""
    return db.session.get(ChangeEntry, entry_id)


def newest_change() -> int:
    """The number of the newest line of the log of changes; 0 before the first."""
    return db.session.scalar(select(func.max(ChangeEntry.id))) or 0


def settings_changed_since(entry_id: int) -> Sequence[ChangeEntry]:
    """The lines about settings after that line, the oldest first."""
    newer = ChangeEntry.id > entry_id, ChangeEntry.what == "setting"
    return db.session.scalars(select(ChangeEntry).where(*newer).order_by(ChangeEntry.id)).all()

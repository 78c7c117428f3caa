"""Days (UTC) as bounds of moments."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import ColumnElement
from sqlalchemy.orm import InstrumentedAttribute


def on_days(
    column: InstrumentedAttribute[datetime], since: date | None, until: date | None
) -> Iterator[ColumnElement[bool]]:
    """Only what was written on these days (UTC), both included."""
    if since:
        yield column >= _midnight(since)
    if until:
        yield column < _midnight(until + timedelta(days=1))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)

"""Column types that every model shares."""

from collections.abc import Callable
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import DateTime, Dialect, Enum
from sqlalchemy.types import TypeDecorator


class UTCDateTime(TypeDecorator[datetime]):
    """A moment: aware and in UTC on the way in and out, also on SQLite, which forgets the zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a naive moment (ValueError) and store UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        return value.astimezone(UTC)

    def result_processor(
        self, dialect: Dialect, coltype: object
    ) -> Callable[[Any], datetime | None] | None:
        """Give the stored moment its zone back. One call for each: a page reads a hundred."""
        read = self.impl_instance.result_processor(dialect, coltype)
        if dialect.name != "sqlite" or read is None:
            return read

        def with_zone(stored: Any) -> datetime | None:
            found: datetime | None = read(stored)
            return found and found.replace(tzinfo=UTC)

        return with_zone


def moment(stored: str | datetime | None) -> datetime | None:
    """The moment that such a column holds, where its row was read as the database has it."""
    if isinstance(stored, str):
        return datetime.fromisoformat(stored).replace(tzinfo=UTC)
    return stored


def words(kind: type[StrEnum], name: str) -> Enum:
    """A column that holds one of the enumeration's words, checked by the database."""
    return Enum(
        kind,
        name=name,
        native_enum=False,
        create_constraint=True,
        length=16,
        values_callable=lambda members: [member.value for member in members],
    )

"""The one clock. Everything that asks for the time asks here, so tests can stop it."""

import time
from datetime import UTC, datetime


def now() -> datetime:
    """Return the present moment as an aware datetime in UTC."""
    return datetime.now(UTC)


def ticks() -> float:
    """Return seconds that pass evenly, from no moment in particular."""
    return time.monotonic()

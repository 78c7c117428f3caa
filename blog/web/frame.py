"""What the rail beside every page of the staff shows."""

from collections.abc import Mapping

from blog.models import View
from blog.queries import queue
from blog.web import access


def context(counts: Mapping[View, int] | None = None) -> dict[str, object]:
    """Who is signed in, and how much each view of the queue holds; it is asked if not given."""
    return {"viewer": access.staff(), "counts": counts or queue.counts()}

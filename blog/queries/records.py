"""What became of what people wrote, as a row of the queue and the panel about a person say it."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import func, select

from blog.extensions import db
from blog.models import Comment, Status


@dataclass(frozen=True)
class Record:
    """What became of the comments of one browser."""

    published: int = 0
    rejected: int = 0  # spam, too
    waiting: int = 0


def records(browsers: Iterable[str]) -> dict[str, Record]:
    """The records of the people whose comments a page shows."""
    wanted = set(browsers) - {""}
    if not wanted:
        return {}
    query = (
        select(Comment.browser, Comment.status, func.count())
        .where(Comment.browser.in_(wanted))
        .group_by(Comment.browser, Comment.status)
    )
    found: dict[str, dict[Status, int]] = {}
    for browser, status, number in db.session.execute(query).all():
        found.setdefault(browser, {})[status] = number
    return {
        browser: Record(
            published=counted.get(Status.PUBLISHED, 0),
            rejected=counted.get(Status.REJECTED, 0) + counted.get(Status.SPAM, 0),
            waiting=counted.get(Status.HELD, 0),
        )
        for browser, counted in found.items()
    }

"""What changed of what readers see: numbers that triggers count in each transaction."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, func, select

from blog.extensions import db
from blog.models import Article, PageVersion
from blog.models.types import UTCDateTime

_page = PageVersion.__table__.c
# Every request asks this first: as it is, for all else that is done to a statement takes longer.
_VERSIONS = "SELECT name, version FROM page_version WHERE name IN ('all', 'site')"
_HELD = select(_page.version).where(_page.name == "all").with_for_update()
_SINCE = select(_page.name, _page.version).where(_page.version > bindparam("number"))
_NEXT = select(func.min(Article.published_at)).where(
    Article.published_at > bindparam("after", type_=UTCDateTime)
)


class Versions(NamedTuple):
    """The numbers of the last change of anything, and of the last one that every page shows."""

    newest: int = 0
    site: int = 0


def read() -> Versions:
    """Both numbers, as this transaction sees them."""
    found: dict[str, int] = dict(db.session.connection().exec_driver_sql(_VERSIONS).all())
    return Versions(found.get("all", 0), found.get("site", 0))


def hold() -> None:
    """Hold the row that every change of what readers see counts in, until the transaction ends.

    Triggers take it as soon as a comment's text or status changes. Whatever else a decision takes,
    it takes after that: work that would begin with something else begins with this.
    """
    db.session.execute(_HELD)


def since(number: int) -> list[tuple[str, int]]:
    """What changed after that number, by name."""
    rows = db.session.execute(_SINCE, {"number": number})
    return [(name, version) for name, version in rows]


def next_publication(after: datetime) -> datetime | None:
    """When the next scheduled article becomes public."""
    return db.session.scalar(_NEXT, {"after": after})

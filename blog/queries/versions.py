"""What changed of what readers see: numbers that triggers count in each transaction."""

from datetime import datetime

from sqlalchemy import func, select

from blog.extensions import db
from blog.models import Article, PageVersion

_NEWEST = select(PageVersion.version).where(PageVersion.name == "all")
_SITE = select(PageVersion.version).where(PageVersion.name == "site")


def newest() -> int:
    """The number of the last change."""
    return db.session.scalar(_NEWEST) or 0


def site() -> int:
    """The number of the last change of every page."""
    return db.session.scalar(_SITE) or 0


def since(number: int) -> list[tuple[str, int]]:
    """What changed after that number, by name."""
    changed = select(PageVersion.name, PageVersion.version).where(PageVersion.version > number)
    return [(name, version) for name, version in db.session.execute(changed)]


def next_publication(after: datetime) -> datetime | None:
    """When the next scheduled article becomes public."""
    query = select(func.min(Article.published_at)).where(Article.published_at > after)
    return db.session.scalar(query)

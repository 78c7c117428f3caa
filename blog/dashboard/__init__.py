"""The dashboard blueprint."""

from blog.dashboard import (
    views,
    views_account,
    views_articles,
    views_blocks,
    views_bulk,
    views_by_mail,
    views_comments,
    views_log,
    views_people,
    views_person,
    views_queue,
    views_site,
    views_team,
)

bp = views.bp
__all__ = [
    "bp",
    "views_account",
    "views_articles",
    "views_blocks",
    "views_bulk",
    "views_by_mail",
    "views_comments",
    "views_log",
    "views_people",
    "views_person",
    "views_queue",
    "views_site",
    "views_team",
]

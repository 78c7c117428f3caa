"""The tables, as typed classes. No queries, no addresses, no HTML."""

from blog.models.article import Article, Author, Byline, Tag, Topic, article_tag
from blog.models.comment import (
    IN_QUEUE,
    Badge,
    Comment,
    Complaint,
    Like,
    ModerationEntry,
    QueueCount,
    Report,
    Revision,
    Status,
)
from blog.models.staff import Role, Staff

__all__ = [
    "IN_QUEUE",
    "Article",
    "Author",
    "Badge",
    "Byline",
    "Comment",
    "Complaint",
    "Like",
    "ModerationEntry",
    "QueueCount",
    "Report",
    "Revision",
    "Role",
    "Staff",
    "Status",
    "Tag",
    "Topic",
    "article_tag",
]

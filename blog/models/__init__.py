"""The tables, as typed classes. No queries, no addresses, no HTML."""

from blog.models.article import Article, Author, Byline, Tag, Topic, article_tag
from blog.models.comment import Badge, Comment, ModerationEntry, QueueCount, Status
from blog.models.staff import Role, Staff

__all__ = [
    "Article",
    "Author",
    "Badge",
    "Byline",
    "Comment",
    "ModerationEntry",
    "QueueCount",
    "Role",
    "Staff",
    "Status",
    "Tag",
    "Topic",
    "article_tag",
]

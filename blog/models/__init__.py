"""The tables, as typed classes. No queries, no addresses, no HTML."""

from blog.models.article import Article, Author, Byline, Discussion, Tag, Topic, article_tag
from blog.models.comment import (
    IN_QUEUE,
    Badge,
    Comment,
    Complaint,
    Lesson,
    Like,
    ModerationEntry,
    QueueCount,
    Report,
    Revision,
    Status,
)
from blog.models.site import (
    Block,
    BlockKind,
    ChangeEntry,
    ConfirmedEmail,
    FilterToken,
    Mail,
    MailKind,
    SettingRow,
)
from blog.models.staff import Role, Staff

__all__ = [
    "IN_QUEUE",
    "Article",
    "Author",
    "Badge",
    "Block",
    "BlockKind",
    "Byline",
    "ChangeEntry",
    "Comment",
    "Complaint",
    "ConfirmedEmail",
    "Discussion",
    "FilterToken",
    "Lesson",
    "Like",
    "Mail",
    "MailKind",
    "ModerationEntry",
    "QueueCount",
    "Report",
    "Revision",
    "Role",
    "SettingRow",
    "Staff",
    "Status",
    "Tag",
    "Topic",
    "article_tag",
]

"""What the site hands out to the person it is about, and how it forgets somebody."""

from typing import Any

from blog.models import Status
from blog.queries import comments as queries
from blog.services import authorship, moderation


def export(email: str) -> list[dict[str, Any]]:
    """Everything stored about the comments of an e-mail address, for the person who asks."""
    return [
        {
            "article": comment.article.title,
            "name": comment.name,
            "email": comment.email,
            "website": comment.website,
            "text": comment.body,
            "earlier_texts": queries.revisions(comment.id),
            "status": comment.status.value,
            "network": comment.network,
            "written": comment.created_at.isoformat(),
        }
        for comment in queries.by_email(email)
    ]


def erase(email: str) -> int:
    """Take a person out of every comment of an e-mail address; return how many there were.

    The comments keep their place, so that other people's answers stay.
    """
    found = queries.by_email(email)
    for comment in found:
        moderation.move(comment, Status.DELETED, by="")
        authorship.empty(comment)
    return len(found)

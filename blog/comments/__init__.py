"""The comments blueprint."""

from blog.comments import views, views_own, views_reactions
from blog.comments.loading import bp

__all__ = ["bp", "views", "views_own", "views_reactions"]

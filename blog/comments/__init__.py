"""The comments blueprint."""

from blog.comments import views, views_mail, views_own, views_reactions, views_threads
from blog.comments.loading import bp

__all__ = ["bp", "views", "views_mail", "views_own", "views_reactions", "views_threads"]

"""The dashboard blueprint."""

from blog.dashboard import views, views_comments

bp = views.bp
__all__ = ["bp", "views_comments"]

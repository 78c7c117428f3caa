"""The articles blueprint."""

from blog.articles import views_search
from blog.articles.views import bp

__all__ = ["bp", "views_search"]

"""The pages readers come for: the front page, an article, and the lists of articles."""

from collections.abc import Sequence

from flask import Blueprint, abort, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response

from blog.config import current_settings
from blog.models import Article, Author, Tag, Topic
from blog.queries import articles
from blog.web import access, article_page, headers, paging

bp = Blueprint("articles", __name__)
YEAR_MONTH = "/<int(fixed_digits=4):year>/<int(fixed_digits=2):month>/<slug:slug>"


@bp.get("/")
def home() -> Response:
    """The front page: a lead, two stories beside it, and the river."""
    newest = articles.newest(current_settings().articles_per_page + 3)
    return _list("articles/home.html", newest, stories=newest)


@bp.get(YEAR_MONTH)
def show(year: int, month: int, slug: str) -> Response:
    """One article; its address with another date leads to the right one."""
    article = article_or_404(slug)
    if (year, month) != (article.path["year"], article.path["month"]):
        return redirect(url_for(".show", **article.path), 301)
    return article_page.render(article)


@bp.get("/topic/<slug:slug>")
def topic(slug: str) -> Response:
    """The articles of one topic."""
    found = articles.with_slug(Topic, slug) or abort(404)
    page = articles.in_topic(found, paging.cursor("before"), current_settings().articles_per_page)
    return _list("articles/topic.html", page.articles, topic=found, page=page)


@bp.get("/tag/<slug:slug>")
def tag(slug: str) -> Response:
    """The articles with one tag."""
    found = articles.with_slug(Tag, slug) or abort(404)
    page = articles.with_tag(found, paging.cursor("before"), current_settings().articles_per_page)
    return _list("articles/tag.html", page.articles, tag=found, page=page)


@bp.get("/author/<slug:slug>")
def author(slug: str) -> Response:
    """One author and what he or she wrote."""
    found = articles.with_slug(Author, slug) or abort(404)
    page = articles.by_author(found, paging.cursor("before"), current_settings().articles_per_page)
    return _list("articles/author.html", page.articles, author=found, page=page)


@bp.get("/archive/<number:number>")
def archive(number: int) -> Response:
    """A numbered page of all articles."""
    size = current_settings().articles_per_page
    pages = articles.archive_pages(size)
    if number > pages:
        abort(404)
    stories = articles.archive(number, size)
    return _list("articles/archive.html", stories, stories=stories, number=number, pages=pages)


def article_or_404(slug: str) -> Article:
    """The public article with that slug."""
    return articles.by_slug(slug) or abort(404)


def _list(template: str, about: Sequence[Article], **context: object) -> Response:
    html = render_template(template, viewer=access.staff(), **context)
    response = make_response(html)
    return response if article_page.is_private() else headers.public(response, about)

"""What machines read: the Atom feed, the sitemap, and where they may go."""

from flask import Blueprint, abort, make_response, render_template
from werkzeug.wrappers import Response

from blog.queries import articles
from blog.queries import comments as comment_queries
from blog.web import headers

bp = Blueprint("feeds", __name__)
FEED_LENGTH = 20
SITEMAP_LENGTH = 50_000  # sitemaps.org: at most 50,000 addresses in one file


@bp.get("/feed.xml")
def atom() -> Response:
    """The newest articles, whole."""
    found = articles.for_feed(FEED_LENGTH)
    changed = max((each.updated_at or each.published_at for each in found), default=None)
    xml = render_template("feeds/atom.xml", articles=found, changed=changed)
    return headers.public(make_response(xml), "application/atom+xml; charset=utf-8")


@bp.get("/<int(fixed_digits=4):year>/<int(fixed_digits=2):month>/<slug:slug>/feed.xml")
def comments(year: int, month: int, slug: str) -> Response:
    """The newest public comments under one article."""
    article = articles.by_slug(slug)
    if not article or article.path != {"year": year, "month": month, "slug": slug}:
        abort(404)
    found = comment_queries.latest(article.id, FEED_LENGTH)
    xml = render_template("feeds/comments.xml", article=article, comments=found)
    return headers.public(make_response(xml), "application/atom+xml; charset=utf-8")


@bp.get("/sitemap.xml")
def sitemap() -> Response:
    """The addresses of the newest articles."""
    xml = render_template("feeds/sitemap.xml", articles=articles.for_sitemap(SITEMAP_LENGTH))
    return headers.public(make_response(xml), "application/xml; charset=utf-8")


@bp.get("/robots.txt")
def robots() -> Response:
    """Everything but the staff's rooms may be read by machines."""
    text = render_template("feeds/robots.txt")
    return headers.public(make_response(text), "text/plain; charset=utf-8")

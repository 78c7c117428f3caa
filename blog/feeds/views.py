"""What machines read: the Atom feed, the sitemap, and where they may go."""

import re
from collections.abc import Iterable

from flask import Blueprint, abort, make_response, render_template, request, stream_template
from werkzeug.wrappers import Response

from blog.queries import comments as comment_queries
from blog.queries import lists
from blog.queries import stories as queries
from blog.services.secret_links import BadLink
from blog.web import commenter, headers
from blog.web.site_memory import remembered
from blog.web.stories import open_article_or_404

bp = Blueprint("feeds", __name__)
FEED_LENGTH = 20
ATOM = "application/atom+xml; charset=utf-8"
# What XML 1.0 has no place for (section 2.2); a numeric entity in a comment can make one.
_NOT_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
SITEMAP_LENGTH = 50_000  # sitemaps.org: at most 50,000 addresses in one file


@bp.get("/feed.xml")
def atom() -> Response:
    """The newest articles, whole."""
    return _public(remembered("feed", _articles), ())


@bp.get("/<year:year>/<month:month>/<slug:slug>/feed.xml")
def comments(year: int, month: int, slug: str) -> Response:
    """The newest public comments under one article."""
    article = open_article_or_404(year, month, slug)
    found = comment_queries.latest(article.id, FEED_LENGTH)
    return _public(_xml("feeds/comments.xml", article=article, comments=found), (article.id,))


@bp.get("/feed/answers/<token:token>")
def answers(token: str) -> Response:
    """The newest answers to what one browser wrote; only its owner knows the address."""
    try:
        owner = commenter.feed_owner(token)
    except BadLink:
        abort(404)
    found = comment_queries.answers_to(owner, FEED_LENGTH)
    response = make_response(_xml("feeds/answers.xml", comments=found, token=token))
    response.content_type = ATOM
    response.headers["Cache-Control"] = "private, no-cache"
    response.add_etag()
    return response.make_conditional(request)


@bp.get("/sitemap.xml")
def sitemap() -> Response:
    """The addresses of the newest articles."""
    xml = bytearray()  # a list of 50,000 pieces takes memory that a process does not give back
    for piece in stream_template("feeds/sitemap.xml", articles=lists.for_sitemap(SITEMAP_LENGTH)):
        xml += piece.encode()
    page = make_response(bytes(xml))
    return headers.public(page, (), content_type="application/xml; charset=utf-8")


@bp.get("/robots.txt")
def robots() -> Response:
    """Everything but the staff's rooms may be read by machines."""
    text = render_template("feeds/robots.txt")
    return headers.public(make_response(text), (), content_type="text/plain; charset=utf-8")


def _articles() -> str:
    found = queries.for_feed(FEED_LENGTH)
    changed = max((each.updated_at or each.published_at for each in found), default=None)
    return _xml("feeds/atom.xml", articles=found, changed=changed)


def _public(feed: str, about: Iterable[int]) -> Response:
    return headers.public(make_response(feed), about, content_type=ATOM)


def _xml(template: str, **context: object) -> str:
    return _NOT_XML.sub("", render_template(template, **context))

"""The pages readers come for: the front page, an article, and the lists of articles."""

from collections.abc import Callable, Mapping, Sequence
from urllib.parse import quote

from flask import Blueprint, abort, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from blog.config import current_settings
from blog.queries import lists
from blog.queries.lists import Listed
from blog.web import access, article_page, headers, paging, parts, stories
from blog.web.stories import Listing

bp = Blueprint("articles", __name__)
YEAR_MONTH = "/<year:year>/<month:month>/<slug:slug>"


@bp.get("/")
def home() -> Response:
    """The front page: a lead, two stories beside it, and the river."""
    listed = lists.newest(current_settings().articles_per_page + 3)
    return _list("articles/home.html", listed, lay_out=_front)


@bp.get(YEAR_MONTH)
def show(year: int, month: int, slug: str) -> Response:
    """One article; its address with another date leads to the right one, and as far down."""
    story = stories.story(slug) or abort(404)
    if (year, month) != (story.path["year"], story.path["month"]):
        asked = quote(request.query_string, safe="%=&+-_.~")
        return redirect(url_for(".show", **story.path) + (f"?{asked}" if asked else ""), 301)
    return article_page.render(story)


@bp.get("/topic/<slug:slug>")
def topic(slug: str) -> Response:
    """The articles of one topic."""
    found = stories.topic(slug) or abort(404)
    page = lists.in_topic(found.id, paging.cursor("before"), current_settings().articles_per_page)
    return _list("articles/topic.html", page.stories, topic=found, before=page.before)


@bp.get("/tag/<slug:slug>")
def tag(slug: str) -> Response:
    """The articles with one tag."""
    found = stories.tag(slug) or abort(404)
    page = lists.with_tag(found.id, paging.cursor("before"), current_settings().articles_per_page)
    return _list("articles/tag.html", page.stories, tag=found, before=page.before)


@bp.get("/author/<slug:slug>")
def author(slug: str) -> Response:
    """One author and what he or she wrote."""
    found = stories.author(slug) or abort(404)
    page = lists.by_author(found.id, paging.cursor("before"), current_settings().articles_per_page)
    return _list("articles/author.html", page.stories, author=found, before=page.before)


@bp.get("/archive/<number:number>")
def archive(number: int) -> Response:
    """A numbered page of all articles."""
    size = current_settings().articles_per_page
    last = stories.last_place()
    pages = lists.archive_pages(last, size)
    if number > pages:
        abort(404)
    found = lists.archive(last, number, size)
    return _list("articles/archive.html", found, number=number, pages=pages)


def _front(found: list[Listing]) -> dict[str, str]:
    """The front page's cards: a lead, two beside it, and the rest below."""
    return {
        "lead": parts.cards(found[:1], "lead", lazy=False),
        "beside": parts.cards(found[1:3], "beside"),
        "cards": parts.cards(found[3:], level=3),
    }


def _river(found: list[Listing]) -> dict[str, str]:
    return {"cards": parts.cards(found)}


def _list(
    template: str,
    listed: Sequence[Listed],
    before: int | None = None,
    lay_out: Callable[[list[Listing]], dict[str, str]] = _river,
    **context: object,
) -> Response:
    """A page of cards. `context`, with the address, is all that the rest of the page tells of."""
    found, viewer = stories.listings(listed), access.staff()
    holes = lay_out(found) | {"pager": _pager(before)}
    shown = {"found": len(found), **context}

    def html(holes: Mapping[str, str]) -> str:
        return render_template(template, viewer=viewer, **shown, **holes)

    key = None if viewer else (template, request.path, *shown.values())
    response = make_response(parts.around(key, holes, html))
    if article_page.is_private():
        return response
    return headers.public(response, [each.id for each in listed])


def _pager(before: int | None) -> str:
    newest = request.path if request.args.get("before") else ""
    older = f"{request.path}?before={before}" if before else ""
    if not newest and not older:
        return ""
    return parts.rendered("articles/_pager.html", newest=newest, older=older)

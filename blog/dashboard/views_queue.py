"""The moderation queue as a page, and what arrives while somebody looks at it."""

from typing import Any

from flask import render_template, request
from werkzeug.wrappers import Response

from blog import clock
from blog.config import current_settings
from blog.dashboard import filtering
from blog.dashboard.views import bp, room
from blog.models import Comment, Rule, View
from blog.queries import moderation, queue, records
from blog.queries.queue_filter import Filter
from blog.services.bulk import MOST
from blog.web import htmx, paging


@bp.get("/comments")
def comments() -> Response:
    """A page of the queue; with htmx only its rows, to be put below those that are there."""
    if not htmx.wants_fragment():
        return queue_page()
    return htmx.fragment(render_template("dashboard/_rows.html", **_page(filtering.wanted())))


@bp.get("/comments/arrivals")
def arrivals() -> Response:
    """How many comments came since the page was made, and how many each view has now."""
    newest = paging.cursor("newest") or 0
    wanted = filtering.wanted()
    html = render_template(
        "dashboard/_looked.html",
        new=queue.count_new(wanted, newest),
        told=paging.cursor("told") or 0,
        newest=newest,
        wanted=wanted,
        counts=queue.counts(),
    )
    return htmx.fragment(html)


def queue_page(status: int = 200, stale: str = "") -> Response:
    """The whole page of the queue; `stale` says why a decision was not taken."""
    done, bulk = paging.cursor("done"), paging.cursor("bulk")
    asked = filtering.asked()
    return room(
        "dashboard/comments.html",
        status,
        done=moderation.entry(done) if done else None,
        bulk=moderation.bulk(bulk) if bulk else None,
        stale=stale,
        newest=queue.newest_id(),
        **looked(),
        most=MOST,
        chips=filtering.chips(asked),
        **_page(asked.wanted),
    )


def looked() -> dict[str, Any]:
    """When a page was made, for the decisions about many that it offers."""
    return {"last_entry": moderation.newest_id(), "looked_at": clock.now().isoformat()}


def _page(wanted: Filter) -> dict[str, Any]:
    page = queue.page(wanted, filtering.cursor(), current_settings().queue_per_page)
    counts = queue.counts()
    is_kept = wanted.is_plain and wanted.view is not None
    return {
        "page": page,
        "wanted": wanted,
        "after": filtering.spelled(page.after),
        "records": records.records(each.browser for each in page.comments),
        "counts": counts,
        "found": counts[wanted.view or View.WAITING] if is_kept else _count(wanted),
        "reasons": Rule,
        "is_first": "after" not in request.args,
    }


def row_address(comment: Comment) -> dict[str, Any]:
    """The address of the queue, from where a comment was opened, at that comment's row."""
    wanted = filtering.wanted()
    first = queue.page(wanted, None, current_settings().queue_per_page).comments
    is_there = any(each.id == comment.id for each in first)
    after = None if is_there else filtering.spelled(queue.just_before(wanted, comment))
    return {**filtering.here(), "after": after, "_anchor": f"row-{comment.id}"}


def place_address(comment: Comment) -> dict[str, Any]:
    """The page of the queue somebody decided on, at that comment or at what now stands there."""
    wanted, size = filtering.wanted(), current_settings().queue_per_page
    rows = queue.page(wanted, filtering.cursor(), size).comments
    is_there = any(each.id == comment.id for each in rows)
    next_ones = queue.page(wanted, queue.just_before(wanted, comment), 1).comments or rows[-1:]
    stands = [comment] if is_there else next_ones
    anchor = f"row-{stands[0].id}" if stands else None
    return {**filtering.return_address(), "_anchor": anchor}


def _count(wanted: Filter) -> int:
    return queue.count(wanted, MOST + 1)

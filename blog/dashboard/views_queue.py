"""The moderation queue as a page, and what arrives while somebody looks at it."""

from flask import render_template, request
from werkzeug.wrappers import Response

from blog import clock
from blog.config import current_settings
from blog.dashboard import filtering
from blog.dashboard.views import bp, room
from blog.models import View
from blog.queries import moderation, queue, records
from blog.services.bulk import MOST
from blog.web import htmx, paging


@bp.get("/comments")
def comments() -> Response:
    """A page of the queue; with htmx only its rows, to be put below those that are there."""
    if not htmx.wants_fragment():
        return queue_page()
    return htmx.fragment(render_template("dashboard/_rows.html", **_page()))


@bp.get("/comments/arrivals")
def arrivals() -> Response:
    """How many comments came since the page was made, and how many each view has now."""
    newest = paging.cursor("newest") or 0
    new, counts = queue.count_new(filtering.wanted(), newest), queue.counts()
    html = render_template("dashboard/_looked.html", new=new, newest=newest, counts=counts)
    return htmx.fragment(html)


def queue_page(status: int = 200, stale: str = "") -> Response:
    """The whole page of the queue; `stale` says why a decision was not taken."""
    done, bulk = paging.cursor("done"), paging.cursor("bulk")
    return room(
        "dashboard/comments.html",
        status,
        done=moderation.entry(done) if done else None,
        bulk=moderation.bulk(bulk) if bulk else None,
        stale=stale,
        newest=queue.newest_id(),
        last_entry=moderation.newest_id(),
        looked_at=clock.now().isoformat(),
        most=MOST,
        **_page(),
    )


def _page() -> dict[str, object]:
    wanted = filtering.wanted()
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
        "reasons": queue.REASONS,
        "is_first": "after" not in request.args,
    }


def _count(wanted: queue.Filter) -> int:
    return queue.count(wanted, MOST + 1)

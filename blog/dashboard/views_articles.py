"""Articles as the staff sees them: what readers may do below each."""

from flask import abort, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from blog.config import current_settings
from blog.dashboard import toasts
from blog.dashboard.forms import DiscussionForm
from blog.dashboard.views import bp, room
from blog.extensions import writing
from blog.models import Discussion
from blog.queries import articles as queries
from blog.services import discussions
from blog.web import access, paging


@bp.get("/articles")
def articles() -> Response:
    """A page of all articles, the newest first, those to come too."""
    page = queries.for_staff(paging.cursor("before"), current_settings().articles_per_page)
    return room("dashboard/articles.html", page=page, form=DiscussionForm())


@bp.post("/articles/<slug:slug>/discussion")
def change_discussion(slug: str) -> Response:
    """Open, hold, close or hide the discussion below an article."""
    form = DiscussionForm()
    if not form.validate():
        abort(422)
    with writing():
        article = queries.for_editing(slug) or abort(404)
        entry = discussions.change(
            article,
            Discussion(form.discussion.data),
            stays_open=form.stays_open.data,
            staff=access.signed_in(),
        )
    toasts.say(_("Saved: %(title)s", title=article.title), ".undo_change", [entry])
    return redirect(url_for(".articles", before=request.args.get("before")), 303)

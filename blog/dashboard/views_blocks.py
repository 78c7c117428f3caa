"""Blocks: whose comments are rejected."""

from flask import redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from blog.dashboard import toasts
from blog.dashboard.forms import BLOCKABLE, BlockForm
from blog.dashboard.views import bp, room
from blog.extensions import writing
from blog.models import BlockKind
from blog.queries import blocks as queries
from blog.queries import comments
from blog.services import blocks as service
from blog.services.blocks import NotBlockable
from blog.web import access, paging

LENGTH = 50


@bp.route("/blocks", methods=["GET", "POST"])
def blocks() -> Response:
    """A page of blocks, and a form for another one; it may be filled in for a comment's author."""
    form = BlockForm()
    if request.method == "GET":
        _fill_in(form)
        return _page(form)
    if not form.validate():
        return _page(form)
    kind = BlockKind(form.kind.data)
    try:
        with writing():
            entry = service.add(
                kind, form.value.data, until=form.until(), note=form.note.data,
                staff=access.signed_in(),
            )  # fmt: skip
    except NotBlockable:
        form.value.errors = [_hint(kind)]
        return _page(form)
    toasts.say(_("Blocked. New comments from there are rejected."), ".undo_change", [entry])
    return redirect(url_for(".blocks"), 303)


@bp.post("/blocks/<number:block_id>/lift")
def lift_block(block_id: int) -> Response:
    """Take a block away."""
    with writing():
        entry = service.remove(block_id, access.signed_in())
    said = _("It is lifted.") if entry else _("It was lifted before.")
    toasts.say(said, ".undo_change", [entry])
    number = paging.cursor("comment")
    page = url_for(".blocks", before=paging.cursor("before"))
    return redirect(url_for(".person", comment_id=number) if number else page, 303)


def _fill_in(form: BlockForm) -> None:
    number, wanted = paging.cursor("comment"), request.args.get("kind")
    comment = comments.by_id(number) if number else None
    kind = BlockKind(wanted) if wanted in BLOCKABLE else BlockKind.EMAIL
    if comment:
        values = {
            BlockKind.EMAIL: comment.email,
            BlockKind.DOMAIN: comment.email.rpartition("@")[2],
            BlockKind.NETWORK: comment.network,
        }
        form.kind.data, form.value.data = kind, values[kind]


def _hint(kind: BlockKind) -> str:
    hints = {
        BlockKind.EMAIL: _("This is not an e-mail address. It looks like name@example.org."),
        BlockKind.DOMAIN: _("This is not a mail domain. It looks like example.org."),
        BlockKind.NETWORK: _("This is not a network, or too wide. It looks like 192.0.2.0/24."),
    }
    return str(hints[kind])


def _page(form: BlockForm) -> Response:
    start = paging.cursor("before")
    found = queries.listed(start, LENGTH)
    people = {each.value: each.note for each in found if each.kind is BlockKind.BROWSER}
    return room(
        "dashboard/blocks.html",
        422 if form.errors else 200,
        form=form,
        blocks=found[:LENGTH],
        names=people | comments.names(people.keys()),
        start=start,
        before=found[LENGTH - 1].id if len(found) > LENGTH else None,
    )

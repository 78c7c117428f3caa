"""What all rows of a page of the queue have in common: it is worked out once a page."""

from typing import NamedTuple
from urllib.parse import quote

from flask import Blueprint, g, url_for
from flask_babel import gettext as _
from flask_wtf.csrf import generate_csrf

from blog.dashboard import filtering
from blog.models import Comment, Status
from blog.web.converters import MAX_ID

# What a moderator decides, and the look of its button.
BUTTONS = {
    Status.PUBLISHED: "ok", Status.REJECTED: "warn", Status.SPAM: "bad", Status.TRASHED: "quiet",
}  # fmt: skip
# What stands in an address for that of each comment.
_SEEN, _VERSION = "seen-status", "seen-version"


class Addresses(NamedTuple):
    """Where the forms and links of one row lead."""

    decide: str
    person: str
    correct: str
    answer: str


class Frame:
    """The words, the session's token, and the addresses, in which only the comment differs."""

    def __init__(self) -> None:
        """Needs the request for the page, whose filter is in the addresses."""
        self.words = words()
        self.token = generate_csrf()
        back = filtering.return_address()
        self._decide, self._person, self._correct = (
            url_for(f"dashboard.{name}", comment_id=MAX_ID, **back)
            for name in ("decide", "person", "correct")
        )
        self._answer = url_for(
            "dashboard.answer", comment_id=MAX_ID, seen=_SEEN, version=_VERSION, **back
        )

    def to(self, comment: Comment) -> Addresses:
        """The addresses of a comment's row. What is looked for stands first, before the filter."""
        this = str(comment.id)
        decide, person, correct, answer = (
            each.replace(str(MAX_ID), this, 1)
            for each in (self._decide, self._person, self._correct, self._answer)
        )
        answer = answer.replace(_SEEN, comment.stand, 1)
        version = quote(comment.version, safe="")
        return Addresses(decide, person, correct, answer.replace(_VERSION, version, 1))


def frame() -> Frame:
    """What the rows of this page have in common."""
    if "row_frame" not in g:
        g.row_frame = Frame()
    found: Frame = g.row_frame
    return found


def words() -> dict[str, str]:
    """What can be done about a comment, in words."""
    return {
        "published": _("Approve"),
        "rejected": _("Reject"),
        "spam": _("Spam"),
        "trashed": _("Trash"),
        "select": _("Select the comment by %(name)s"),
        "why": _("Tell the author why"),
        "sentence": _("A sentence that goes with a rejection"),
        "answer": _("Answer"),
        "person": _("This person"),
        "edit": _("Edit"),
        "reasons": _("Why it waited"),
        "public": _("Public now"),
    }


def add_to(blueprint: Blueprint) -> None:
    """Give them to the templates of the dashboard."""
    blueprint.add_app_template_global(frame, "row_frame")
    blueprint.add_app_template_global(words, "row_words")
    blueprint.add_app_template_global(BUTTONS.items, "decision_buttons")

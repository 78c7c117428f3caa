"""Why a valid form was not stored, in words for the person who sent it."""

from flask_babel import gettext as _
from flask_babel import ngettext

from blog.services.comments import AlreadyStored, Closed, NameTaken, TooFast, UnknownParent
from blog.web.comment_form import CommentForm
from blog.web.rates import TooOften

REFUSALS = (AlreadyStored, Closed, NameTaken, TooFast, UnknownParent, TooOften)


def refuse(form: CommentForm, error: Exception) -> tuple[int, int]:
    """Write the reason into the form; return the status and the seconds to wait, 0 if none."""
    if isinstance(error, NameTaken):
        form.name.errors = [
            _("This name belongs to somebody who works here. Please choose another.")
        ]
        return 422, 0
    status, wait, sentence = _sentence(error)
    form.form_errors = [sentence]
    return status, wait


def say_parent_is_gone(form: CommentForm) -> None:
    """Say it beside whatever else is wrong: the next press posts a comment of its own."""
    if _no_parent() not in form.form_errors:
        form.form_errors = [*form.form_errors, _no_parent()]


def _no_parent() -> str:
    sentence: str = _(
        "The comment you answer is no longer there. You can post your text as a comment of its own."
    )
    return sentence


def _sentence(error: Exception) -> tuple[int, int, str]:
    if isinstance(error, TooFast):
        sentence = ngettext(
            "A comment came from here a moment ago. Please wait %(num)s second.",
            "A comment came from here a moment ago. Please wait %(num)s seconds.",
            error.wait,
        )
        return 429, error.wait, sentence
    if isinstance(error, TooOften):
        return 429, error.wait, _("That was a lot in a short time. Please try again later.")
    if isinstance(error, UnknownParent):
        return 422, 0, _no_parent()
    if isinstance(error, Closed):
        return 409, 0, _("The discussion closed while you were writing. Your text is still here.")
    return 409, 0, _("We have this comment already. It is not stored a second time.")

"""The smaller forms of a conversation; the comment form itself is in web/comment_form.py."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice

from blog.config import NOTE_COLUMN
from blog.models import Complaint
from blog.web.comment_form import fits, lines, required, shows

COMPLAINTS = (
    SelectChoice(Complaint.SPAM.value, lazy_gettext("It is spam")),
    SelectChoice(Complaint.ABUSIVE.value, lazy_gettext("It is abusive")),
    SelectChoice(Complaint.OFF_TOPIC.value, lazy_gettext("It is off-topic")),
    SelectChoice(Complaint.OTHER.value, lazy_gettext("Something else")),
)


class EditForm(FlaskForm):
    """The changed text of the own comment."""

    class Meta:
        """web/forgery.py protects this form."""

        csrf = False

    body = TextAreaField(
        filters=[lines],
        validators=[
            required(lazy_gettext("Please write a comment.")),
            fits("comment_max_length", lines=True),
            shows,
        ],
    )

    def too_late(self) -> str:
        """Why the text was not taken."""
        return str(_("This comment can no longer be changed. Your text is still here."))


class ReportForm(FlaskForm):
    """Why a reader reports a comment."""

    class Meta:
        """web/forgery.py protects this form."""

        csrf = False

    complaint = SelectField(choices=COMPLAINTS, default=Complaint.SPAM.value)
    note = TextAreaField(filters=[lines], validators=[fits(NOTE_COLUMN, lines=True)])

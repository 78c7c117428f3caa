"""The dashboard's forms. Flask-WTF's token is checked for all of them in web/forgery.py."""

from flask_wtf import FlaskForm
from wtforms import IntegerField, StringField
from wtforms.validators import AnyOf, InputRequired, NumberRange

from blog.models import IN_QUEUE, Status
from blog.web.converters import MAX_ID

DECISIONS = (Status.PUBLISHED, Status.REJECTED, Status.SPAM)


class DecisionForm(FlaskForm):
    """Where a comment goes, and the status that the moderator saw when deciding."""

    status = StringField(validators=[AnyOf([str(status) for status in DECISIONS])])
    seen = StringField(validators=[AnyOf([str(status) for status in IN_QUEUE])])


class UndoForm(FlaskForm):
    """Which line of the log is taken back."""

    entry = IntegerField(validators=[InputRequired(), NumberRange(1, MAX_ID)])

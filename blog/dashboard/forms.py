"""The dashboard's forms. Flask-WTF's token is checked for all of them in web/forgery.py."""

from datetime import UTC, datetime, timedelta

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    Field,
    HiddenField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import AnyOf, InputRequired, Length, NumberRange, Regexp, ValidationError

from blog import clock
from blog.config import EMAIL_COLUMN, NOTE_COLUMN
from blog.dashboard import template_filters
from blog.dashboard.rows import BUTTONS
from blog.models import IN_QUEUE, BlockKind, Discussion, Effect, Notify, Status
from blog.services import accounts
from blog.services.moderation import LookedAt
from blog.web.comment_form import fits, line, lines, required, shows
from blog.web.converters import MAX_ID, number

DECISIONS = tuple(BUTTONS)
# As models.Comment.stand spells it.
_STAND = rf"^({'|'.join(IN_QUEUE)})(-approved)?(-[0-9]{{1,10}})?$"


def numbers(_form: FlaskForm, field: Field) -> None:
    """Refuse what can be the number of no row."""
    if not all(0 < number <= MAX_ID for number in field.data or ()):
        raise ValidationError(lazy_gettext("There is no such thing."))


def has_at(_form: FlaskForm, field: Field) -> None:
    """Refuse what nobody can have signed with; older addresses are not as strict as new ones."""
    if "@" not in field.data:
        raise ValidationError(
            lazy_gettext("This is not an e-mail address. It looks like name@example.org.")
        )


class SeenForm(FlaskForm):
    """What the moderator saw when deciding: where the comment stood, and its text."""

    seen = StringField(validators=[Regexp(_STAND)])
    version = StringField(validators=[InputRequired()])

    def looked_at(self) -> LookedAt:
        """The same for the service."""
        status, *more = self.seen.data.split("-")
        report = number(more[-1]) if more else None
        return LookedAt(Status(status), self.version.data, "approved" in more, report)


class DecisionForm(SeenForm):
    """Where a comment goes."""

    status = StringField(validators=[AnyOf([str(status) for status in DECISIONS])])
    note = StringField(filters=[line], validators=[Length(max=NOTE_COLUMN)])


class AnswerForm(SeenForm):
    """An answer that goes out with the approval of what it answers."""

    body = TextAreaField(
        lazy_gettext("Your answer"),
        filters=[lines],
        validators=[
            required(lazy_gettext("Please write an answer.")),
            fits("comment_max_length", lines=True),
            shows,
        ],
    )


class CorrectionForm(FlaskForm):
    """A comment's text as a moderator corrects it."""

    version = HiddenField(validators=[InputRequired()])
    body = TextAreaField(
        lazy_gettext("Text"),
        filters=[lines],
        validators=[
            required(lazy_gettext("A comment needs a text. To take it away, reject it.")),
            fits("comment_max_length", lines=True),
            shows,
        ],
    )


class LookedForm(FlaskForm):
    """When a page was made: what moved or changed since is not what was decided about."""

    last_entry = IntegerField(validators=[InputRequired(), NumberRange(0, MAX_ID)])
    looked_at = StringField(validators=[InputRequired()])

    def validate_looked_at(self, field: Field) -> None:
        """Read the moment."""
        try:
            self.moment = datetime.fromisoformat(field.data).astimezone(UTC)
        except (ValueError, OverflowError):
            raise ValidationError(lazy_gettext("This is not a moment.")) from None


class BulkForm(LookedForm):
    """One decision about many: those that are ticked, or all that the filter finds."""

    status = StringField(validators=[AnyOf([str(status) for status in DECISIONS])])
    all = BooleanField()
    only = SelectMultipleField(coerce=int, validate_choice=False, validators=[numbers])


class TrashForm(FlaskForm):
    """Up to which line of the log the trash is emptied, and that somebody means it."""

    last_entry = IntegerField(validators=[InputRequired(), NumberRange(0, MAX_ID)])
    sure = BooleanField()


class NoteForm(FlaskForm):
    """A note about a person."""

    note = StringField(
        lazy_gettext("New note"),
        filters=[line],
        validators=[required(lazy_gettext("Please write a note.")), fits(NOTE_COLUMN)],
    )


class RuleForm(FlaskForm):
    """What happens to the next comments of the person who wrote this one."""

    effect = StringField(validators=[AnyOf([str(effect) for effect in Effect])])
    days = SelectField(choices=["0", "1"], default="0")

    def until(self) -> datetime | None:
        """The rule's end; None for one without."""
        return clock.now() + timedelta(days=1) if self.days.data == "1" else None


class RoleForm(FlaskForm):
    """What a member of staff is."""

    role = SelectField(
        lazy_gettext("Role"),
        choices=[SelectChoice(role, template_filters.ROLES[role]) for role in accounts.ROLES],
    )


class NotifyForm(FlaskForm):
    """How often somebody wants mail about comments that wait."""

    notify = SelectField(
        lazy_gettext("How often"),
        choices=[
            SelectChoice(Notify.OFF.value, lazy_gettext("Never")),
            SelectChoice(Notify.AT_ONCE.value, lazy_gettext("At once")),
            SelectChoice(Notify.QUARTER.value, lazy_gettext("Gathered, every 15 minutes")),
            SelectChoice(Notify.HOURLY.value, lazy_gettext("Gathered, every hour")),
            SelectChoice(Notify.DAILY.value, lazy_gettext("Gathered, once a day")),
        ],
    )


class UndoForm(FlaskForm):
    """Which line of the log is taken back."""

    entry = IntegerField(validators=[InputRequired(), NumberRange(1, MAX_ID)])


class UndoChangesForm(FlaskForm):
    """Which lines of the log about the site are taken back, all of them or none."""

    entry = SelectMultipleField(
        coerce=int, validate_choice=False, validators=[InputRequired(), numbers]
    )


class DiscussionForm(FlaskForm):
    """What readers may do below an article."""

    discussion = SelectField(
        choices=[
            SelectChoice(Discussion.OPEN.value, lazy_gettext("Open")),
            SelectChoice(Discussion.HELD.value, lazy_gettext("Open, every comment waits")),
            SelectChoice(Discussion.CLOSED.value, lazy_gettext("Closed, readable")),
            SelectChoice(Discussion.HIDDEN.value, lazy_gettext("Hidden")),
        ]
    )
    stays_open = BooleanField()


# What can be typed. A person is blocked below a comment of theirs, by the browser.
BLOCKABLE = {
    BlockKind.EMAIL: lazy_gettext("E-mail address"),
    BlockKind.DOMAIN: lazy_gettext("Mail domain"),
    BlockKind.NETWORK: lazy_gettext("Network"),
}


class BlockForm(FlaskForm):
    """Whom to block, and for how long."""

    kind = SelectField(
        lazy_gettext("What"),
        choices=[SelectChoice(kind.value, name) for kind, name in BLOCKABLE.items()],
    )
    value = StringField(
        lazy_gettext("Which"),
        filters=[line],
        validators=[required(lazy_gettext("Please say which.")), fits(EMAIL_COLUMN)],
    )
    days = SelectField(
        lazy_gettext("How long"),
        choices=[
            SelectChoice("1", lazy_gettext("24 hours")),
            SelectChoice("7", lazy_gettext("7 days")),
            SelectChoice("30", lazy_gettext("30 days")),
            SelectChoice("0", lazy_gettext("For ever")),
        ],
    )
    note = StringField(
        lazy_gettext("Note for the staff"), filters=[line], validators=[fits(NOTE_COLUMN)]
    )

    def until(self) -> datetime | None:
        """The block's end; None for one without."""
        days = int(self.days.data)
        return clock.now() + timedelta(days=days) if days else None


class PersonForm(FlaskForm):
    """Whose data is wanted, or wanted gone."""

    email = StringField(
        lazy_gettext("E-mail address"),
        filters=[line],
        validators=[
            required(lazy_gettext("Please give an e-mail address.")),
            fits(EMAIL_COLUMN),
            has_at,
        ],
    )

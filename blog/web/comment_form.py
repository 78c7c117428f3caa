"""The form under an article and under a comment: what may be sent, and what is wrong with it."""

from collections.abc import Callable

from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext
from flask_wtf import FlaskForm
from wtforms import BooleanField, Field, HiddenField, StringField, TextAreaField
from wtforms.i18n import DummyTranslations
from wtforms.validators import StopValidation, ValidationError

from blog.config import current_settings
from blog.models import Staff
from blog.services import markup, text
from blog.services.comments import Draft
from blog.web.converters import number

LONGEST_KEY = 64


def line(value: str | None) -> str:
    """A text of one line as it is counted and stored."""
    return (value or "").strip()


def lines(value: str | None) -> str:
    """A text of several lines as it is counted and stored."""
    return text.newlines(value or "")


def required(sentence: str) -> Callable[[FlaskForm, Field], None]:
    """Refuse what shows nothing."""

    def check(_form: FlaskForm, field: Field) -> None:
        if not text.is_visible(field.data):
            raise StopValidation(sentence)

    return check


def is_email(_form: FlaskForm, field: Field) -> None:
    """Refuse what cannot be an e-mail address."""
    email_of(field)


def email_of(field: Field) -> str:
    """The address that was typed, in its normal spelling. Raises ValidationError."""
    try:
        return text.email(field.data)
    except ValueError:
        raise ValidationError(
            _("This is not an e-mail address. It looks like name@example.org.")
        ) from None


def fits(limit: str | int, *, lines: bool = False) -> Callable[[FlaskForm, Field], None]:
    """Refuse what is longer than a setting, or a number, allows, or what cannot be stored."""

    def check(_form: FlaskForm, field: Field) -> None:
        longest: int = limit if isinstance(limit, int) else getattr(current_settings(), limit)
        _refuse_excess(len(field.data) - longest)
        if not text.is_storable(field.data, lines=lines):
            raise StopValidation(_("This has characters in it that cannot be shown."))

    return check


def shows(_form: FlaskForm, field: Field) -> None:
    """Refuse a text of which nothing is left to see once it is rendered."""
    if not text.is_visible(markup.plain(markup.comment_html(field.data))):
        raise StopValidation(_("Please write a comment."))


def _refuse_excess(excess: int) -> None:
    if excess > 0:
        raise StopValidation(
            ngettext(
                "This is %(num)s character too long.",
                "This is %(num)s characters too long.",
                excess,
            )
        )


class CommentForm(FlaskForm):
    """A comment. `key` is made by a script and `parent` is the comment that is answered.

    `place` is the comment below which the form stands after the one it answered has gone.
    """

    class Meta:
        """web/forgery.py protects this form; a token in it would end all caching of the page."""

        csrf = False

        def get_translations(self, _form: FlaskForm) -> DummyTranslations:
            """Every sentence here is our own; WTForms would read its catalogue for each form."""
            return DummyTranslations()

    body = TextAreaField(
        filters=[lines],
        validators=[
            required(lazy_gettext("Please write a comment.")),
            fits("comment_max_length", lines=True),
            shows,
        ],
    )
    name = StringField(
        filters=[line],
        validators=[required(lazy_gettext("Please give a name.")), fits("name_max_length")],
    )
    email = StringField(
        filters=[line],
        validators=[
            required(lazy_gettext("Please give an e-mail address.")),
            fits("email_max_length"),
        ],
    )
    website = StringField(filters=[line], validators=[fits("website_max_length")])
    remember = BooleanField()
    wants_mail = BooleanField()
    parent = HiddenField(filters=[line])
    place = HiddenField(filters=[line])
    key = HiddenField(filters=[line])
    subject = StringField()  # hidden from people; whoever fills it in reads no page

    is_signed = False  # by an account, whose name is taken as it is
    address: str  # the e-mail address in its normal spelling, of a valid form

    @classmethod
    def signed(cls, staff: Staff | None) -> "CommentForm":
        """The form as it was sent; a member of staff signs with the account's name."""
        form = cls()
        form.is_signed = staff is not None
        if staff:
            form.name.data, form.email.data, form.website.data = staff.name, staff.email, ""
        return form

    def validate_name(self, field: Field) -> None:
        """Refuse a name that is spelled to look like another one."""
        if not self.is_signed and not text.is_of_one_alphabet(field.data):
            raise ValidationError(_("Please write each word in the letters of one alphabet."))

    def validate_email(self, field: Field) -> None:
        """Keep the address for the draft, or refuse what cannot be one."""
        self.address = email_of(field)

    def validate_website(self, field: Field) -> None:
        """Refuse what is not the address of a website; none is fine."""
        try:
            stored = text.website(field.data) if field.data else ""
        except ValueError:
            raise ValidationError(
                _("This is not a web address. It looks like https://example.org.")
            ) from None
        # A bare host name grows by its scheme, and must still fit.
        _refuse_excess(len(stored) - current_settings().website_max_length)

    def validate_parent(self, field: Field) -> None:
        """Refuse what cannot be a comment's number."""
        if field.data and not self.parent_id():
            raise ValidationError(_("The comment you answer is not there."))

    def validate_key(self, field: Field) -> None:
        """Refuse a key that no script of ours made."""
        if len(field.data) > LONGEST_KEY or not text.is_storable(field.data):
            raise ValidationError(_("Please reload the page and try again."))

    def unjudged(self) -> "CommentForm":
        """The same text without what is wrong with it, for somebody who is not done yet."""
        for field in self:
            field.errors = ()
        return self

    def parent_id(self) -> int | None:
        """The number of the comment that is answered, if there is one and it can be a number."""
        return number(self.parent.data) or None

    def place_id(self) -> int | None:
        """The number of the comment below which the form stands though it answers none."""
        return number(self.place.data) or None

    def draft(self) -> Draft:
        """The valid form's content in its stored spelling."""
        return Draft(
            name=self.name.data,
            email=self.address,
            website=text.website(self.website.data) if self.website.data else "",
            body=self.body.data,
            parent_id=self.parent_id(),
            key=self.key.data,
            trapped=bool(self.subject.data),
            wants_mail=self.wants_mail.data and bool(current_settings().mail_server),
        )

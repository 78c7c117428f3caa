"""The form of the first administrator, and what Flask-Security's forms leave to us."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_security import ChangePasswordForm, ForgotPasswordForm, LoginForm, ResetPasswordForm
from flask_wtf import FlaskForm
from wtforms import Field, Form, PasswordField, StringField
from wtforms.validators import EqualTo, Length, ValidationError

from blog.config import EMAIL_COLUMN, NAME_COLUMN, current_settings
from blog.extensions import writing
from blog.services import notices, text
from blog.services.accounts import LONGEST_PASSWORD
from blog.web.comment_form import is_email, line

SHORTEST_PASSWORD = 10
PASSWORD_LENGTH = lazy_gettext("Between 10 and 200 characters, please.")


def _refuse_long(field: Field) -> None:
    if len(field.data or "") > LONGEST_PASSWORD:
        raise ValidationError(PASSWORD_LENGTH)


class _ShortEnough:
    """Refuses a password so long that it could not be hashed."""

    def validate_password(self, field: Field) -> None:
        """Refuse it before the hash would fail."""
        _refuse_long(field)


class SignInForm(_ShortEnough, LoginForm):
    """Address and password of a member of staff."""


class NewPasswordForm(_ShortEnough, ResetPasswordForm):
    """The new password of somebody who followed a link."""


class OtherPasswordForm(ChangePasswordForm):
    """Another password, by somebody who knows the old one."""

    def validate_password(self, field: Field) -> None:
        """Refuse it before the hash would fail."""
        _refuse_long(field)

    validate_new_password = validate_password


class ForgottenForm(ForgotPasswordForm):
    """The address of somebody who forgot the password; whose it is turns out when mail is sent."""

    email = StringField()

    def validate(self, **_extra: object) -> bool:
        """Queue a mail to whatever address was typed; nothing tells a known one from another."""
        if Form.validate(self) and current_settings().mail_server:
            with writing():
                notices.ask_for_reset(self.email.data or "")
        return False  # so that the library neither looks the address up nor writes to it


class SetUpForm(FlaskForm):
    """Name, address and password of the person who runs the site."""

    name = StringField(
        validators=[Length(1, NAME_COLUMN, message=lazy_gettext("Please give your name."))],
        filters=[line],
    )
    email = StringField(validators=[Length(max=EMAIL_COLUMN), is_email], filters=[line])
    password = PasswordField(
        validators=[
            Length(SHORTEST_PASSWORD, LONGEST_PASSWORD, message=PASSWORD_LENGTH),
        ]
    )
    password_confirm = PasswordField(
        validators=[EqualTo("password", message=lazy_gettext("The two passwords differ."))]
    )

    def validate_name(self, field: Field) -> None:
        """Refuse a name that shows nothing."""
        if not text.is_visible(field.data) or not text.is_storable(field.data):
            raise ValidationError(_("Please give your name."))

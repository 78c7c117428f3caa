"""What Flask-Security leaves to us about second factors: no code works twice, keys are complete.

A passkey is something one has and, by its device's finger or number, something one is or knows:
it signs in alone. A code from an app is the second factor to a password.
"""

import secrets
from typing import Any

import qrcode
from flask import Flask
from flask_security import (
    MfRecoveryCodesUtil,
    SQLAlchemyUserDatastore,
    Totp,
    TwoFactorRescueForm,
    TwoFactorSetupForm,
    UserMixin,
    WebAuthnRegisterForm,
    WebAuthnRegisterResponseForm,
    WebauthnUtil,
)
from markupsafe import Markup
from passlib.exc import TokenError
from qrcode.image.svg import SvgPathImage
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)
from wtforms import HiddenField, RadioField, StringField

from blog.extensions import is_changed, writing
from blog.queries import staff as queries
from blog.services import accounts
from blog.web import frame

# The library's pages that somebody who is signed in sees with the staff's rail beside them.
INSIDE = ("change_password", "tf_setup", "mf_recovery_codes", "wan_register")


def init_app(app: Flask) -> None:
    """Give these pages what the rail shows, and ask nobody who reads for an identity.

    Flask-Principal would before each request; what somebody may is in web/access.py.
    """
    app.extensions["security"].principal.identity_loaders.clear()
    for name in INSIDE:
        getattr(app.extensions["security"], f"{name}_context_processor")(frame.context)


class Store(SQLAlchemyUserDatastore):
    """Where the library reads and writes the staff."""

    def commit(self) -> None:
        """Write what the library has changed in memory, as a writer that waits for its turn.

        It also asks for that when nothing is left to write: then nobody waits for a turn.
        """
        if is_changed():
            with writing():
                pass


class Codes(Totp):
    """Codes of an app, each of which is good once (RFC 6238, 5.2)."""

    def verify_totp(self, token: str, totp_secret: str, user: UserMixin, window: int = 0) -> bool:
        """Return True if the code is right and was not used before, and use it up."""
        try:
            match = self._totp.verify(token, totp_secret, window=window)
        except TokenError:
            return False
        with writing():
            return accounts.use_step(user.id, match.counter)

    def generate_qrcode(self, username: str, totp: str) -> Markup:
        """Draw the key for the app's camera as SVG that stands in the page itself."""
        uri = self.get_totp_uri(username, totp)
        drawn = qrcode.make(uri, image_factory=SvgPathImage, border=2)
        return Markup(drawn.to_string(encoding="unicode"))  # noqa: S704  squares, no words


class RecoveryCodes(MfRecoveryCodesUtil):
    """The codes on paper, each of which is good once, also for two browsers at once."""

    def check_recovery_code(self, user: UserMixin, code: str) -> bool:
        """Return True if the code is one of those left, and use it up."""
        typed = code.strip().lower().encode()
        with writing():
            member = queries.locked(user.id)
            left = self.get_recovery_codes(member)
            right = [each for each in left if secrets.compare_digest(each.encode(), typed)]
            if right:
                stored = member.mf_recovery_codes or []
                member.mf_recovery_codes = [
                    code for code, each in zip(stored, left, strict=True) if each not in right
                ]
        return bool(right)

    def delete_recovery_code(self, user: UserMixin, code: str) -> bool:
        """Do nothing: a code is used up when it is checked."""
        return True


class Passkeys(WebauthnUtil):
    """Keys that know whose they are and ask who holds them, so that they sign in alone."""

    def authenticator_selection(
        self, user: UserMixin, usage: str
    ) -> AuthenticatorSelectionCriteria:
        """Take any device that keeps the key and verifies its owner."""
        return AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        )

    def user_verification(self, user: UserMixin | None, usage: list[str]) -> Any:
        """Never take a key whose device did not verify its owner."""
        return UserVerificationRequirement.REQUIRED


class SecondFactorForm(TwoFactorSetupForm):
    """Which second factor somebody wants: an app, or `disable`."""

    setup = StringField()


class NoRescueForm(TwoFactorRescueForm):
    """The library asks for a choice of ways to be rescued; the page has a link to the one."""

    help_setup = RadioField(choices=[])


class PasskeyForm(WebAuthnRegisterForm):
    """The name of a new key; every key signs in alone, so its use is not a choice."""

    usage = HiddenField()

    def validate(self, **kwargs: object) -> bool:
        """Check the name."""
        self.usage.data = "first"
        return bool(super().validate(**kwargs))


class NewPasskeyForm(WebAuthnRegisterResponseForm):
    """What the browser answers about a new key."""

    def validate(self, **kwargs: object) -> bool:
        """Check the key; what the browser says about extensions is of no use here."""
        is_valid = bool(super().validate(**kwargs))
        self.extensions = ""
        return is_valid

"""What the settings mean in the terms of Flask and its extensions."""

import base64
import hashlib
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask_babel import lazy_gettext

from blog import clock
from blog.config import Settings


def flask_config(settings: Settings, instance: Path) -> dict[str, Any]:
    """Say in the terms of Flask and its extensions what the settings ask for."""
    prefix = "__Host-" if settings.over_tls else ""
    default_database = f"sqlite:///{instance / 'broadsheet.sqlite'}"
    return {
        "SETTINGS": settings,
        "SECRET_KEY": settings.secret_key,
        "SQLALCHEMY_DATABASE_URI": settings.database_url or default_database,
        "SQLALCHEMY_ENGINE_OPTIONS": _pool(settings),
        "MAX_CONTENT_LENGTH": settings.largest_request,
        "MAX_FORM_MEMORY_SIZE": settings.largest_request,
        "SESSION_COOKIE_NAME": f"{prefix}broadsheet-session",
        "SESSION_COOKIE_SECURE": settings.over_tls,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "PERMANENT_SESSION_LIFETIME": settings.session_hours * 3600,
        "WTF_CSRF_CHECK_DEFAULT": False,  # web/forgery.py decides when
        "WTF_CSRF_TIME_LIMIT": None,  # as long as the session
        # A browser may keep its Referer to itself; web/forgery.py goes by what says more.
        "WTF_CSRF_SSL_STRICT": False,
        "BABEL_DEFAULT_LOCALE": settings.locale,
        "BABEL_DEFAULT_TIMEZONE": settings.timezone,
        "MAIL_BACKEND": "smtp" if settings.mail_server else "dummy",
        "MAIL_SERVER": settings.mail_server,
        "MAIL_PORT": settings.mail_port,
        "MAIL_USE_TLS": settings.mail_tls,
        "MAIL_USERNAME": settings.mail_username or None,
        "MAIL_PASSWORD": settings.mail_password or None,
        "MAIL_DEFAULT_SENDER": settings.mail_from or None,
        "MAIL_TIMEOUT": 10,
        **_security_config(settings),
    }


def _pool(settings: Settings) -> dict[str, int]:
    """A connection for each thread that answers, hears of changes, or works beside."""
    is_in_memory = settings.database_url in ("sqlite://", "sqlite:///:memory:")  # has only one
    return {} if is_in_memory else {"pool_size": 3 * settings.threads + 2}


def _security_config(settings: Settings) -> dict[str, Any]:
    """Flask-Security: staff only, no registration, the same answer for every address."""
    return {
        "SECURITY_PASSWORD_SALT": "broadsheet",  # argon2 salts each hash; this only separates uses
        "SECURITY_PASSWORD_HASH": "argon2",
        "SECURITY_PASSWORD_SCHEMES": ["argon2"],
        "SECURITY_PASSWORD_SINGLE_HASH": True,
        "SECURITY_PASSWORD_LENGTH_MIN": 10,
        "SECURITY_PASSWORD_NORMALIZE_FORM": "NFKD",
        "SECURITY_STATIC_FOLDER": None,  # our templates use none of its files
        "SECURITY_REGISTERABLE": False,
        "SECURITY_RECOVERABLE": True,
        "SECURITY_RETURN_GENERIC_RESPONSES": True,
        "SECURITY_RESET_PASSWORD_WITHIN": timedelta(hours=settings.reset_hours),
        "SECURITY_AUTO_LOGIN_AFTER_RESET": False,
        "SECURITY_URL_PREFIX": "/account",
        "SECURITY_LOGIN_URL": "/sign-in",
        "SECURITY_LOGOUT_URL": "/sign-out",
        "SECURITY_LOGOUT_METHODS": ["POST"],
        "SECURITY_RESET_URL": "/reset",
        "SECURITY_POST_LOGIN_VIEW": "/dashboard/",
        "SECURITY_POST_LOGOUT_VIEW": "/account/sign-in",
        "SECURITY_POST_RESET_VIEW": "/account/sign-in",
        "SECURITY_EMAIL_VALIDATOR_ARGS": {"check_deliverability": False},
        "SECURITY_EMAIL_SENDER": settings.mail_from or "no-reply@localhost",
        "SECURITY_SEND_PASSWORD_RESET_EMAIL": bool(settings.mail_server),
        "SECURITY_SEND_PASSWORD_RESET_NOTICE_EMAIL": bool(settings.mail_server),
        "SECURITY_DEFAULT_REMEMBER_ME": False,
        "SECURITY_FRESHNESS": timedelta(seconds=-1),  # web/reauthentication.py asks
        "SECURITY_CHANGEABLE": True,
        "SECURITY_CHANGE_URL": "/password",
        "SECURITY_POST_CHANGE_VIEW": "/dashboard/account",
        "SECURITY_SEND_PASSWORD_CHANGE_EMAIL": bool(settings.mail_server),
        **_second_factor_config(settings),
        "SECURITY_UNAUTHORIZED_VIEW": None,
        "SECURITY_MSG_UNAUTHENTICATED": (lazy_gettext("Please sign in to continue."), "error"),
        "SECURITY_MSG_RETYPE_PASSWORD_MISMATCH": (
            lazy_gettext("The two passwords differ."),
            "error",
        ),
        "SECURITY_MSG_PASSWORD_RESET_NO_LOGIN": (
            lazy_gettext("Your new password is set. Please sign in with it."),
            "success",
        ),
    }


def _second_factor_config(settings: Settings) -> dict[str, Any]:
    """A code from an app, recovery codes, passkeys; what is stored of them is encrypted."""
    key = hashlib.sha256(f"recovery codes {settings.secret_key}".encode()).digest()
    return {
        "SECURITY_DATETIME_FACTORY": clock.now,
        "SECURITY_TWO_FACTOR": True,
        "SECURITY_TWO_FACTOR_ENABLED_METHODS": ["authenticator"],
        "SECURITY_TWO_FACTOR_AUTHENTICATOR_VALIDITY": 30,  # seconds a clock may be wrong
        "SECURITY_TWO_FACTOR_ALWAYS_VALIDATE": True,
        "SECURITY_TWO_FACTOR_SETUP_URL": "/second-factor",
        "SECURITY_TWO_FACTOR_TOKEN_VALIDATION_URL": "/code",
        "SECURITY_TWO_FACTOR_POST_SETUP_VIEW": "/account/recovery-codes",
        "SECURITY_TWO_FACTOR_ERROR_VIEW": "/account/sign-in",
        "SECURITY_TOTP_SECRETS": {"1": settings.secret_key},
        "SECURITY_TOTP_ISSUER": settings.site_name.replace(":", " "),
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES": True,
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES_N": 10,
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES_KEYS": [base64.urlsafe_b64encode(key)],
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES_URL": "/recovery-codes",
        "SECURITY_MULTI_FACTOR_RECOVERY_URL": "/recovery",
        "SECURITY_WEBAUTHN": True,
        "SECURITY_WAN_RP_NAME": settings.site_name,
        "SECURITY_WAN_REGISTER_URL": "/passkeys",
        "SECURITY_WAN_DELETE_URL": "/passkeys/remove",
        "SECURITY_WAN_SIGNIN_URL": "/passkey",
        "SECURITY_WAN_POST_REGISTER_VIEW": "/dashboard/account",
        "SECURITY_WAN_ALLOW_USER_HINTS": False,  # the key says whose it is: nobody asks a name
        "SECURITY_WAN_ALLOW_AS_VERIFY": None,
    }

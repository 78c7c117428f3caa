"""What the settings mean in the terms of Flask and its extensions."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from blog.config import Settings


def flask_config(settings: Settings, instance: Path) -> dict[str, Any]:
    """Say in the terms of Flask and its extensions what the settings ask for."""
    prefix = "__Host-" if settings.over_tls else ""
    default_database = f"sqlite:///{instance / 'broadsheet.sqlite'}"
    return {
        "SETTINGS": settings,
        "SECRET_KEY": settings.secret_key,
        "SQLALCHEMY_DATABASE_URI": settings.database_url or default_database,
        "MAX_CONTENT_LENGTH": settings.comment_request_bytes,
        "MAX_FORM_MEMORY_SIZE": settings.comment_request_bytes,
        "MAX_FORM_PARTS": settings.form_parts,
        "SESSION_COOKIE_NAME": f"{prefix}broadsheet-session",
        "SESSION_COOKIE_SECURE": settings.over_tls,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "PERMANENT_SESSION_LIFETIME": settings.session_hours * 3600,
        "WTF_CSRF_CHECK_DEFAULT": False,  # web/forgery.py decides when
        "WTF_CSRF_TIME_LIMIT": None,  # as long as the session
        "BABEL_DEFAULT_LOCALE": settings.locale,
        "BABEL_DEFAULT_TIMEZONE": settings.timezone,
        "RATELIMIT_STORAGE_URI": settings.redis_url or "memory://",
        "RATELIMIT_HEADERS_ENABLED": False,
        "RATELIMIT_IN_MEMORY_FALLBACK_ENABLED": True,  # without Redis each process counts
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
        "SECURITY_POST_LOGOUT_VIEW": "/",
        "SECURITY_POST_RESET_VIEW": "/account/sign-in",
        "SECURITY_EMAIL_VALIDATOR_ARGS": {"check_deliverability": False},
        "SECURITY_EMAIL_SENDER": settings.mail_from or "no-reply@localhost",
        "SECURITY_SEND_PASSWORD_RESET_EMAIL": bool(settings.mail_server),
        "SECURITY_SEND_PASSWORD_RESET_NOTICE_EMAIL": bool(settings.mail_server),
        "SECURITY_DEFAULT_REMEMBER_ME": False,
        "SECURITY_FRESHNESS": timedelta(seconds=-1),  # no page that asks for the password again
        "SECURITY_UNAUTHORIZED_VIEW": None,
    }

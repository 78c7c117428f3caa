"""Flask's signed session: silent for visitors who have none, tied to a row for the staff."""

from contextlib import suppress

from flask import Flask, Request, Response, g, request, session
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from sqlalchemy.exc import OperationalError

from blog.config import current_settings
from blog.extensions import writing
from blog.models import Staff, StaffSession
from blog.services import staff_sessions

KEY = "key"  # the cookie's word for the secret of the session's row
# A page that asks by itself does not show that somebody is there.
BY_ITSELF = frozenset({"dashboard.arrivals"})


class QuietSessions(SecureCookieSessionInterface):
    """Says nothing about cookies in an answer to somebody who sent none and gets none."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """The session of the browser; whoever sent no cookie has an empty one."""
        return super().open_session(app, request) if has_cookie(app) else self.session_class()

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Save a session that exists; leave a reader's response alone."""
        if session.modified or has_cookie(app):
            super().save_session(app, session, response)


def init_app(app: Flask) -> None:
    """Let nobody in by a cookie alone: there must be a row for it that has not ended."""
    manager = app.login_manager  # type: ignore[attr-defined]
    by_cookie = manager._user_callback

    @manager.user_loader  # type: ignore[untyped-decorator]
    def load(uniquifier: str) -> Staff | None:
        member: Staff | None = by_cookie(uniquifier)
        if member is None:
            return None
        g.staff_session = staff_sessions.find(member, session.get(KEY, ""), current_settings())
        return member if g.staff_session else None


def has_cookie(app: Flask) -> bool:
    """True if the browser sent a session's cookie."""
    return app.config["SESSION_COOKIE_NAME"] in request.cookies


def current() -> StaffSession | None:
    """The row of the session that this request belongs to."""
    found: StaffSession | None = g.get("staff_session")
    return found


def touch() -> None:
    """Write down that somebody is there. A page can be read all the same when that fails."""
    found = current()
    if found and request.endpoint not in BY_ITSELF and staff_sessions.is_due(found):
        with suppress(OperationalError), writing():
            staff_sessions.touch(found)

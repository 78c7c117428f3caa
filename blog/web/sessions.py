"""Flask's signed session, silent for visitors who have none."""

from flask import Flask, Response, request
from flask.sessions import SecureCookieSessionInterface, SessionMixin


class QuietSessions(SecureCookieSessionInterface):
    """Says nothing about cookies in an answer to somebody who sent none and gets none."""

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Save a session that exists; leave a reader's response alone."""
        if session.modified or has_cookie(app):
            super().save_session(app, session, response)


def has_cookie(app: Flask) -> bool:
    """True if the browser sent a session's cookie."""
    return app.config["SESSION_COOKIE_NAME"] in request.cookies

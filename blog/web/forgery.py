"""No other site may act in a visitor's name.

Every unsafe request proves by its headers that a page of this site sent it: no token in the page,
so a page stays the same for every reader. Inside a session of the staff Flask-WTF's token is
required as well.
"""

from flask import Flask, abort, request

from blog.config import current_settings
from blog.extensions import csrf
from blog.web import access

FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
# A mail program presses this button; the signed token in the address is the proof (RFC 8058).
OPEN = frozenset({"comments.stop_mail"})
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


def init_app(app: Flask) -> None:
    """Check every unsafe request before anything else happens to it."""

    @app.before_request
    def check() -> None:
        if request.method in SAFE_METHODS:
            return
        if request.endpoint in OPEN:
            return
        if not is_from_here():
            abort(403)
        if (request.mimetype or request.content_length) and request.mimetype not in FORMS:
            abort(415)  # our pages send forms; Flask-WTF would take JSON for one
        if access.staff():
            csrf.protect()


def is_from_here() -> bool:
    """True if the browser says so: by Sec-Fetch-Site, or by Origin where it sends no such header.

    With neither, or with the opaque origin `null`, nothing is proved and the answer is no.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    host = request.host  # a proxy in front may speak TLS to the browser and none to us
    ours = {current_settings().public_url, f"http://{host}", f"https://{host}"}
    return request.headers.get("Origin", "null") in ours

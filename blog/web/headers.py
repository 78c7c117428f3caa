"""The manners of every response: what a browser may do with it, and who may keep it."""

import base64
import hashlib
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from flask import Flask, Response, request
from markupsafe import Markup
from werkzeug.wrappers import Response as BaseResponse

from blog.config import Settings
from blog.pages import NOTE, Note
from blog.web import site_memory

# The colours that a reader chose must be there before the page is first drawn, or it flashes. To
# wait for a file would put that moment off by a round trip or two, so this is a part of every page,
# and the policy allows these very bytes and no other script in a page.
FIRST_SCRIPT = (
    "try{const theme=localStorage.theme;"
    'if(["light","dark"].includes(theme))document.documentElement.dataset.theme=theme}catch{}'
)
_FIRST = base64.b64encode(hashlib.sha256(FIRST_SCRIPT.encode()).digest()).decode()
POLICY = {
    "Content-Security-Policy": "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self' 'sha256-{_FIRST}'",
            "style-src 'self'",
            "img-src 'self'",
            "font-src 'self'",
            "connect-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        )
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
# Two years, what browsers ask for before they build the site into their own list.
STRICT_TRANSPORT = "max-age=63072000"


def init_app(app: Flask, settings: Settings) -> None:
    """Put the policy on every response; what says nothing about caching is private."""
    app.add_template_global(lambda: Markup(FIRST_SCRIPT), "first_script")  # noqa: S704
    app.wsgi_app = _Policed(app.wsgi_app, policy(settings))  # type: ignore[assignment, method-assign]

    @app.before_request
    def date() -> None:
        """Before anything is read: what changes from now on is newer than the page."""
        note: Note | None = request.environ.get(NOTE)
        if note:
            note.as_of = site_memory.current_versions().newest

    @app.after_request
    def add_headers(response: Response) -> Response:
        _make_relative(response)
        cached = response.headers.get("Cache-Control", "")
        if not cached or "=True" in cached:  # so Flask-Security spells its own
            response.headers["Cache-Control"] = "private, no-store"
        return response


def policy(settings: Settings) -> list[tuple[str, str]]:
    """What every answer says, whoever gives it."""
    strict = [("Strict-Transport-Security", STRICT_TRANSPORT)] if settings.over_tls else []
    return [*POLICY.items(), *strict]


class _Policed:
    """The application with the policy on each answer, also on one that no view has made.

    It is the same for all, so nobody looks each header up first.
    """

    def __init__(self, application: Callable[..., Any], policy: list[tuple[str, str]]) -> None:
        self._application, self._policy = application, policy

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        def begin(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
            return start(status, headers + self._policy, *error)

        answer: Iterable[bytes] = self._application(environ, begin)
        return answer


def _make_relative(response: Response) -> None:
    """Make a redirect to this site relative.

    Werkzeug builds absolute ones, for instance when it merges the slashes of `/archive//1`, from
    the Host that reached us, which behind a proxy may be an internal name.
    """
    place = response.headers.get("Location")
    if place and place.startswith(request.host_url):
        response.headers["Location"] = "/" + place.removeprefix(request.host_url).lstrip("/")


def public(
    response: BaseResponse,
    about: Iterable[int] | None,
    *,
    content_type: str | None = None,
    until: datetime | None = None,
) -> BaseResponse:
    """Let everybody keep a page that is the same for everybody, and ask whether it changed.

    `about` are the numbers of the articles whose comments it shows or counts, `until` is when it
    ends by itself. With None for `about` our own memory does not keep it.
    """
    if content_type:
        response.content_type = content_type
    response.headers.setdefault("Cache-Control", "public, no-cache")
    if about is not None:
        may_be_kept(about, until)
    response.add_etag()
    return response.make_conditional(request)


def may_be_kept(about: Iterable[int] = (), until: datetime | None = None) -> None:
    """Tell the page cache, if one has asked, that everybody may have this answer."""
    note: Note | None = request.environ.get(NOTE)
    if note:
        note.about = frozenset(about)
        note.until = until.timestamp() if until else None

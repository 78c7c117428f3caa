"""Pages for what went wrong: the site's own look, a sentence, a way on, and the text kept."""

import logging
from datetime import timedelta
from typing import Any

from flask import Flask, current_app, g, make_response, render_template, request, url_for
from flask_babel import format_timedelta
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError, generate_csrf
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import (
    BadHost,
    Conflict,
    HTTPException,
    InternalServerError,
    ServiceUnavailable,
)
from werkzeug.wrappers import Response

from blog.extensions import db
from blog.models import Staff
from blog.queries.stories import Story
from blog.web import access, faults, forgery, htmx, rates, stories

log = logging.getLogger("blog")
# A full disk, a lock that lasts, a lost connection, or none to be had. Any other error of the
# database, such as a broken constraint, is a fault of ours and comes again.
AWAY = (OperationalError, InterfaceError, PoolTimeout)
RETRY_AFTER = "5"
# Where a form has a comment's text, which an error hands back to be sent again.
COMMENT_FORMS = frozenset({"comments.create", "comments.preview", "comments.edit"})
# What that form says beside the text; of the ticks those that were set, of `key` what scripts made.
OF_A_COMMENT = ("name", "email", "website", "parent", "remember", "wants_mail", "key")


def init_app(app: Flask) -> None:
    """Answer every error as a page of the site, or as a notice where htmx asked."""
    app.register_error_handler(HTTPException, answer)
    app.register_error_handler(CSRFError, answer_csrf)
    for kind in AWAY:
        app.register_error_handler(kind, answer_database)
    app.register_error_handler(StaleDataError, answer_stale)
    app.register_error_handler(Exception, answer_fault)
    app.log_exception = _log_late  # type: ignore[assignment,method-assign]


def answer_csrf(error: CSRFError) -> Response:
    """A form that is older than the session it was sent in; the answer has the token it needs."""
    member = access.staff()
    said = [
        _("Your session changed since this page was loaded."),
        _("You are signed in as %(name)s now.", name=member.name) if member else "",
        _("Please send it again."),
    ]
    return answer(error, " ".join(filter(None, said)))


def answer_database(error: Exception) -> Response:
    """The database is locked, full or away. Nothing was stored; the same request may succeed."""
    cause = getattr(error, "orig", None) or error
    what, where = faults.kind(cause), faults.where(error)
    log.error("the database did not take a request: %s at %s", what, where)
    g.settings = current_app.config["SETTINGS"]  # nobody asks the database for the page's name
    if getattr(cause, "sqlite_errorname", "").startswith("SQLITE_READONLY"):
        # A connection that was opened while the file could not be written never can.
        db.session().invalidate()
        db.engine.dispose()
    return answer(ServiceUnavailable())


def answer_stale(_error: StaleDataError) -> Response:
    """A row that the request was about to change is gone: somebody else took it away meanwhile."""
    return answer(Conflict())


def answer_fault(error: Exception) -> Response:
    """A fault of ours: the trace goes to the log, never to a visitor."""
    log.error("a request failed\n%s", faults.trace(error))
    return answer(InternalServerError())


def _log_late(info: Any) -> None:
    """A fault after the view had answered, which Flask itself reports; then as every other."""
    if not isinstance(info[1], (*AWAY, StaleDataError)):
        log.error("a request failed\n%s", faults.trace(info[1]))


def answer(error: HTTPException, advice: str = "") -> Response:
    """Render an error. A redirect that werkzeug raises as one passes as it is."""
    late = getattr(error, "original_exception", None)
    if isinstance(late, AWAY):  # what the library changed could not be stored
        return answer_database(late)
    if isinstance(late, StaleDataError):
        return answer_stale(late)
    if error.response is not None:
        return error.get_response()
    if isinstance(request.routing_exception, BadHost):  # then no address can be made for a page
        return make_response(f"{_words(400)[0]}.", 400, {"Content-Type": "text/plain"})
    db.session.rollback()
    try:
        return _rendered(error, advice)
    except AWAY:  # the frame of a page needs the database, too
        g.settings = current_app.config["SETTINGS"]
        return _rendered(ServiceUnavailable(), "")


def _rendered(error: HTTPException, advice: str) -> Response:
    status = error.code or 500
    heading, usual = _words(status)
    if isinstance(error, rates.TooOften):
        usual = _("Please send it again in %(time)s.", time=_at_least(error.wait))
    token = generate_csrf() if isinstance(error, CSRFError) else ""
    context = {"status": status, "heading": heading, "advice": advice or usual, "token": token}
    if htmx.wants_fragment():
        response = htmx.notice(render_template("errors/_notice.html", **context), status)
    else:
        article = _article(status)
        response = make_response(
            render_template(
                "errors/error.html",
                kept=_kept_text(),
                texts=access.TEXTS,
                beside=OF_A_COMMENT,
                send_to=_send_to(status, article),
                viewer=_viewer(status),
                article=article,
                **context,
            ),
            status,
        )
    _add_headers(response, error, status)
    return response


def _at_least(seconds: int) -> str:
    """A time in one unit that is not over too early."""
    unit = next(unit for unit in (3600, 60, 1) if seconds >= unit)
    return str(format_timedelta(timedelta(seconds=-(-seconds // unit) * unit), threshold=1))


def _add_headers(response: Response, error: HTTPException, status: int) -> None:
    """Keep what an error says in its headers, such as Allow or Retry-After."""
    for name, value in error.get_headers():
        if name.lower() not in ("content-type", "content-length"):
            response.headers[name] = value
    if isinstance(error, rates.TooOften):
        response.headers["Retry-After"] = str(error.wait)
    if status == 503:
        response.headers["Retry-After"] = RETRY_AFTER


def _viewer(status: int) -> Staff | None:
    """Who is signed in; while the database is away nobody asks it."""
    return access.staff() if status < 500 else None


def _article(status: int) -> Story | None:
    """The article that the address is about, if there is one: the way back."""
    said = request.view_args or {}
    if status >= 500 or not {"year", "month", "slug"} <= said.keys():
        return None
    return stories.story(said["slug"])


def _send_to(status: int, article: Story | None) -> str:
    """Where the text can be sent again: it belongs to a comment's form, from a page of ours.

    Whoever got another site's form sent must not find it here as one of our own. What is not at its
    address will not be there the next time either, but its article may have another one by now.
    """
    if request.endpoint not in COMMENT_FORMS or not forgery.is_from_here():
        return ""
    if status != 404:
        return request.path
    if not article or request.endpoint == "comments.edit":
        return ""
    return url_for("comments.create", **article.path)


def _kept_text() -> dict[str, str]:
    """What somebody had typed, a comment or a note, so that no answer loses it."""
    try:
        sent = request.form
    except HTTPException:  # it was too large, or broke off
        return {}
    fields = (*access.TEXTS, *OF_A_COMMENT)
    has_text = any(sent.get(name) for name in access.TEXTS)
    return {name: sent[name] for name in fields if name in sent} if has_text else {}


def _words(status: int) -> tuple[str, str]:
    """A heading and a sentence on what to do next."""
    known = {
        400: (_("This did not arrive as we expected"), _("Please go back and try once more.")),
        401: (
            _("You are signed out"),
            _("Nothing was done. Please sign in, then do it once more."),
        ),
        403: (
            _("This is not allowed"),
            _("The request did not come from a page of this site. Please try from the page."),
        ),
        404: (
            _("There is nothing here"),
            _("The address may be mistyped, or the page has moved away."),
        ),
        409: (
            _("This is no longer possible"),
            _("Something changed in the meantime. Please go back and reload the page."),
        ),
        405: (_("This address does not do that"), _("Please go back and try from the page.")),
        413: (
            _("This is too much at once"),
            _("Go back: your browser still has your text. Please shorten it and send it again."),
        ),
        415: (
            _("This did not come from our form"),
            _("Please write your comment in the form below the article."),
        ),
        422: (_("Something is missing"), _("Please go back and look at the form once more.")),
        429: (
            _("That was a lot in a short time"),
            _("Please wait a little and then send it again."),
        ),
        503: (
            _("The site is busy"),
            _("Nothing was stored. Please send it again in a few seconds."),
        ),
    }
    fault = (_("Something broke on our side"), _("It has been noted. Please try again later."))
    return known.get(status, fault if status >= 500 else known[400])

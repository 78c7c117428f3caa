"""The cookie that proves who wrote a comment. Only somebody who commented has it."""

from datetime import timedelta

from flask import request, url_for
from werkzeug.wrappers import Response

from blog.addresses import network
from blog.config import Settings, current_settings
from blog.services import secret_links
from blog.services.comments import Sender
from blog.services.secret_links import hash_token
from blog.web import access

FEED = "answers"  # what the secret address of a feed is signed for


def cookie_name(settings: Settings) -> str:
    """The `__Host-` prefix binds the cookie to this host; browsers refuse it without TLS."""
    return "__Host-broadsheet-author" if settings.over_tls else "broadsheet-author"


def token() -> str | None:
    """The token that the browser holds, if it can be one of ours."""
    value = request.cookies.get(cookie_name(current_settings()), "")
    return value if len(value) == 64 and value.isalnum() else None


def browser() -> str | None:
    """The hash by which the browser's own comments are found."""
    held = token()
    return hash_token(held) if held else None


def feed_path() -> str:
    """The secret address of the feed with answers to this browser; empty if it never wrote."""
    secret, mine = current_settings().secret_key, browser()
    return url_for("feeds.answers", token=secret_links.sign(secret, FEED, mine)) if mine else ""


def feed_owner(token: str) -> str:
    """The hash of the browser whose answers a feed's address shows. Raises BadLink."""
    return secret_links.read(current_settings().secret_key, FEED, token)


def sender() -> Sender:
    """Who sends this request."""
    address = request.remote_addr or ""
    return Sender(token=token(), address=address, network=network(address), staff=access.staff())


def remember(response: Response, value: str, *, long: bool) -> None:
    """Give the browser its token: for the session, or for some weeks if its reader asked."""
    settings = current_settings()
    response.set_cookie(
        cookie_name(settings),
        value,
        max_age=timedelta(days=settings.commenter_days) if long else None,
        secure=settings.over_tls,
        httponly=True,
        samesite="Lax",
    )

"""Keyset pages: an address says after which row a page starts."""

from flask import request

from blog.queries.conversation import Cursor
from blog.web.converters import number


def cursor(name: str) -> int | None:
    """The number after which the page starts; anything that is no number is the first page."""
    return number(request.args.get(name, ""))


def thread_cursor(name: str) -> Cursor | None:
    """The thread after which the page starts, as `12` or, with its likes, `12-3`."""
    raw, _, likes = request.args.get(name, "").partition("-")
    root = number(raw)
    return Cursor(root, number(likes) or 0) if root is not None else None

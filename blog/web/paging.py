"""Keyset pages: an address says after which row a page starts."""

from flask import request

from blog.queries.threads import Cursor
from blog.web.converters import MAX_ID


def cursor(name: str) -> int | None:
    """The number after which the page starts; anything that is no number is the first page."""
    return _number(request.args.get(name, ""))


def thread_cursor(name: str) -> Cursor | None:
    """The thread after which the page starts, as `12` or, with its likes, `12-3`."""
    number, _, likes = request.args.get(name, "").partition("-")
    root = _number(number)
    return Cursor(root, _number(likes) or 0) if root is not None else None


def _number(value: str) -> int | None:
    if not (value.isascii() and value.isdigit() and len(value) <= 10):
        return None
    return min(int(value), MAX_ID)

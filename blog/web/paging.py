"""Keyset pages: an address says after which row a page starts."""

from flask import request

from blog.web.converters import MAX_ID


def cursor(name: str) -> int | None:
    """The number after which the page starts; anything that is no number is the first page."""
    value = request.args.get(name, "")
    if not (value.isascii() and value.isdigit() and len(value) <= 10):
        return None
    return min(int(value), MAX_ID)

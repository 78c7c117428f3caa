"""What may stand in an address. Anything else is a plain 404 before a query is made."""

import re

from flask import Flask
from werkzeug.routing import BaseConverter, IntegerConverter, Map

# A path of this site; browsers read a backslash as a slash, and drop tabs and line ends.
_PATH = re.compile(r"/(?![/\\])[^\\\x00-\x20]*")
# The widest number that PostgreSQL's integer keys take.
MAX_ID = 2**31 - 1


def number(raw: str) -> int | None:
    """A number that somebody typed, as large as a key can be; None for what is no number."""
    is_one = raw.isascii() and raw.isdigit() and len(raw) <= 10
    return min(int(raw), MAX_ID) if is_one else None


def is_path(raw: str) -> bool:
    """True if a form's way back stays on this site."""
    return _PATH.fullmatch(raw) is not None


class SlugConverter(BaseConverter):
    """Small letters, digits and hyphens."""

    regex = "[a-z0-9-]{1,100}"


class NumberConverter(IntegerConverter):
    """A key of the database, or the number of a page, in its one spelling."""

    regex = "[1-9][0-9]*"

    def __init__(self, url_map: Map) -> None:
        super().__init__(url_map, min=1, max=MAX_ID)


class YearConverter(IntegerConverter):
    """A year of four digits."""

    regex = "[0-9]{4}"

    def __init__(self, url_map: Map) -> None:
        super().__init__(url_map, fixed_digits=4)


class MonthConverter(IntegerConverter):
    """A month of two digits."""

    regex = "0[1-9]|1[0-2]"

    def __init__(self, url_map: Map) -> None:
        super().__init__(url_map, fixed_digits=2)


class TokenConverter(BaseConverter):
    """A signed token."""

    regex = r"[A-Za-z0-9_.-]{1,300}"


def init_app(app: Flask) -> None:
    """Make the converters known before a blueprint uses them."""
    app.url_map.converters["slug"] = SlugConverter
    app.url_map.converters["number"] = NumberConverter
    app.url_map.converters["year"] = YearConverter
    app.url_map.converters["month"] = MonthConverter
    app.url_map.converters["token"] = TokenConverter

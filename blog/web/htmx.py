"""The htmx protocol in one place (htmx 4: static/vendor/htmx.org@4.0.1)."""

from flask import Response, make_response, request


def wants_fragment() -> bool:
    """True if htmx asks for a part of a page; boosted and restored pages are whole ones."""
    headers = request.headers
    return is_part(headers.get("HX-Request", ""), headers.get("HX-Request-Type", "partial"))


def is_part(asked: str, kind: str) -> bool:
    """The same, by the two headers that say it."""
    return asked == "true" and kind == "partial"


def fragment(html: str, status: int = 200) -> Response:
    """Answer a part of a page, which must never be stored in place of the page itself."""
    response = make_response(html, status)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def notice(html: str, status: int) -> Response:
    """Answer a message that appears above the page and leaves the page as it is."""
    response = fragment(html, status)
    response.headers["HX-Retarget"] = "#notice"
    response.headers["HX-Reswap"] = "innerHTML"
    return response

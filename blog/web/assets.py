"""Stylesheet, scripts and pictures: found in the checkout or in the wheel, named by content."""

import hashlib
from functools import cache
from pathlib import Path

from flask import Flask, Response, current_app, request, url_for

from blog.web import headers

STYLES = ("tokens", "base", "layout", "components", "dashboard")
A_YEAR = 365 * 24 * 3600
_PACKAGE = Path(__file__).parent.parent


def folder(name: str) -> Path:
    """`templates` or `static`: inside the package when it was installed from a wheel."""
    inside = _PACKAGE / name
    return inside if inside.exists() else _PACKAGE.parent / name


@cache
def stylesheet() -> bytes:
    """The five stylesheets as one file: one request, no build step."""
    return b"\n".join((folder("static") / "css" / f"{name}.css").read_bytes() for name in STYLES)


@cache
def fingerprint(name: str) -> str:
    """A few letters that change when the file does."""
    content = stylesheet() if name == "site.css" else (folder("static") / name).read_bytes()
    return hashlib.sha256(content).hexdigest()[:10]


def asset(name: str) -> str:
    """The address of a file in static/, good for ever: a changed file has another address."""
    if name.startswith("vendor/"):  # the version is in the path already
        return url_for("static", filename=name)
    if name == "site.css":
        return url_for("site_css", v=fingerprint(name))
    return url_for("static", filename=name, v=fingerprint(name))


def has_asset(name: str) -> bool:
    """True if the file is in static/."""
    return (folder("static") / name).is_file()


def _is_named() -> bool:
    """True if the address has the fingerprint of what it names, or its version."""
    name = request.path.removeprefix("/static/")
    return name.startswith("vendor/") or request.args.get("v") == fingerprint(name)


def init_app(app: Flask) -> None:
    """Serve the stylesheet, and let browsers keep whatever is named by its content."""
    app.add_template_global(asset)
    app.add_template_global(has_asset)

    @app.get("/static/site.css")
    def site_css() -> Response:
        return current_app.response_class(stylesheet(), mimetype="text/css")

    @app.after_request
    def keep(response: Response) -> Response:
        if request.endpoint in ("static", "site_css") and response.status_code in (200, 304):
            lifetime = f"public, max-age={A_YEAR}, immutable" if _is_named() else "public, no-cache"
            response.headers["Cache-Control"] = lifetime
            if _is_named():
                headers.may_be_kept()
        return response

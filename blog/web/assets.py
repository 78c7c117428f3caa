"""Stylesheet, scripts and pictures: found in the checkout or in the wheel, named by content."""

import hashlib
import io
import posixpath
from functools import cache, lru_cache
from os.path import isfile
from pathlib import Path

from flask import Flask, Response, abort, request, send_file, send_from_directory, url_for

from blog.web import headers

# What every page loads, as two files: a request each, and no build step.
BUNDLES = {
    "site.css": ("css/tokens.css", "css/base.css", "css/layout.css", "css/components.css"),
    "site.js": ("js/notice.js", "js/times.js", "js/comments.js", "js/theme.js"),
}
A_YEAR = 365 * 24 * 3600
_PACKAGE = Path(__file__).parent.parent


def folder(name: str) -> Path:
    """`templates` or `static`: inside the package when it was installed from a wheel."""
    inside = _PACKAGE / name
    return inside if inside.exists() else _PACKAGE.parent / name


@cache
def bundle(name: str) -> bytes:
    """One of the BUNDLES: its files, one after the other."""
    return b"\n".join((folder("static") / each).read_bytes() for each in BUNDLES[name])


def fingerprint(name: str) -> str:
    """A few letters that change when the file does. Raises OSError if it is not there."""
    if name in BUNDLES:
        return _fingerprint(name)
    found = (folder("static") / name).stat()
    return _fingerprint(name, found.st_mtime_ns, found.st_size)


@lru_cache(1_024)
def _fingerprint(name: str, *_state: int) -> str:
    content = bundle(name) if name in BUNDLES else (folder("static") / name).read_bytes()
    return hashlib.sha256(content).hexdigest()[:10]


def asset(name: str) -> str:
    """The address of a file in static/, good for ever: a changed file has another address.

    Of a picture that somebody took away it is the plain one, where nothing is.
    """
    if name.startswith("vendor/") or not (name in BUNDLES or has_asset(name)):
        return url_for("static", filename=name)  # in the path of the first is a version
    return url_for("static", filename=name, v=fingerprint(name))


def has_asset(name: str) -> bool:
    """True if the file is in static/ and this is its one spelling, so that each counts once."""
    is_plain = posixpath.normpath(name) == name and not name.startswith(("/", "../"))
    return is_plain and isfile(folder("static") / name)


def _lasting(response: Response, name: str) -> Response:
    """Let browsers keep a file for ever if the address has its fingerprint, or its version."""
    if response.status_code not in (200, 206, 304):  # an answer to one browser's condition
        return response
    known = None if name.startswith("vendor/") else fingerprint(name)
    if request.args.get("v") == known:
        response.headers["Cache-Control"] = f"public, max-age={A_YEAR}, immutable"
        headers.may_be_kept()
    else:
        response.headers["Cache-Control"] = "public, no-cache"
    return response


def init_app(app: Flask) -> None:
    """Serve the bundles and the files; only what is there is ever opened."""
    app.add_template_global(asset)
    app.add_template_global(has_asset)

    @app.get("/static/<path:filename>")
    def static(filename: str) -> Response:
        if filename in BUNDLES:
            content, tag = io.BytesIO(bundle(filename)), fingerprint(filename)
            file = send_file(content, download_name=filename, etag=tag)
        elif has_asset(filename):
            file = send_from_directory(folder("static"), filename)
        else:
            abort(404)
        return _lasting(file, filename)

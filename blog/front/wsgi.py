"""How the front asks the application: a whole request in, a whole answer out, in a thread.

Libraries that join ASGI and WSGI hand bodies over piece by piece between the loop and a thread;
here both are in memory, so one call is all (PEP 3333).
"""

import io
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_to_bytes

from blog.pages import Headers

Scope = dict[str, Any]
# The length is that of the body that was read; a body in chunks has become one with a length.
_OWN = (b"content-length", b"transfer-encoding", b"expect")


@dataclass
class Reply:
    """What the application answered."""

    status: int
    headers: Headers
    body: bytes


def environ(scope: Scope, body: bytes, length: int) -> dict[str, Any]:
    """The request in the words of PEP 3333. `length` may say more than the body that was read."""
    host, port = scope.get("server") or ("localhost", 80)
    client = scope.get("client") or ("", 0)
    raw = scope.get("raw_path") or scope["path"].encode()
    found: dict[str, Any] = {
        # The headers of HEAD are those of GET; the page is left out when it is sent.
        "REQUEST_METHOD": "GET" if scope["method"] == "HEAD" else scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(raw.partition(b"?")[0]).decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "SERVER_NAME": host,
        "SERVER_PORT": str(port or 0),
        "REMOTE_ADDR": client[0],
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    if length:
        found["CONTENT_LENGTH"] = str(length)
    for name, value in joined(scope["headers"]).items():
        key = "HTTP_" + name.decode("latin-1").upper().replace("-", "_")
        if name == b"content-type":
            found["CONTENT_TYPE"] = value.decode("latin-1")
        elif name not in _OWN and b"_" not in name:  # `x_forwarded_for` is no `x-forwarded-for`
            found[key] = value.decode("latin-1")
    return found


def joined(headers: Headers) -> dict[bytes, bytes]:
    """The headers, each once: one that comes twice says what both say (RFC 9110, 5.3)."""
    said = dict(headers)
    if len(said) == len(headers):  # as from every browser
        return said
    said = {}
    for name, value in headers:
        between = b"; " if name == b"cookie" else b","
        said[name] = said[name] + between + value if said.get(name) else value
    return said


def call(application: Callable[..., Iterable[bytes]], request: dict[str, Any]) -> Reply:
    """Run the application to the end of its answer."""
    begun: list[tuple[int, Headers]] = []
    written: list[bytes] = []

    def start(status: str, headers: list[tuple[str, str]], _error: Any = None) -> Any:
        encoded = [
            (name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers
        ]
        begun.append((int(status[:3]), encoded))
        return written.append

    answer = application(request, start)
    try:
        written.extend(answer)
    finally:
        getattr(answer, "close", lambda: None)()
    return Reply(*begun[-1], b"".join(written))

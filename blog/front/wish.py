"""What a request asks for, as far as the front has to know it, and what names the page it wants."""

import re
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import parse_qsl

from blog.front.wsgi import Scope, joined
from blog.pages import Headers, Page, preferred
from blog.web.htmx import is_part

# What of an address a public page depends on, and how it looks where it means anything; whatever
# else a link carries changes nothing.
_NUMBER = r"[0-9]{1,10}"
ARGUMENTS = {
    "after": re.compile(f"{_NUMBER}(-{_NUMBER})?"),
    "before": re.compile(_NUMBER),
    "show": re.compile(_NUMBER),
    "sort": re.compile("oldest|newest|liked"),
    "v": re.compile("[0-9a-f]{1,40}"),
}
# What chooses among so many pages that they have a room of their own in memory.
CHOOSING = frozenset({"after", "before", "show"})
# Few search for the same words, and whoever likes can ask for endless ones.
SEARCH = "/search"
# Where `v` names the content of a file; anywhere else it says nothing.
FILES = "/static/"
# How htmx says what it asks for.
HTMX = (b"hx-request", b"hx-request-type")


@dataclass(slots=True)
class Wish:
    """What a request's headers say that the front has to know, read in one go: it is asked often.

    `known` are the names of the forms that the browser has (If-None-Match), `is_part` says that
    htmx asks, `length` is how long the body claims to be.
    """

    cookie: bytes
    accepted: bytes
    known: bytes
    is_part: bool
    length: int

    @classmethod
    def of(cls, headers: Headers) -> "Wish":
        """Read the headers."""
        said = joined(headers)
        length = said.get(b"content-length", b"")
        asked, kind = said.get(HTMX[0], b""), said.get(HTMX[1]) or b"partial"
        return cls(
            said.get(b"cookie", b""),
            said.get(b"accept-encoding", b""),
            said.get(b"if-none-match", b""),
            bool(asked) and is_part(asked.decode("latin-1"), kind.decode("latin-1")),
            int(length[:18]) if length.isdigit() else 0,  # endless digits take endless time
        )

    @property
    def htmx(self) -> Headers:
        """What Flask hears of htmx: the decision that was made here, so that both agree."""
        return [(b"hx-request", b"true")] if self.is_part else []

    def encoding(self, page: Page) -> str:
        """In which encoding the page goes out."""
        return preferred(self.accepted) if page.is_worth_it else ""


class Key(NamedTuple):
    """What names a page: its path, the arguments that it depends on, and whether it is a part."""

    path: str
    arguments: tuple[tuple[str, str], ...]
    is_part: bool

    @property
    def is_chosen(self) -> bool:
        """True if it is one of very many of its kind."""
        return bool(self.arguments) and any(name in CHOOSING for name, _ in self.arguments)


def key_of(scope: Scope, wish: Wish) -> Key | None:
    """What names a page that may be the same for everybody; None if no such page is asked for.

    A page with an argument that says nothing is rendered for whoever asks and kept by nobody: there
    is no end to what such an argument can be.
    """
    path, query = scope["path"], scope["query_string"]
    if scope["method"] not in ("GET", "HEAD") or path == SEARCH:
        return None
    if path.startswith("//"):  # Flask reads it with one, and answers in as many ways
        return None
    if not query:
        return Key(path, (), wish.is_part)
    arguments = _arguments(query, is_file=path.startswith(FILES))
    if not all(ARGUMENTS[name].fullmatch(value) for name, value in arguments):
        return None
    return Key(path, arguments, wish.is_part)


def _arguments(query: bytes, *, is_file: bool) -> tuple[tuple[str, str], ...]:
    """The arguments that a public page depends on, each once, as Flask reads them."""
    found: dict[str, str] = {}
    for name, value in parse_qsl(query.decode("latin-1"), keep_blank_values=True):
        if name in ARGUMENTS and (name != "v" or is_file):
            found.setdefault(name, value)
    return tuple(sorted(found.items()))

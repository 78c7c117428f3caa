"""Public pages as they are kept in memory: with their compressed forms, and until they are stale.

Every change of what a reader sees counts one number up, in the transaction that changes it (the
triggers of migration 0005). A page remembers the number that was read before it was rendered, and
which articles it tells of. It is fresh while nothing that it tells of has a higher number: a page
that was rendered from old rows can be stored late and is never taken for new.
"""

import gzip
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache

import brotli
import zstandard
from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header

from blog import clock

Headers = list[tuple[bytes, bytes]]
# Where a request for a public page carries the note that the application fills.
NOTE = "broadsheet.note"
# Longer without news from the database means that nothing is known to be fresh.
BLIND_AFTER = 1.0  # seconds
# Below this a compressed form saves no packet.
WORTH_IT = 1_000  # bytes
# Headers and objects of a page, measured with sys.getsizeof: about two thousand bytes.
OVERHEAD = 2_000
# So many pages at most, however small they are: an archive of years with its conversations.
MOST_PAGES = 10_000
# What belongs to one form, or to none: no part of a kept page is sent.
_OWN = (b"content-length", b"etag", b"vary", b"accept-ranges")
TEXT = (b"text/", b"application/atom+xml", b"application/xml", b"application/json", b"image/svg")
# In the order in which they are preferred. The levels: for a page of 80 kB a third of a millisecond
# at most; one more costs half as much again and saves a fiftieth. Few browsers ask for gzip.
FORMS: dict[str, Callable[[bytes], bytes]] = {
    "zstd": lambda body: zstandard.ZstdCompressor(level=3).compress(body),
    "br": lambda body: brotli.compress(body, quality=4),
    "gzip": lambda body: gzip.compress(body, 5, mtime=0),
}


@dataclass
class Note:
    """What the application says about a page: whether it may be kept, and until when.

    `as_of` is the number of the last change before it was rendered, `about` are the articles whose
    comments it shows or counts, `until` is when it ends by itself, in seconds of the epoch; most do
    not.
    """

    as_of: int = 0
    about: frozenset[int] | None = None
    until: float | None = None


class Known:
    """The changes that this process has heard of; one thread writes, everybody reads."""

    def __init__(self) -> None:
        """Nothing is known yet: no page is fresh."""
        self.newest = 0
        self.site = 0
        self.articles: dict[int, int] = {}
        self.published = 0.0  # when a scheduled article last became public, in seconds
        self._heard = float("-inf")

    def hear(self, newest: int, changes: Iterable[tuple[str, int]]) -> None:
        """Take in what changed. The parts come before the number that says they are known."""
        for name, number in changes:
            if name == "site":
                self.site = number
            elif name.startswith("article "):
                self.articles[int(name.removeprefix("article "))] = number
        self.newest = newest
        self._heard = clock.ticks()

    @property
    def is_blind(self) -> bool:
        """True if the last news is too old to rely on."""
        return clock.ticks() - self._heard > BLIND_AFTER


@dataclass(frozen=True)
class Form:
    """A page in one encoding, ready to be sent.

    `unchanged` are the headers of a 304; `tag` is the strong validator, empty if there is none.
    """

    headers: Headers
    body: bytes
    unchanged: Headers
    tag: bytes

    def is_known(self, wanted: bytes) -> bool:
        """True if the browser's If-None-Match names this very form (RFC 9110, 13.1.2)."""
        if not self.tag:
            return False
        if wanted == self.tag:  # a browser sends the one that it got
            return True
        tags = {each.strip().removeprefix(b"W/") for each in wanted.split(b",")}
        return b"*" in tags or self.tag in tags


@dataclass
class Page:
    """A page with its forms; `rendered` is when, in seconds of the epoch.

    `is_used` says that somebody asked for it since it was last looked at, to make room.
    """

    status: int
    headers: Headers
    body: bytes
    note: Note
    rendered: float
    tag: str
    is_worth_it: bool
    is_used: bool = False
    _checked: int = -1
    _forms: dict[str, Form] = field(default_factory=dict)

    @classmethod
    def of(cls, status: int, headers: Headers, body: bytes, note: Note, rendered: float) -> "Page":
        """The page that the application answered."""
        tag = dict(headers).get(b"etag", b"").decode("latin-1").removeprefix("W/").strip('"')
        vary = ", ".join(value.decode("latin-1") for name, value in headers if name == b"vary")
        kept = [each for each in headers if each[0] not in _OWN]
        compressible = is_worth_it(headers, body)
        if compressible:
            vary = f"{vary}, Accept-Encoding" if vary else "Accept-Encoding"
        if vary:
            kept.append((b"vary", vary.encode("latin-1")))
        return cls(status, kept, body, note, rendered, tag, compressible)

    def is_fresh(self, known: Known) -> bool:
        """True if nothing that the page tells of changed since it was rendered."""
        if known.published > self.rendered or self.has_ended:
            return False
        newest = known.newest
        if self._checked != newest:
            changed = (known.articles.get(each, 0) for each in self.note.about or ())
            if max(changed, default=0) > self.note.as_of or known.site > self.note.as_of:
                return False
            self._checked = newest
        return True

    @property
    def has_ended(self) -> bool:
        """True if time alone has changed what it tells of."""
        until = self.note.until
        if until is None or until <= self.rendered:  # it was over before the page was made
            return False
        return clock.now().timestamp() >= until

    def form(self, encoding: str) -> Form:
        """The page as it goes out in an encoding; made when it is first asked for."""
        made = self._forms.get(encoding)
        if made is None:
            made = self._forms[encoding] = self._make(encoding)
        return made

    def _make(self, encoding: str) -> Form:
        body, headers = compress(self.body, encoding), [*self.headers]
        tag = etag(self.tag, encoding) if self.tag else b""
        if tag:
            headers.append((b"etag", tag))
        unchanged = [each for each in headers if each[0] != b"content-type"]
        headers.append((b"content-length", str(len(body)).encode()))
        if encoding:
            headers.append((b"content-encoding", encoding.encode()))
        return Form(headers, body, unchanged, tag)

    @property
    def size(self) -> int:
        """About how much memory the page takes when all its forms are made, in bytes."""
        return len(self.body) * (2 if self.is_worth_it else 1) + OVERHEAD


def etag(tag: str, encoding: str) -> bytes:
    """The strong validator of one form: different bytes have different names."""
    return f'"{tag}-{encoding}"'.encode() if encoding else f'"{tag}"'.encode()


def compress(body: bytes, encoding: str) -> bytes:
    """The body in an encoding; the empty one is the body itself."""
    return FORMS[encoding](body) if encoding else body


def is_worth_it(headers: Headers, body: bytes) -> bool:
    """True if compressing saves something: text, long enough, and not compressed yet."""
    said = dict(headers)
    is_plain = b"content-encoding" not in said and said.get(b"content-type", b"").startswith(TEXT)
    return is_plain and len(body) >= WORTH_IT


@lru_cache(256)
def _preferred(accepted: bytes) -> str:
    offered = parse_accept_header(accepted.decode("latin-1"), Accept)
    return next((each for each in FORMS if offered.quality(each) > 0), "")


def preferred(accepted: bytes) -> str:
    """The encoding to answer in, by what the browser accepts. Long lists get none."""
    return _preferred(accepted) if len(accepted) < 80 else ""  # browsers send about 25 bytes


class Shelf:
    """Some pages, bounded in size; those that nobody asked for are the first to go.

    The oldest goes, unless it was used since its last turn: then it has another one (the algorithm
    called CLOCK). So a hit has nothing to put in order, and no lock to wait for.
    """

    def __init__(self, most: int, most_pages: int) -> None:
        """`most` is how many bytes they may take together."""
        self.most = most
        self._most_pages = most_pages
        self.size = 0
        self.pages: OrderedDict[Hashable, Page] = OrderedDict()

    def put(self, key: Hashable, page: Page) -> None:
        """Keep a page, and let go of as many old ones as it takes."""
        size = _size(key, page)
        if size > self.most:
            return
        old = self.pages.pop(key, None)
        self.size -= _size(key, old) if old else 0
        while self.size + size > self.most or len(self.pages) >= self._most_pages:
            self._drop_one()
        self.pages[key] = page
        self.size += size

    def _drop_one(self) -> None:
        oldest, page = self.pages.popitem(last=False)
        if page.is_used:
            page.is_used = False
            self.pages[oldest] = page
        else:
            self.size -= _size(oldest, page)

    def clear(self) -> None:
        """Let go of everything."""
        self.pages.clear()
        self.size = 0


class PageCache:
    """The pages of one process.

    Pages that an argument chooses, as `?after=12` does, have a fourth of the memory for themselves:
    there are as many as there are numbers, and to ask for them all pushes out no page that many
    read.
    """

    def __init__(self, most: int) -> None:
        """`most` is how many bytes they may take together."""
        self.known = Known()
        chosen = most // 4
        self.usual = Shelf(most - chosen, MOST_PAGES)
        self.chosen = Shelf(chosen, MOST_PAGES // 4)
        self._lock = threading.Lock()

    def fresh(self, key: Hashable, *, is_chosen: bool = False) -> Page | None:
        """The page, if it is there and still true."""
        page = self._shelf(is_chosen).pages.get(key)
        if page is None or self.known.is_blind or not page.is_fresh(self.known):
            return None
        page.is_used = True
        return page

    def keep(self, key: Hashable, page: Page, *, is_chosen: bool = False) -> None:
        """Keep a page; an argument chose it, or it is one of the usual ones."""
        with self._lock:
            self._shelf(is_chosen).put(key, page)

    def _shelf(self, is_chosen: bool) -> Shelf:
        return self.chosen if is_chosen else self.usual

    def clear(self) -> None:
        """Let go of everything: the database was put back to an earlier state."""
        with self._lock:
            self.usual.clear()
            self.chosen.clear()
            self.known = Known()


def _size(key: Hashable, page: Page) -> int:
    """About how much memory a page takes with what names it, in bytes."""
    return page.size + len(repr(key))

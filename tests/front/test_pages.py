"""What is answered from memory, in which form, and what never gets there."""

import asyncio
import gzip
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import brotli
import pytest
import time_machine
import zstandard
from flask import Flask, make_response

from blog import clock, pages
from blog.extensions import db, writing
from blog.models import PageVersion
from blog.pages import BLIND_AFTER, FORMS, Note, Page, PageCache, Shelf, preferred
from blog.web import headers
from tests import cast
from tests.conftest import new_client
from tests.front.conftest import Process, run

HTML = [(b"content-type", b"text/html")]
PUBLIC = [
    "/", cast.PATH, f"{cast.PATH}?sort=newest", f"{cast.PATH}?show=1", "/archive/1", "/topic/sea",
    "/tag/harbour", "/author/ruth-ansell", "/feed.xml", f"{cast.PATH}/feed.xml", "/sitemap.xml",
    "/robots.txt", f"{cast.COMMENTS}/newer?after=1", f"{cast.COMMENTS}/1/replies",
]  # fmt: skip


@pytest.mark.parametrize("path", PUBLIC)
def test_a_public_page_is_rendered_once_and_is_what_flask_says(process: Process, path: str) -> None:
    first, second = process.get(path), process.get(path)
    assert process.rendered == 1
    assert first == second
    assert first.body == process.fresh(path)
    assert first.status in (200, 204)
    assert "set-cookie" not in first.headers


def test_files_with_their_name_in_the_address_stay_for_ever(process: Process) -> None:
    page = process.get("/").body.decode()
    (path,) = {each.split('"')[0] for each in page.split('href="')[1:] if "site.css" in each}
    for _ in range(3):
        answer = process.get(path)
    assert process.rendered == 2
    assert "immutable" in answer.headers["cache-control"]
    process.get("/static/site.css?v=anything")
    assert "immutable" not in process.get("/static/site.css?v=anything").headers["cache-control"]
    assert process.rendered == 4, "a name that is not its own is kept by nobody"


@pytest.mark.parametrize(
    "path", [cast.PATH, "/", "/feed.xml", f"{cast.COMMENTS}/newer", f"{cast.COMMENTS}/1/replies"]
)
@pytest.mark.parametrize(
    "cookie", ["broadsheet-session=x", f"broadsheet-author={'a' * 64}", "a=b; broadsheet-author="]
)
def test_who_has_one_of_our_cookies_neither_gets_nor_leaves_a_page(
    process: Process, path: str, cookie: str
) -> None:
    process.get(path, cookie=cookie)
    assert _kept(process) == 0
    process.get(path)
    before = process.rendered
    process.get(path, cookie=cookie)
    assert process.rendered == before + 1


def test_another_sites_cookie_changes_nothing(process: Process) -> None:
    process.get(cast.PATH, cookie="_ga=1; theme=dark")
    process.get(cast.PATH)
    assert process.rendered == 1


@pytest.mark.parametrize(
    "path",
    [
        pytest.param("/nothing", id="nothing there"),
        pytest.param("/2026/03/not-yet", id="an article of tomorrow"),
        pytest.param("/2020/01/the-tide-table", id="a redirect"),
        pytest.param("/dashboard/", id="the staff's rooms"),
        pytest.param("/account/sign-in", id="a form with a session"),
        pytest.param("/account/reset", id="another one"),
        pytest.param(f"{cast.COMMENTS}/1/report", id="a form"),
        pytest.param("/feed/answers/forged", id="a forged feed"),
        pytest.param("/static/icon.svg?v=guess", id="a file by a guessed name"),
        pytest.param("/dashboard/by-mail/forged", id="a forged link"),
    ],
)
def test_what_is_not_everybodys_is_never_kept(process: Process, path: str) -> None:
    with process.app.app_context():
        tomorrow = (clock.now() + timedelta(days=1)).isoformat()
        cast.article(slug="not-yet", date=tomorrow)
    for _ in range(2):
        process.get(path)
    assert process.rendered == 2
    assert _kept(process) == 0


def test_a_part_of_a_page_is_no_page(process: Process) -> None:
    process.get(f"{cast.COMMENTS}/1/replies", hx_request="true")
    whole = process.get(f"{cast.COMMENTS}/1/replies")
    assert b"<html" in whole.body
    part = process.get(f"{cast.COMMENTS}/1/replies", hx_request="true")
    assert b"<html" not in part.body
    assert part.headers["cache-control"] == "private, no-store"


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"hx_request": "true", "hx_request_type": "full"}, id="htmx, the whole page"),
        pytest.param({"hx_request": "false"}, id="no htmx"),
        pytest.param({"hx_request": "TRUE"}, id="nearly htmx"),
        pytest.param({"hx_request_type": "partial"}, id="half of htmx"),
        pytest.param({"hx_request": ["true", "true"]}, id="htmx twice"),
        pytest.param({"hx_request": ["false", "true"]}, id="no htmx, then htmx"),
        pytest.param({"hx_request": ["true", "false"]}, id="htmx, then no htmx"),
        pytest.param(
            {"hx_request": "true", "hx_request_type": ["partial", "full"]}, id="a part, then a page"
        ),
        pytest.param(
            {"hx_request": "true", "hx_request_type": ["full", "partial"]}, id="a page, then a part"
        ),
    ],
)
def test_nobody_puts_a_whole_page_in_the_place_of_a_part(
    process: Process, headers: dict[str, str | list[str]]
) -> None:
    path = f"{cast.COMMENTS}/1/replies"
    assert b"<html" in process.get(path, **headers).body
    assert b"<html" not in process.get(path, hx_request="true").body
    assert b"<html" in process.get(path).body


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "evil.example"}, {"x_forwarded_host": "evil.example"}, {"accept_language": "de"},
        {"x_forwarded_proto": "https"}, {"x_forwarded_for": "203.0.113.9"}, {"accept": "application/json"},
        {"range": "bytes=0-9"}, {"authorization": "Bearer x"}, {"user_agent": "evil<script>"},
        {"x_original_url": "/dashboard/"}, {"x_http_method_override": "POST"}, {"origin": "null"},
    ],
    ids=str,
)  # fmt: skip
def test_no_header_of_one_visitor_changes_the_page_of_the_next(
    process: Process, headers: dict[str, str]
) -> None:
    for path in PUBLIC:
        process.get(path, **headers)
        assert process.get(path).body == process.fresh(path), path
        assert b"evil" not in process.get(path).body, path


@pytest.mark.parametrize("path", PUBLIC)
def test_what_a_link_carries_along_changes_no_page(process: Process, path: str) -> None:
    joint = "&" if "?" in path else "?"
    plain = process.fresh(path)
    assert process.fresh(f"{path}{joint}utm_source=mail&fbclid=x&next=/") == plain
    process.get(path)
    assert process.get(f"{path}{joint}utm_source=mail&fbclid=x").body == plain
    assert process.rendered == 1


@pytest.mark.parametrize(
    "headers",
    [
        {"if_match": '"x"'}, {"if_unmodified_since": "Thu, 01 Jan 1970 00:00:00 GMT"},
        {"if_none_match": "*"}, {"if_modified_since": "Fri, 01 Jan 2100 00:00:00 GMT"},
        {"range": "bytes=0-9"}, {"range": "bytes=9999999-"}, {"range": "bytes=0-9", "if_range": '"x"'},
        {"accept": "application/json"}, {"content_type": "application/json"}, {"host": "a b"},
        {"expect": "100-continue"}, {"cookie": "a=b"}, {"hx_boosted": "true"},
    ],
    ids=str,
)  # fmt: skip
def test_no_condition_of_one_visitor_is_answered_to_the_next(
    process: Process, headers: dict[str, str]
) -> None:
    for path in (*PUBLIC, "/static/icon.svg", "/static/site.css"):
        process.get(path, **headers)
        answer = process.get(path)
        assert (answer.status, answer.body) in ((200, process.fresh(path)), (204, b"")), path


@pytest.mark.parametrize("status", [206, 301, 304, 400, 404, 412, 416, 500])
def test_only_a_whole_page_is_kept(process: Process, status: int) -> None:
    @process.app.get("/odd")
    def odd() -> Any:
        return headers.public(make_response("odd", status), ())

    process.get("/odd")
    assert _kept(process) == 0


# --- Forms -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("accepted", "encoding", "read"),
    [
        ("gzip, deflate, br, zstd", "zstd", lambda body: zstandard.decompress(body)),
        ("gzip, deflate, br", "br", brotli.decompress),
        ("gzip", "gzip", gzip.decompress),
        ("zstd;q=0, gzip", "gzip", gzip.decompress),
        ("*", "zstd", lambda body: zstandard.decompress(body)),
        ("", "", bytes),
        ("deflate", "", bytes),
        ("identity", "", bytes),
        ("gzip;q=0", "", bytes),
        ("gzip," * 1000, "", bytes),
        ("\xff;;q=,,", "", bytes),
    ],
)
def test_a_page_goes_out_as_the_browser_takes_it(
    process: Process, accepted: str, encoding: str, read: Callable[[bytes], bytes]
) -> None:
    for _ in range(2):
        answer = process.get(cast.PATH, accept_encoding=accepted)
    assert answer.headers.get("content-encoding", "") == encoding
    assert read(answer.body) == process.fresh(cast.PATH)
    assert answer.headers["content-length"] == str(len(answer.body))
    assert "Accept-Encoding" in answer.headers["vary"]


def test_each_form_has_a_strong_name_and_is_known_by_no_other(process: Process) -> None:
    """Who kept one form cannot show another: a 304 says that the very bytes are unchanged."""
    tags = {
        encoding: process.get(cast.PATH, accept_encoding=encoding).headers["etag"]
        for encoding in ("", *FORMS)
    }
    assert len(set(tags.values())) == 4
    assert not any(tag.startswith("W/") for tag in tags.values())
    for wanted in (tags["br"], f'"other", {tags["br"]}', f"W/{tags['br']}", "*"):
        answer = process.get(cast.PATH, if_none_match=wanted, accept_encoding="br")
        assert (answer.status, answer.body, answer.headers["etag"]) == (304, b"", tags["br"])
        assert "content-length" not in answer.headers
    for wanted in (tags[""], tags["gzip"], tags["zstd"], '"other"'):
        answer = process.get(cast.PATH, if_none_match=wanted, accept_encoding="br")
        assert (answer.status, answer.headers["content-encoding"]) == (200, "br")


def test_a_condition_on_the_first_request_does_not_keep_an_empty_page(process: Process) -> None:
    tag = process.get(cast.PATH).headers["etag"]
    process.front.cache.clear()
    process.look()
    assert process.get(cast.PATH, if_none_match=tag).status == 304
    assert b"<h1" in process.get(cast.PATH).body


def test_head_says_the_same_without_the_page(process: Process) -> None:
    shown = process.get(cast.PATH)
    asked = run(process.ask("HEAD", cast.PATH, {}))
    assert (asked.headers, asked.body) == (shown.headers, b"")
    assert process.rendered == 1


PASSED_ON = [
    pytest.param("/search?q=tide", "", id="a search"),
    pytest.param(f"{cast.PATH}?after=x", "", id="an argument that says nothing"),
    pytest.param(cast.PATH, f"broadsheet-author={'a' * 64}", id="a page for one browser"),
    pytest.param("/static/site.css", f"broadsheet-author={'a' * 64}", id="a file"),
]


@pytest.mark.parametrize("accepted", ["", "gzip"])
@pytest.mark.parametrize(("path", "cookie"), PASSED_ON)
def test_what_is_not_kept_says_the_same_to_head_as_well(
    process: Process, path: str, cookie: str, accepted: str
) -> None:
    headers = {"cookie": cookie, "accept_encoding": accepted}
    with time_machine.travel(clock.now(), tick=False):  # the answer says when it was made
        shown = process.get(path, **headers)
        asked = run(process.ask("HEAD", path, headers))
    assert (asked.status, asked.body) == (200, b"")
    assert asked.headers == shown.headers
    assert asked.headers["content-length"] == str(len(shown.body))


@pytest.mark.parametrize("accepted", ["", "gzip"])
@pytest.mark.parametrize("path", ["/search?q=tide", f"{cast.PATH}?after=x", "/static/site.css?v=x"])
def test_what_is_not_kept_is_known_again_and_depends_on_the_encoding(
    process: Process, path: str, accepted: str
) -> None:
    """Its name is weak: it stands for all encodings."""
    shown = process.get(path, accept_encoding=accepted)
    assert shown.headers["cache-control"] == "public, no-cache"
    assert "Accept-Encoding" in shown.headers["vary"]
    tag = shown.headers["etag"]
    assert tag.startswith('W/"')
    again = process.get(path, accept_encoding=accepted, if_none_match=tag)
    assert (again.status, again.body, again.headers["etag"]) == (304, b"", tag)
    assert again.headers["vary"] == shown.headers["vary"]


@pytest.mark.parametrize("accepted", ["", "gzip"])
def test_no_part_is_offered_of_what_may_be_compressed(process: Process, accepted: str) -> None:
    whole = process.get("/static/css/base.css?v=x", accept_encoding=accepted)
    assert "accept-ranges" not in whole.headers


def test_a_part_of_a_file_is_sent_as_it_is(process: Process) -> None:
    part = process.get("/static/site.css?v=x", range="bytes=0-4999", accept_encoding="gzip")
    assert (part.status, len(part.body)) == (206, 5000)
    assert "content-encoding" not in part.headers
    assert part.body == process.get("/static/site.css?v=x").body[:5000]


def test_what_is_private_is_compressed_but_never_beside_a_secret(
    process: Process, app: Flask
) -> None:
    accepted = {"accept_encoding": "gzip"}
    author = process.get(cast.PATH, cookie=f"broadsheet-author={'a' * 64}", **accepted)
    assert author.headers["content-encoding"] == "gzip"
    assert b"<h1" in gzip.decompress(author.body)
    staff = process.get("/account/sign-in", cookie="broadsheet-session=x", **accepted)
    assert "content-encoding" not in staff.headers


# --- Memory ------------------------------------------------------------------------------------


def _page(size: int = 100, about: frozenset[int] = frozenset(), as_of: int = 5) -> Page:
    note = Note(as_of=as_of, about=about)
    return Page.of(200, HTML, b"x" * size, note, clock.now().timestamp())


def _size(shelf: Shelf) -> int:
    return sum(pages._size(*each) for each in shelf.pages.items())


def _kept(process: Process) -> int:
    """How many pages a process has in memory."""
    cache = process.front.cache
    return len(cache.usual.pages) + len(cache.chosen.pages)


def test_the_pages_together_stay_within_their_bytes() -> None:
    cache = PageCache(20_000)
    cache.known.hear(1, [])
    for number in range(100):
        cache.keep(number, _page())
        cache.fresh(0)
    assert _size(cache.usual) == cache.usual.size <= 15_000
    assert cache.fresh(0), "the one that is used stays"
    assert cache.fresh(99)
    assert cache.fresh(50) is None


def test_small_pages_are_bounded_by_their_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "MOST_PAGES", 10)
    cache = PageCache(1_000_000)
    for number in range(100):
        cache.keep(number, _page())
    assert len(cache.usual.pages) == 10
    assert cache.usual.size == _size(cache.usual)


def test_what_names_a_page_counts_as_well() -> None:
    cache = PageCache(1_000_000)
    for number in range(100):
        cache.keep((f"/{number}", "x" * 60_000), _page())
    assert len(cache.usual.pages) < 13


@pytest.mark.parametrize("name", ["after", "before", "show", "sort"])
def test_a_long_argument_leaves_nothing_behind(process: Process, name: str) -> None:
    for number in range(3):
        assert process.get(f"/robots.txt?{name}={'x' * 60_000}{number}").status == 200
    assert _kept(process) == 0
    process.get(f"/robots.txt?utm_source={'x' * 60_000}")
    assert _kept(process) == 1


@pytest.mark.parametrize(
    "query",
    [
        "sort=a1", "sort=", "show=x", "show=", "after=12-x", "after=-3", "after=1-2-3", "before=1.5",
        "before=%F0%9F%91%8D", "before=\u0662", "after=99999999999", "sort=newest&show=x",
    ],
)  # fmt: skip
def test_an_argument_that_says_nothing_takes_no_room_in_memory(
    process: Process, query: str
) -> None:
    """There is no end to them; what Flask makes of it is shown to whoever asked, and forgotten."""
    path = f"{cast.PATH}?{query}"
    assert process.get(path).body == process.fresh(path)
    assert process.get(path).status == 200
    assert (process.rendered, _kept(process)) == (2, 0)


@pytest.mark.parametrize(
    "path",
    [
        pytest.param("//archive/1", id="a slash too many"),
        pytest.param("/archive/01", id="a nought too many"),
        pytest.param("/archive/%D9%A1", id="another script's digit"),
        pytest.param("/%EF%BC%92%EF%BC%90%EF%BC%92%EF%BC%96/03/the-tide-table", id="wide digits"),
        pytest.param("/2026/3/the-tide-table", id="a nought too few"),
        pytest.param("/static/vendor/htmx.org@4.0.1/htmx.min.js?v=1", id="a version twice"),
        pytest.param("/static/site.css?v=1", id="a guessed version"),
    ],
)
def test_a_page_has_one_address_in_memory(process: Process, path: str) -> None:
    assert process.get(path).status in (200, 404)
    assert _kept(process) == 0


def test_a_version_says_something_of_files_only(process: Process) -> None:
    for number in range(3):
        assert process.get(f"/feed.xml?v={number}").body == process.fresh("/feed.xml")
    assert (process.rendered, _kept(process)) == (1, 1)


def test_pages_that_numbers_choose_push_out_no_others() -> None:
    cache = PageCache(20_000)
    cache.known.hear(1, [])
    for number in range(5):
        cache.keep(number, _page())
    for number in range(100):
        cache.keep(number, _page(), is_chosen=True)
    assert all(cache.fresh(number) for number in range(5))
    assert cache.fresh(99, is_chosen=True), "the last one is there, too"
    assert _size(cache.chosen) == cache.chosen.size <= 5_000
    cache.clear()
    assert cache.chosen.size == cache.usual.size == len(cache.chosen.pages) == 0


@pytest.mark.parametrize(
    ("query", "is_chosen"),
    [
        ("", False), ("?sort=newest", False), ("?sort=oldest", False), ("?utm_source=1", False),
        ("?show=1", True), ("?after=1", True), ("?after=1-2&sort=liked", True), ("?before=9", True),
    ],
)  # fmt: skip
def test_which_pages_a_number_chooses(process: Process, query: str, is_chosen: bool) -> None:
    path = f"{cast.PATH}{query}"
    assert process.get(path).body == process.get(path).body == process.fresh(path)
    assert (process.rendered, len(process.front.cache.chosen.pages)) == (1, is_chosen)


def test_a_page_larger_than_everything_is_not_kept() -> None:
    cache = PageCache(20_000)
    cache.keep("large", _page(30_000))
    assert (len(cache.usual.pages), cache.usual.size) == (0, 0)


def test_the_same_page_again_takes_its_own_place() -> None:
    cache = PageCache(20_000)
    for _ in range(100):
        cache.keep("same", _page())
    assert (len(cache.usual.pages), cache.usual.size) == (1, pages._size("same", _page()))


@pytest.mark.parametrize(
    ("changes", "is_fresh"),
    [
        pytest.param([], True, id="nothing changed"),
        pytest.param([("article 9", 8)], True, id="an article that it does not tell of"),
        pytest.param([("article 7", 8)], False, id="one that it tells of"),
        pytest.param([("article 7", 5)], True, id="what it was rendered after"),
        pytest.param([("site", 8)], False, id="everything"),
        pytest.param([("site", 5)], True, id="everything, before"),
        pytest.param([("all", 8)], True, id="the count of all changes alone"),
    ],
)
def test_what_makes_a_page_stale(changes: list[tuple[str, int]], is_fresh: bool) -> None:
    cache = PageCache(20_000)
    cache.keep("page", _page(about=frozenset({7})))
    cache.known.hear(8, changes)
    assert (cache.fresh("page") is not None) is is_fresh


def test_a_process_that_hears_nothing_shows_nothing_from_memory(process: Process) -> None:
    process.get(cast.PATH)
    process.front.cache.known._heard = clock.ticks() - BLIND_AFTER - 0.1
    process.get(cast.PATH)
    assert process.rendered == 2
    process.look()
    process.get(cast.PATH)
    assert process.rendered == 2


def test_a_database_that_was_put_back_makes_every_page_unknown(process: Process) -> None:
    process.get(cast.PATH)
    with process.app.app_context(), writing():
        db.session.query(PageVersion).update({"version": 1})
    process.look()
    process.get(cast.PATH)
    assert process.rendered == 2


def test_one_renders_while_the_others_wait(process: Process) -> None:
    gate, begun = threading.Event(), threading.Event()
    application: Any = process.front._application

    def slow(*request: object) -> object:
        begun.set()
        gate.wait(5)
        return application(*request)

    process.front._application = slow  # type: ignore[assignment]

    async def crowd() -> list[bytes]:
        asked = [asyncio.create_task(process.ask("GET", cast.PATH, {})) for _ in range(20)]
        await asyncio.to_thread(begun.wait, 5)
        await asyncio.sleep(0)
        gate.set()
        return [(await each).body for each in asked]

    assert len(set(run(crowd()))) == 1
    assert process.rendered == 1


def test_a_page_that_cannot_be_kept_is_rendered_for_each(process: Process) -> None:
    async def crowd() -> list[int]:
        asked = [process.ask("GET", "/nothing", {}) for _ in range(5)]
        return [each.status for each in await asyncio.gather(*asked)]

    assert run(crowd()) == [404] * 5


def test_without_memory_every_page_is_rendered(
    process: Process, start: Callable[..., Process]
) -> None:
    none = start(page_cache_mb=0)
    for _ in range(2):
        assert none.get(cast.PATH).status == 200
    assert none.rendered == 2


@pytest.mark.parametrize(
    "path", ["/search", "/search?q=tide", f"/search?q={'long+' * 30}", "/search?before=1&q=tide"]
)
def test_a_search_takes_no_room_in_memory(process: Process, path: str) -> None:
    """Whoever likes asks for endless ones; the pages that many read must not make room for them."""
    process.get("/")
    for _ in range(2):
        answer = process.get(path)
        assert (answer.status, answer.headers["cache-control"]) == (200, "public, no-cache")
        assert answer.body == process.fresh(path)
    assert process.rendered == 3
    assert [key[0] for key in process.front.cache.usual.pages] == ["/"]
    assert _kept(process) == 1
    unchanged = process.get(path, if_none_match=answer.headers["etag"])
    assert (unchanged.status, unchanged.body) == (304, b"")


def test_searches_for_different_words_are_different_pages(process: Process) -> None:
    async def both() -> list[bytes]:
        asked = [process.ask("GET", f"/search?q={words}", {}) for words in ("tide", "rope", "")]
        return [each.body for each in await asyncio.gather(*asked)]

    found, nothing, field = run(both())
    assert b"card__title" in found
    assert b"No story has all" in nothing
    assert b"No story has all" not in field


@pytest.mark.parametrize("path", ["/", cast.PATH, "/topic/sea"])
def test_words_on_another_page_make_no_page_of_their_own(process: Process, path: str) -> None:
    for number in range(5):
        process.get(f"{path}?q=word-{number}")
    assert process.rendered == 1


@pytest.mark.parametrize("accepted", [b"gzip", b"br", b"zstd"])
def test_an_encoding_is_named_by_what_the_browser_says(accepted: bytes) -> None:
    assert preferred(accepted) == accepted.decode()


def test_a_reader_gets_no_cookie_and_no_trace_of_the_cache(process: Process) -> None:
    assert new_client(process.app).get(cast.PATH).headers.get("Set-Cookie") is None
    assert not any("note" in name or "broadsheet" in name for name in process.get("/").headers)

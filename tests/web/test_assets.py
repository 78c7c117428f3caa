"""Files: only what is in static/ is opened, under one name each."""

from pathlib import Path

import pytest

from blog.web import assets
from tests.page import CheckingClient

OUTSIDE = [
    "/static/../../../dev/ptmx", "/static/../../../dev/zero", "/static/../../../etc/passwd",
    "/static//etc/passwd", "/static/..", "/static/nope/../css/base.css", "/static/./css/base.css",
    "/static/css//base.css", "/static/vendor/../css/base.css", "/static/%00", "/static/css",
    "/static/css/", "/static/css/base.css%00", "/static/nothing.css", "/static/%ff",
    "/static/vendor/nothing", "/static/" + "x" * 300, "/static/./site.css",
    "/static/js/../site.js",
]  # fmt: skip


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
@pytest.mark.parametrize("path", OUTSIDE)
def test_what_is_no_file_of_the_site_is_never_opened_or_remembered(
    client: CheckingClient, monkeypatch: pytest.MonkeyPatch, method: str, path: str
) -> None:
    client.get("/nothing")  # the frame of a page has files of its own
    opened: list[Path] = []
    monkeypatch.setattr(Path, "read_bytes", opened.append)
    before = assets._fingerprint.cache_info().currsize
    answer = client.open(path, method=method, follow_redirects=True)
    assert answer.status_code == (200 if method == "OPTIONS" else 404)
    assert opened == []
    assert assets._fingerprint.cache_info().currsize == before
    assert "max-age" not in answer.headers["Cache-Control"]


@pytest.mark.parametrize(
    ("path", "lasts"),
    [
        ("/static/css/base.css", False),
        ("/static/css/base.css?v=guess", False),
        (f"/static/css/base.css?v={assets.fingerprint('css/base.css')}", True),
        ("/static/site.css", False),
        (f"/static/site.css?v={assets.fingerprint('site.css')}", True),
        ("/static/site.js?v=guess", False),
        (f"/static/site.js?v={assets.fingerprint('site.js')}", True),
        ("/static/vendor/htmx.org@4.0.1/htmx.min.js", True),
    ],
)
def test_what_is_named_by_its_content_lasts(client: CheckingClient, path: str, lasts: bool) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    assert ("immutable" in answer.headers["Cache-Control"]) is lasts


def test_a_replaced_file_has_another_address(
    client: CheckingClient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(assets, "folder", lambda _name: tmp_path)
    (tmp_path / "a.webp").write_bytes(b"one")
    first = assets.fingerprint("a.webp")
    (tmp_path / "a.webp").write_bytes(b"another")
    assert assets.fingerprint("a.webp") != first
    with client.application.test_request_context():
        assert assets.asset("a.webp").endswith(f"?v={assets.fingerprint('a.webp')}")
        assert assets.asset("taken-away.webp") == "/static/taken-away.webp"


def test_an_answer_to_a_condition_does_not_last(client: CheckingClient) -> None:
    path = "/static/vendor/htmx.org@4.0.1/htmx.min.js"
    refused = client.get(path, headers={"If-Match": '"x"'})
    assert refused.status_code == 412
    assert "max-age" not in refused.headers["Cache-Control"]

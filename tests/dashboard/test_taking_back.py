"""Everything that was done can be taken back, where it was done and in the log."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from blog.config import current_settings
from blog.extensions import db, writing
from blog.models import Article, Block, Staff, Status
from blog.queries import moderation as log
from blog.services import changes, corrections, discussions, moderation
from blog.services.comments import Sender
from tests import cast
from tests.page import CheckingClient

QUEUE = "/dashboard/comments"
FEEDS = ("/feed.xml", f"{cast.PATH}/feed.xml")


@pytest.fixture(autouse=True)
def held(app: Flask) -> None:
    with app.app_context():
        cast.comment(cast.article(), status=Status.HELD)


def _token(client: CheckingClient) -> str:
    return client.get("/dashboard/").page.fields(".rail__out")["csrf_token"]


def _take_back(client: CheckingClient, path: str) -> str:
    """Press Undo in the toast of a page; return what the next page says."""
    page = client.get(path).page
    form = page.one("div.toast form")
    entries = [str(each.attrs["value"]) for each in form.query("[name=entry]")]
    data = {**page.fields("div.toast form"), "entry": entries}
    answer = client.post(str(form.attrs["action"]), data=data)
    assert (answer.status_code, answer.location) == (303, path)
    return client.get(path).page.text(".toast")


@pytest.mark.parametrize("effect", ["trust", "hold", "reject"])
def test_a_rule_and_its_end_are_taken_back_from_the_toast(
    moderator: CheckingClient, app: Flask, effect: str
) -> None:
    data = {"csrf_token": _token(moderator), "effect": effect, "days": "0"}
    path = moderator.post(f"{QUEUE}/1/person/rule", data=data).location
    assert _take_back(moderator, path) == "It is as it was."
    assert _rules(app) == []
    moderator.post(f"{QUEUE}/1/person/rule", data=data)
    rules = _rules(app)
    page = moderator.get(path).page
    moderator.post(str(page.one(".rule").attrs["action"]), data=page.fields(".rule"))
    assert _rules(app) == []
    assert _take_back(moderator, path) == "It is as it was."
    assert _rules(app) == rules


def _rules(app: Flask) -> list[tuple[Any, ...]]:
    with app.app_context():
        return [
            (each.value, each.effect, each.until, each.note) for each in db.session.query(Block)
        ]


def test_a_discussion_is_taken_back_from_the_toast_and_from_the_log(
    moderator: CheckingClient, app: Flask
) -> None:
    path = "/dashboard/articles"
    fields = moderator.get(path).page.fields(".discussion form") | {"discussion": "closed"}
    action = str(moderator.get(path).page.one(".discussion form").attrs["action"])
    moderator.post(action, data=fields)
    assert _take_back(moderator, path) == "It is as it was."
    moderator.post(action, data=fields)
    moderator.post(action, data=fields | {"discussion": "hidden"})
    log = moderator.get("/dashboard/log?of=site").page
    newest, older = log.query(".log form")
    for form, sentence in ((older, "Somebody has changed this since. Nothing was changed."),
                           (newest, "It is as it was."), (older, "It is as it was.")):  # fmt: skip
        data = {str(each.attrs["name"]): str(each.attrs["value"]) for each in form.query("input")}
        answer = moderator.post(str(form.attrs["action"]), data=data)
        assert moderator.get(answer.location).page.text(".toast") == sentence
    with app.app_context():
        assert db.session.query(Article).one().discussion == "open"


def test_all_settings_of_one_save_are_taken_back_from_the_toast(admin: CheckingClient) -> None:
    path = "/dashboard/settings"
    before = admin.get(path).page.fields(".settings")
    admin.post(path, data=before | {"site_name": "The Tide", "hold_links": "7"})
    assert _take_back(admin, path) == "It is as it was."
    after = admin.get(path).page.fields(".settings")
    assert after | {"csrf_token": "", "seen": ""} == before | {"csrf_token": "", "seen": ""}


@pytest.mark.parametrize(
    "back", ["https://evil.example/", "/dashboard/\r\nX-Evil: 1", "/dashboard/\\evil.example"]
)
def test_an_undo_leads_nowhere_else(admin: CheckingClient, app: Flask, back: str) -> None:
    with app.app_context(), writing():
        entry = changes.note(
            db.session.query(Staff).one(), "setting", "site_name", "A", "Broadsheet"
        )
        number = entry.id
    data = {"csrf_token": _token(admin), "entry": str(number), "back": back}
    answer = admin.post("/dashboard/log/settings/undo", data=data)
    assert answer.location == "/dashboard/log?of=site"


def test_nothing_is_taken_back_of_an_article_that_is_gone(app: Flask) -> None:
    with app.app_context(), writing():
        mo = cast.moderator()
        state = {"slug": "gone", "discussion": "open", "stays_open": False}
        entry = changes.note(mo, "discussion", "Gone", "", "", was=state, became=state)
        with pytest.raises(changes.ChangedSince):
            discussions.undo(entry, mo)


# --- What readers see ----------------------------------------------------------------------------


def _decide(after: Status, seen: Status) -> None:
    mo = db.session.query(Staff).one()
    moderation.decide(1, after, mo, seen=cast.seen(seen), note="Why.")


def _correct() -> None:
    corrections.correct(1, "Other.", db.session.query(Staff).one(), version="first")


def _answer() -> None:
    mo = db.session.query(Staff).one()
    sender = Sender(token="m" * 64, address="192.0.2.9", network="192.0.2.0/24", staff=mo)
    status = moderation.locked(1).status
    corrections.answer(1, "Thanks.", mo, sender, _settings(), seen=cast.seen(status))


def _settings() -> Any:
    return current_settings()


DONE: list[tuple[str, Status, Callable[[], None]]] = [
    ("approved", Status.HELD, lambda: _decide(Status.PUBLISHED, Status.HELD)),
    ("rejected", Status.PUBLISHED, lambda: _decide(Status.REJECTED, Status.PUBLISHED)),
    ("trashed", Status.PUBLISHED, lambda: _decide(Status.TRASHED, Status.PUBLISHED)),
    ("corrected", Status.PUBLISHED, _correct),
    ("approved and answered", Status.HELD, _answer),
    ("answered", Status.PUBLISHED, _answer),
]


@pytest.mark.parametrize(
    ("start", "work"), [each[1:] for each in DONE], ids=[each[0] for each in DONE]
)
def test_feeds_and_pages_are_the_same_bytes_after_an_undo(
    moderator: CheckingClient, client: CheckingClient, app: Flask, start: Status, work: Callable[[], None]
) -> None:  # fmt: skip
    if start is Status.PUBLISHED:
        with app.app_context(), writing():
            _decide(start, Status.HELD)
    before = _what_readers_see(client)
    with app.app_context(), app.test_request_context(), writing():
        work()
        entry = log.last_entry(1).id
    assert _what_readers_see(client) != before
    token = {"csrf_token": _token(moderator), "entry": str(entry)}
    assert moderator.post(f"{QUEUE}/1/undo", data=token).status_code == 303
    assert _what_readers_see(client) == before


def _what_readers_see(client: CheckingClient) -> list[bytes]:
    return [client.get(path).data for path in (*FEEDS, cast.PATH)]


@pytest.mark.parametrize("htmx", [True, False], ids=["with htmx", "without scripts"])
def test_an_answer_says_so_and_is_taken_back_where_it_was_given(
    moderator: CheckingClient, app: Flask, htmx: bool
) -> None:
    path = f"{QUEUE}/1/answer"
    for sentence in ("approved and answered", "answered"):
        fields = moderator.get(path).page.fields(".answer")
        answer = moderator.post(path, data=fields | {"body": f"We {sentence}."}, htmx=htmx)
        page = answer.page if htmx else moderator.get(answer.location).page
        place = "#row-1" if htmx else "div.toast"
        assert f"Mo Derator {sentence} the comment by Bea Writer." in page.text(place)
    moderator.post(f"{QUEUE}/1/undo", data=page.fields(f"{place} form"), htmx=htmx)
    assert [each.status for each in cast.stored(app)] == [
        Status.PUBLISHED, Status.PUBLISHED, Status.TRASHED,
    ]  # fmt: skip


def test_an_answer_that_was_taken_back_can_be_given_again_with_the_same_words(
    moderator: CheckingClient, app: Flask
) -> None:
    """Somebody who never commented has no cookie that would prove a second time whose it is."""
    path, body = f"{QUEUE}/1/answer", {"body": "Good idea."}
    for _ in range(2):
        fields = moderator.get(path).page.fields(".answer")
        answer = moderator.post(path, data=fields | body, htmx=True)
        again = moderator.post(path, data=fields | body, htmx=True)  # a second click
        assert (answer.status_code, again.status_code) == (200, 200)
        assert [each.status for each in cast.stored(app)] == [Status.PUBLISHED] * 2
        moderator.post(f"{QUEUE}/1/undo", data=answer.page.fields("#row-1 form"), htmx=True)
        assert cast.stored(app)[1].status is Status.TRASHED

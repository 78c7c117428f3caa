"""The log: who did what, as a page with filters and undo, and as a file."""

import csv
import io
from typing import Any

import pytest
from flask import Flask

from blog.extensions import db, writing
from blog.models import Article, ChangeEntry, ModerationEntry, Staff, Status
from blog.services import changes, moderation
from tests import cast
from tests.page import CheckingClient

LOG = "/dashboard/log"
SITE = f"{LOG}?of=site"


@pytest.fixture(autouse=True)
def article(app: Flask) -> None:
    """What comments are about."""
    with app.app_context():
        cast.article()


def _decided(app: Flask, count: int = 1, after: Status = Status.SPAM) -> None:
    with app.app_context():
        on, mo = db.session.query(Article).first(), db.session.query(Staff).first()
        assert on
        assert mo
        for _ in range(count):
            made = cast.comment(on, status=Status.HELD)
            with writing():
                moderation.decide(made.id, after, mo, seen=cast.seen(Status.HELD))


def _change_name(admin: CheckingClient, name: str) -> None:
    fields = admin.get("/dashboard/settings").page.fields(".settings")
    admin.post("/dashboard/settings", data=fields | {"site_name": name})


def test_a_decision_is_in_the_log_and_can_be_taken_back_there(
    admin: CheckingClient, app: Flask
) -> None:
    assert "Nothing is written here yet" in admin.get(LOG).page.text(".empty")
    _decided(app)
    page = admin.get(LOG).page
    assert page.text(".log__what") == "Mo Derator marked the comment by Bea Writer as spam."
    assert page.text(".log__change") == "Waiting → Spam"
    action = str(page.one(".log form").attrs["action"])
    assert admin.post(action, data=page.fields(".log form")).status_code == 303
    assert cast.stored(app)[0].status is Status.HELD
    page = admin.get(LOG).page
    assert "Taken back" in page.text(".log")
    assert not page.query(".log form"), "neither the decision nor its undo is offered again"


def test_a_change_of_the_site_says_from_what_to_what(admin: CheckingClient) -> None:
    _change_name(admin, "<b>The Tide</b>")
    page = admin.get(f"{SITE}&what=setting").page
    assert page.text(".log__what") == "Mo Derator changed the setting site_name."
    assert page.text(".log__change") == "Broadsheet → <b>The Tide</b>"


def test_who_signs_in_is_in_the_log(admin: CheckingClient) -> None:
    assert admin.get(SITE).page.texts(".log__what") == ["Mo Derator signed in."]


def test_the_log_has_pages(admin: CheckingClient, app: Flask, monkeypatch: Any) -> None:
    monkeypatch.setattr("blog.dashboard.views_log.LENGTH", 2)
    _decided(app, 5)
    seen: list[str] = []
    path = LOG
    while path:
        page = admin.get(path).page
        seen += [str(field.attrs["value"]) for field in page.query("input[name=entry]")]
        links = page.query("a[rel=next]")
        path = str(links[0].attrs["href"]) if links else ""
    assert len(seen) == len(set(seen)) == 5


def test_the_log_can_be_narrowed(admin: CheckingClient, app: Flask) -> None:
    _decided(app, 2)
    _decided(app, 1, Status.PUBLISHED)
    assert len(admin.get(f"{LOG}?status=published").page.query(".log li")) == 1
    assert len(admin.get(f"{LOG}?who=1").page.query(".log li")) == 3
    assert not admin.get(f"{LOG}?who=99").page.query(".log li")
    assert not admin.get(f"{SITE}&what=block").page.query(".log li")
    for odd in ("?who=x", "?status=x", "?of=x", "?before=x", "?what=%00"):
        assert len(admin.get(LOG + odd).page.query(".log li")) == 3, odd


def test_a_long_log_costs_the_same_number_of_statements(admin: CheckingClient, app: Flask) -> None:
    _decided(app)
    with cast.counting(app) as few:
        admin.get(LOG)
    _decided(app, 9)
    with cast.counting(app) as many:
        admin.get(LOG)
    assert len(few) == len(many)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r"])
def test_the_file_has_no_formulas(admin: CheckingClient, app: Flask, start: str) -> None:
    with app.app_context(), writing():
        mo = db.session.query(Staff).one()
        changes.note(mo, "setting", f"{start}cmd|' /C calc'!A0", f'{start}"a",b', f"{start}2")
    answer = admin.get(f"{LOG}.csv?of=site&what=setting")
    assert answer.mimetype == "text/csv"
    assert "attachment" in answer.headers["Content-Disposition"]
    lines = list(csv.reader(io.StringIO(answer.get_data(as_text=True), newline="")))
    assert lines[0] == ["when", "who", "what", "subject", "before", "after"]
    assert lines[1][3:] == [f"'{start}cmd|' /C calc'!A0", f'\'{start}"a",b', f"'{start}2"]


def test_the_file_holds_decisions(admin: CheckingClient, app: Flask) -> None:
    _decided(app, 3)
    lines = list(csv.reader(io.StringIO(admin.get(f"{LOG}.csv").get_data(as_text=True))))
    assert len(lines) == 4
    assert lines[1][3:] == ["3", "held", "spam"]
    with app.app_context():
        assert db.session.query(ModerationEntry).count() == 6
        assert db.session.query(ChangeEntry).count() == 1


def _undo(admin: CheckingClient, line: int) -> str:
    """Press the undo of a line about a setting, the newest first; return what the page says then."""
    form = admin.get(SITE).page.query(".log form")[line]
    token = admin.get(SITE).page.fields(".rail__out")
    admin.post(str(form.attrs["action"]), data=token)
    return admin.get(SITE).page.text(".toast")


@pytest.mark.parametrize(
    ("name", "value"),
    [("site_name", "The Tide"), ("held_list", "one\r\ntwo"), ("hold_links", "7")],
)
def test_a_setting_is_as_it_was_after_its_undo(
    admin: CheckingClient, name: str, value: str
) -> None:
    before = admin.get("/dashboard/settings").page.fields(".settings")
    admin.post("/dashboard/settings", data=before | {name: value})
    assert _undo(admin, 0) == "The setting is as it was."
    after = admin.get("/dashboard/settings").page.fields(".settings")
    assert after | {"csrf_token": ""} == before | {"csrf_token": ""}


def test_a_switch_is_as_it_was_after_its_undo(admin: CheckingClient, app: Flask) -> None:
    fields = admin.get("/dashboard/settings").page.fields(".settings")
    fields.pop("hold_first_comment")
    admin.post("/dashboard/settings", data=fields)
    assert _undo(admin, 0) == "The setting is as it was."
    assert "hold_first_comment" in admin.get("/dashboard/settings").page.fields(".settings")


def test_an_undo_never_takes_back_what_somebody_changed_since(admin: CheckingClient) -> None:
    _change_name(admin, "First")
    _change_name(admin, "Second")
    assert _undo(admin, 1).startswith("Somebody has changed this setting since.")
    assert admin.get("/dashboard/settings").page.fields(".settings")["site_name"] == "Second"


def test_a_moderator_undoes_no_setting(moderator: CheckingClient, app: Flask) -> None:
    with app.app_context(), writing():
        staff = db.session.query(Staff).one()
        changes.note(staff, "setting", "site_name", "Broadsheet", "Broadsheet")
    assert not moderator.get(SITE).page.query(".log form")


@pytest.mark.parametrize("what", ["block", "sign-in"])
def test_what_is_no_setting_is_not_undone_as_one(
    admin: CheckingClient, app: Flask, what: str
) -> None:
    with app.app_context(), writing():
        changes.note(db.session.query(Staff).one(), what, "secret_key", "a", "b")
        number = db.session.query(ChangeEntry).filter_by(subject="secret_key").one().id
    token = admin.get(SITE).page.fields(".rail__out")
    assert admin.post(f"{LOG}/settings/{number}/undo", data=token).status_code == 404

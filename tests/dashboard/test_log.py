"""The log: who did what, as a page with filters and undo, and as a file."""

import ast
import csv
import io
import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from blog import clock
from blog.dashboard import sentences
from blog.extensions import db, writing
from blog.models import Article, ChangeEntry, ModerationEntry, Staff, Status
from blog.queries.queue_filter import Filter
from blog.services import bulk, changes, corrections, moderation
from tests import cast
from tests.conftest import MakeApp, new_client
from tests.house import source
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
    path = f"{LOG}?status=spam"
    fields = admin.get(path).page.fields(".log form")
    answer = admin.post(action, data=fields)
    assert (answer.status_code, answer.location) == (303, path), "to where it was pressed"
    assert admin.get(path).page.text(".toast") == "Taken back."
    assert cast.stored(app)[0].status is Status.HELD
    elsewhere = admin.post(action, data=fields | {"back": "//evil.example/dashboard/"})
    assert "evil" not in (elsewhere.location or "")
    empty = admin.get(f"{LOG}?status=trashed").page.text(".empty")
    assert empty == "Nothing in the log is like that. Show the whole log"
    page = admin.get(LOG).page
    assert "Taken back" in page.text(".log")
    assert not page.query(".log form"), "neither the decision nor its undo is offered again"


def test_a_change_of_the_site_says_from_what_to_what(admin: CheckingClient) -> None:
    _change_name(admin, "<b>The Tide</b>")
    page = admin.get(f"{SITE}&what=setting").page
    assert page.text(".log__what") == "Mo Derator changed the setting “Name of the site”."
    assert page.text(".log__change") == "Broadsheet → <b>The Tide</b>"
    assert page.query(".log form")
    _undo(admin, 0)
    page = admin.get(f"{SITE}&what=setting").page
    assert page.texts(".log li")[1].endswith("Taken back")
    assert not page.query(".log form"), "neither the change nor its undo is offered again"


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


@pytest.mark.parametrize("path", [LOG, f"{LOG}.csv", "/dashboard/"])
def test_a_line_of_the_log_comes_without_the_texts_it_is_about(
    admin: CheckingClient, app: Flask, path: str
) -> None:
    _decided(app, 2)
    with cast.counting(app) as seen:
        assert admin.get(path).status_code == 200
    (line,) = [each for each in seen if "FROM moderation_entry" in each and " AS article_1" in each]
    columns = set(re.findall(r"(?:article|comment)_1\.(\w+)", line))
    shown = {"name", "status", "browser", "title", "slug", "published_at"}
    assert columns == shown | {"id", "article_id"}


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
    data = {str(each.attrs["name"]): str(each.attrs["value"]) for each in form.query("input")}
    admin.post(str(form.attrs["action"]), data=data)
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
    assert _undo(admin, 0) == "It is as it was."
    after = admin.get("/dashboard/settings").page.fields(".settings")
    assert after | {"csrf_token": "", "seen": ""} == before | {"csrf_token": "", "seen": ""}


def test_a_switch_is_as_it_was_after_its_undo(admin: CheckingClient, app: Flask) -> None:
    fields = admin.get("/dashboard/settings").page.fields(".settings")
    fields.pop("hold_first_comment")
    admin.post("/dashboard/settings", data=fields)
    assert _undo(admin, 0) == "It is as it was."
    assert "hold_first_comment" in admin.get("/dashboard/settings").page.fields(".settings")


def test_an_undo_never_takes_back_what_somebody_changed_since(admin: CheckingClient) -> None:
    _change_name(admin, "First")
    _change_name(admin, "Second")
    assert _undo(admin, 1).startswith("Somebody has changed this since.")
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
        changes.note(db.session.query(Staff).one(), what, "email secret_key", "a", "hold, b")
        number = db.session.query(ChangeEntry).filter_by(subject="email secret_key").one().id
    token = admin.get(SITE).page.fields(".rail__out")
    for path in (f"{LOG}/settings/undo", f"{LOG}/undo"):
        expected = 303 if (what, path) == ("block", f"{LOG}/undo") else 404
        answer = admin.post(path, data=token | {"entry": str(number)})
        assert answer.status_code == expected, (path, what)
    for odd in ({}, {"entry": "x"}, {"entry": "9" * 30}, {"entry": "0"}):
        assert admin.post(f"{LOG}/undo", data=token | odd).status_code == 422
    assert admin.post(f"{LOG}/undo", data=token | {"entry": "999"}).status_code == 404


def _say(app: Flask, what: str, subject: str, before: str, after: str) -> None:
    with app.app_context(), writing():
        changes.note(db.session.query(Staff).one(), what, subject, before, after)


@pytest.mark.parametrize(
    ("what", "subject", "before", "after", "sentence"),
    [
        ("block", f"browser {'b' * 64}", "", "trust, for ever", "Mo Derator trusts Bea Writer."),
        ("block", f"browser {'b' * 64}", "", "hold, for ever", "Mo Derator always holds Bea Writer."),
        ("block", f"browser {'e' * 64}", "", "for ever", "Mo Derator blocked eeeeeeee for ever."),
        ("block", "email a@b.example", "", "2026-11-27T10:00:00+00:00",
         "Mo Derator blocked a@b.example until 27 Nov 2026, 10:00."),
        ("block", "domain b.example", "for ever", "", "Mo Derator lifted the rule about b.example."),
        ("note", f"browser {'b' * 64}", "", "", "Mo Derator noted something about Bea Writer."),
        ("account", "Eve", "True", "False", "Mo Derator kept Eve out."),
        ("account", "Eve", "False", "True", "Mo Derator let Eve in again."),
        ("invited", "", "moderator", "", "Mo Derator withdrew an invitation to the staff."),
        ("session", "", "", "", "Mo Derator ended sessions of their own."),
        ("session", "Eve", "", "", "Mo Derator signed Eve out everywhere."),
        ("exported", "3", "", "", "Mo Derator exported a person's data; comments: 3."),
        ("setting", "hold_links", "2", "5",
         "Mo Derator changed the setting “Links that make a comment wait”."),
        ("setting", "gone", "2", "5", "Mo Derator changed the setting “gone”."),
    ],
)  # fmt: skip
def test_a_line_says_who_and_what(
    admin: CheckingClient, app: Flask, what: str, subject: str, before: str, after: str, sentence: str
) -> None:  # fmt: skip
    with app.app_context():
        cast.comment(db.session.query(Article).one())
    _say(app, what, subject, before, after)
    assert admin.get(f"{SITE}&what={what}").page.texts(".log__what")[0] == sentence
    assert sentence in admin.get(f"{LOG}.csv?of=site&what={what}").get_data(as_text=True).replace(
        '""', '"'
    )


def _written() -> set[str]:
    """The kinds of lines that the code writes: a word in each call of changes.note or _note."""
    position = {"changes.note": 1, "_note": 0}
    calls = (
        (each, position.get(ast.unparse(each.func)))
        for tree in source.modules().values()
        for each in ast.walk(tree)
        if isinstance(each, ast.Call)
    )
    words = [each.args[at] for each, at in calls if at is not None]
    return {str(each.value) for each in words if isinstance(each, ast.Constant)}


def test_every_kind_of_line_that_is_written_has_a_name_and_a_sentence(
    admin: CheckingClient, app: Flask
) -> None:
    written = _written()
    assert len(written) > 15
    assert written == set(sentences.KINDS)
    for what in written:
        _say(app, what, "x", "", "for ever")
    said = admin.get(SITE).page.texts(".log__what")
    assert len(said) == len(written) + 1, "and who signed in"
    assert not any("changed something" in each for each in said)


def test_a_line_of_a_kind_that_nobody_named_takes_no_page_down(
    admin: CheckingClient, app: Flask
) -> None:
    _say(app, "new kind", "x", "", "")
    said = "Mo Derator changed something: new kind."
    assert admin.get(SITE).page.texts(".log__what")[0] == said
    assert said in admin.get(f"{LOG}.csv?of=site").get_data(as_text=True)


def test_a_switch_was_on_or_off(admin: CheckingClient, app: Flask) -> None:
    _say(app, "setting", "hold_first_comment", "True", "False")
    assert admin.get(SITE).page.texts(".log__change")[0] == "on → off"


def test_the_log_knows_what_was_done_on_the_server(
    admin: CheckingClient, app: Flask, tmp_path: Path
) -> None:
    file = tmp_path / "article.md"
    file.write_text(cast.source(title="A command's story", slug="new"), "utf-8")
    run = app.test_cli_runner().invoke
    for command in (
        ["publish", str(file)], ["publish", str(file)], ["reset-link", cast.EMAIL],
        ["invite", "author"], ["export", "a@example.org"], ["erase", "--yes", "a@example.org"],
    ):  # fmt: skip
        assert run(args=command).exit_code == 0
    file.write_text(cast.source(title="A command's story", slug="new", body="New."), "utf-8")
    run(args=["publish", str(file)])
    run(args=["remove-second-factor", cast.EMAIL])
    cast.sign_in(admin)
    said = admin.get(SITE).page.texts(".log__what")
    assert [each.removeprefix("A command on the server ") for each in reversed(said)][1:-1] == [
        "published the article “A command's story”.",
        "made a link for a new password of Mo Derator.",
        "invited somebody to the staff.",
        "exported a person's data; comments: 0.",
        "erased a person; comments: 0.",
        "updated the article “A command's story”.",
        "removed the second factor of Mo Derator.",
    ]


def test_a_decision_about_many_is_one_line_with_one_undo(
    moderator: CheckingClient, app: Flask
) -> None:
    with app.app_context():
        on = db.session.query(Article).one()
        made = [cast.comment(on, status=Status.HELD).id for _ in range(3)]
        with writing():
            bulk.decide(
                Filter(), Status.REJECTED, db.session.query(Staff).one(), about={"view": "waiting"}
            )
    page = moderator.get(LOG).page
    assert page.texts(".log__what") == ["Mo Derator rejected 3 comments."]
    assert page.text(".log button").startswith("Undo all")
    assert moderator.get("/dashboard/").page.texts("#decided ~ .log .log__what") == [
        "Mo Derator rejected 3 comments."
    ]
    about_one = moderator.get(f"{LOG}?comment={made[0]}").page
    assert about_one.texts(".log__what") == ["Mo Derator rejected the comment by Bea Writer."]
    assert len(moderator.get(f"{LOG}?person={made[0]}").page.query(".log li")) == 3
    rows = list(csv.reader(io.StringIO(moderator.get(f"{LOG}.csv").get_data(as_text=True))))
    assert [row[2:] for row in rows[1:]] == [
        ["Mo Derator rejected 3 comments.", "", "", "rejected"]
    ]
    moderator.post(str(page.one(".log form").attrs["action"]), data=page.fields(".log form"))
    assert {each.status for each in cast.stored(app)} == {Status.HELD}
    page = moderator.get(LOG).page
    assert page.texts(".log__what") == [
        "Mo Derator took back a decision about 3 comments.",
        "Mo Derator rejected 3 comments. It was taken back.",
    ]
    assert not page.query(".log form")


def test_the_log_is_narrowed_to_days(moderator: CheckingClient, app: Flask) -> None:
    _decided(app)
    today = clock.now().date().isoformat()
    for of in ("", "&of=site"):
        assert (
            len(moderator.get(f"{LOG}?since={today}&until={today}{of}").page.query(".log li")) == 1
        )
        assert not moderator.get(f"{LOG}?until=2020-01-01{of}").page.query(".log li")


def test_an_edit_shows_both_texts_and_is_safe_for_a_spreadsheet(
    moderator: CheckingClient, app: Flask
) -> None:
    with app.app_context():
        made = cast.comment(db.session.query(Article).one(), body="=1+1")
        with writing():
            corrections.correct(
                made.id, "<b>Two</b>", db.session.query(Staff).one(), version="first"
            )
    page = moderator.get(LOG).page
    assert (page.text(".log del"), page.text(".log ins")) == ("=1+1", "<b>Two</b>")
    rows = list(csv.reader(io.StringIO(moderator.get(f"{LOG}.csv").get_data(as_text=True))))
    assert rows[1][4:] == ["'=1+1", "<b>Two</b>"]


@pytest.mark.parametrize(
    ("zone", "label"), [("UTC", "From"), ("America/New_York", "From (UTC)")], ids=["UTC", "another"]
)
@pytest.mark.parametrize("path", ["/dashboard/log", "/dashboard/comments"])
def test_whose_days_are_asked_for_is_said(
    make_app: MakeApp, path: str, zone: str, label: str
) -> None:
    app = make_app(timezone=zone)
    with app.app_context():
        cast.moderator()
    client = new_client(app)
    cast.sign_in(client)
    assert client.get(path).page.text("label[for=since]") == label

"""The dashboard's rooms beside the queue: settings, blocks, discussions, personal data, the log."""

import json
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from blog import clock
from blog.dashboard import views_blocks
from blog.extensions import db, writing
from blog.models import Block, BlockKind, ChangeEntry, SettingRow, Status
from blog.models.staff import ADMINISTRATOR
from blog.web import filters
from tests import cast
from tests.conftest import MakeApp, new_client
from tests.page import Answer, CheckingClient


def _send(client: CheckingClient, path: str, form: str = ".room form", **changed: Any) -> Answer:
    """Fill in the form on a page and send it."""
    page = client.get(path).page
    fields = page.fields(form)
    selects = {str(each.attrs["name"]): "" for each in page.query(f"{form} select")}
    return client.post(path, data={**selects, **fields, **changed})


# --- Settings ------------------------------------------------------------------------------------


def test_a_changed_setting_counts_at_once_in_every_process(
    admin: CheckingClient, make_app: MakeApp
) -> None:
    other = new_client(make_app())
    assert other.get("/").page.text(".site-header .site-name") == "Broadsheet"
    answer = _send(admin, "/dashboard/settings", site_name="The Tide", hold_links="5")
    assert (answer.status_code, answer.location) == (303, "/dashboard/settings")
    page = admin.get("/dashboard/settings").page
    assert page.text(".toast") == "Saved. It counts from now on. Undo"
    assert page.fields(".settings")["hold_links"] == "5"
    assert other.get("/").page.text(".site-header .site-name") == "The Tide"


@pytest.fixture
def colleague(admin: CheckingClient, app: Flask) -> CheckingClient:
    """Another administrator, who is signed in, too."""
    email = "ada@example.org"
    with app.app_context():
        cast.sign_up(email, name="Ada", role=ADMINISTRATOR)
    client = new_client(app)
    cast.sign_in(client, email=email)
    return client


def test_an_old_page_takes_back_nothing_of_a_colleagues(
    admin: CheckingClient, colleague: CheckingClient
) -> None:
    shown = admin.get("/dashboard/settings").page.fields(".settings")
    _send(colleague, "/dashboard/settings", edit_minutes="21", hold_links="7")
    answer = admin.post("/dashboard/settings", data=shown | {"site_tagline": "Of the sea"})
    assert answer.status_code == 303
    now = admin.get("/dashboard/settings").page.fields(".settings")
    wanted = {"edit_minutes": "21", "hold_links": "7", "site_tagline": "Of the sea"}
    assert {name: now[name] for name in wanted} == wanted


def test_what_two_change_at_once_is_said_and_kept(
    admin: CheckingClient, colleague: CheckingClient
) -> None:
    shown = admin.get("/dashboard/settings").page.fields(".settings")
    _send(colleague, "/dashboard/settings", edit_minutes="21")
    typed = shown | {"edit_minutes": "30", "site_tagline": "Of the sea"}
    answer = admin.post("/dashboard/settings", data=typed)
    assert answer.status_code == 422
    said = "Ada set this to “21” meanwhile. Save again to replace it."
    assert answer.page.text("#form-edit_minutes-error") == said
    again = answer.page.fields(".settings")
    assert (again["edit_minutes"], again["site_tagline"]) == ("30", "Of the sea")
    assert admin.post("/dashboard/settings", data=again).status_code == 303
    assert admin.get("/dashboard/settings").page.fields(".settings")["edit_minutes"] == "30"


@pytest.mark.parametrize("seen", ["", "-1", "x", "9" * 30])
def test_a_page_without_its_place_in_the_log_changes_nothing(
    admin: CheckingClient, seen: str
) -> None:
    assert _send(admin, "/dashboard/settings", seen=seen, site_name="X").status_code == 422
    assert admin.get("/dashboard/settings").page.fields(".settings")["site_name"] == "Broadsheet"


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        pytest.param("site_name", " ", "Please give a name.", id="a site has a name"),
        pytest.param(
            "hold_links", "many", "between 0 and 1000, please.", id="a number is a number"
        ),
        pytest.param("hold_links", "", "between 0 and 1000, please.", id="nothing is no number"),
        pytest.param("hold_rejected_percent", "101", "0 and 100, please.", id="out of range"),
        pytest.param("comments_per_page", "0", "1 and 200, please.", id="pages hold something"),
        pytest.param("held_list", "x" * 20_001, "", id="too long a list"),
        pytest.param("site_tagline", "a\x00b", "", id="what cannot be shown"),
    ],
)
def test_bad_input_changes_nothing_and_is_kept(
    admin: CheckingClient, app: Flask, field: str, value: str, said: str
) -> None:
    answer = _send(admin, "/dashboard/settings", **{"reports_to_hide": "9", field: value})
    assert answer.status_code == 422
    assert answer.page.text(f"#form-{field}-error").endswith(said)
    assert answer.page.one(".form-summary a").attrs["href"] == f"#{field}"
    described = str(answer.page.one(f"#{field}").attrs["aria-describedby"])
    assert described == f"form-{field}-error {field}-hint"
    assert answer.page.fields(".settings")["reports_to_hide"] == "9"
    if "\x00" not in value:
        assert answer.page.fields(".settings")[field] == value
    with app.app_context():
        assert db.session.query(SettingRow).count() == 0


def test_words_from_the_settings_hold_and_reject(admin: CheckingClient, app: Flask) -> None:
    _send(admin, "/dashboard/settings", held_list="casino\r\nbuy * now", refused_list="pills")
    with app.app_context():
        cast.article()
    for body, status in (("The casino.", Status.HELD), ("Pills here.", Status.REJECTED)):
        cast.post(new_client(app), body=body)
        assert cast.stored(app)[-1].status is status


def test_a_long_list_of_words_fits_through(admin: CheckingClient) -> None:
    words = "\n".join(f"слово{number}" for number in range(1_800))
    assert _send(admin, "/dashboard/settings", held_list=words).status_code == 303


def test_a_switch_can_be_switched_off(admin: CheckingClient, app: Flask) -> None:
    fields = admin.get("/dashboard/settings").page.fields(".settings")
    assert fields.pop("hold_first_comment") == "y"
    admin.post("/dashboard/settings", data=fields)
    with app.app_context():
        cast.article()
    cast.post(new_client(app))
    assert cast.stored(app)[0].status is Status.PUBLISHED


# --- Blocks --------------------------------------------------------------------------------------


def test_a_block_rejects_what_comes_and_its_end_lets_it_pass(
    moderator: CheckingClient, app: Flask
) -> None:
    with app.app_context():
        cast.article()
    answer = _send(moderator, "/dashboard/blocks", kind="email", value="ann@example.org", days="1")
    assert (answer.status_code, answer.location) == (303, "/dashboard/blocks")
    cast.post(new_client(app))
    made = cast.stored(app)[0]
    assert made.status is Status.REJECTED
    assert {"rule": "blocked", "fact": "ann@example.org"} in made.reasons
    page = moderator.get("/dashboard/blocks").page
    token = page.fields(".blocks form")
    lifted = moderator.post(str(page.one(".blocks form").attrs["action"]), data=token)
    assert lifted.status_code == 303
    cast.post(new_client(app), body="Once more.", environ_base=None)
    assert cast.stored(app)[-1].status is Status.HELD


@pytest.mark.parametrize(
    ("kind", "value", "sentence"),
    [
        ("email", "nobody", "This is not an e-mail address"),
        ("domain", "two words", "This is not a mail domain"),
        ("network", "0.0.0.0/0", "This is not a network, or too wide"),
        ("email", "", "Please say which"),
    ],
)
def test_what_cannot_be_blocked_is_said_beside_the_field(
    moderator: CheckingClient, app: Flask, kind: str, value: str, sentence: str
) -> None:
    answer = _send(moderator, "/dashboard/blocks", kind=kind, value=value, days="7", note="Why.")
    assert answer.status_code == 422
    assert sentence in answer.page.text("#form-value-error")
    fields = answer.page.fields(".room form")
    assert (fields["value"], fields["note"]) == (value, "Why.")
    with app.app_context():
        assert db.session.query(Block).count() == 0


def test_a_person_is_blocked_below_a_comment_and_listed_by_name(
    moderator: CheckingClient, app: Flask
) -> None:
    answer = _send(moderator, "/dashboard/blocks", kind="browser", value="b" * 64, days="7")
    assert answer.status_code == 422, "nobody can type the hash of a browser"
    with app.app_context(), writing():
        cast.comment(cast.article(), status=Status.HELD)
        for browser, note in (("b" * 64, "An older name"), ("f" * 64, "Left no comment")):
            block = Block(kind=BlockKind.BROWSER, value=browser, note=note)
            block.created_at = clock.now()
            db.session.add(block)
    page = moderator.get("/dashboard/blocks").page
    assert page.texts(".blocks strong") == ["Left no comment", "Bea Writer"]


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (None, "Blocked for ever"),
        (1, "Blocked until "),
        (-1, "Was blocked until "),
    ],
)
def test_a_block_says_until_when(
    moderator: CheckingClient, app: Flask, days: int | None, said: str
) -> None:
    until = None if days is None else clock.now() + timedelta(days=days)
    with app.app_context(), writing():
        block = Block(kind=BlockKind.EMAIL, value="a@example.org", until=until)
        block.created_at = clock.now()
        db.session.add(block)
        end = filters.moment(until) if until else ""
    row = moderator.get("/dashboard/blocks").page.text(".blocks li")
    assert row == f"a@example.org {said}{end} Lift a@example.org"


@pytest.mark.parametrize("kind", sorted({*BlockKind} - {BlockKind.BROWSER}))
def test_a_comments_author_is_filled_in(
    moderator: CheckingClient, app: Flask, kind: BlockKind
) -> None:
    with app.app_context():
        cast.comment(cast.article(), status=Status.HELD)
    if kind is not BlockKind.DOMAIN:
        page = moderator.get("/dashboard/comments/1/person", htmx=True).page
        assert page.query(f".rules a[href='/dashboard/blocks?comment=1&kind={kind.value}']")
    page = moderator.get(f"/dashboard/blocks?comment=1&kind={kind.value}").page
    expected = {"email": "bea@example.org", "domain": "example.org", "network": "192.0.2.0/24"}
    assert page.fields(".room form")["value"] == expected[kind.value]
    assert page.one("select[name=kind] [selected]").attrs["value"] == kind.value


def test_blocks_come_in_pages_and_lifting_one_leads_back_to_its_page(
    moderator: CheckingClient, app: Flask
) -> None:
    last = 2 * views_blocks.LENGTH
    with app.app_context(), writing():
        for number in range(last):
            email = f"{number}@example.org"
            db.session.add(Block(kind=BlockKind.EMAIL, value=email, created_at=clock.now()))
    first = moderator.get("/dashboard/blocks").page
    path = str(first.one(".pager a").attrs["href"])
    second = moderator.get(path).page
    names = first.texts(".blocks strong") + second.texts(".blocks strong")
    assert names == [f"{number}@example.org" for number in reversed(range(last))]
    assert not second.query(".pager"), "nothing follows"
    form = second.query(".blocks form")[0]
    fields = second.fields(".blocks li:first-child form")
    assert moderator.post(str(form.attrs["action"]), data=fields).location == path


def test_a_block_that_is_gone_cannot_be_lifted(moderator: CheckingClient) -> None:
    fields = moderator.get("/dashboard/blocks").page.fields(".room form")
    answer = moderator.post("/dashboard/blocks/9/lift", data=fields)
    assert (answer.status_code, answer.location) == (303, "/dashboard/blocks")
    assert "It was lifted before." in moderator.get("/dashboard/blocks").text


# --- Discussions ---------------------------------------------------------------------------------


def test_a_discussion_is_closed_and_opened_again(moderator: CheckingClient, app: Flask) -> None:
    with app.app_context():
        cast.article()
    for state, takes in (("closed", 409), ("open", 201)):
        form = moderator.get("/dashboard/articles").page.one(".discussion form")
        fields = moderator.get("/dashboard/articles").page.fields(".discussion form")
        sent = moderator.post(str(form.attrs["action"]), data={**fields, "discussion": state})
        assert sent.status_code == 303
        assert cast.post(new_client(app), body=f"Is it {state}?").status_code == takes
    assert "Saved: The tide table" in moderator.get("/dashboard/articles").page.text(".room")


def test_a_state_that_does_not_exist_changes_nothing(moderator: CheckingClient, app: Flask) -> None:
    with app.app_context():
        cast.article()
    fields = moderator.get("/dashboard/articles").page.fields(".discussion form")
    path = "/dashboard/articles/the-tide-table/discussion"
    assert moderator.post(path, data={**fields, "discussion": "loud"}).status_code == 422
    missing = "/dashboard/articles/nowhere/discussion"
    assert moderator.post(missing, data={**fields, "discussion": "open"}).status_code == 404


# --- Personal data -------------------------------------------------------------------------------


def _person(admin: CheckingClient, **changed: Any) -> Answer:
    return _send(admin, "/dashboard/people", email="bea@example.org", **changed)


def test_what_is_stored_is_counted_and_handed_out(admin: CheckingClient, app: Flask) -> None:
    with app.app_context():
        cast.comment(cast.article())
    page = _person(admin).page
    assert page.text("#found") == "1 comment by this address"
    fields = page.fields("form[action$=export]")
    answer = admin.post("/dashboard/people/export", data=fields)
    assert answer.headers["Content-Disposition"] == "attachment; filename=personal-data.json"
    assert json.loads(answer.data)["comments"][0]["text"] == "I was there."


def test_many_comments_are_counted_by_one_statement(admin: CheckingClient, app: Flask) -> None:
    with app.app_context():
        cast.comment(cast.article())
    with cast.counting(app) as few:
        _person(admin)
    with app.app_context():
        for slug in ("one", "two"):
            cast.comment(cast.article(slug=slug))
    with cast.counting(app) as many:
        assert _person(admin).page.text("#found") == "3 comments by this address"
    assert len(many) == len(few)


def test_a_person_is_erased_only_when_somebody_is_sure(admin: CheckingClient, app: Flask) -> None:
    with app.app_context():
        cast.comment(cast.article())
    fields = _person(admin).page.fields("form[action$=erase]")
    unsure = admin.post("/dashboard/people/erase", data=fields)
    assert unsure.status_code == 422
    assert "Nothing was erased." in unsure.page.text("#sure-error")
    assert unsure.page.fields("form[action$=erase]") == fields
    assert cast.stored(app)[0].status is Status.PUBLISHED
    admin.post("/dashboard/people/erase", data=fields | {"sure": "y"})
    made = cast.stored(app)[0]
    assert (made.status, made.email, made.body) == (Status.DELETED, "", "")
    with app.app_context():
        line = db.session.query(ChangeEntry).filter_by(what="erased").one()
        assert "bea" not in str(vars(line)).lower(), "the log does not keep who it was"
    assert "Erased from 1 comment." in admin.get("/dashboard/people").page.text(".room")


def test_nobody_is_looked_for_without_an_address(admin: CheckingClient) -> None:
    answer = _send(admin, "/dashboard/people", email=" ")
    assert answer.status_code == 422
    assert answer.page.text("#form-email-error") == "Please give an e-mail address."


def test_somebody_who_never_wrote_is_said_to_be_nowhere(admin: CheckingClient) -> None:
    assert _person(admin).page.text("#found") == "0 comments by this address"
    assert not _person(admin).page.query("form[action$=export]")

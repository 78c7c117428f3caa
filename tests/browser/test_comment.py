"""A reader answers: in its place, without a page load, and with scripts switched off."""

from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Route, expect
from sqlalchemy.exc import OperationalError

from blog.comments import views
from blog.extensions import db, writing
from blog.models import Article, Comment, Status
from blog.services import moderation
from tests import cast
from tests.browser.conftest import OpenBrowser, Visit, intercept, wait_for

POST = "text=Post comment"


def _approve(app: Flask, comment_id: int) -> None:
    with app.app_context(), writing():
        moderation.move(db.session.get_one(Comment, comment_id), Status.PUBLISHED, by="Mo")


def _said(app: Flask, **changed: Any) -> int:
    """A public comment of somebody else; its number."""
    with app.app_context():
        on = db.session.query(Article).one()
        parent = db.session.get(Comment, changed.pop("answers", 0))
        return cast.comment(on, parent=parent, **changed).id


@pytest.fixture
def bea(app: Flask) -> int:
    """Bea's comment, which everybody can read."""
    return _said(app, name="Bea Writer")


def test_a_comment_appears_in_its_place_without_a_page_load(app: Flask, reader: Visit) -> None:
    page = reader.open()
    reader.fill()
    page.click(POST)
    expect(page.locator("#thread > li #comment-1 .comment__state")).to_have_text(
        "Waiting for review. Only you can see this."
    )
    expect(page.locator("#live")).to_contain_text("Your comment is waiting for review.")
    assert reader.focus() == "comment-1"
    expect(page.locator("#comments-heading")).to_have_text("Be the first to comment")
    expect(page.locator("#leave-reply-body")).to_have_value("")

    _approve(app, 1)  # who has passed once is public at once
    reader.fill(body="And *another* thing.")
    page.click(POST)
    expect(page.locator("#comment-2 em")).to_have_text("another")
    expect(page.locator("#comments-heading")).to_have_text("2 comments")
    expect(page.locator("#comment-count")).to_have_text("2 comments")
    expect(page.locator("#live")).to_have_text("Your comment was posted.")
    assert reader.focus() == "comment-2"
    assert reader.loads == 0
    page.reload()
    expect(page.locator(".comment")).to_have_count(2)


def test_a_reply_opens_under_its_comment_and_lands_there(
    app: Flask, reader: Visit, bea: int
) -> None:
    page = reader.open()
    page.click(f"#comment-{bea} >> text=Reply")
    form = f"#reply-slot-{bea} #reply-to-{bea}"
    expect(page.locator(f"{form} h2")).to_have_text("Reply to Bea Writer")
    expect(page.locator(f"{form} textarea")).to_be_focused()
    reader.fill(form)
    page.click("text=Post reply")
    expect(page.locator(f"#replies-{bea} #comment-2")).to_be_focused()
    expect(page.locator(form)).to_have_count(0)
    assert reader.loads == 0


def test_a_deeper_reply_stays_flat_and_says_whom_it_answers(
    app: Flask, reader: Visit, bea: int
) -> None:
    cyd = _said(app, name="Cyd Answers", answers=bea)
    page = reader.open()
    page.click(f"#comment-{cyd} >> text=Reply")
    reader.fill(f"#reply-to-{cyd}")
    page.click("text=Post reply")
    expect(page.locator(f"#replies-{bea} > li > #comment-3 .comment__answers")).to_have_text(
        "to Cyd Answers"
    )
    assert reader.loads == 0


def test_cancel_closes_the_form_and_gives_the_focus_back(reader: Visit, bea: int) -> None:
    page = reader.open()
    for opener in ("Reply", "Report"):
        link = page.locator(f"#comment-{bea} .comment__actions a", has_text=opener)
        link.click()
        page.click("text=Cancel")
        expect(page.locator(f"#reply-slot-{bea} form")).to_have_count(0)
        expect(link).to_be_focused()
    assert (reader.loads, page.url) == (0, reader.site + cast.PATH)


def test_a_mistake_keeps_the_text_and_takes_the_focus_to_the_first_bad_field(
    reader: Visit,
) -> None:
    page = reader.open()
    reader.fill(name=" ", email="nowhere", body="Every *byte* & <b>.")
    page.click(POST)
    expect(page.locator("#leave-reply-name-error")).to_have_text("Please give a name.")
    expect(page.locator("#leave-reply-name")).to_be_focused()
    expect(page.locator("#leave-reply-email")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#leave-reply-body")).to_have_value("Every *byte* & <b>.")
    page.fill("#leave-reply-name", "Ann Reader")
    page.fill("#leave-reply-email", "ann@example.org")
    page.click(POST)
    expect(page.locator("#comment-1")).to_be_focused()
    assert reader.loads == 0


def test_a_second_click_on_the_button_stores_one_comment(
    app: Flask, reader: Visit, plain_reader: Visit
) -> None:
    for stored, visit in enumerate((reader, plain_reader), start=1):
        page = visit.open()
        visit.fill(body=f"Thought {stored}.")
        page.dblclick(POST)
        expect(page.locator(".comment--own, .form-summary")).to_be_visible()
        page.goto(visit.site + cast.PATH)
        assert len(cast.stored(app)) == stored


def test_a_preview_shows_the_text_and_stores_nothing(app: Flask, reader: Visit) -> None:
    page = reader.open()
    reader.fill()
    page.click("text=Preview")
    expect(page.locator("#leave-reply-preview em")).to_have_text("said")
    expect(page.locator("#leave-reply-body")).to_have_value(cast.ANN["body"])
    assert (reader.loads, cast.stored(app)) == (0, [])


def test_likes_edits_and_deletion_happen_in_place(app: Flask, reader: Visit, bea: int) -> None:
    page = reader.open()
    page.click(f"#like-button-{bea}")
    expect(page.locator(f"#like-button-{bea}")).to_have_text("Like 1")
    expect(page.locator(f"#like-button-{bea}")).to_be_focused()
    reader.fill()
    page.click(POST)
    page.click("#comment-2 >> text=Edit")
    expect(page.locator("#edit-2-body")).to_be_focused()
    page.fill("#edit-2-body", "Well **put**.")
    page.click("#edit-2 >> text=Save")
    expect(page.locator("#comment-2 strong").last).to_have_text("put")
    assert reader.focus() == "comment-2"
    page.click("#comment-2 >> text=Delete")
    expect(page.locator("#live")).to_have_text("Your comment was deleted.")
    assert reader.loads == 0


def test_the_name_is_kept_in_the_browser_only_when_asked(reader: Visit) -> None:
    page = reader.open()
    box = page.locator("#leave-reply-remember")
    expect(box).not_to_be_checked()
    reader.fill()
    page.click(POST)
    expect(page.locator("#comment-1")).to_be_focused()
    page.reload()
    expect(page.locator("#leave-reply-name")).to_have_value("")

    reader.fill(body="Once more.", website="https://ann.example")
    box.check()
    page.click(POST)
    expect(page.locator("#comment-2")).to_be_focused()
    page.reload()
    expect(page.locator("#leave-reply-name")).to_have_value("Ann Reader")
    expect(page.locator("#leave-reply-website")).to_have_value("https://ann.example")
    expect(page.locator("#leave-reply-body")).to_have_value("")
    expect(box).to_be_checked()

    box.uncheck()
    page.fill("#leave-reply-body", "And never again.")
    page.click(POST)
    expect(page.locator("#comment-3")).to_be_focused()
    page.reload()
    expect(page.locator("#leave-reply-name")).to_have_value("")


def _locked(*_anything: object) -> None:
    raise OperationalError("INSERT", {}, Exception("database is locked"))


def test_a_busy_site_says_so_and_keeps_the_text(
    app: Flask, reader: Visit, plain_reader: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = reader.open()
    plain = plain_reader.open()
    with monkeypatch.context() as patched:
        patched.setattr(views, "submit", _locked)
        for visit, body in ((reader, "With scripts."), (plain_reader, "Without.")):
            visit.fill(body=body)
            visit.page.click(POST)
        expect(page.locator("#notice")).to_contain_text("The site could not answer.")
        expect(page.locator("#leave-reply-body")).to_have_value("With scripts.")
        expect(plain.locator("h1")).to_have_text("The site is busy")
        expect(plain.locator("#kept-body")).to_have_value("Without.")
    page.click(POST)
    expect(page.locator("#comment-1")).to_be_focused()
    expect(page.locator("#notice")).to_be_empty()
    plain.click("button >> text=Send it again")
    expect(plain.locator("#comment-2")).to_be_visible()
    assert reader.loads == 0


def test_nothing_is_typed_into_a_text_that_is_on_its_way(reader: Visit) -> None:
    page, held = reader.open(), list[Route]()
    intercept(page, "**/comments", held.append)
    reader.fill(email="")
    page.click(POST)
    expect(page.locator("#leave-reply-body")).to_have_js_property("readOnly", True)
    wait_for(page, held)[0].continue_()
    expect(page.locator("#leave-reply-email")).to_be_focused()
    expect(page.locator("#leave-reply-body")).to_have_js_property("readOnly", False)
    expect(page.locator("#leave-reply-body")).to_have_value(cast.ANN["body"])


def test_a_request_that_is_too_large_gets_a_notice_and_keeps_the_text(reader: Visit) -> None:
    """The server does not read it, so it cannot send the form back: the page stays as it is."""
    page = reader.open()
    reader.fill()
    page.eval_on_selector("#leave-reply-body", "box => box.value = 'x'.repeat(70_000)")
    page.click(POST)
    expect(page.locator("#notice")).to_contain_text("This is too much at once.")
    assert len(page.input_value("#leave-reply-body")) == 70_000
    page.fill("#leave-reply-body", "Shorter.")
    page.click(POST)
    expect(page.locator("#comment-1")).to_be_focused()
    expect(page.locator("#notice")).to_be_empty()
    assert reader.loads == 0


def test_without_a_connection_the_text_stays_and_can_be_sent_later(reader: Visit) -> None:
    reader.expected += ("Failed to fetch",)
    page = reader.open()
    reader.fill()
    reader.context.set_offline(True)
    page.click(POST)
    expect(page.locator("#notice")).to_contain_text("There is no connection.")
    expect(page.locator("#leave-reply-body")).to_have_value(cast.ANN["body"])
    page.locator("#notice >> text=Close").focus()
    page.keyboard.press("Enter")
    expect(page.locator(POST)).to_be_focused()
    reader.context.set_offline(False)
    page.click(POST)
    expect(page.locator("#comment-1")).to_be_focused()
    assert reader.loads == 0


def _tab_to(visit: Visit, target: str) -> None:
    for _ in range(100):
        if visit.focus() == target:
            return
        visit.page.keyboard.press("Tab")
    pytest.fail(f"the Tab key never reaches {target}")


def test_the_keyboard_is_enough(reader: Visit) -> None:
    """From the top of the article to a posted comment."""
    page = reader.open()
    page.keyboard.press("Tab")
    expect(page.locator(".skip-link")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    for name in ("body", "name", "email"):
        _tab_to(reader, f"leave-reply-{name}")
        page.keyboard.type(cast.ANN[name])
    page.keyboard.press("Enter")  # as in any form, from a field of one line
    expect(page.locator("#comment-1")).to_be_focused()
    assert len(page.locator(".comment").all()) == 1
    assert reader.loads == 0


class TestWithoutScripts:
    def test_a_comment_leads_to_itself(self, plain_reader: Visit) -> None:
        page = plain_reader.open()
        plain_reader.fill()
        page.click(POST)
        expect(page).to_have_url(f"{plain_reader.site}{cast.PATH}?show=1#comment-1")
        expect(page.locator("#comment-1 .comment__state")).to_be_visible()
        expect(page.locator("#leave-reply-body")).to_have_value("")

    def test_a_mistake_shows_the_page_with_a_linked_summary(self, plain_reader: Visit) -> None:
        page = plain_reader.open()
        plain_reader.fill(email="nowhere")
        page.click(POST)
        expect(page).to_have_title("Please check your comment – The tide table – Broadsheet")
        page.click(".form-summary a")
        assert page.url.endswith("#leave-reply-email")
        expect(page.locator("#leave-reply-body")).to_have_value(cast.ANN["body"])
        page.fill("#leave-reply-email", "ann@example.org")
        page.click(POST)
        expect(page.locator("#comment-1")).to_be_visible()

    def test_a_reply_has_a_page_of_its_own(self, plain_reader: Visit, bea: int) -> None:
        page = plain_reader.open()
        page.click(f"#comment-{bea} >> text=Reply")
        expect(page.locator("h1")).to_have_text("Reply to Bea Writer")
        plain_reader.fill(f"#reply-to-{bea}")
        page.click("text=Post reply")
        expect(page.locator(f"#replies-{bea} #comment-2")).to_be_visible()


def test_the_page_that_others_read_shows_nothing_that_waits(
    app: Flask, reader: Visit, open_browser: OpenBrowser
) -> None:
    page = reader.open()
    reader.fill()
    page.click(POST)
    expect(page.locator("#comment-1")).to_be_visible()
    other = open_browser()
    expect(other.open().locator(".comment")).to_have_count(0)
    assert other.context.cookies() == []
    _approve(app, 1)
    expect(other.open().locator("#comment-1")).to_be_visible()
    assert other.context.cookies() == []


def test_a_reply_to_what_has_gone_and_what_is_written_below_the_article_both_stay(
    app: Flask, reader: Visit, bea: int
) -> None:
    page = reader.open()
    reader.fill(body="My own thought.")
    page.click(f"#comment-{bea} >> text=Reply")
    reader.fill(f"#reply-to-{bea}", body="My answer.")
    with app.app_context(), writing():
        moderation.move(db.session.get_one(Comment, bea), Status.TRASHED, by="Mo")
    page.click("text=Post reply")
    form = page.locator(f"#reply-slot-{bea} form")
    expect(form).to_contain_text("The comment you answer is no longer there.")
    expect(page.locator("#leave-reply-body")).to_have_value("My own thought.")
    form.locator("text=Post comment").click()
    expect(page.locator(f"#comment-{bea + 1}")).to_contain_text("My answer.")
    expect(page.locator("#leave-reply-body")).to_have_value("My own thought.")
    expect(form).to_have_count(0)
    page.reload()
    expect(page.locator("#leave-reply-body")).to_have_value("My own thought.")


@pytest.mark.parametrize("link", ["Reply", "Edit"])
def test_a_link_that_is_pressed_again_leaves_what_was_typed(
    app: Flask, reader: Visit, link: str
) -> None:
    page = reader.open()
    reader.fill()
    page.click(POST)
    expect(page.locator("#comment-1")).to_be_visible()
    _approve(app, 1)
    page.reload()
    page.click(f"#comment-1 >> text={link}")
    field = page.locator("#reply-slot-1 textarea")
    field.fill("Half a thought")
    page.click(f"#comment-1 .comment__actions >> text={link} >> nth=0")
    expect(field).to_be_focused()
    expect(field).to_have_value("Half a thought")


def test_what_is_refused_by_a_new_session_can_be_sent_again(
    app: Flask, open_browser: OpenBrowser
) -> None:
    """Somebody writes, signs in in another window, and posts."""
    with app.app_context():
        cast.moderator()
    reader = open_browser()
    page = reader.open()
    reader.fill()
    Visit(reader.context, reader.site).sign_in()
    button = page.locator(POST)
    button.click()
    expect(page.locator("#notice")).to_contain_text("You are signed in as Mo Derator now.")
    expect(button).to_be_focused()
    expect(page.locator("#leave-reply-body")).to_have_value(cast.ANN["body"])
    button.click()
    expect(page.locator("#comment-1 em")).to_have_text("said")
    expect(page.locator("#comment-1 .badge")).to_have_text("Staff")


def test_who_left_a_field_is_left_alone(app: Flask, reader: Visit, bea: int) -> None:
    page = reader.open()
    page.focus("#leave-reply-body")
    page.evaluate("document.activeElement.blur()")
    with page.expect_response("**/newer*"):
        page.evaluate("document.querySelector('#newer').dispatchEvent(new Event('look'))")
    page.evaluate("new Promise((go) => setTimeout(go, 50))")
    assert page.evaluate("document.activeElement === document.body")


def test_a_refused_deletion_can_be_asked_for_again_and_takes_no_text_away(
    app: Flask, reader: Visit
) -> None:
    page = reader.open()
    reader.fill()
    page.click(POST)
    page.click("#comment-1 >> text=Edit")
    field = page.locator("#reply-slot-1 textarea")
    field.fill("Half edited")
    asked: list[str] = []

    def refuse(route: Route) -> None:
        asked.append(route.request.url)
        route.fulfill(status=503, body="")

    page.route("**/delete", refuse)
    for times in (1, 2):
        page.click("#comment-1 >> text=Delete")
        expect(page.locator("#notice")).to_contain_text("could not answer")
        assert len(asked) == times
        page.click("#notice >> text=Close")
    page.click("#comment-1 >> text=Edit")
    expect(field).to_be_focused()
    expect(field).to_have_value("Half edited")

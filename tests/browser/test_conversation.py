"""A conversation goes on while it is read: what is new, what is folded, what is reported or kept."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import expect

from blog import clock
from blog.extensions import db
from blog.models import Article, Comment, Report
from tests import cast
from tests.browser.conftest import OpenBrowser, Visit

EVE = "e" * 64
# Time passes on the page: a minute later it asks whether somebody wrote.
LATER = "() => document.querySelector('[data-look]').dispatchEvent(new Event('look'))"


def _said(app: Flask, **changed: Any) -> int:
    """A public comment of somebody else; its number."""
    with app.app_context():
        on = db.session.query(Article).one()
        parent = db.session.get(Comment, changed.pop("answers", 0))
        return cast.comment(on, parent=parent, browser=EVE, **changed).id


@pytest.fixture
def thread(app: Flask) -> int:
    """A thread with five replies."""
    root = _said(app, name="Bea Writer")
    for number in range(5):
        _said(app, answers=root, name=f"Reader {number}")
    return root


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "now"), (1, "1 second ago"), (34, "34 seconds ago"), (60, "1 minute ago")],
)
def test_a_young_comment_says_its_true_age(
    app: Flask, reader: Visit, seconds: int, words: str
) -> None:
    written = clock.now().replace(microsecond=0)
    number = _said(app, created_at=written)
    reader.page.clock.set_fixed_time(written + timedelta(seconds=seconds))
    expect(reader.open().locator(f"#comment-{number} time")).to_have_text(words)


def test_new_comments_wait_behind_a_button(app: Flask, reader: Visit, thread: int) -> None:
    page = reader.open()
    expect(page.locator("#newer")).to_be_empty()
    new = _said(app, name="Late", body="I came later.")
    answer = _said(app, answers=thread, name="Later")
    page.evaluate(LATER)
    button = page.locator("#newer a")
    expect(button).to_have_text("2 new comments")
    expect(page.locator(f"#comment-{new}")).to_have_count(0)
    reader.check()
    button.click()
    expect(page.locator(f"#newer-list #comment-{new}")).to_be_focused()
    expect(page.locator(f"#newer-list #comment-{answer}")).to_be_visible()
    expect(page.locator("#comments-heading")).to_have_text("8 comments")
    expect(page.locator("#comment-count")).to_have_text("8 comments")
    page.evaluate(LATER)
    expect(page.locator("#newer")).to_be_empty()
    assert reader.loads == 0


def test_a_hidden_page_asks_nothing_and_asks_when_it_is_looked_at_again(
    app: Flask, reader: Visit, thread: int
) -> None:
    page = reader.page
    reader.expected += ("htmx",)  # the clock runs ahead of the network: htmx gives up waiting
    page.clock.install()
    reader.open()
    page.evaluate(
        "window.asked = 0;"
        "document.querySelector('[data-look]').addEventListener('look', () => window.asked++)"
    )
    hide = "Object.defineProperty(document, 'hidden', {value: %s, configurable: true})"
    page.evaluate(hide % "true")
    page.clock.run_for(180_000)
    assert page.evaluate("window.asked") == 0
    page.evaluate(hide % "false")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    assert page.evaluate("window.asked") == 1
    page.clock.run_for(150_000)
    assert page.evaluate("window.asked") == 3, "once a minute"


def test_folded_replies_unfold_in_place_and_take_the_focus(reader: Visit, thread: int) -> None:
    page = reader.open()
    expect(page.locator(".replies__item")).to_have_count(3)
    page.click("text=Show 2 more replies")
    expect(page.locator(".replies__item")).to_have_count(5)
    expect(page.locator("#comment-5")).to_be_focused()
    expect(page.locator(".replies__more")).to_have_count(0)
    assert reader.loads == 0


def test_a_reply_to_a_folded_thread_is_there_once_when_it_unfolds(
    reader: Visit, thread: int
) -> None:
    page = reader.open()
    page.click(f"#comment-{thread} >> text=Reply")
    reader.fill(f"#reply-to-{thread}")
    page.click("text=Post reply")
    expect(page.locator("#comment-7")).to_be_focused()
    page.click("text=Show 2 more replies")
    expect(page.locator("#comment-6")).to_be_visible()
    expect(page.locator("#comment-7")).to_have_count(1)


def test_a_reply_to_what_is_new_lands_where_it_was_written(
    app: Flask, open_browser: OpenBrowser, thread: int
) -> None:
    with app.app_context():
        for _ in range(50):
            cast.comment(db.session.query(Article).one(), browser=EVE)
        late = cast.comment(db.session.query(Article).one(), browser=EVE).id
    reader = open_browser()
    page = reader.open()
    answer = _said(app, answers=late, name="On another page")
    page.evaluate(LATER)
    page.click("text=1 new comment")
    page.click(f"#comment-{answer} >> text=Reply")
    reader.fill(f"#reply-to-{answer}")
    page.click("text=Post reply")
    expect(page.locator(f"#newer-list #comment-{answer + 1}")).to_be_focused()
    assert reader.loads == 0


def test_a_permalink_opens_the_thread_at_its_comment(reader: Visit, thread: int) -> None:
    page = reader.open(f"{cast.PATH}?show=6#comment-6")
    expect(page.locator("#comment-6")).to_be_in_viewport()
    expect(page.locator(".replies__item")).to_have_count(5)
    reader.check()


def test_a_report_is_made_in_place(app: Flask, reader: Visit, thread: int) -> None:
    page = reader.open()
    page.click("#comment-2 >> text=Report")
    form = page.locator("#reply-slot-2 #report-2")
    expect(form.locator("select")).to_be_focused()
    page.evaluate("document.querySelector('#report-2-note').removeAttribute('maxlength')")
    page.fill("#report-2-note", "x" * 501)
    form.locator("button").click()
    expect(page.locator("#report-2-note-error")).to_contain_text("1 character too long")
    expect(page.locator("#report-2-note")).to_have_value("x" * 501)
    page.fill("#report-2-note", "Not about the tide.")
    page.select_option("#report-2-complaint", "off-topic")
    page.locator("#report-2 button").click()
    expect(page.locator("#report-2")).to_contain_text("Thank you")
    assert reader.focus() == "report-2"
    assert reader.loads == 0
    with app.app_context():
        made = db.session.query(Report).one()
        assert (made.comment_id, made.complaint, made.note) == (
            2,
            "off-topic",
            "Not about the tide.",
        )


def test_a_draft_is_offered_again_and_gone_once_it_is_posted(reader: Visit) -> None:
    page = reader.open()
    page.locator("#leave-reply-body").press_sequentially("Half a thought")
    page.close()
    again = reader.context.new_page()
    again.goto(reader.site + cast.PATH)
    expect(again.locator("#leave-reply-body")).to_have_value("Half a thought")
    again.fill("#leave-reply-name", "Ann")
    again.fill("#leave-reply-email", "ann@example.org")
    again.click("text=Post comment")
    expect(again.locator("#comment-1")).to_contain_text("Half a thought")
    again.reload()
    expect(again.locator("#leave-reply-body")).to_have_value("")


def test_liking_with_the_keyboard_keeps_the_focus(reader: Visit, thread: int) -> None:
    page = reader.open()
    button = page.locator(f"#like-button-{thread}")
    button.focus()
    for text, pressed in (("Like 1", "true"), ("Like", "false")):
        page.keyboard.press("Enter")
        expect(button).to_have_text(text)
        assert button.get_attribute("aria-pressed") == pressed
        expect(button).to_be_focused()
    assert reader.loads == 0

"""A moderator decides: in place, without a page load, and with scripts switched off."""

import pytest
from flask import Flask
from playwright.sync_api import expect

from blog.extensions import db
from blog.models import Article, Status
from tests import cast
from tests.browser.conftest import OpenBrowser, Visit

QUEUE = "/dashboard/comments"


@pytest.fixture(autouse=True)
def waiting(app: Flask) -> None:
    """Two comments wait, and there is somebody to decide about them."""
    with app.app_context():
        cast.moderator()
        on = db.session.query(Article).one()
        for name in ("Ann Reader", "Bea Writer"):
            cast.comment(on, name=name, status=Status.HELD, reasons=[{"rule": "first", "fact": ""}])


def _statuses(app: Flask) -> list[Status]:
    return [comment.status for comment in cast.stored(app)]


def test_a_decision_and_its_undo_need_no_page_load(
    app: Flask, reader: Visit, open_browser: OpenBrowser
) -> None:
    moderator, other = reader, open_browser()
    moderator.sign_in()
    page = moderator.open(QUEUE)
    expect(page).to_have_title("(2) Comments – Broadsheet")
    page.click("#row-1 >> text=Approve")
    decided = page.locator("#decided-1")
    expect(decided).to_have_text("Mo Derator approved the comment by Ann Reader.")
    expect(decided).to_be_focused()
    expect(page.locator("#live")).to_have_text("Mo Derator approved the comment by Ann Reader.")
    expect(page.locator("#count-held")).to_have_text("1")
    expect(page.locator("#count-published")).to_have_text("1")
    expect(page.locator("#waiting")).to_contain_text("1")
    expect(other.open().locator("#comment-1")).to_be_visible()

    page.click("#row-1 >> text=Undo")
    expect(page.locator("#row-1 >> text=Approve")).to_be_visible()
    expect(page.locator("#live")).to_have_text("Taken back.")
    expect(page.locator("#count-held")).to_have_text("2")
    assert moderator.focus() == "row-1", "the focus stays with the comment"
    assert moderator.loads == 0
    assert _statuses(app) == [Status.HELD, Status.HELD]
    expect(other.open().locator(".comment")).to_have_count(0)


def test_a_colleague_who_was_faster_is_named(app: Flask, open_browser: OpenBrowser) -> None:
    one, two = open_browser(), open_browser()
    for visit in (one, two):
        visit.sign_in()
        visit.open(QUEUE)
    one.page.click("#row-1 >> text=Spam")
    expect(one.page.locator("#row-1 >> text=Undo")).to_be_visible()
    two.page.click("#row-1 >> text=Approve")
    expect(two.page.locator("#notice")).to_have_text(
        "Mo Derator marked the comment by Ann Reader as spam. Your decision was not taken."
    )
    expect(two.page.locator("#row-1")).to_be_focused()
    assert two.loads == 0
    assert _statuses(app)[0] is Status.SPAM


def test_a_session_that_ended_leads_to_the_sign_in_page(app: Flask, reader: Visit) -> None:
    reader.sign_in()
    page = reader.open(QUEUE)
    reader.context.clear_cookies()
    page.click("#row-1 >> text=Approve")
    page.wait_for_url("**/account/sign-in*")
    expect(page.locator("h1")).to_have_text("Sign in")
    assert _statuses(app)[0] is Status.HELD


def test_without_scripts_a_decision_leads_back_to_the_queue(
    app: Flask, plain_reader: Visit
) -> None:
    plain_reader.sign_in()
    page = plain_reader.open(QUEUE)
    page.click("#row-1 >> text=Reject")
    expect(page.locator(".toast")).to_contain_text("Mo Derator rejected the comment by Ann Reader.")
    expect(page.locator(".row")).to_have_count(1)
    assert _statuses(app) == [Status.REJECTED, Status.HELD]
    page.click("text=Undo")
    expect(page.locator(".row")).to_have_count(2)
    assert _statuses(app) == [Status.HELD, Status.HELD]

"""The desk of a moderator: selection, focus, notices, targets, a telephone."""

import pytest
from flask import Flask
from playwright.sync_api import Page, Route, expect

from blog.extensions import db
from blog.models import Article, Status
from tests import cast
from tests.browser.conftest import Visit, intercept, wait_for

QUEUE = "/dashboard/comments"
SHOWN = 0.99  # of what a bar is pushed to: browsers scroll by whole pixels, and letters have none


@pytest.fixture(autouse=True)
def waiting(app: Flask) -> None:
    """Four comments wait, and there is somebody to decide about them."""
    with app.app_context():
        cast.moderator(role="administrator")
        on = db.session.query(Article).one()
        for number in range(4):
            cast.comment(
                on, name=f"Reader {number}", status=Status.HELD, browser=f"{number:064x}",
                reasons=[{"rule": "first", "fact": ""}],
            )  # fmt: skip


@pytest.fixture
def page(reader: Visit) -> Page:
    """The queue."""
    reader.sign_in()
    return reader.open(QUEUE)


def _statuses(app: Flask) -> list[Status]:
    return [comment.status for comment in cast.stored(app)]


# --- Selection ---------------------------------------------------------------------------------


def test_keys_decide_about_what_is_selected(app: Flask, page: Page, reader: Visit) -> None:
    for key in "xjx":
        page.keyboard.press(key)
    page.keyboard.press("j")
    expect(page.locator(".bulk__count")).to_have_text("2 selected")
    expect(page.locator("#bulk")).to_be_in_viewport()
    page.keyboard.press("r")
    page.keyboard.press("s")  # the answer is on its way: this decides about nothing
    toast = page.locator(".toast")
    expect(toast).to_contain_text("Mo Derator rejected 2 comments.")
    expect(toast).to_be_focused()
    assert _statuses(app) == [Status.REJECTED, Status.REJECTED, Status.HELD, Status.HELD]
    page.wait_for_load_state()  # what is seen already has no scripts yet
    page.keyboard.press("u")
    expect(toast).to_have_text("2 comments are back.")
    expect(toast).to_be_focused()


def test_the_numbers_of_the_selection_stay_true(page: Page) -> None:
    page.click("#select summary")
    label = page.locator("label[for=all]")
    expect(label).to_have_text("All 4 that match")
    page.check("#tick-1")
    page.check("#tick-2")
    page.click("#row-1 .decisions >> text=Approve")
    expect(page.locator(".bulk__count")).to_have_text("1 selected")
    expect(label).to_have_text("All 3 that match")
    page.check("#all")
    expect(page.locator("#tick-2")).not_to_be_checked()
    expect(page.locator(".bulk__count")).to_have_text("All 3 that match")
    page.check("#tick-3")
    expect(page.locator("#all")).not_to_be_checked()
    page.click("text=Select none")
    expect(page.locator("#bulk")).to_be_hidden()


def test_without_scripts_what_is_ticked_can_be_decided(app: Flask, plain_reader: Visit) -> None:
    plain_reader.sign_in()
    page = plain_reader.open(QUEUE)
    expect(page.locator("#bulk")).to_be_hidden()
    page.check("#tick-4")
    page.click("#bulk >> text=Spam")
    assert _statuses(app) == [Status.HELD] * 3 + [Status.SPAM]


# --- Keys and focus ----------------------------------------------------------------------------


def test_caps_lock_changes_no_key_and_shift_does(app: Flask, page: Page) -> None:
    page.keyboard.press("Shift+T")
    locked = "new KeyboardEvent('keydown', {key: 'S', bubbles: true})"
    page.evaluate(f"document.body.dispatchEvent({locked})")
    expect(page.locator("#decided-1")).to_be_visible()
    assert _statuses(app)[0] is Status.SPAM


def test_undo_waits_for_the_answer(app: Flask, page: Page) -> None:
    held: list[Route] = []
    intercept(page, "**/decision*", held.append)
    page.keyboard.press("a")
    page.keyboard.press("u")
    wait_for(page, held)[0].continue_()
    expect(page.locator("#live")).to_have_text("Taken back.")
    assert _statuses(app)[0] is Status.HELD


def test_a_decision_that_could_not_be_sent_is_said_not_to_be_taken(
    app: Flask, page: Page, reader: Visit
) -> None:
    intercept(page, "**/decision*", Route.abort)
    page.keyboard.press("a")
    notice = page.locator("#notice")
    expect(notice).to_contain_text("Your decision was not taken: the comment is back in its place.")
    expect(page.locator("#row-1:not([data-sent])")).to_have_count(1)
    intercept(page, "**/arrivals*", Route.abort)
    with page.expect_event("requestfailed"):
        page.evaluate("document.querySelector('[data-look]').dispatchEvent(new Event('look'))")
    expect(notice).to_contain_text("Your decision was not taken")
    page.click("#notice >> text=Close")
    expect(notice).to_be_empty()
    page.keyboard.press("u")
    expect(notice).to_contain_text("There is nothing to take back on this page.")
    assert _statuses(app) == [Status.HELD] * 4
    reader.faults.clear()  # the console notes what was aborted


def test_an_edit_comes_back_to_its_row(page: Page, reader: Visit) -> None:
    page.keyboard.press("j")
    page.keyboard.press("e")
    page.wait_for_url("**/correct")
    page.keyboard.type("More: ")
    page.click("main >> text=Save")
    expect(page.locator(".toast")).to_have_count(1)
    expect(page.locator("#row-2")).to_be_focused()
    page.wait_for_load_state()
    page.keyboard.press("e")
    page.wait_for_url("**/correct")
    page.click("main >> text=Cancel")
    expect(page.locator("#row-2")).to_be_focused()


def test_an_answer_keeps_the_focus_in_its_row(page: Page) -> None:
    page.click("#row-1 .row__others >> text=Answer")
    expect(page.locator("#body-1")).to_be_focused()
    page.click("#row-1 >> text=Cancel")
    expect(page.locator("#row-1")).to_be_focused()
    page.click("#row-1 .row__others >> text=Answer")
    page.fill("#body-1", "It does.")
    page.click("text=Approve and answer")
    expect(page.locator("#decided-1")).to_be_focused()


def test_an_answer_that_was_begun_is_lost_with_nothing(app: Flask, page: Page) -> None:
    page.click("#row-1 .row__others >> text=Answer")
    page.fill("#body-1", "A precious answer.")
    for keys in ((), ("Escape", "a")):  # by a link, and by a decision
        if not keys:
            page.click("#row-1 .row__others >> text=This person")
        for key in keys:
            page.keyboard.press(key)
        expect(page.locator("#notice")).to_contain_text("Your answer to this comment was not sent.")
        expect(page.locator("#body-1")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("u")  # there is nothing to take back
    page.locator("#notice >> text=Close").press("Enter")
    expect(page.locator("#row-1")).to_be_focused()
    page.on("dialog", lambda dialog: dialog.dismiss())
    page.click("#row-1 .row__others >> text=Edit")
    expect(page.locator("#body-1")).to_have_value("A precious answer.")
    assert _statuses(app)[0] is Status.HELD
    page.click("#row-1 >> text=Cancel")
    page.keyboard.press("a")
    expect(page.locator("#decided-1")).to_be_visible()


def test_more_leads_to_the_first_row_that_comes(app: Flask, reader: Visit) -> None:
    with app.app_context():
        on = db.session.query(Article).one()
        for number in range(4, 60):
            cast.comment(on, status=Status.HELD, browser=f"{number:064x}")
    reader.sign_in()
    page = reader.open(QUEUE)
    last = page.locator("[data-row]").count()
    page.focus("#more a")
    page.keyboard.press("Enter")
    expect(page.locator(f"#row-{last + 1}")).to_be_focused()


def test_a_link_skips_to_the_queue(page: Page, reader: Visit) -> None:
    page.focus(".skip-link >> nth=1")
    page.keyboard.press("Enter")
    assert reader.focus() == "queue"
    page.keyboard.press("Tab")
    assert reader.focus() == "tick-1"


# --- A thumb, an eye ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    ["/", "/comments", "/comments/1/person", "/articles", "/account", "/log", "/team", "/blocks"],
)
def test_everything_can_be_hit(page: Page, reader: Visit, path: str) -> None:
    page.goto(f"{reader.site}/dashboard{path}")
    for summary in page.locator("main details > summary").all():
        summary.click()
    small = """[...document.querySelectorAll("main :is(a, button, summary, input, select)")]
        .filter((each) => each.checkVisibility() && !each.closest(".skip-link, .visually-hidden"))
        .filter((each) => [...each.getClientRects()].some((box) => box.height < 24))
        .map((each) => `${each.outerHTML.slice(0, 120)} ${each.getClientRects()[0].height}`)"""
    assert page.evaluate(small) == []


def test_a_telephone_shows_a_comment_at_once(page: Page) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(f"{page.url}?view=waiting")
    legend = page.locator("#keys").bounding_box() or {"height": 0}  # a thumb has none
    first = page.locator("#row-1").bounding_box()
    assert first
    assert first["y"] - legend["height"] < 300
    for button in page.locator("#row-1 .decisions > button").all():
        box = button.bounding_box()
        assert box
        assert min(box["height"], box["width"]) >= 44
    place = """[...document.querySelectorAll("#row-1 .decisions > button")]
        .map((each) => [each.offsetLeft, each.offsetTop - each.closest(".row").offsetTop])"""
    before = page.evaluate(place)
    page.click("#row-1 .row__more summary")
    assert page.evaluate(place) == before


def test_a_telephone_shows_where_one_is_and_the_own_account(page: Page, reader: Visit) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(f"{reader.site}/dashboard/settings")
    expect(page.locator(".rail [aria-current]")).to_be_in_viewport(ratio=SHOWN)
    page.goto(f"{reader.site}{QUEUE}?view=trash")
    expect(page.locator(".tabs [aria-current]")).to_be_in_viewport(ratio=SHOWN)
    page.click(".rail__out a")
    expect(page.locator("h1")).to_have_text("Your account")


def test_a_new_link_is_copied(page: Page, reader: Visit) -> None:
    reader.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{reader.site}/dashboard/team")
    page.click("text=Make a link")
    page.click("text=Copy")
    expect(page.locator("[data-copy]")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == page.input_value("#address")


def test_the_key_pressed_again_after_a_fault_means_the_same_comment(
    app: Flask, page: Page, reader: Visit
) -> None:
    intercept(page, "**/decision*", Route.abort, first=2)
    page.keyboard.press("a")
    page.keyboard.press("r")
    expect(page.locator("#row-2:not([data-sent])")).to_be_visible()
    expect(page.locator("#row-1")).to_be_focused()
    page.keyboard.press("a")
    expect(page.locator("#decided-1")).to_be_visible()
    assert _statuses(app) == [Status.PUBLISHED, *[Status.HELD] * 3]
    reader.faults.clear()


def test_whoever_went_elsewhere_is_not_called_back_by_a_fault(page: Page, reader: Visit) -> None:
    held: list[Route] = []
    intercept(page, "**/decision*", held.append)
    page.keyboard.press("a")
    page.keyboard.press("j")
    expect(page.locator("#row-3")).to_be_focused()
    wait_for(page, held)[0].abort()
    expect(page.locator("#notice")).to_contain_text("the comment is back in its place")
    expect(page.locator("#row-3")).to_be_focused()
    reader.faults.clear()

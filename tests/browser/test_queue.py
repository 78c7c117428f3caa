"""A moderator decides: in place, without a page load, and with scripts switched off."""

import re

import pytest
from flask import Flask
from playwright.sync_api import APIResponse, Page, Route, expect

from blog.extensions import db
from blog.models import Article, Status
from blog.queries import moderation as log
from tests import cast
from tests.browser.conftest import PATIENCE, OpenBrowser, Visit, intercept, wait_for

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
    expect(page.locator("#row-2")).to_be_focused()
    expect(page.locator("#live")).to_have_text("Mo Derator approved the comment by Ann Reader.")
    expect(page.locator("#count-waiting")).to_have_text("1")
    expect(page.locator("#count-published")).to_have_text("1")
    expect(page.locator("#waiting")).to_contain_text("1")
    expect(other.open().locator("#comment-1")).to_be_visible()

    page.click("#row-1 >> text=Undo")
    expect(page.locator("#row-1 >> text=Approve")).to_be_visible()
    expect(page.locator("#live")).to_have_text("Taken back.")
    expect(page.locator("#count-waiting")).to_have_text("2")
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
    notice = two.page.locator("#notice")
    expect(notice).to_contain_text("Mo Derator marked the comment by Ann Reader as spam. (")
    expect(notice).to_contain_text("ago) Your decision was not taken.")
    expect(two.page.locator("#row-1")).to_be_focused()
    expect(two.page.locator("#row-1 .row__where")).to_contain_text("Spam")
    two.page.click("#notice >> text=Close")
    expect(notice).to_be_empty()
    assert two.loads == 0
    assert _statuses(app)[0] is Status.SPAM


def test_a_session_that_ended_is_said_and_the_page_stays(app: Flask, reader: Visit) -> None:
    reader.sign_in()
    page = reader.open(QUEUE)
    reader.context.clear_cookies()
    page.click("#row-1 >> text=Approve")
    expect(page.locator("#notice")).to_contain_text("You are signed out. Nothing was done.")
    expect(page.locator("#notice a")).to_have_attribute("href", "/account/sign-in")
    expect(page.locator("#row-1")).to_contain_text("Approve")
    assert reader.loads == 0
    assert _statuses(app)[0] is Status.HELD


def test_an_answer_outlives_the_session_it_was_written_in(app: Flask, reader: Visit) -> None:
    reader.sign_in()
    page = reader.open(QUEUE)
    page.click("#row-1 >> text=Answer")
    page.fill("#slot-1 textarea", "We have looked into it.")
    reader.context.clear_cookies()
    with page.expect_response("**/arrivals*"):  # asked now and then by itself
        page.evaluate("document.querySelector('[data-look]').dispatchEvent(new Event('look'))")
    expect(page.locator("#notice")).to_be_empty()
    page.click("text=Approve and answer")
    expect(page.locator("#notice")).to_contain_text("You are signed out")
    with reader.context.expect_page() as opened:
        page.click("#notice >> text=Sign in")
    window = opened.value
    window.fill("[name=email]", cast.EMAIL)
    window.fill("[name=password]", cast.PASSWORD)
    window.click("button[type=submit]")
    window.wait_for_url("**/dashboard/")
    page.click("text=Approve and answer")
    expect(page.locator("#notice")).to_contain_text("Please send it again.")
    expect(page.locator("#slot-1 textarea")).to_have_value("We have looked into it.")
    page.click("text=Approve and answer")
    expect(page.locator("#row-1")).to_contain_text("approved and answered")
    assert reader.loads == 0
    assert _statuses(app)[0] is Status.PUBLISHED


def test_without_scripts_a_decision_leads_back_to_the_queue(
    app: Flask, plain_reader: Visit
) -> None:
    plain_reader.sign_in()
    page = plain_reader.open(QUEUE)
    page.click("#row-1 .decisions >> text=Reject")
    expect(page.locator(".toast")).to_contain_text("Mo Derator rejected the comment by Ann Reader.")
    expect(page.locator(".row")).to_have_count(1)
    assert _statuses(app) == [Status.REJECTED, Status.HELD]
    page.click("text=Undo")
    expect(page.locator(".row")).to_have_count(2)
    assert _statuses(app) == [Status.HELD, Status.HELD]


def _fill(app: Flask, count: int) -> None:
    with app.app_context():
        on = db.session.query(Article).one()
        for number in range(count):
            cast.comment(
                on, name=f"Reader {number}", status=Status.HELD, browser=f"{number:064x}",
                body=f"Gull {number}.", html=f"<p>Gull {number}.</p>",
            )  # fmt: skip


def test_a_hundred_decisions_are_a_hundred_keys(app: Flask, reader: Visit) -> None:
    _fill(app, 98)
    reader.sign_in()
    page = reader.open(QUEUE)
    for number in range(100):
        page.keyboard.press("ars"[number % 3])
    expect(page.locator(".row--decided")).to_have_count(100, timeout=3 * PATIENCE)
    expect(page.locator("#waiting")).to_be_hidden()
    assert reader.loads == 0
    statuses = _statuses(app)
    wanted = [Status.PUBLISHED, Status.REJECTED, Status.SPAM]
    assert statuses == [wanted[number % 3] for number in range(100)]


def test_keys_wait_for_the_rows_that_are_on_their_way(app: Flask, reader: Visit) -> None:
    """Somebody is faster than the server: the next page of the queue comes when all keys are typed."""
    _fill(app, 58)
    reader.sign_in()
    page = reader.open(QUEUE)
    held: list[Route] = []
    intercept(page, re.compile("after="), held.append)
    for _ in range(60):
        page.keyboard.press("r")
    expect(page.locator(".row--decided")).to_have_count(25)
    wait_for(page, held)[0].continue_()
    expect(page.locator(".row--decided")).to_have_count(60, timeout=3 * PATIENCE)
    assert set(_statuses(app)) == {Status.REJECTED}
    assert reader.loads == 0


def test_a_key_pressed_before_the_page_is_ready_is_not_lost(app: Flask, reader: Visit) -> None:
    reader.sign_in()
    # htmx takes over the page in a timer of its own: here that timer is late.
    reader.page.add_init_script(
        "const soon = window.setTimeout;window.setTimeout = (work, wait) => soon(work, wait ?? 400)"
    )
    page = reader.open(QUEUE)
    page.keyboard.press("s")
    page.keyboard.press("a")
    expect(page.locator(".row--decided")).to_have_count(2)
    assert reader.loads == 0
    assert _statuses(app) == [Status.SPAM, Status.PUBLISHED]


def test_the_focus_goes_on_before_the_answer_has_arrived(app: Flask, reader: Visit) -> None:
    _fill(app, 2)
    reader.sign_in()
    page = reader.open(QUEUE)
    held: list[Route] = []
    page.route("**/decision*", lambda route: held.append(route))
    page.keyboard.press("a")
    expect(page.locator("#row-2")).to_be_focused()
    page.keyboard.press("a")
    expect(page.locator("#row-3")).to_be_focused()
    assert _statuses(app)[:2] == [Status.HELD, Status.HELD], "no answer yet"
    for route in wait_for(page, held, 2):
        route.continue_()
    expect(page.locator("#decided-2")).to_be_visible()
    expect(page.locator("#row-3")).to_be_focused()


def test_an_answer_that_is_overtaken_leaves_no_old_counts(app: Flask, reader: Visit) -> None:
    reader.sign_in()
    page = reader.open(QUEUE)
    late: list[Route] = []
    answers: list[APIResponse] = []

    def delay(route: Route) -> None:
        answers.append(route.fetch())
        late.append(route)

    page.route("**/1/decision*", delay)
    page.keyboard.press("a")
    wait_for(page, late)  # the first decision is taken, its answer is on the way
    page.keyboard.press("a")
    expect(page.locator("#decided-2")).to_be_visible()
    expect(page.locator("#waiting")).to_be_hidden()
    late[0].fulfill(response=answers[0])
    expect(page.locator("#decided-1")).to_be_visible()
    expect(page.locator("#count-published")).to_have_text("2")
    expect(page.locator("#waiting")).to_be_hidden()


def test_the_other_keys(app: Flask, reader: Visit) -> None:
    reader.sign_in()
    page = reader.open(QUEUE)
    page.keyboard.press("j")
    assert reader.focus() == "row-2"
    page.keyboard.press("k")
    assert reader.focus() == "row-1"
    page.keyboard.press("x")
    expect(page.locator("#tick-1")).to_be_checked()
    expect(page.locator(".bulk__count")).to_have_text("1 selected")
    page.keyboard.press("x")
    page.keyboard.press("a")
    expect(page.locator("#decided-1")).to_be_visible()
    page.keyboard.press("u")
    expect(page.locator("#row-1 .decisions")).to_be_visible()
    assert _statuses(app) == [Status.HELD, Status.HELD]
    expect(page.locator("#keys dl")).to_be_hidden()
    page.keyboard.press("?")
    expect(page.locator("#keys dl")).to_be_visible()
    page.keyboard.press("/")
    assert reader.focus() == "q"
    page.keyboard.type("jar")
    expect(page.locator("#q")).to_have_value("jar")
    assert _statuses(app) == [Status.HELD, Status.HELD], "what is typed is text"
    page.keyboard.press("Escape")
    assert reader.focus() == "row-1", "back where it came from"
    page.keyboard.press("e")
    page.wait_for_url("**/correct")
    expect(page.locator("h1")).to_have_text("Edit a comment")
    expect(page.locator("#body")).to_be_focused()


def test_a_reason_is_typed_and_sent_by_the_keyboard(app: Flask, reader: Visit) -> None:
    reader.sign_in()
    page = reader.open(QUEUE)
    page.keyboard.press("Shift+R")
    assert reader.focus() == "note-1"
    page.keyboard.press("Escape")
    assert reader.focus() == "row-1"
    page.keyboard.press("Shift+R")
    page.keyboard.type("Off the point.")
    page.keyboard.press("Enter")
    expect(page.locator("#decided-1")).to_have_text(
        "Mo Derator rejected the comment by Ann Reader. Off the point."
    )
    expect(page.locator("#row-2")).to_be_focused()
    assert reader.loads == 0
    _was_told(app, "Off the point.")


def test_enter_in_a_reason_rejects_without_scripts(app: Flask, plain_reader: Visit) -> None:
    plain_reader.sign_in()
    page = plain_reader.open(QUEUE)
    page.click("#row-1 >> text=Tell the author why")
    page.fill("#note-1", "Off the point.")
    page.press("#note-1", "Enter")
    expect(page.locator(".toast")).to_contain_text("Mo Derator rejected the comment by Ann Reader.")
    _was_told(app, "Off the point.")


def _was_told(app: Flask, note: str) -> None:
    assert _statuses(app) == [Status.REJECTED, Status.HELD]
    with app.app_context():
        assert log.last_entry(1).note == note


def test_312_are_rejected_at_once_while_one_arrives(app: Flask, reader: Visit) -> None:
    _fill(app, 310)
    reader.sign_in()
    page = reader.open(QUEUE)
    page.click("#select summary")
    page.check("#all")
    expect(page.locator("label[for=all]")).to_have_text("All 312 that match")
    _fill_one_more(app)
    page.click("#bulk >> text=Reject")
    expect(page.locator(".toast")).to_contain_text("Mo Derator rejected 312 comments.")
    expect(page.locator("#count-waiting")).to_have_text("1")
    assert _statuses(app).count(Status.REJECTED) == 312
    page.wait_for_load_state()  # what is seen already has no scripts yet
    page.keyboard.press("u")
    expect(page.locator(".toast")).to_contain_text("312 comments are back.", timeout=PATIENCE)
    assert _statuses(app) == [Status.HELD] * 313


def _fill_one_more(app: Flask) -> None:
    with app.app_context():
        cast.comment(db.session.query(Article).one(), name="Late", status=Status.HELD)


def test_what_arrives_is_announced_and_moves_nothing(app: Flask, reader: Visit) -> None:
    reader.sign_in()
    page = reader.open(QUEUE)
    expect(page.locator("#arrivals")).to_be_hidden()
    places = "[...document.querySelectorAll('.row')].map(row => row.getBoundingClientRect().y)"
    before = page.evaluate(places)
    _fill_one_more(app)
    page.evaluate("document.querySelector('[data-look]').dispatchEvent(new Event('look'))")
    expect(page.locator("#arrivals")).to_have_text("1 new, at the end")
    expect(page.locator("#live")).to_have_text("1 new, at the end")
    expect(page.locator("[data-row]")).to_have_count(2)
    assert page.evaluate(places) == before
    page.click("#arrivals a")
    expect(page.locator("[data-row]")).to_have_count(1)
    expect(page.locator("[data-row]")).to_contain_text("Late")
    page.click("text=To the start")
    expect(page.locator("[data-row]")).to_have_count(3)


def test_a_person_is_blocked_from_the_queue_and_let_back_in(app: Flask, reader: Visit) -> None:
    reader.sign_in()
    page = reader.open(QUEUE)
    page.click("#row-1 >> text=This person")
    page.click("#row-1 >> text=Block for 24 hours")
    said = page.locator("#row-1 .rules .toast")
    expect(said).to_contain_text("Blocked: the next comments of this person are rejected.")
    assert page.evaluate("document.activeElement.closest('.row').id") == "row-1"
    page.click("#row-1 >> text=Close")
    expect(page.locator("#row-1")).to_be_focused()
    expect(page.locator("#row-1 .rules")).to_have_count(0)
    assert reader.loads == 0, "nobody has left the queue"
    page.click("#row-1 .row__record")
    expect(page.locator(".rule")).to_contain_text("Blocked")
    page.click(".rule >> text=Lift")
    expect(page.locator(".room")).to_contain_text("No rule about this person.")
    page.click("text=Back to the queue")
    expect(page.locator("#row-1")).to_be_focused()


@pytest.mark.parametrize(
    "path", [QUEUE, f"{QUEUE}?view=all&q=there", f"{QUEUE}/1/person", f"{QUEUE}/1/correct"]
)
def test_nobody_is_shut_out(reader: Visit, path: str) -> None:
    reader.sign_in()
    page = reader.open(path)
    for summary in page.locator("main details:not(#keys) > summary").all():
        summary.click()
    reader.check()
    if path == QUEUE:
        page.click("#row-1 .decisions >> text=Approve")
        expect(page.locator("#decided-1")).to_be_visible()
        reader.check()


PHONE = {"width": 320, "height": 640}
# Whether what a row says first can be read: its top stands in the window.
TOP = "id => document.getElementById(id).getBoundingClientRect().top"


def test_a_second_tap_on_the_same_spot_decides_about_nobody(app: Flask, reader: Visit) -> None:
    _fill(app, 4)
    reader.sign_in()
    reader.page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    # The page's clock goes by the test: how fast this machine is does not count.
    reader.page.add_init_script("window.clock = 0; performance.now = () => window.clock")
    page = reader.open(QUEUE)
    page.click("#row-1 .decisions >> text=Approve")
    expect(page.locator("#decided-1")).to_be_visible()
    page.evaluate("clock = 400")
    for button in page.locator("#row-2 .decisions > .button").all():
        button.click()  # wherever the finger may be
    assert _statuses(app) == [Status.PUBLISHED, *[Status.HELD] * 5]
    assert page.locator("[data-sent]").count() == 0, "nothing is on its way"
    page.evaluate("clock = 800")
    page.click("#row-2 .decisions >> text=Approve")
    expect(page.locator("#decided-2")).to_be_visible()
    page.keyboard.press("s")
    expect(page.locator("#decided-3")).to_be_visible()


def test_no_key_decides_about_what_is_out_of_sight(app: Flask, reader: Visit) -> None:
    _fill(app, 10)
    reader.sign_in()
    page = reader.open(QUEUE)
    assert reader.focus() == "row-1", "the first key decides about the first row"
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    page.keyboard.press("a")
    framed = reader.focus()
    assert framed != "row-1"
    assert 0 <= page.evaluate(TOP, framed) < 720
    assert _statuses(app) == [Status.HELD] * 12, "it has put the frame on a row"
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("x")
    expect(page.locator(".row__tick:checked")).to_have_count(0)
    assert reader.focus() == framed
    page.keyboard.press("s")
    expect(page.locator(f"#{framed} >> text=Undo")).to_be_visible()
    assert [each for each in _statuses(app) if each is not Status.HELD] == [Status.SPAM]


@pytest.mark.parametrize("size", [{"width": 1280, "height": 800}, PHONE])
def test_the_next_row_can_be_read_from_its_beginning(
    app: Flask, reader: Visit, size: dict[str, int]
) -> None:
    _fill(app, 10)
    reader.sign_in()
    reader.page.set_viewport_size(size)  # type: ignore[arg-type]
    page = reader.open(QUEUE)
    for _ in range(4):
        page.keyboard.press("j")
    for number in (5, 6):
        page.keyboard.press("a")
        expect(page.locator(f"#decided-{number}")).to_be_in_viewport(ratio=1)
        assert reader.focus() == f"row-{number + 1}"
        assert page.evaluate(TOP, f"row-{number + 1}") >= 0


def test_the_search_is_opened_in_sight(app: Flask, reader: Visit) -> None:
    _fill(app, 10)
    reader.sign_in()
    page = reader.open(QUEUE)
    for _ in range(6):
        page.keyboard.press("j")
    page.keyboard.press("/")
    expect(page.locator("#q")).to_be_focused()  # keys wait until htmx has taken over the rows
    expect(page.locator("#q")).to_be_in_viewport(ratio=1)
    page.keyboard.press("Escape")
    assert reader.focus() == "row-7"
    expect(page.locator("#row-7")).to_be_in_viewport(ratio=0.9)


def _is_at(page: Page, row: str) -> None:
    """The page was left and is back, at a row."""
    expect(page).to_have_url(re.compile(f"#{row}$"))
    expect(page.locator(f"#{row}")).to_be_in_viewport(ratio=0.9)
    assert page.evaluate("scrollY") > 0


def test_an_edit_and_a_rule_lead_back_to_the_row(app: Flask, reader: Visit) -> None:
    _fill(app, 10)
    reader.sign_in()
    page = reader.open(QUEUE)
    said = page.locator(".room > .toast")
    page.click("#row-9 >> text=Edit")
    page.fill("#body", "Gull, mended.")
    page.click("text=Save")
    _is_at(page, "row-9")
    expect(said).to_be_in_viewport(ratio=1)
    said.get_by_text("Undo").click()
    expect(said).to_have_text("Taken back.")
    _is_at(page, "row-9")
    page.click("#row-9 >> text=This person")
    page.click("#row-9 >> text=Always hold")
    page.click("#row-9 .toast >> text=Undo")
    expect(said).to_have_text("It is as it was.")
    expect(said).to_be_in_viewport(ratio=1)
    _is_at(page, "row-9")


def test_without_scripts_nobody_is_led_away_from_the_row(app: Flask, plain_reader: Visit) -> None:
    _fill(app, 10)
    plain_reader.sign_in()
    page = plain_reader.open(QUEUE)
    expect(page.locator("#keys")).to_be_hidden()
    page.click("#row-9 .decisions >> text=Spam")
    expect(page).to_have_url(re.compile("#row-10$"))
    expect(page.locator("#row-10")).to_be_in_viewport(ratio=0.9)
    expect(page.locator(".toast")).to_be_in_viewport(ratio=1)
    page.click(".toast >> text=Undo")
    expect(page).to_have_url(re.compile("#row-9$"))
    expect(page.locator("#row-9")).to_be_in_viewport(ratio=0.9)

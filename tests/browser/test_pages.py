"""Every kind of page, in light, in dark and on a narrow screen, before and after a part changed."""

import re

import pytest
from flask import Flask
from playwright.sync_api import expect

from blog.extensions import db, writing
from blog.models import Article, Comment, Status
from blog.models.staff import ADMINISTRATOR
from blog.services import demo
from tests import cast
from tests.browser.conftest import OpenBrowser, Visit
from tests.conftest import MakeApp


@pytest.fixture
def app(make_app: MakeApp) -> Flask:
    """The application with the demo newsroom, which has a bit of everything, and the moderator."""
    made = make_app()
    with made.app_context():
        with writing():
            demo.fill()
        cast.moderator(role=ADMINISTRATOR)
    return made


@pytest.fixture
def long_thread(app: Flask) -> tuple[str, int]:
    """The path of an article with replies and a picture, and the number of a comment there."""
    with app.app_context(), app.test_request_context():
        reply = (
            db.session.query(Comment)
            .join(Comment.article)
            .filter(Article.discussion == "open", Article.picture != "")
            .filter(Comment.root_id.is_not(None), Comment.status == Status.PUBLISHED)
            .order_by(Comment.id)
            .first()
        )
        assert reply
        path = reply.article.path
        return f"/{path['year']}/{path['month']:02}/{path['slug']}", reply.id


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/archive/1",
        "/topic/city",
        "/author/idris-calloway",
        "/search",
        "/search?q=the",
        "/search?q=nobodywrotethis",
        f"/search?q={'long+' * 60}",
        "/account/sign-in",
        "/account/reset",
        "/nowhere",
    ],
)
def test_a_page_is_for_everybody(reader: Visit, path: str) -> None:
    reader.open(path)
    reader.check()


def test_an_article_and_its_conversation(reader: Visit, long_thread: tuple[str, int]) -> None:
    path, comment_id = long_thread
    page = reader.open(path)
    reader.check()
    page.click("text=Post comment")
    expect(page.locator(".form-summary")).to_be_visible()
    page.click(f"#comment-{comment_id} >> text=Reply")
    expect(page.locator(f"#reply-to-{comment_id}")).to_be_visible()
    reader.check()
    reader.fill()
    page.click("text=Post comment")
    expect(page.locator(".comment--own")).to_be_focused()
    reader.check()
    assert reader.loads == 0
    reader.open(f"{path}/comments/{comment_id}/reply")
    reader.check()


@pytest.mark.parametrize("room", ["articles", "blocks", "log", "people", "settings"])
def test_a_room_of_the_dashboard(reader: Visit, room: str) -> None:
    reader.sign_in()
    page = reader.open(f"/dashboard/{room}")
    reader.check()
    button = page.locator(".room form button[type=submit]")
    if room in ("blocks", "people", "settings"):
        page.locator(".room input:not([type=hidden]):not([type=checkbox])").first.fill("")
        button.first.click()
        expect(page.locator(".field__error").first).to_be_visible()
        reader.check()


@pytest.mark.parametrize("room", ["", "team", "log", "log?of=site", "comments?view=trash"])
def test_a_room_with_something_in_it(reader: Visit, room: str) -> None:
    reader.sign_in()
    page = reader.open(f"/dashboard/{room}")
    for summary in page.locator("main details > summary").all():
        summary.click()
    reader.check()
    if room == "team":
        page.click("text=Make a link")
        expect(page.locator("#address")).to_have_value(re.compile("/account/join/"))
        reader.check()


def test_the_dashboard(reader: Visit) -> None:
    reader.sign_in()
    reader.check()
    page = reader.open("/dashboard/comments")
    reader.check()
    page.locator(".row >> text=Approve").first.click()
    expect(page.locator(".row--decided")).to_be_visible()
    reader.check()
    assert reader.loads == 0


def test_the_colours_follow_the_reader_and_never_flash(open_browser: OpenBrowser) -> None:
    reader = open_browser(color_scheme="light")
    # The state of the page when its first frame is made that has anything of it.
    reader.context.add_init_script(
        "const look = () => {"
        "  if (document.body) window.first = document.documentElement.dataset.theme;"
        "  else requestAnimationFrame(look);"
        "};"
        "requestAnimationFrame(look);"
    )
    page = reader.open("/")
    switch = page.locator("[data-theme-switch]")
    paper = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(paper)
    for theme, words in (("light", "Colours: light"), ("dark", "Colours: dark")):
        switch.click()
        expect(switch).to_have_accessible_name(words)
        page.reload()
        assert page.evaluate("window.first") == theme
        expect(switch).to_have_accessible_name(words)
    dark = page.evaluate(paper)
    assert dark != light
    switch.click()
    expect(switch).to_have_accessible_name("Colours: like the device")
    assert page.evaluate(paper) == light
    page.emulate_media(color_scheme="dark")
    assert page.evaluate(paper) == dark


TWO_FRAMES = "new Promise((go) => requestAnimationFrame(() => requestAnimationFrame(go)))"


def test_comments_are_laid_out_when_somebody_comes_near(
    app: Flask, open_browser: OpenBrowser
) -> None:
    """The page is drawn without waiting for them, and for the italics that one of them needs."""
    with app.app_context():
        article = cast.article(body="A paragraph of the text.\n\n" * 200)
        for _ in range(9):
            number = cast.comment(article).id
    reader = open_browser()
    page = reader.open()
    is_laid_out = (
        f"document.querySelector('#comment-{number}')"
        ".checkVisibility({contentVisibilityAuto: true})"
    )
    assert page.evaluate(is_laid_out) is False
    page.locator(f"#comment-{number}").scroll_into_view_if_needed()
    page.evaluate(TWO_FRAMES)
    assert page.evaluate(is_laid_out) is True
    place = page.evaluate("scrollY")
    page.reload()
    page.evaluate(TWO_FRAMES)
    assert page.evaluate("scrollY") == place, "who reads on later reads on there"
    page.goto("about:blank")
    reader.open(f"{cast.PATH}#comment-{number - 5}")
    expect(page.locator(f"#comment-{number - 5}")).to_be_in_viewport()

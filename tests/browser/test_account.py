"""Signing in with more than a password: a code from an app, and a passkey."""

from collections.abc import Iterator

import pytest
from flask import Flask
from passlib.totp import TOTP
from playwright.sync_api import CDPSession, expect

from blog import clock
from blog.extensions import db
from blog.models import Staff
from tests import cast
from tests.browser.conftest import OpenBrowser, Visit


@pytest.fixture(autouse=True)
def mo(app: Flask) -> None:
    """The moderator whose account it is."""
    with app.app_context():
        cast.moderator()


@pytest.fixture
def key_holder(reader: Visit) -> Iterator[CDPSession]:
    """A device that keeps passkeys and whose owner holds a finger on it."""
    devtools = reader.context.new_cdp_session(reader.page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
        "hasUserVerification": True, "isUserVerified": True,
    }  # fmt: skip
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    yield devtools
    devtools.detach()


def test_a_code_from_an_app_is_set_up_and_asked_for(
    reader: Visit, open_browser: OpenBrowser, app: Flask
) -> None:
    reader.sign_in()
    page = reader.open("/dashboard/account")
    reader.check()
    page.click("text=Set it up")
    page.click("button[value=authenticator]")
    reader.check()
    key = page.inner_text("main code").replace("-", "")
    page.fill("#code", TOTP(key=key).generate(clock.now()).token or "")
    page.click("text=Turn it on")
    page.click("text=Make ten new codes")
    reader.check()
    paper = page.inner_text(".codes li >> nth=0")
    with app.app_context():  # a step later
        db.session.query(Staff).one().tf_last_counter = None
        db.session.commit()
    for code, link in ((TOTP(key=key).generate(clock.now()).token or "", ""), (paper, "telephone")):
        visit = open_browser()
        visit.open("/account/sign-in")
        visit.page.fill("[name=email]", cast.EMAIL)
        visit.page.fill("[name=password]", cast.PASSWORD)
        visit.page.press("[name=password]", "Enter")
        if link:
            visit.page.click(f"text={link}")
        visit.check()
        visit.page.fill("#code", code)
        visit.page.press("#code", "Enter")
        visit.page.wait_for_url("**/dashboard/")


def test_a_passkey_signs_in_without_a_password(reader: Visit, key_holder: CDPSession) -> None:
    site = reader.site.replace("127.0.0.1", "localhost")  # a key belongs to a name
    reader.site = site
    reader.sign_in()
    page = reader.open("/account/passkeys")
    reader.check()
    page.fill("#name", "My telephone")
    page.press("#name", "Enter")
    page.wait_for_url(f"{site}/dashboard/account")
    assert "My telephone" in page.inner_text(".facts")
    page.click(".rail__out button")
    page.wait_for_url(f"{site}/account/sign-in")
    page = reader.open("/account/sign-in?next=/dashboard/log")
    page.click("text=Sign in with a passkey")
    reader.check()
    page.click("text=Use a passkey")
    page.wait_for_url(f"{site}/dashboard/log")
    page = reader.open("/account/passkeys")
    page.click("text=Remove")
    expect(page.locator(".blocks li")).to_have_count(0)


def test_a_passkey_that_is_not_given_leaves_a_way_on(reader: Visit, key_holder: CDPSession) -> None:
    reader.site = reader.site.replace("127.0.0.1", "localhost")
    page = reader.open("/account/passkey")
    page.click("text=Use a passkey")
    page.wait_for_selector("main [role=alert]:not([hidden])")
    reader.check()
    page.click("text=Use the password")
    page.wait_for_url("**/account/sign-in")


def test_without_scripts_it_says_that_the_password_works(plain_reader: Visit) -> None:
    page = plain_reader.open("/account/passkey")
    page.click("text=Use a passkey")
    assert "Your password works without." in page.inner_text("main")

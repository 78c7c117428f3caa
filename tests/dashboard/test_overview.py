"""The first room: what waits, what was decided."""

from datetime import timedelta

import time_machine
from flask import Flask

from blog import clock
from blog.config import VERSION
from blog.extensions import db, writing
from blog.models import Comment, Staff, Status
from blog.services import corrections, moderation, privacy
from tests import cast
from tests.page import CheckingClient


def test_an_empty_site_says_how_to_go_on(moderator: CheckingClient) -> None:
    words = moderator.get("/dashboard/").page.text("main")
    assert "Nothing waits" in words
    assert "No decision yet" in words
    assert ".venv/bin/flask --app blog publish" in words


def test_it_says_what_waits_and_what_was_decided(moderator: CheckingClient, app: Flask) -> None:
    with app.app_context():
        article = cast.article()
        first = cast.comment(article, status=Status.HELD)
        cast.comment(article, status=Status.HELD)
        mo = db.session.query(Staff).one()
        moderation.decide(first.id, Status.PUBLISHED, mo, seen=cast.seen(Status.HELD))
        db.session.commit()
    page = moderator.get("/dashboard/").page
    assert "1 comment waits for you." in page.text(".panel__figure")
    assert "Mo Derator approved the comment by Bea Writer." in page.text(".log__what")
    assert moderator.get("/dashboard").status_code == 200, "also without the last stroke"


def test_it_draws_what_happened_and_says_it_in_words(
    moderator: CheckingClient, client: CheckingClient, app: Flask
) -> None:
    with app.app_context():
        cast.article()
    cast.post(client)
    page = moderator.get("/dashboard/").page
    assert page.one(".chart svg").attrs["aria-label"] == "1 comment in 30 days"
    assert len(page.query(".chart rect")) == 2
    assert page.text(".chart figcaption") == "1 comment; 100 % waited or were refused"
    assert page.texts(".days td") == ["1", "1"]
    assert "The first one: Ann Reader under “The tide table”" in page.text(".room")


def test_it_says_how_long_people_wait(moderator: CheckingClient, app: Flask) -> None:
    with app.app_context():
        on, mo = cast.article(), db.session.query(Staff).one()
        with time_machine.travel(clock.now() - timedelta(days=40)):
            public = cast.comment(on).id
        for hours in (1, 3, 50):
            with time_machine.travel(clock.now() - timedelta(hours=hours)):
                made = cast.comment(on, status=Status.HELD).id
                if hours == 1:  # it was public long before readers reported it
                    made = public
                    with writing():
                        cast.report(db.session.get_one(Comment, made), enough=1)
            with writing():
                moderation.decide(made, Status.SPAM, mo, seen=cast.seen(Status.HELD))
        with time_machine.travel(clock.now() - timedelta(days=90)):
            old = [cast.comment(on, status=Status.HELD) for _ in range(9)]
        with writing():  # neither is a decision about what waits
            corrections.correct(old[0].id, "Corrected.", mo, version="first")
            privacy.erase(old[0].email, mo)
    assert "decided within 3 hours" in moderator.get("/dashboard/").page.text(".room")


def test_it_says_whether_the_site_is_well(moderator: CheckingClient) -> None:
    facts = moderator.get("/dashboard/").page.texts(".facts dd")
    assert facts[0] == VERSION
    assert facts[1].startswith(("SQLite 3.", "PostgreSQL "))
    assert facts[2].endswith("B")
    assert facts[3] == "None. On the server, run: .venv/bin/flask --app blog backup"
    assert facts[4] == "No mail server is set"


def test_it_says_when_the_last_backup_was_made(app: Flask, moderator: CheckingClient) -> None:
    assert app.test_cli_runner().invoke(args=["backup"]).exit_code == 0
    page = moderator.get("/dashboard/").page
    assert page.texts(".facts dt")[3] == "Last backup"
    assert page.query(".facts time")

"""The first room: what waits, what was decided."""

from flask import Flask

from blog.extensions import db
from blog.models import Staff, Status
from blog.services import moderation
from tests import cast
from tests.page import CheckingClient


def test_an_empty_site_says_how_to_go_on(moderator: CheckingClient) -> None:
    words = moderator.get("/dashboard/").page.text("main")
    assert "Nothing waits" in words
    assert "No decision yet" in words
    assert "flask --app blog publish" in words


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

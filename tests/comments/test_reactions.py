"""Liking and reporting."""

from collections.abc import Callable

import pytest
from flask import Flask

from blog.extensions import db
from blog.models import Comment, Like, Report, Status
from blog.services import moderation
from tests import cast
from tests.conftest import MakeApp, new_client
from tests.page import CheckingClient

LIKE = f"{cast.COMMENTS}/1/like"
REPORT = f"{cast.COMMENTS}/1/report"
NewReader = Callable[[], CheckingClient]
SPAM = {"complaint": "spam", "note": "It sells shoes."}


@pytest.fixture(autouse=True)
def comment(app: Flask) -> None:
    with app.app_context():
        cast.comment(cast.article())


def _likes(app: Flask) -> tuple[int, int]:
    with app.app_context():
        return db.session.query(Like).count(), db.session.get_one(Comment, 1).like_count


def test_a_like_is_counted_and_taken_back_by_a_second_click(
    client: CheckingClient, app: Flask
) -> None:
    page = client.post(LIKE, htmx=True).page
    assert page.text("button") == "Like 1"
    assert page.one("button").attrs["aria-pressed"] == "true"
    assert _likes(app) == (1, 1)
    again = client.post(LIKE, htmx=True).page
    assert again.text("button") == "Like"
    assert again.one("button").attrs["aria-pressed"] == "false"
    assert _likes(app) == (0, 0)


def test_every_browser_has_one_like(new_reader: NewReader, app: Flask) -> None:
    for _ in range(3):
        new_reader().post(LIKE)
    assert _likes(app) == (3, 3)


def test_without_scripts_the_way_leads_back(client: CheckingClient) -> None:
    answer = client.post(LIKE)
    assert (answer.status_code, answer.location) == (303, f"{cast.PATH}?show=1#comment-1")
    assert client.get(cast.PATH).page.one("#like-1 button").attrs["aria-pressed"] == "true"


def test_only_what_is_public_can_be_liked_or_reported(client: CheckingClient, app: Flask) -> None:
    with app.app_context():
        held = cast.comment(cast.article(), status=Status.HELD)
    assert client.post(f"{cast.COMMENTS}/{held.id}/like").status_code == 404
    assert client.post(f"{cast.COMMENTS}/{held.id}/report", data=SPAM).status_code == 404


@pytest.mark.parametrize("path", ["like", "report", "reply"])
def test_what_is_not_public_any_more_is_said_to_be_gone(
    client: CheckingClient, app: Flask, path: str
) -> None:
    with app.app_context():
        gone = cast.comment(cast.article(), status=Status.TRASHED)
    for number in (gone.id, 999_999):
        address = f"{cast.COMMENTS}/{number}/{path}"
        answer = client.get(address) if path == "reply" else client.post(address, data=SPAM)
        assert answer.status_code == 404
        words = answer.page.text("main")
        assert "This comment was removed, or is not public." in words
        assert answer.page.query(f"main a[href='{cast.PATH}#comments']")


@pytest.mark.parametrize("path", ["1/like", "1/delete", "preview", ""])
def test_an_address_that_only_takes_leads_back_when_it_is_opened(
    client: CheckingClient, path: str
) -> None:
    answer = client.get(f"{cast.COMMENTS}/{path}".rstrip("/"))
    place = "?show=1#comment-1" if path.startswith("1") else "#comments"
    assert (answer.status_code, answer.location) == (303, cast.PATH + place)


def test_reactions_have_a_rate(make_app: MakeApp) -> None:
    client = new_client(make_app(reaction_rate="2 per hour"))
    assert [client.post(LIKE).status_code for _ in range(3)] == [303, 303, 429]


def test_one_address_has_ten_likes_for_a_comment(new_reader: NewReader, app: Flask) -> None:
    """Whoever has no cookie, or makes one up, is another browser each time."""
    statuses = [new_reader().post(LIKE).status_code for _ in range(12)]
    assert statuses == [303] * 10 + [429] * 2
    assert _likes(app) == (10, 10)
    assert "Please send it again in 1 day." in new_reader().post(LIKE).page.text("main")


def test_a_report_is_kept_and_thanked_for(client: CheckingClient, app: Flask) -> None:
    assert client.get(REPORT, htmx=True).page.query("select")
    answer = client.post(REPORT, data=SPAM, htmx=True)
    assert "A moderator will look at it" in answer.text
    with app.app_context():
        made = db.session.query(Report).one()
        assert (made.complaint, made.note) == ("spam", "It sells shoes.")


def test_without_scripts_a_report_is_a_page(client: CheckingClient) -> None:
    page = client.get(REPORT).page
    assert page.text("h1") == "Report the comment by Bea Writer"
    answer = client.post(REPORT, data=SPAM)
    assert answer.status_code == 303
    page = client.get(answer.location).page
    assert page.text("[role=status]") == "Thank you. A moderator will look at it."
    assert page.one(".narrow > p:last-child a").attrs["href"] == f"{cast.PATH}?show=1#comment-1"


@pytest.mark.parametrize("htmx", [True, False], ids=["with htmx", "without scripts"])
@pytest.mark.parametrize(
    ("bad", "field"),
    [
        pytest.param({"complaint": "boring"}, "complaint", id="a complaint that we do not know"),
        pytest.param({"note": "x" * 501}, "note", id="a note too long"),
        pytest.param({"note": "a\0"}, "note", id="a note with NUL"),
    ],
)
def test_a_faulty_report_is_refused_beside_its_field(
    client: CheckingClient, app: Flask, bad: dict[str, str], field: str, htmx: bool
) -> None:
    answer = client.post(REPORT, data={**SPAM, **bad}, htmx=htmx)
    assert answer.status_code == 422
    assert answer.page.text(f"#report-1-{field}-error")
    with app.app_context():
        assert db.session.query(Report).count() == 0


def _at(place: int) -> dict[str, str]:
    """Somewhere on the network, each number in another household."""
    return {"REMOTE_ADDR": f"192.0.{place}.1"}


def test_one_household_is_one_reader_however_many_browsers_it_opens(
    new_reader: NewReader, app: Flask
) -> None:
    for _ in range(5):
        new_reader().post(REPORT, data=SPAM, environ_base=_at(1))
    assert cast.stored(app)[0].status is Status.PUBLISHED


def test_enough_readers_hide_a_comment_until_somebody_looked(
    new_reader: NewReader, app: Flask
) -> None:
    for place in (1, 2):
        new_reader().post(REPORT, data=SPAM, environ_base=_at(place))
    assert cast.stored(app)[0].status is Status.PUBLISHED
    new_reader().post(REPORT, data=SPAM, environ_base=_at(3))
    made = cast.stored(app)[0]
    assert made.status is Status.HELD
    assert made.reasons == [{"rule": "reports", "fact": "3"}]


def test_one_reader_who_reports_often_is_one(client: CheckingClient, app: Flask) -> None:
    for _ in range(5):
        client.post(REPORT, data=SPAM)
    assert cast.stored(app)[0].status is Status.PUBLISHED


def test_what_a_moderator_approved_stays(new_reader: NewReader, app: Flask) -> None:
    with app.app_context():
        mo = cast.moderator()
        moderation.decide(1, Status.REJECTED, mo, seen=cast.seen(Status.PUBLISHED))
        moderation.decide(1, Status.PUBLISHED, mo, seen=cast.seen(Status.REJECTED))
        db.session.commit()
    for place in range(4):
        new_reader().post(REPORT, data=SPAM, environ_base=_at(place))
    assert cast.stored(app)[0].status is Status.PUBLISHED


def test_a_moderator_sees_what_is_reported_and_may_keep_it(
    new_reader: NewReader, moderator: CheckingClient, app: Flask
) -> None:
    new_reader().post(REPORT, data=SPAM)
    page = moderator.get("/dashboard/comments").page
    (said,) = page.texts("#row-1 .complaints li")
    assert said.startswith("Reported: Spam ")
    assert said.endswith(" It sells shoes.")
    fields = page.fields("#row-1 .decisions") | {"status": "published"}
    moderator.post("/dashboard/comments/1/decision", data=fields)
    assert not moderator.get("/dashboard/comments").page.query("#row-1")
    for place in range(4):
        new_reader().post(REPORT, data=SPAM, environ_base=_at(place))
    assert cast.stored(app)[0].status is Status.PUBLISHED
    page = moderator.get("/dashboard/comments").page
    assert "Approve" in page.texts("#row-1 .decisions button"), "and it may be kept once more"
    fields = page.fields("#row-1 .decisions") | {"status": "published"}
    moderator.post("/dashboard/comments/1/decision", data=fields)
    assert not moderator.get("/dashboard/comments").page.query("#row-1")


def test_0_never_hides(make_app: MakeApp, app: Flask) -> None:
    site = make_app(reports_to_hide=0)
    for _ in range(4):
        new_client(site).post(REPORT, data=SPAM)
    assert cast.stored(app)[0].status is Status.PUBLISHED

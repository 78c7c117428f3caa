"""The moderation queue: who may enter, what it shows, and what a decision does."""

from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from blog import clock
from blog.extensions import db, writing
from blog.models import Article, Comment, Complaint, ModerationEntry, Staff, Status
from blog.queries import moderation as log
from blog.services import authorship, moderation, reactions
from tests import cast
from tests.conftest import MakeApp, new_client
from tests.page import Answer, CheckingClient

QUEUE = "/dashboard/comments"
DECIDE = f"{QUEUE}/1/decision"
UNDO = f"{QUEUE}/1/undo"


@pytest.fixture(autouse=True)
def held(app: Flask) -> None:
    with app.app_context():
        article: Article = cast.article()
        cast.comment(article, status=Status.HELD, reasons=[{"rule": "first", "fact": ""}])


def _fields(client: CheckingClient) -> dict[str, str]:
    return client.get(QUEUE).page.fields("#row-1 .decisions")


def _decide(client: CheckingClient, status: str = "published", *, htmx: bool = True) -> Answer:
    return client.post(DECIDE, data=_fields(client) | {"status": status}, htmx=htmx)


# --- The door -------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/dashboard/", QUEUE, "/dashboard/settings", DECIDE])
def test_a_stranger_is_sent_to_sign_in(client: CheckingClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 303
    assert answer.location.startswith("/account/sign-in?next=/dashboard/")


@pytest.mark.parametrize("path", [DECIDE, UNDO])
def test_a_stranger_decides_nothing(client: CheckingClient, app: Flask, path: str) -> None:
    data = {"status": "published", "seen": "held", "entry": "1"}
    assert client.post(path, data=data).status_code == 303
    said = client.get("/account/sign-in").page.texts(".toast, .flash, [role=status]")
    assert any("You are signed out, so nothing was done." in each for each in said), said
    answer = client.post(path, data=data, htmx=True)
    assert answer.status_code == 401
    assert "You are signed out. Nothing was done." in answer.page.text(".notice__box")
    assert cast.stored(app)[0].status is Status.HELD


def test_a_room_that_does_not_exist_is_a_404_for_the_staff(moderator: CheckingClient) -> None:
    assert moderator.get("/dashboard/nothing").status_code == 404


# --- What it shows --------------------------------------------------------------------------


def test_a_row_says_who_where_what_and_why(moderator: CheckingClient) -> None:
    answer = moderator.get(QUEUE)
    row = answer.page.text("#row-1")
    for part in ("Bea Writer", "bea@example.org", "The tide table", "I was there."):
        assert part in row
    assert answer.page.texts(".reasons li") == ["First comment from this browser"]
    assert answer.page.text("title").startswith("(1) Comments")
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_an_answer_shows_what_it_answers(moderator: CheckingClient, app: Flask) -> None:
    with app.app_context():
        article = db.session.get_one(Article, 1)
        root = cast.comment(article, name="Root", html="<p>The question.</p>")
        cast.comment(article, parent=root, status=Status.HELD)
    assert "The question." in moderator.get(QUEUE).page.text(".row__parent")


def test_what_somebody_wrote_stays_text(moderator: CheckingClient, app: Flask) -> None:
    hostile = "<b onclick=x>100%(name)s</b>"
    with app.app_context():
        article = db.session.get_one(Article, 1)
        cast.comment(
            article, status=Status.HELD, name=hostile, website="https://a.example/?a=1&b='2'"
        )
    page = moderator.get(QUEUE).page
    assert page.text("#who-2") == hostile
    assert page.query("#row-2 .row__who a[rel~=nofollow]")
    fields = page.fields("#row-2 .decisions") | {"status": "spam"}
    answer = moderator.post(f"{QUEUE}/2/decision", data=fields, htmx=True)
    assert answer.page.text("#decided-2") == f"Mo Derator marked the comment by {hostile} as spam."


def test_an_answer_to_what_was_deleted_names_nobody(moderator: CheckingClient, app: Flask) -> None:
    with app.app_context(), writing():
        article = db.session.get_one(Article, 1)
        root = cast.comment(article)
        cast.comment(article, parent=root, status=Status.HELD)
        moderation.move(root, Status.DELETED, by="")
        authorship.empty(root)
    assert not moderator.get(QUEUE).page.query("#row-3 .row__parent")


@pytest.mark.parametrize("path", [QUEUE, f"{QUEUE}?view=published", "/dashboard/"])
def test_a_page_costs_the_same_number_of_statements_however_full_it_is(
    moderator: CheckingClient, app: Flask, path: str
) -> None:
    def fill(count: int) -> None:
        with app.app_context():
            article = cast.article()
            for number in range(count):
                root = cast.comment(article)
                for status in Status:
                    cast.comment(article, parent=root, status=status)
                mo = db.session.query(Staff).one()
                moderation.decide(root.id, Status.SPAM, mo, seen=cast.seen(Status.PUBLISHED))
                reporter = reactions.Reporter(f"{number}" * 64, "192.0.2.0/24")
                reactions.report(root.id + 2, reporter, Complaint.SPAM, "Shoes.", 0)
                db.session.commit()

    fill(1)
    with cast.counting(app) as few:
        moderator.get(path)
    fill(9)
    with cast.counting(app) as many:
        moderator.get(path)
    assert len(many) <= len(few)


def test_the_tabs_hold_what_they_say(moderator: CheckingClient, app: Flask) -> None:
    with app.app_context():
        cast.comment(db.session.get_one(Article, 1), status=Status.SPAM, name="Spammer")
    page = moderator.get(f"{QUEUE}?view=spam").page
    assert [row.attrs["id"] for row in page.query("[data-row]")] == ["row-2"]
    assert page.texts(".tabs a") == [
        "Waiting 1", "Published unseen 0", "Published 0", "Rejected 0", "Spam 1", "Trash 0",
    ]  # fmt: skip
    assert moderator.get(f"{QUEUE}?view=rejected").page.text(".empty")


@pytest.mark.parametrize(
    "query",
    [
        "?view=bogus",
        "?after=x",
        "?after=-1",
        "?done=999",
        "?after=r9x",
        "?bulk=9",
        "?since=x&until=2026-13-01",
        "?until=9999-12-31",
        "?since=0001-01-01",
        "?reason=bogus",
        "?article=%00",
        "?article=none",
        "?person=99",
        "?person=x",
        "?q=%00",
    ],
)
def test_an_odd_address_is_answered(moderator: CheckingClient, query: str) -> None:
    page = moderator.get(QUEUE + query).page
    assert page.query("#row-1") or "No comment is like that" in page.text(".empty")


def test_pages_show_every_comment_once(make_app: MakeApp, app: Flask) -> None:
    with app.app_context():
        for _ in range(6):
            cast.comment(db.session.get_one(Article, 1), status=Status.HELD)
        cast.moderator()
    client = new_client(make_app(queue_per_page=3))
    cast.sign_in(client)
    seen: list[str] = []
    path = QUEUE
    while path:
        page = client.get(path).page
        seen += [str(row.attrs["id"]) for row in page.query("[data-row]")]
        links = page.query("#more a[rel=next]")
        path = str(links[0].attrs["href"]) if links else ""
    assert seen == [f"row-{number}" for number in range(1, 8)], "the longest wait comes first"


def test_an_empty_queue_says_so(moderator: CheckingClient) -> None:
    _decide(moderator)
    assert "Nothing waits" in moderator.get(QUEUE).page.text(".empty")
    assert moderator.get(QUEUE).page.text("title").startswith("Comments")


def test_enter_in_the_reason_can_only_reject(moderator: CheckingClient, app: Flask) -> None:
    """A browser presses the first button of the form that the field belongs to."""
    page = moderator.get(QUEUE).page
    number = str(page.one("#note-1").attrs["form"])
    form = page.one(f"#{number}")
    assert [each.attrs["value"] for each in page.query(f"button[form={number}]")] == ["rejected"]
    assert not form.query("button")
    fields = page.fields(f"#{number}") | {"status": "rejected", "note": "Off the point."}
    moderator.post(str(form.attrs["action"]), data=fields)
    assert cast.stored(app)[0].status is Status.REJECTED
    with app.app_context():
        assert log.last_entry(1).note == "Off the point."


# --- Decisions ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "view"),
    [("published", "published"), ("rejected", "rejected"), ("spam", "spam"), ("trashed", "trash")],
)
def test_a_decision_with_htmx_answers_the_row_and_the_counts(
    moderator: CheckingClient, app: Flask, status: str, view: str
) -> None:
    answer = _decide(moderator, status)
    assert answer.status_code == 200
    assert cast.stored(app)[0].status == status
    assert "Mo Derator" in answer.page.text("#decided-1")
    assert answer.page.text("hx-partial[hx-target='#count-waiting']") == "0"
    assert answer.page.text(f"hx-partial[hx-target='#count-{view}']") == "1"
    assert not answer.page.query("[autofocus]"), "the focus went on before this answer"


def test_what_was_approved_is_public_at_once(
    moderator: CheckingClient, client: CheckingClient
) -> None:
    before = client.get(cast.PATH)
    assert not before.page.query("#comment-1")
    _decide(moderator)
    headers = {"If-None-Match": before.headers["ETag"]}
    assert client.get(cast.PATH, headers=headers).page.query("#comment-1")
    _decide_again = moderator.get(f"{QUEUE}?view=published").page.fields("#row-1 .decisions")
    moderator.post(DECIDE, data=_decide_again | {"status": "rejected"}, htmx=True)
    assert not client.get(cast.PATH).page.query("#comment-1")


def test_without_scripts_a_decision_comes_back_to_its_tab(moderator: CheckingClient) -> None:
    _decide(moderator, "spam")
    page = moderator.get(f"{QUEUE}?view=spam").page
    action = str(page.one("#row-1 .decisions").attrs["action"])
    fields = page.fields("#row-1 .decisions") | {"status": "rejected"}
    back = moderator.post(action, data=fields).location
    page = moderator.get(back).page
    assert page.text(".tabs [aria-current]") == "Spam 0"
    assert page.text(".toast").startswith("Mo Derator rejected the comment by Bea Writer.")


def test_without_scripts_a_decision_comes_back_to_its_page(make_app: MakeApp, app: Flask) -> None:
    with app.app_context():
        for _ in range(6):
            cast.comment(db.session.get_one(Article, 1), status=Status.HELD)
        cast.moderator()
    client = new_client(make_app(queue_per_page=3))
    cast.sign_in(client)
    second = str(client.get(QUEUE).page.one("#more a").attrs["href"])

    def rows(path: str) -> list[str]:
        return [str(each.attrs["id"]) for each in client.get(path).page.query("[data-row]")]

    page = client.get(second).page
    fields = page.fields("#row-5 .decisions") | {"status": "spam"}
    back = client.post(str(page.one("#row-5 .decisions").attrs["action"]), data=fields).location
    assert rows(back) == ["row-4", "row-6", "row-7"]
    toast = client.get(back).page
    back = client.post(
        str(toast.one(".toast form").attrs["action"]), data=toast.fields(".toast form")
    ).location
    assert rows(back) == ["row-4", "row-5", "row-6"]
    page = client.get(back).page
    fields = page.fields("#bulk") | {"status": "spam", "only": "6"}
    back = client.post(str(page.one("#bulk").attrs["action"]), data=fields).location
    assert rows(back) == ["row-4", "row-5", "row-7"]
    toast = client.get(back).page
    back = client.post(
        str(toast.one(".toast form").attrs["action"]), data=toast.fields(".toast form")
    ).location
    assert rows(back) == ["row-4", "row-5", "row-6"]


def test_a_decision_without_scripts_comes_back_with_undo(
    moderator: CheckingClient, app: Flask
) -> None:
    answer = _decide(moderator, "rejected", htmx=False)
    assert answer.status_code == 303
    page = moderator.get(answer.location).page
    assert "Mo Derator rejected the comment by Bea Writer." in page.text(".toast")
    undone = moderator.post(UNDO, data=page.fields(".toast form"))
    assert undone.status_code == 303
    assert cast.stored(app)[0].status is Status.HELD


def test_undo_with_htmx_brings_the_row_back(moderator: CheckingClient, app: Flask) -> None:
    fields = _decide(moderator).page.fields("#row-1 form")
    answer = moderator.post(UNDO, data=fields, htmx=True)
    assert answer.page.query("#row-1 .decisions")
    assert cast.stored(app)[0].status is Status.HELD
    assert answer.page.text("hx-partial[hx-target='#count-waiting']") == "1"


def test_a_decision_taken_back_without_scripts_is_said(moderator: CheckingClient) -> None:
    page = moderator.get(_decide(moderator, htmx=False).location).page
    data = page.fields(".toast form")
    back = moderator.post(UNDO, data=data).location
    assert moderator.get(back).page.text(".toast") == "Taken back."


@pytest.mark.parametrize("htmx", [True, False])
def test_the_reason_of_a_rejection_stands_in_what_is_said(
    moderator: CheckingClient, *, htmx: bool
) -> None:
    data = _fields(moderator) | {"status": "rejected", "note": "Off the subject."}
    answer = moderator.post(DECIDE, data=data, htmx=htmx)
    page = answer.page if htmx else moderator.get(answer.location).page
    assert page.texts("q") == ["Off the subject."]


def test_a_rejected_comment_can_still_be_approved(moderator: CheckingClient, app: Flask) -> None:
    _decide(moderator, "rejected")
    fields = moderator.get(f"{QUEUE}?view=rejected").page.fields("#row-1 .decisions")
    assert fields["seen"] == "rejected"
    moderator.post(DECIDE, data=fields | {"status": "published"}, htmx=True)
    assert cast.stored(app)[0].status is Status.PUBLISHED


def test_the_same_decision_twice_is_one(moderator: CheckingClient, app: Flask) -> None:
    fields = _fields(moderator) | {"status": "spam"}
    assert [moderator.post(DECIDE, data=fields, htmx=True).status_code for _ in "12"] == [200, 200]
    with app.app_context():
        assert db.session.query(ModerationEntry).count() == 2, "its arrival and one decision"


@pytest.mark.parametrize("htmx", [True, False], ids=["with htmx", "without scripts"])
def test_a_decision_after_somebody_elses_is_refused_with_who_was_first(
    moderator: CheckingClient, app: Flask, htmx: bool
) -> None:
    fields = _fields(moderator) | {"status": "spam"}
    with app.app_context(), time_machine.travel(clock.now() - timedelta(minutes=3), tick=False):
        mo = db.session.query(Staff).one()
        moderation.decide(1, Status.PUBLISHED, mo, seen=cast.seen(Status.HELD))
        db.session.commit()
    answer = moderator.post(DECIDE, data=fields, htmx=htmx)
    assert answer.status_code == 409
    said = "Mo Derator approved the comment by Bea Writer. (3 minutes ago)"
    assert said in answer.text
    assert "Your decision was not taken" in answer.text
    assert cast.stored(app)[0].status is Status.PUBLISHED


@pytest.mark.parametrize("htmx", [True, False], ids=["with htmx", "without scripts"])
def test_a_decision_about_what_its_author_deleted_finds_nothing_to_decide(
    moderator: CheckingClient, app: Flask, htmx: bool
) -> None:
    fields = _fields(moderator) | {"status": "published"}
    with app.app_context(), writing():
        authorship.delete(1, "b" * 64, app.config["SETTINGS"])
    answer = moderator.post(DECIDE, data=fields, htmx=htmx)
    assert answer.status_code == 409
    assert "Its author deleted a comment. (" in answer.text
    assert not answer.page.query("#row-1 form")
    assert cast.stored(app)[0].status is Status.DELETED


@pytest.mark.parametrize("htmx", [True, False], ids=["with htmx", "without scripts"])
@pytest.mark.parametrize(
    ("path", "data", "status"),
    [
        pytest.param(f"{QUEUE}/99/decision", {"status": "spam", "seen": "held"}, 404, id="no such comment"),
        pytest.param(f"{QUEUE}/99999999999/decision", {"status": "spam"}, 404, id="a number too large"),
        pytest.param(DECIDE, {"status": "bogus", "seen": "held"}, 422, id="an unknown decision"),
        pytest.param(DECIDE, {"status": "held", "seen": "held"}, 422, id="nobody decides to wait"),
        pytest.param(DECIDE, {"status": "spam", "seen": ""}, 422, id="nobody looked"),
        pytest.param(UNDO, {"entry": "99"}, 404, id="nothing to undo"),
        pytest.param(UNDO, {"entry": "x"}, 422, id="undo of no number"),
        pytest.param(UNDO, {"entry": "9" * 30}, 422, id="undo of a number too large"),
        pytest.param(UNDO, {"entry": "1"}, 409, id="undo of an arrival"),
    ],
)  # fmt: skip
def test_bad_input_decides_nothing(
    moderator: CheckingClient, app: Flask, path: str, data: dict[str, str], status: int, htmx: bool
) -> None:
    token = _fields(moderator)["csrf_token"]
    answer = moderator.post(path, data={"csrf_token": token, **data}, htmx=htmx)
    assert answer.status_code == status
    assert answer.page.text(".notice__box" if htmx else "main")
    assert cast.stored(app)[0].status is Status.HELD


@pytest.mark.parametrize("htmx", [True, False], ids=["with htmx", "without scripts"])
@pytest.mark.parametrize("token", ["", "forged"])
def test_without_the_sessions_token_nothing_is_decided(
    moderator: CheckingClient, app: Flask, token: str, htmx: bool
) -> None:
    data = {"status": "published", "seen": "held", "csrf_token": token}
    answer = moderator.post(DECIDE, data=data, htmx=htmx)
    assert answer.status_code == 400
    assert "session changed" in answer.page.text(".notice__box" if htmx else "main")
    assert cast.stored(app)[0].status is Status.HELD


def test_another_site_decides_nothing(moderator: CheckingClient, app: Flask) -> None:
    data = _fields(moderator) | {"status": "published"}
    answer = moderator.post(DECIDE, data=data, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert cast.stored(app)[0].status is Status.HELD


@pytest.mark.parametrize("after", ["rejected", "spam", "trashed"])
def test_what_a_colleague_approved_meanwhile_is_not_taken_away(
    moderator: CheckingClient, app: Flask, after: str
) -> None:
    """It was public before, and nobody had looked: its status says nothing of that."""
    with app.app_context():
        cast.comment(db.session.query(Article).one())
    path = f"{QUEUE}/2/decision"

    def row(view: str) -> dict[str, str]:
        page = moderator.get(QUEUE, query_string={"view": view}).page
        return page.fields("#row-2 .decisions")

    seen = row("unseen")
    assert moderator.post(path, data=seen | {"status": "published"}, htmx=True).status_code == 200
    late = moderator.post(path, data=seen | {"status": after}, htmx=True)
    assert late.status_code == 409
    assert "Mo Derator approved the comment" in late.text
    assert cast.stored(app)[1].status is Status.PUBLISHED
    again = moderator.post(path, data=row("published") | {"status": after}, htmx=True)
    assert again.status_code == 200


def test_a_report_that_came_since_the_page_was_made_stays_open(
    moderator: CheckingClient, app: Flask
) -> None:
    """And what was approved stays approved, though it was reported since."""
    with app.app_context():
        cast.comment(db.session.query(Article).one())
    path = f"{QUEUE}/2/decision"
    old = moderator.get(QUEUE, query_string={"view": "unseen"}).page.fields("#row-2 .decisions")
    assert moderator.post(path, data=old | {"status": "published"}, htmx=True).status_code == 200
    seen = moderator.get(QUEUE, query_string={"view": "published"}).page.fields("#row-2 .decisions")
    with app.app_context(), writing():
        cast.report(db.session.get_one(Comment, 2))
    assert moderator.post(path, data=old | {"status": "spam"}, htmx=True).status_code == 409
    assert moderator.post(path, data=seen | {"status": "published"}, htmx=True).status_code == 200
    assert cast.stored(app)[1].open_report, "nobody has looked at it"
    shown = moderator.get(QUEUE).page.fields("#row-2 .decisions")
    assert moderator.post(path, data=shown | {"status": "published"}, htmx=True).status_code == 200
    assert cast.stored(app)[1].open_report is None


def test_what_reports_hid_is_settled_by_an_approval(moderator: CheckingClient, app: Flask) -> None:
    with app.app_context():
        hidden = cast.comment(db.session.query(Article).one())
        with writing():
            cast.report(hidden, enough=1)
        assert hidden.status is Status.HELD
    fields = moderator.get(QUEUE).page.fields("#row-2 .decisions")
    data = fields | {"status": "published"}
    assert moderator.post(f"{QUEUE}/2/decision", data=data, htmx=True).status_code == 200
    assert cast.stored(app)[1].open_report is None
    assert not moderator.get(QUEUE).page.query("#row-2")

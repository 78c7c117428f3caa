"""Mail to moderators: when it comes, what it says, and deciding by the link in it."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func

from blog import clock, jobs
from blog.config import current_settings
from blog.extensions import db, writing
from blog.models import Comment, Complaint, ModerationEntry, Notify, Role, Staff, Status
from blog.services import authorship, corrections, moderation, reactions, staff_mail
from blog.services.reactions import Reporter
from tests import cast
from tests.conftest import MakeApp, new_client
from tests.page import CheckingClient


@pytest.fixture
def app(make_app: MakeApp) -> Flask:
    """A site that sends mail, with an article and a moderator."""
    made = make_app(mail_server="127.0.0.1", mail_from="desk@example.org")
    made.extensions["mailman"].backend = "locmem"
    with made.app_context():
        cast.article()
        cast.moderator()
    return made


@pytest.fixture
def outbox(app: Flask) -> list[Any]:
    sent: list[Any] = []
    app.extensions["mailman"].outbox = sent
    return sent


def _choose(app: Flask, notify: Notify) -> None:
    with app.app_context(), writing():
        staff_mail.choose(cast.moderator(), notify)


def _arrive(app: Flask, count: int = 1, **changed: Any) -> list[int]:
    """Let comments wait."""
    with app.app_context():
        on = db.session.query(cast.Article).one()
        usual = {"status": Status.HELD, "reasons": [{"rule": "links", "fact": "3"}]} | changed
        return [cast.comment(on, **usual).id for _ in range(count)]


def _work(app: Flask, minutes: float = 0) -> None:
    moment = clock.now() + timedelta(minutes=minutes)
    with app.test_request_context(base_url="http://localhost"), time_machine.travel(moment):
        jobs.work()


def _link(message: Any) -> str:
    found = re.search(r"http://localhost(/dashboard/by-mail/\S+)", message.body)
    assert found
    return found[1]


# --- When --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("notify", "counts"),
    [
        pytest.param(Notify.OFF, [0, 0, 0, 0, 0], id="never"),
        pytest.param(Notify.AT_ONCE, [1, 1, 1, 1, 1], id="at once"),
        pytest.param(Notify.QUARTER, [0, 1, 1, 1, 1], id="every 15 minutes"),
        pytest.param(Notify.HOURLY, [0, 0, 1, 1, 1], id="every hour"),
        pytest.param(Notify.DAILY, [0, 0, 0, 1, 1], id="once a day"),
    ],
)
def test_mail_comes_as_often_as_it_was_chosen_and_once(
    app: Flask, outbox: list[Any], notify: Notify, counts: list[int]
) -> None:
    _choose(app, notify)
    _arrive(app)
    found = []
    for minutes in (1, 16, 61, 24 * 60 + 1, 49 * 60):
        _work(app, minutes)
        found.append(len(outbox))
    assert found == counts


def test_nothing_that_waited_before_is_told(app: Flask, outbox: list[Any]) -> None:
    _arrive(app, 3)
    _choose(app, Notify.AT_ONCE)
    _work(app)
    assert outbox == []


def test_each_comment_is_a_mail_until_there_are_many(app: Flask, outbox: list[Any]) -> None:
    _choose(app, Notify.AT_ONCE)
    _arrive(app, staff_mail.MOST_AT_ONCE)
    _work(app)
    assert len(outbox) == staff_mail.MOST_AT_ONCE
    outbox.clear()
    _arrive(app, 40)
    _work(app, 1)
    assert [message.subject for message in outbox] == ["Comments that wait: 45 – Broadsheet"]
    assert outbox[0].body.count("/dashboard/by-mail/") == staff_mail.LISTED


def _report_until_hidden(made: Comment) -> None:
    for letter in "fgh":
        reactions.report(made.id, Reporter(letter * 64, letter), Complaint.SPAM, "", 3)


def _edit_into_the_queue(made: Comment) -> None:
    links = " ".join(f"https://{each}.example.org" for each in "abc")
    authorship.edit(made.id, links, made.browser, current_settings())


@pytest.mark.parametrize("notify", [Notify.AT_ONCE, Notify.HOURLY])
@pytest.mark.parametrize(
    "move",
    [
        pytest.param(_report_until_hidden, id="by reports"),
        pytest.param(_edit_into_the_queue, id="by an edit"),
    ],
)
def test_a_comment_that_begins_to_wait_after_a_newer_one_was_told_is_told_too(
    app: Flask, outbox: list[Any], move: Any, notify: Notify
) -> None:
    _choose(app, notify)
    (number,) = _arrive(app, status=Status.PUBLISHED)
    _arrive(app)
    _work(app, 61)
    assert len(outbox) == 1
    with app.app_context(), writing():
        move(db.session.get_one(Comment, number))
    _work(app, 123)
    assert len(outbox) == 2
    _work(app, 185)
    assert len(outbox) == 2, "and once"


def test_who_was_told_of_a_comment_is_told_when_it_waits_again(
    app: Flask, outbox: list[Any]
) -> None:
    _choose(app, Notify.AT_ONCE)
    (number,) = _arrive(app)
    _work(app, 1)
    assert len(outbox) == 1
    with app.app_context(), writing():
        eve = cast.sign_up("eve@example.org")
        moderation.decide(number, Status.PUBLISHED, eve, seen=cast.seen(Status.HELD))
    _work(app, 2)
    with app.app_context(), writing():
        _report_until_hidden(db.session.get_one(Comment, number))
    _work(app, 3)
    assert len(outbox) == 2


def test_a_corrected_text_begins_no_waiting(app: Flask, outbox: list[Any]) -> None:
    _choose(app, Notify.QUARTER)
    (number,) = _arrive(app)
    _work(app, 16)
    assert len(outbox) == 1
    with app.app_context(), writing():
        eve = cast.sign_up("eve@example.org")
        corrections.correct(number, "Without the typo.", eve, version="first")
    _work(app, 32)
    assert len(outbox) == 1


def test_nobody_looks_twice_through_what_made_nothing_wait(app: Flask, outbox: list[Any]) -> None:
    _choose(app, Notify.AT_ONCE)
    _arrive(app, 3, status=Status.PUBLISHED)
    _work(app, 1)
    with app.app_context():
        told = db.session.query(Staff).one().told_entry
        assert told == db.session.query(func.max(ModerationEntry.id)).scalar()
    assert outbox == []


def test_nobody_is_told_of_what_they_did_themselves(app: Flask, outbox: list[Any]) -> None:
    (number,) = _arrive(app)
    with app.app_context(), writing():
        mo = cast.moderator()
        entry = moderation.decide(number, Status.PUBLISHED, mo, seen=cast.seen(Status.HELD))
    _choose(app, Notify.AT_ONCE)
    with app.app_context(), writing():
        assert entry
        moderation.undo(db.session.merge(entry), cast.moderator())
    _work(app, 1)
    assert outbox == []


def test_a_reported_comment_is_told_as_well(app: Flask, outbox: list[Any]) -> None:
    (number,) = _arrive(app, status=Status.PUBLISHED)
    _choose(app, Notify.AT_ONCE)
    with app.app_context(), writing():
        cast.report(db.session.get_one(Comment, number))
    _work(app)
    assert len(outbox) == 1


def _decided(app: Flask) -> None:
    with app.app_context(), writing():
        moderation.decide(1, Status.SPAM, cast.moderator(), seen=cast.seen(Status.HELD))


def _away(app: Flask) -> None:
    with app.app_context(), writing():
        cast.moderator().active = False


def _an_author(app: Flask) -> None:
    with app.app_context(), writing():
        member = cast.moderator()
        member.roles = [Role(name="author")]


def _off(app: Flask) -> None:
    _choose(app, Notify.OFF)


@pytest.mark.parametrize("change", [_decided, _away, _an_author, _off])
@pytest.mark.parametrize("notify", [Notify.AT_ONCE, Notify.DAILY])
def test_what_is_no_longer_true_or_wanted_is_not_sent(
    app: Flask, outbox: list[Any], monkeypatch: pytest.MonkeyPatch, change: Any, notify: Notify
) -> None:
    _choose(app, notify)
    _arrive(app)
    with monkeypatch.context() as held_up:
        held_up.setattr("blog.jobs._send", lambda _number: False)
        _work(app, 25 * 60)
    change(app)
    _work(app, 26 * 60)
    assert outbox == []


# --- What it says ------------------------------------------------------------------------------


def test_it_says_who_wrote_what_where_and_why_it_waits(app: Flask, outbox: list[Any]) -> None:
    _choose(app, Notify.AT_ONCE)
    _arrive(app, name="Bea", body="Buy <b>now</b> & here")
    _work(app)
    (message,) = outbox
    assert message.to == [cast.EMAIL]
    assert message.subject == "A comment waits: The tide table – Broadsheet"
    for part in ("Bea on “The tide table”", "Buy <b>now</b> & here", "links", "/dashboard/account"):
        assert part in message.body


# --- The link ----------------------------------------------------------------------------------


@pytest.fixture
def link(app: Flask, outbox: list[Any]) -> str:
    """The link to decide about Bea's comment, in Mo's mail."""
    _choose(app, Notify.AT_ONCE)
    _arrive(app)
    _work(app)
    return _link(outbox[0])


def _press(client: CheckingClient, link: str, status: str) -> Any:
    return client.post(link, data=client.get(link).page.fields(".decisions") | {"status": status})


def _status(app: Flask) -> Status:
    return cast.stored(app)[0].status


def test_opening_it_changes_nothing(app: Flask, link: str) -> None:
    for _ in range(3):
        page = new_client(app).get(link).page
        assert len(page.query(".decisions button")) == 4
    assert _status(app) is Status.HELD


@pytest.mark.parametrize("status", ["published", "rejected", "spam", "trashed"])
def test_a_button_decides_in_the_name_of_whom_the_mail_was_for(
    app: Flask, link: str, status: str
) -> None:
    client = new_client(app)
    answer = _press(client, link, status)
    assert answer.status_code == 200
    assert answer.page.text("main [role=status]").startswith("Mo Derator")
    assert _status(app) == status
    assert client.get("/dashboard/").status_code == 303, "the link opens nothing else"


def test_it_works_once(app: Flask, link: str) -> None:
    client = new_client(app)
    fields = client.get(link).page.fields(".decisions")
    client.post(link, data=fields | {"status": "published"})
    again = client.post(link, data=fields | {"status": "spam"})
    assert (again.status_code, again.page.text("h1")) == (410, "This link has been used")
    assert client.get(link).status_code == 410
    assert _status(app) is Status.PUBLISHED


def test_it_is_used_up_by_anybodys_decision(app: Flask, link: str) -> None:
    _decided(app)
    assert new_client(app).get(link).status_code == 410


def test_it_dies_after_seven_days(app: Flask, link: str) -> None:
    client = new_client(app)
    with time_machine.travel(clock.now() + timedelta(days=6, hours=23)):
        assert client.get(link).status_code == 200
    with time_machine.travel(clock.now() + timedelta(days=7, minutes=1)):
        assert client.get(link).status_code == 410


@pytest.mark.parametrize("change", [_away, _an_author])
def test_it_dies_with_the_right_to_decide(app: Flask, link: str, change: Any) -> None:
    change(app)
    assert new_client(app).get(link).status_code == 410


@pytest.mark.parametrize("sent", [{}, {"status": "deleted"}, {"status": "x"}, {"seen": "x"}])
def test_what_is_no_decision_changes_nothing(app: Flask, link: str, sent: dict[str, str]) -> None:
    client = new_client(app)
    fields = client.get(link).page.fields(".decisions")
    assert client.post(link, data=fields | sent).status_code == 422
    assert _status(app) is Status.HELD


def test_another_site_cannot_press_the_button(app: Flask, link: str) -> None:
    client = new_client(app)
    sent = client.get(link).page.fields(".decisions") | {"status": "published"}
    answer = client.post(link, data=sent, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert _status(app) is Status.HELD


def test_an_edit_in_between_is_not_approved_unseen(app: Flask, link: str) -> None:
    client = new_client(app)
    fields = client.get(link).page.fields(".decisions")
    with app.app_context(), writing():
        db.session.get_one(Comment, 1).edited_at = clock.now()
    answer = client.post(link, data=fields | {"status": "published"})
    assert answer.status_code == 409
    assert answer.page.query("[role=alert]")
    assert _status(app) is Status.HELD


def test_who_is_signed_in_uses_it_as_well(app: Flask, link: str) -> None:
    client = new_client(app)
    cast.sign_in(client)
    assert _press(client, link, "published").status_code == 200


def test_a_link_for_one_comment_decides_about_no_other(
    app: Flask, outbox: list[Any], link: str
) -> None:
    _arrive(app)
    _press(new_client(app), link, "published")
    with app.app_context():
        assert [each.status for each in db.session.query(Comment).order_by(Comment.id)] == [
            Status.PUBLISHED,
            Status.HELD,
        ]


def test_the_members_own_table_is_untouched_by_mail(app: Flask, link: str) -> None:
    with app.app_context():
        assert db.session.query(Staff).one().told_entry == 1

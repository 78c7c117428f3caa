"""The work beside the server: what is mailed, how often it is tried, and what is forgotten."""

import email.message
import logging
import os
import threading
from datetime import timedelta
from smtplib import SMTPRecipientsRefused
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask_mailman.backends import locmem

from blog import clock, jobs, letters
from blog.extensions import db, writing
from blog.models import Block, BlockKind, Comment, Mail, MailKind, ModerationEntry, Status
from blog.services import moderation, notices, search_index
from tests import cast
from tests.conftest import MakeApp

BEA, EVE = "b" * 64, "e" * 64


@pytest.fixture
def app(make_app: MakeApp) -> Flask:
    made = make_app(mail_server="127.0.0.1", mail_from="desk@example.org")
    made.extensions["mailman"].backend = "locmem"
    return made


@pytest.fixture
def outbox(app: Flask) -> list[Any]:
    sent: list[Any] = []
    app.extensions["mailman"].outbox = sent
    return sent


def _work(app: Flask) -> int:
    """One round, after the time in which a decision may be taken back."""
    moment = clock.now() + notices.PATIENCE + timedelta(seconds=1)
    with app.test_request_context(base_url="http://localhost"), time_machine.travel(moment):
        return jobs.work()


def _answered(app: Flask) -> None:
    """Bea, who wants mail, is answered by Eve."""
    with app.app_context():
        with writing():
            notices.confirm(BEA, "bea@example.org")
        parent = cast.comment(cast.article(), wants_mail=True)
        cast.comment(parent.article, parent=parent, browser=EVE, name="Eve", body="I *agree*.",
                     email="eve@example.org")  # fmt: skip


def _message(app: Flask, sent: Any) -> email.message.Message:
    """A mail as it goes over the wire."""
    with app.app_context():
        message: email.message.Message = sent.message()
        return message


def _waiting(app: Flask) -> int:
    with app.app_context():
        return db.session.query(Mail).filter(Mail.sent_at.is_(None)).count()


def test_an_answer_is_mailed_with_a_way_out(app: Flask, outbox: list[Any]) -> None:
    _answered(app)
    assert _work(app) == 1
    (sent,) = outbox
    message = _message(app, sent)
    assert sent.to == ["bea@example.org"]
    assert "eve@example.org" not in message.as_string(), "nobody's address is told"
    assert "Eve answered your comment" in sent.body
    assert "I *agree*." in sent.body
    assert f"http://localhost{cast.PATH}?show=2#comment-2" in sent.body
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    way_out = message["List-Unsubscribe"].strip("<>")
    assert way_out.startswith("http://localhost/mail/stop/")
    assert way_out in sent.body
    assert _work(app) == 0, "a mail is sent once"


def test_the_mails_own_button_ends_it(app: Flask, outbox: list[Any]) -> None:
    _answered(app)
    _work(app)
    path = _message(app, outbox[0])["List-Unsubscribe"].strip("<>").removeprefix("http://localhost")
    answer = app.test_client().open(
        path, method="POST", data={"List-Unsubscribe": "One-Click"},
        headers={"Sec-Fetch-Site": "cross-site"},
    )  # fmt: skip
    assert answer.status_code == 200
    assert not cast.stored(app)[0].wants_mail


TO_COMMENTERS = [MailKind.CONFIRM, MailKind.ANSWER, MailKind.APPROVED, MailKind.REJECTED]


@pytest.mark.parametrize("kind", TO_COMMENTERS)
def test_every_kind_of_mail_says_what_it_is_about(
    app: Flask, outbox: list[Any], kind: MailKind
) -> None:
    _answered(app)
    with app.app_context(), writing():
        db.session.query(Mail).update({"kind": kind})
        if kind is MailKind.REJECTED:
            db.session.execute(db.text("UPDATE comment SET status = 'rejected' WHERE id = 2"))
        db.session.execute(db.text("UPDATE comment SET wants_mail = true WHERE id = 2"))
    assert _work(app) == 1
    assert "The tide table" in outbox[0].subject
    assert "The tide table" in outbox[0].body
    link = "/mail/confirm/" if kind is MailKind.CONFIRM else "/mail/stop/"
    assert f"http://localhost{link}" in outbox[0].body


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (ConnectionRefusedError(111, "nobody is there"), "ConnectionRefusedError 111"),
        (SMTPRecipientsRefused({"bea@example.org": (550, b"who?")}), "SMTPRecipientsRefused 550"),
    ],
    ids=["nobody is there", "nobody has that address"],
)
def test_a_server_that_takes_nothing_is_tried_again(
    app: Flask, outbox: list[Any], monkeypatch: Any, caplog: Any, fault: OSError, said: str
) -> None:
    _answered(app)

    def refuse(*_args: object) -> int:
        raise fault

    with monkeypatch.context() as broken:
        broken.setattr(locmem.EmailBackend, "send_messages", refuse)
        assert _work(app) == 0
    assert f"a mail was not sent: {said}\n" in caplog.text, "and not to whom"
    assert _waiting(app) == 1
    with time_machine.travel(clock.now() + timedelta(minutes=5)):
        assert _work(app) == 1


def test_an_undo_brings_back_mail_that_was_not_sent_for_a_decision_since(
    app: Flask, outbox: list[Any]
) -> None:
    with app.app_context(), writing():
        notices.confirm("b" * 64, "bea@example.org")
        mo = cast.moderator()
        made = cast.comment(cast.article(), wants_mail=True, status=Status.HELD)
        moderation.decide(made.id, Status.PUBLISHED, mo, seen=cast.seen(Status.HELD))
        entry = moderation.decide(made.id, Status.REJECTED, mo, seen=cast.seen(Status.PUBLISHED))
        number = entry.id if entry else 0
        later = clock.now() + timedelta(hours=1)
        db.session.query(Mail).filter_by(kind=MailKind.REJECTED).update({"due_at": later})
    assert _work(app) == 0
    with app.app_context(), writing():
        moderation.undo(db.session.get_one(ModerationEntry, number), cast.moderator())
    with time_machine.travel(clock.now() + timedelta(minutes=5)):
        assert _work(app) == 1
    assert "was published" in outbox[0].subject


def test_a_mail_that_cannot_be_made_holds_up_no_other(
    app: Flask, outbox: list[Any], monkeypatch: Any, caplog: Any
) -> None:
    _answered(app)
    with app.app_context(), writing():
        bea = db.session.get_one(Comment, 1)
        cast.comment(bea.article, parent=bea, browser="f" * 64, name="Fay")
        db.session.query(Mail).update({"due_at": clock.now()})
    make = letters.message

    def make_some(mail: Mail) -> Any:
        if mail.comment_id == 2:
            raise ValueError("no header of this")
        return make(mail)

    monkeypatch.setattr(letters, "message", make_some)
    assert _work(app) == 1
    assert "Fay" in outbox[0].body
    assert "a mail could not be made" in caplog.text
    assert _waiting(app) == 1


def test_a_slow_server_gets_no_mail_from_two_at_once(
    app: Flask, outbox: list[Any], monkeypatch: Any
) -> None:
    """Each is taken when its turn comes: the claim of the last one is fresh."""
    with app.app_context(), writing():
        notices.confirm("b" * 64, "bea@example.org")
        bea = cast.comment(cast.article(), wants_mail=True)
        for letter in "cdefg":
            cast.comment(bea.article, parent=bea, browser=letter * 64)
        db.session.query(Mail).update({"due_at": clock.now()})
    send = locmem.EmailBackend.send_messages

    with time_machine.travel(clock.now(), tick=False) as now:

        def send_slowly(*messages: Any) -> Any:
            now.shift(timedelta(seconds=40))
            if len(outbox) == 3:  # somebody else begins to work, more than a minute after us
                monkeypatch.setattr(locmem.EmailBackend, "send_messages", send)
                jobs.work()
            return send(*messages)

        monkeypatch.setattr(locmem.EmailBackend, "send_messages", send_slowly)
        with app.test_request_context(base_url="http://localhost"):
            jobs.work()
    assert len(outbox) == 5


def test_without_a_mail_server_nothing_is_sent_and_nothing_piles_up(
    make_app: MakeApp, app: Flask, outbox: list[Any]
) -> None:
    _answered(app)
    assert _work(make_app()) == 0
    assert _waiting(app) == 0
    assert outbox == []


def test_a_block_that_ended_long_ago_is_forgotten(app: Flask, outbox: list[Any]) -> None:
    with app.app_context(), writing():
        for name, until in (("old", clock.now() - timedelta(days=31)), ("new", None)):
            email = f"{name}@example.org"
            db.session.add(Block(kind=BlockKind.EMAIL, value=email, until=until,
                                 created_at=clock.now()))  # fmt: skip
    _work(app)
    with app.app_context():
        assert db.session.query(Block).one().value == "new@example.org"


def test_the_log_says_once_that_no_mail_is_sent(make_app: MakeApp, caplog: Any) -> None:
    done = threading.Event()
    done.set()
    with caplog.at_level(logging.WARNING, "blog"):
        jobs.run(make_app(), done)
    assert caplog.text.count("no mail server is set") == 1


def test_a_fault_does_not_end_the_work(
    app: Flask, monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    rounds = iter([False, False, True])
    stop = type("Stop", (), {"wait": lambda _self, _seconds: next(rounds)})()
    seen: list[int] = []

    def break_down() -> int:
        seen.append(1)
        raise RuntimeError("what somebody typed")

    monkeypatch.setattr(jobs, "work", break_down)
    jobs.run(app, stop)
    assert len(seen) == 2
    assert "in break_down" in caplog.text
    assert "RuntimeError" in caplog.text
    assert "what somebody typed" not in caplog.text.replace('("what somebody typed")', "")


def test_after_an_hour_and_every_day_the_indexes_are_put_in_order(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Step by step: between two of them others write."""
    rounds, done, now = iter([False, False, False, False, True]), [], [0.0]

    def wait(_self: object, seconds: float) -> bool:
        now[0] += jobs.TIDY_EVERY / 2 + 1 if seconds == jobs.EVERY else seconds
        assert jobs.FIRST_TIDY < jobs.TIDY_EVERY / 2
        return next(rounds)

    def step(*, restart: bool = False) -> bool:
        done.append("first step" if restart else "step")
        return len(done) == 2  # of the first time there are two

    stop: Any = type("Stop", (), {"wait": wait})()
    monkeypatch.setattr(clock, "ticks", lambda: now[0])
    monkeypatch.setattr(jobs, "work", lambda: done.append("work"))
    monkeypatch.setattr(search_index, "merge_step", step)
    jobs.run(app, stop)
    assert done == ["work", "first step", "step", "work", "work", "first step"]


def test_no_process_is_forked_off_while_the_work_has_the_database_open(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    began, may_end, stop = threading.Event(), threading.Event(), threading.Event()
    children: list[int] = []

    def work() -> int:
        began.set()
        may_end.wait(5)
        stop.set()
        return 0

    def fork() -> None:
        child = os.fork()
        if child == 0:
            os._exit(0)
        children.append(child)

    monkeypatch.setattr(jobs, "EVERY", 0.01)
    monkeypatch.setattr(jobs, "work", work)
    threads = [threading.Thread(target=jobs.run, args=(app, stop)), threading.Thread(target=fork)]
    threads[0].start()
    assert began.wait(5)
    threads[1].start()
    threads[1].join(0.2)
    assert not children, "it waits"
    may_end.set()
    for thread in threads:
        thread.join(5)
    assert os.waitpid(children[0], 0)[1] == 0

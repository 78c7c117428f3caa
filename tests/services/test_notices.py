"""Which mail waits for a commenter: by choice, at a proved address, and taken back by an undo."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import update

from blog import clock
from blog.models import (
    Article,
    Comment,
    ConfirmedEmail,
    Discussion,
    Mail,
    MailKind,
    Staff,
    Status,
)
from blog.queries import moderation as queries
from blog.queries.senders import standing
from blog.services import moderation, notices
from tests import cast

BEA, EVE = "b" * 64, "e" * 64


@pytest.fixture
def article(session: Any) -> Article:
    return cast.article()


@pytest.fixture
def mo(session: Any) -> Staff:
    return cast.moderator()


def _kinds(session: Any) -> list[str]:
    session.flush()
    return [mail.kind.value for mail in session.query(Mail).order_by(Mail.id)]


def _asked(article: Article, **changed: Any) -> Comment:
    """Bea's comment, who wants mail and has proved her address."""
    notices.confirm(BEA, "bea@example.org")
    return cast.comment(article, wants_mail=True, **changed)


@pytest.mark.parametrize(
    ("wants", "proved", "by", "status", "expected"),
    [
        pytest.param(True, BEA, EVE, Status.PUBLISHED, ["answer"], id="an answer, by choice"),
        pytest.param(False, BEA, EVE, Status.PUBLISHED, [], id="nobody who did not ask"),
        pytest.param(True, EVE, EVE, Status.PUBLISHED, [], id="not by another browser's proof"),
        pytest.param(True, BEA, BEA, Status.PUBLISHED, [], id="not about the own answer"),
        pytest.param(True, BEA, EVE, Status.HELD, [], id="not about what waits"),
        pytest.param(True, BEA, EVE, Status.SPAM, [], id="not about spam"),
    ],
)
def test_who_is_told_of_an_answer(
    article: Article, session: Any, wants: bool, proved: str, by: str, status: Status,
    expected: list[str],
) -> None:  # fmt: skip
    notices.confirm(proved, "bea@example.org")
    parent = cast.comment(article, wants_mail=wants)
    cast.comment(article, parent=parent, browser=by, email="eve@example.org", status=status)
    assert _kinds(session) == expected


def test_an_answer_that_waited_is_told_once_it_is_approved(
    article: Article, mo: Staff, session: Any
) -> None:
    reply = cast.comment(article, parent=_asked(article), browser=EVE, status=Status.HELD)
    moderation.decide(reply.id, Status.PUBLISHED, mo, seen=cast.seen(Status.HELD))
    assert _kinds(session) == ["answer"]
    moderation.undo(queries.last_entry(reply.id), mo)
    assert _kinds(session) == [], "the undo takes it back"
    moderation.decide(reply.id, Status.PUBLISHED, mo, seen=cast.seen(Status.HELD))
    assert _kinds(session) == ["answer"]


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (Status.PUBLISHED, ["approved"]), (Status.REJECTED, ["rejected"]),
        (Status.SPAM, []),
    ],
)  # fmt: skip
def test_an_author_is_told_of_the_decision(
    article: Article, mo: Staff, session: Any, after: Status, expected: list[str]
) -> None:
    comment = _asked(article, status=Status.HELD)
    entry = moderation.decide(comment.id, after, mo, seen=cast.seen(Status.HELD), note="Off-topic.")
    assert entry
    assert _kinds(session) == expected
    moderation.undo(entry, mo)
    assert _kinds(session) == []


def test_a_sent_mail_is_not_taken_back_nor_sent_again(
    article: Article, mo: Staff, session: Any
) -> None:
    comment = _asked(article, status=Status.HELD)
    entry = moderation.decide(comment.id, Status.PUBLISHED, mo, seen=cast.seen(Status.HELD))
    assert entry
    notices.mark_sent(session.query(Mail).one())
    moderation.undo(entry, mo)
    moderation.decide(comment.id, Status.PUBLISHED, mo, seen=cast.seen(Status.HELD))
    assert _kinds(session) == ["approved"]


def test_an_address_is_asked_three_times_a_day_whoever_types_it(
    article: Article, session: Any
) -> None:
    for browser in "abcde":
        made = cast.comment(article, wants_mail=True, browser=browser * 64)
        notices.ask_to_confirm(made)
    assert _kinds(session) == ["confirm"] * notices.MOST_QUESTIONS


def test_a_proved_address_is_not_asked_again(article: Article, session: Any) -> None:
    notices.ask_to_confirm(_asked(article))
    assert _kinds(session) == []


def test_stop_ends_everything_for_an_address(article: Article, session: Any) -> None:
    comment = _asked(article)
    cast.comment(article, parent=comment, browser=EVE)
    assert _kinds(session) == ["answer"]
    notices.stop("bea@example.org")
    session.expire_all()
    assert _kinds(session) == []
    assert not comment.wants_mail


def test_a_mail_that_no_server_takes_comes_later_and_then_no_more(
    article: Article, session: Any
) -> None:
    cast.comment(article, parent=_asked(article), browser=EVE)
    session.flush()
    now = clock.now() + notices.PATIENCE
    waits = []
    for _ in range(notices.MOST_TRIES + 1):
        with time_machine.travel(now, tick=False):
            mail = session.get(Mail, notices.claim())
            assert notices.claim() is None, "nobody else takes it meanwhile"
        waits.append((mail.due_at - now) // timedelta(minutes=1))
        now = mail.due_at
    assert waits[:4] == [1, 2, 4, 8]
    assert not notices.is_wanted(mail), "after half a day nobody tries any more"


def test_what_is_no_longer_true_is_not_sent(article: Article, mo: Staff, session: Any) -> None:
    reply = cast.comment(article, parent=_asked(article), browser=EVE)
    mail = session.query(Mail).one()
    assert notices.is_wanted(mail)
    moderation.decide(reply.id, Status.SPAM, mo, seen=cast.seen(Status.PUBLISHED))
    assert not notices.is_wanted(mail)


def _scheduled(comment: Comment) -> None:
    comment.article.published_at = clock.now() + timedelta(days=3)


def _hidden(comment: Comment) -> None:
    comment.article.discussion = Discussion.HIDDEN


def _gone(comment: Comment) -> None:
    comment.status = Status.SPAM


@pytest.mark.parametrize("change", [_scheduled, _hidden, _gone])
@pytest.mark.parametrize("kind", [MailKind.ANSWER, MailKind.APPROVED])
def test_nobody_is_sent_to_what_readers_do_not_see(
    article: Article, session: Any, change: Callable[[Comment], None], kind: MailKind
) -> None:
    """For an answer what was answered must be there, too."""
    asked = _asked(article)
    cast.comment(article, parent=asked, browser=EVE)
    mail = session.query(Mail).one()
    if kind is MailKind.APPROVED:
        mail.kind, mail.comment_id = kind, asked.id
        session.flush()
        session.refresh(mail)
    assert notices.is_wanted(mail)
    change(asked)
    session.flush()
    assert not notices.is_wanted(mail)


def _decide(comment: Comment, mo: Staff, before: Status, after: Status, note: str = "") -> None:
    moderation.decide(comment.id, after, mo, seen=cast.seen(before), note=note)


def test_the_reason_that_is_mailed_is_the_last_one(
    article: Article, mo: Staff, session: Any
) -> None:
    comment = _asked(article, status=Status.HELD)
    _decide(comment, mo, Status.HELD, Status.REJECTED, "The first reason.")
    _decide(comment, mo, Status.REJECTED, Status.SPAM)
    with time_machine.travel(clock.now() + timedelta(minutes=1), tick=False):
        _decide(comment, mo, Status.SPAM, Status.REJECTED, "The second reason.")
        mail = session.query(Mail).one()
        assert mail.entry.note == "The second reason."
        assert mail.due_at == clock.now() + notices.PATIENCE, "as long as any to undo it"


def test_what_an_author_hears_last_is_true(article: Article, mo: Staff, session: Any) -> None:
    comment, heard = _asked(article, status=Status.HELD), []
    for before, after, note in (
        (Status.HELD, Status.REJECTED, "n1"),
        (Status.REJECTED, Status.PUBLISHED, ""),
        (Status.PUBLISHED, Status.REJECTED, "n2"),
    ):
        _decide(comment, mo, before, after, note)
        mail = session.query(Mail).filter(Mail.sent_at.is_(None)).one()
        heard.append((mail.kind.value, mail.entry.note))
        notices.mark_sent(mail)
        session.expire(mail)
    assert heard == [("rejected", "n1"), ("approved", ""), ("rejected", "n2")]


def test_who_was_told_of_a_rejection_hears_that_it_is_over(
    article: Article, mo: Staff, session: Any
) -> None:
    """Also where a second rejection was taken back before anybody heard of it."""
    comment = _asked(article, status=Status.HELD)
    for before, after in (
        (Status.HELD, Status.PUBLISHED),
        (Status.PUBLISHED, Status.REJECTED),
    ):
        _decide(comment, mo, before, after)
        notices.mark_sent(session.query(Mail).filter(Mail.sent_at.is_(None)).one())
        session.expire_all()
    _decide(comment, mo, Status.REJECTED, Status.SPAM)
    _decide(comment, mo, Status.SPAM, Status.REJECTED, "n2")
    moderation.undo(queries.last_entry(comment.id), mo)
    _decide(comment, mo, Status.SPAM, Status.PUBLISHED)
    mail = session.query(Mail).filter(Mail.sent_at.is_(None)).one()
    assert mail.kind is MailKind.APPROVED


def test_an_answer_that_was_hidden_for_long_is_told_as_soon_as_it_is_public(
    article: Article, mo: Staff, session: Any
) -> None:
    """Its first mail waits for an undo, longer each time; another decision begins anew."""
    reply = cast.comment(article, parent=_asked(article), browser=EVE)
    moderation.decide(reply.id, Status.SPAM, mo, seen=cast.seen(Status.PUBLISHED))
    worn = session.query(Mail).one()
    worn.tries, worn.due_at = notices.MOST_TRIES, clock.now() + timedelta(hours=8)
    session.flush()
    with time_machine.travel(clock.now() + timedelta(hours=1), tick=False):
        moderation.decide(reply.id, Status.PUBLISHED, mo, seen=cast.seen(Status.SPAM))
        session.expire_all()
        mail = session.query(Mail).one()
        assert (mail.tries, mail.due_at) == (0, clock.now() + notices.PATIENCE)
        assert mail.entry_id == queries.last_entry(reply.id).id


def test_a_mail_that_was_replaced_while_it_was_sent_is_not_marked(
    article: Article, mo: Staff, session: Any
) -> None:
    comment = _asked(article, status=Status.HELD)
    _decide(comment, mo, Status.HELD, Status.REJECTED, "n1")
    sending = session.query(Mail).one()
    session.expunge(sending)
    _decide(comment, mo, Status.REJECTED, Status.SPAM)
    _decide(comment, mo, Status.SPAM, Status.REJECTED, "n2")
    session.execute(update(Mail).values(id=sending.id))  # as SQLite may number it
    notices.mark_sent(sending)
    session.expire_all()
    assert session.query(Mail).one().sent_at is None


@pytest.mark.parametrize("status", [Status.REJECTED, Status.SPAM])
def test_who_is_refused_causes_no_mail(article: Article, session: Any, status: Status) -> None:
    notices.ask_to_confirm(cast.comment(article, wants_mail=True, status=status))
    assert _kinds(session) == []


def test_a_sent_mail_is_forgotten_after_a_day(article: Article, session: Any) -> None:
    cast.comment(article, parent=_asked(article), browser=EVE)
    notices.mark_sent(session.query(Mail).one())
    notices.forget_sent()
    assert session.query(Mail).count() == 1
    with time_machine.travel(clock.now() + timedelta(hours=25)):
        notices.forget_sent()
    assert session.query(Mail).count() == 0


@pytest.mark.parametrize(
    ("browsers", "passes"),
    [
        pytest.param([], False, id="a browser that typed the address gains nothing"),
        pytest.param([EVE], False, id="a proof of its own is not enough"),
        pytest.param([BEA], False, id="nor is the other's"),
        pytest.param([BEA, EVE], True, id="both proved the same address: they are one person"),
    ],
)
def test_a_proved_address_carries_trust_to_another_browser(
    article: Article, session: Any, browsers: list[str], passes: bool
) -> None:
    cast.comment(article, browser=BEA)
    for browser in browsers:
        notices.confirm(browser, "bea@example.org")
    assert standing(EVE, clock.now()).passed is passes
    assert session.query(ConfirmedEmail).count() == len(browsers)

"""What a moderator writes: corrections, answers, notes."""

from dataclasses import replace
from typing import Any

import pytest

from blog.config import Settings
from blog.extensions import db
from blog.models import (
    Article,
    Badge,
    Comment,
    Discussion,
    Mail,
    ModerationEntry,
    PersonNote,
    Staff,
    Status,
)
from blog.queries import moderation as log
from blog.queries import people, personal, queue
from blog.services import authorship, corrections, moderation, notices
from blog.services.comments import Closed, Sender
from blog.services.moderation import LookedAt, StaleDecision
from tests import cast

SENDER = Sender(token="m" * 64, address="192.0.2.9", network="192.0.2.0/24")


@pytest.fixture
def comment(session: Any) -> Comment:
    return cast.comment(cast.article(), status=Status.HELD)


@pytest.fixture
def mo(comment: Comment) -> Staff:
    return cast.moderator()


def test_a_correction_changes_the_text_and_nothing_else(comment: Comment, mo: Staff) -> None:
    moderation.decide(comment.id, Status.SPAM, mo, seen=cast.seen(Status.HELD))
    entry = corrections.correct(comment.id, "Better *said*.", mo, version="first")
    assert entry
    assert (comment.body, comment.status) == ("Better *said*.", Status.SPAM)
    assert "<em>said</em>" in comment.html
    assert personal.earlier_texts(comment.email) == {comment.id: ["I was there."]}
    assert comment.lesson == "bad", "the filter knows the new text in the place of the old one"


def test_the_same_text_is_no_correction(comment: Comment, mo: Staff) -> None:
    assert corrections.correct(comment.id, comment.body, mo, version="first") is None
    assert comment.edited_at is None


def test_undo_brings_the_text_back(comment: Comment, mo: Staff) -> None:
    entry = corrections.correct(comment.id, "Other.", mo, version="first")
    assert entry
    corrections.undo(entry, mo)
    assert (comment.body, comment.html) == ("I was there.", "<p>I was there.</p>\n")
    assert comment.edited_at is None, "readers see no trace of it"
    with pytest.raises(StaleDecision) as stale:
        corrections.undo(entry, mo)
    assert stale.value.entry
    assert stale.value.entry.undo_of == entry.id


def test_undo_brings_back_when_it_was_edited_before(comment: Comment, mo: Staff) -> None:
    authorship.edit(comment.id, "Edited.", "b" * 64, Settings())
    edited = comment.edited_at
    entry = corrections.correct(comment.id, "Other.", mo, version=comment.version)
    assert entry
    assert comment.edited_at != edited
    corrections.undo(entry, mo)
    assert (comment.body, comment.edited_at) == ("Edited.", edited)


def test_a_correction_of_what_changed_meanwhile_is_refused(comment: Comment, mo: Staff) -> None:
    authorship.edit(comment.id, "Edited.", "b" * 64, Settings())
    with pytest.raises(StaleDecision) as stale:
        corrections.correct(comment.id, "Other.", mo, version="first")
    assert stale.value.entry is None, "its author changed it"
    assert comment.body == "Edited."


def test_a_decision_about_a_text_that_was_corrected_is_refused(comment: Comment, mo: Staff) -> None:
    entry = corrections.correct(comment.id, "Other.", mo, version="first")
    with pytest.raises(StaleDecision) as stale:
        moderation.decide(comment.id, Status.PUBLISHED, mo, seen=cast.seen(Status.HELD))
    assert stale.value.entry is entry, "a colleague changed it, not its author"


def test_a_correction_is_named_though_something_was_decided_since(
    comment: Comment, mo: Staff
) -> None:
    entry = corrections.correct(comment.id, "Other.", mo, version="first")
    moderation.decide(comment.id, Status.SPAM, mo, seen=LookedAt(Status.HELD, comment.version))
    with pytest.raises(StaleDecision) as stale:
        moderation.decide(comment.id, Status.TRASHED, mo, seen=cast.seen(Status.SPAM))
    assert stale.value.entry is entry


def test_who_changed_a_text_last_is_named(comment: Comment, mo: Staff) -> None:
    corrections.correct(comment.id, "Other.", mo, version="first")
    authorship.edit(comment.id, "Edited.", "b" * 64, Settings())
    with pytest.raises(StaleDecision) as stale:
        moderation.decide(comment.id, Status.PUBLISHED, mo, seen=cast.seen(Status.HELD))
    assert stale.value.entry is None


def test_an_answer_approves_what_it_answers(comment: Comment, mo: Staff) -> None:
    sender = replace(SENDER, staff=mo)
    seen = cast.seen(Status.HELD)
    answer = corrections.answer(comment.id, "Thank you.", mo, sender, Settings(), seen=seen)
    assert (comment.status, comment.is_settled) == (Status.PUBLISHED, True)
    assert (answer.parent_id, answer.badge, answer.status) == (
        comment.id, Badge.STAFF, Status.PUBLISHED,
    )  # fmt: skip
    assert answer.is_settled, "what the staff writes needs no second look"


def _answer(comment: Comment, mo: Staff, body: str = "Thank you.") -> Comment:
    seen = moderation.LookedAt(comment.status, "first")
    sender = replace(SENDER, staff=mo)
    return corrections.answer(comment.id, body, mo, sender, Settings(), seen=seen)


def test_one_undo_takes_back_the_approval_and_the_answer(comment: Comment, mo: Staff) -> None:
    notices.confirm("b" * 64, "bea@example.org")
    comment.wants_mail = True
    answer = _answer(comment, mo)
    entry = log.last_entry(comment.id)
    assert db.session.query(Mail).count() == 2, "approved, and answered"
    moderation.undo(entry, mo)
    assert (comment.status, answer.status) == (Status.HELD, Status.TRASHED)
    assert db.session.query(Mail).count() == 0
    assert queue.counts() == cast.truly([comment, answer])


def test_an_answer_that_a_colleague_rejected_stays_rejected(comment: Comment, mo: Staff) -> None:
    """Also where its newest line is an undo: of another decision than that about the question."""
    answer = _answer(comment, mo)
    entry = log.last_entry(comment.id)
    for before, after in ((Status.PUBLISHED, Status.REJECTED), (Status.REJECTED, Status.PUBLISHED)):
        decided = moderation.decide(answer.id, after, mo, seen=cast.seen(before))
    assert decided
    moderation.undo(decided, mo)
    assert answer.status is Status.REJECTED
    moderation.undo(entry, mo)
    assert (comment.status, answer.status) == (Status.HELD, Status.REJECTED)


def test_an_answer_to_what_was_approved_before_has_an_undo_of_its_own(
    comment: Comment, mo: Staff
) -> None:
    approved = moderation.decide(comment.id, Status.PUBLISHED, mo, seen=cast.seen(Status.HELD))
    assert approved
    answer = _answer(comment, mo)
    with pytest.raises(StaleDecision):
        moderation.undo(approved, mo)
    moderation.undo(log.last_entry(comment.id), mo)
    assert (comment.status, comment.is_settled, answer.status) == (
        Status.PUBLISHED, True, Status.TRASHED,
    )  # fmt: skip


def test_a_second_click_is_one_answer_and_one_line(comment: Comment, mo: Staff) -> None:
    _answer(comment, mo)
    entry = log.last_entry(comment.id)
    _answer(comment, mo)
    assert log.last_entry(comment.id).id == entry.id
    moderation.undo(entry, mo)
    answer = _answer(comment, mo)
    assert answer.status is Status.PUBLISHED, "what was taken back may be said again"


@pytest.mark.parametrize("after", [Status.REJECTED, Status.SPAM, Status.HELD])
def test_an_answer_that_is_given_again_is_public_again(
    comment: Comment, mo: Staff, after: Status
) -> None:
    answer = _answer(comment, mo)
    moderation.decide(answer.id, after, mo, seen=cast.seen(Status.PUBLISHED))
    assert _answer(comment, mo).id == answer.id
    assert answer.status is Status.PUBLISHED
    assert queue.counts() == cast.truly([comment, answer])


def test_an_answer_that_somebody_moved_since_stays_there(comment: Comment, mo: Staff) -> None:
    answer = _answer(comment, mo)
    moderation.decide(answer.id, Status.REJECTED, mo, seen=cast.seen(Status.PUBLISHED))
    moderation.undo(log.last_entry(comment.id), mo)
    assert (comment.status, answer.status) == (Status.HELD, Status.REJECTED)


def test_where_nobody_may_answer_nothing_happens(comment: Comment, mo: Staff) -> None:
    db.session.query(Article).one().discussion = Discussion.CLOSED
    db.session.flush()
    sender = replace(SENDER, staff=mo)
    with pytest.raises(Closed):
        corrections.answer(
            comment.id, "Thanks.", mo, sender, Settings(), seen=cast.seen(Status.HELD)
        )


def test_what_is_known_about_a_person(comment: Comment, mo: Staff) -> None:
    for name, status in (("Bea", Status.PUBLISHED), ("Bea", Status.SPAM), ("Eve", Status.SPAM)):
        cast.comment(comment.article, name=name, status=status, network="")
    corrections.note("b" * 64, "Writes at night.", mo)
    found = people.person("b" * 64)
    assert dict(found.names) == {"Bea": 2, "Bea Writer": 1, "Eve": 1}
    assert [(each.email, each.is_proved) for each in found.claims] == [("bea@example.org", False)]
    assert found.networks == ["192.0.2.0/24"]
    assert [(each.by, each.note) for each in found.notes] == [("Mo Derator", "Writes at night.")]
    assert found.rejected_percent == 67
    assert db.session.query(PersonNote).count() == 1
    assert log.last_entry(comment.id).before is None
    assert db.session.query(ModerationEntry).count() == 4

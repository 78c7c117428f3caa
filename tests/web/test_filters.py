"""Dates, numbers and stored facts in words."""

from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask

from blog.models import Comment, Complaint, ModerationEntry, Status
from blog.web import filters
from tests.conftest import MakeApp

MOMENT = datetime(2026, 3, 4, 23, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("settings", "day", "moment"),
    [
        pytest.param({}, "4 March 2026", "4 Mar 2026, 23:30", id="as it is set"),
        pytest.param({"timezone": "Europe/Berlin"}, "5 March 2026", "5 Mar 2026, 00:30",
                     id="in another time zone"),
        pytest.param({"locale": "de_DE"}, "4. März 2026", "04.03.2026, 23:30", id="in another language"),
        pytest.param({"locale": "en_US"}, "March 4, 2026", "Mar 4, 2026, 11:30\u202fPM",
                     id="in another country"),
    ],
)  # fmt: skip
def test_dates(make_app: MakeApp, settings: dict[str, str], day: str, moment: str) -> None:
    with make_app(**settings).test_request_context():
        assert filters.day(MOMENT) == day
        assert filters.moment(MOMENT) == moment


@pytest.mark.parametrize(
    ("rule", "fact", "sentence"),
    [
        ("first", "", "First comment from this browser"),
        ("links", "1", "1 link"),
        ("links", "2", "2 links"),
        ("held_word", "casino", "Held word: casino"),
        ("refused_word", "casino", "Refused word: casino"),
        ("record", "3/10", "3 of 10 comments rejected in 7 days"),
        ("reports", "1", "1 reader reported it"),
        ("reports", "3", "3 readers reported it"),
        ("a rule of a later version", "", "a rule of a later version"),
        ("trap", "", "A field that people do not see was filled in"),
    ],
)
def test_a_stored_reason_is_a_sentence(
    make_app: MakeApp, rule: str, fact: str, sentence: str
) -> None:
    with make_app().test_request_context():
        assert filters.reason({"rule": rule, "fact": fact}) == sentence


def _entry(after: Status, **changed: Any) -> ModerationEntry:
    person = changed.pop("person", "Ann")
    usual = {"by": "Mo", "staff_id": 1, "before": Status.HELD, "undo_of": None}
    comment = Comment(name=person)
    return ModerationEntry(after=after, comment=comment, **{**usual, **changed})


@pytest.mark.parametrize(
    ("entry", "sentence"),
    [
        (_entry(Status.PUBLISHED), "Mo approved the comment by Ann."),
        (_entry(Status.REJECTED), "Mo rejected the comment by Ann."),
        (_entry(Status.SPAM), "Mo marked the comment by Ann as spam."),
        (_entry(Status.HELD), "Mo put back the comment by Ann to wait."),
        (_entry(Status.HELD, undo_of=1), "Mo took back a decision about the comment by Ann."),
        (_entry(Status.SPAM, person=""), "Mo marked the comment by somebody who deleted it as spam."),
        (_entry(Status.DELETED, by="", staff_id=None), "Its author deleted a comment."),
        (_entry(Status.DELETED), "Mo erased a comment and its author."),
        (_entry(Status.DELETED, bulk_id=1), "Mo emptied the trash of a comment."),
        (_entry(Status.DELETED, by="command", staff_id=None), "A command on the server erased a comment and its author."),
        (_entry(Status.HELD, by="", staff_id=None), "The rules put the comment by Ann here: Waiting."),
        (_entry(Status.PUBLISHED, by="Ann", staff_id=None), "The rules put the comment by Ann here: Published."),
        (_entry(Status.HELD, by="Ann", staff_id=None, before=None), "The rules put the comment by Ann here: Waiting."),
        (_entry(Status.SPAM, by="100%(x)s"), "100%(x)s marked the comment by Ann as spam."),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_a_line_of_the_log_is_a_sentence(
    make_app: MakeApp, entry: ModerationEntry, sentence: str
) -> None:
    with make_app().test_request_context():
        assert filters.decision(entry) == sentence


def test_every_status_and_every_complaint_has_a_word(make_app: MakeApp) -> None:
    with make_app().test_request_context():
        assert all(filters.status_name(status) for status in Status)
        assert all(filters.complaint(kind) for kind in Complaint)
        assert all(filters.decision(_entry(status)) for status in Status)


def test_numbers_are_written_as_the_place_writes_them(make_app: MakeApp) -> None:
    app = make_app(locale="de_DE")
    with app.test_request_context():
        assert app.jinja_env.filters["number"](12345) == "12.345"


@pytest.mark.parametrize(
    ("name", "initial"), [("ann", "A"), ("«Ödön»", "Ö"), ("?!", "?"), ("", "?")]
)
def test_the_letter_that_stands_for_a_person(name: str, initial: str) -> None:
    assert filters.initial(name) == initial


def test_the_language_of_the_page(make_app: MakeApp) -> None:
    app = make_app(locale="de_DE")
    assert '<html lang="de-DE">' in app.test_client().get("/").text


@pytest.mark.parametrize(
    ("entry", "sentence"),
    [
        ({"rule": "likeness", "fact": "97"}, "97 % like comments that were rejected"),
        ({"rule": "blocked", "fact": "192.0.2.0/24"}, "Blocked: 192.0.2.0/24"),
        ({"rule": "blocked", "fact": ""}, "This person is blocked"),
        ({"rule": "article", "fact": ""}, "Every comment under this article waits"),
    ],
)
def test_the_newer_reasons_are_sentences_too(
    app: Flask, entry: dict[str, str], sentence: str
) -> None:
    with app.test_request_context():
        assert filters.reason(entry) == sentence

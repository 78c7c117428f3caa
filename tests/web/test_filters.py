"""Dates, numbers and stored facts in words."""

from datetime import UTC, datetime

import pytest

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
        ("reports", "3", "3 readers reported it"),
        ("trap", "", "A field that people do not see was filled in"),
    ],
)
def test_a_stored_reason_is_a_sentence(
    make_app: MakeApp, rule: str, fact: str, sentence: str
) -> None:
    with make_app().test_request_context():
        assert filters.reason({"rule": rule, "fact": fact}) == sentence


@pytest.mark.parametrize(("name", "initial"), [("ann", "A"), ("«Ödön»", "Ö"), ("?!", "?")])
def test_the_letter_that_stands_for_a_person(name: str, initial: str) -> None:
    assert filters.initial(name) == initial


def test_the_language_of_the_page(make_app: MakeApp) -> None:
    app = make_app(locale="de_DE")
    assert '<html lang="de-DE">' in app.test_client().get("/").text

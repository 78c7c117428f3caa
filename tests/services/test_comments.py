"""Submitting a comment: what is stored, what is refused, and who is trusted."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask

from blog import clock
from blog.config import Settings, current_settings
from blog.extensions import db, writing
from blog.models import Article, Badge, Comment, Status
from blog.models.staff import MODERATOR
from blog.services import accounts
from blog.services.comments import (
    AlreadyStored,
    Closed,
    Draft,
    NameTaken,
    Sender,
    Submitted,
    TooFast,
    UnknownParent,
    submit,
)
from tests import cast

ANN = Draft(name="Ann Reader", email="ann@example.org", body="Well *said*.", key="a" * 32)
STRANGER = Sender(token=None, address="192.0.2.7", network="192.0.2.0/24")
TOKEN = "1" * 64


@pytest.fixture
def article(session: Any) -> Article:
    return cast.article()


@pytest.fixture
def settings(article: Article) -> Settings:
    return current_settings()


def test_everything_is_stored_once_and_logged(article: Article, settings: Settings) -> None:
    made = submit(article, replace(ANN, website="https://example.org"), STRANGER, settings).comment
    assert (made.name, made.email, made.website) == ("Ann Reader", "ann@example.org",
                                                     "https://example.org")  # fmt: skip
    assert made.html == "<p>Well <em>said</em>.</p>\n"
    assert made.network == "192.0.2.0/24"
    assert (made.status, made.badge) == (Status.HELD, Badge.NONE)
    assert made.reasons == [{"rule": "first", "fact": ""}]


def test_the_proof_is_not_stored_only_its_hash(article: Article, settings: Settings) -> None:
    submitted = submit(article, ANN, STRANGER, settings)
    assert len(submitted.token or "") == 64
    assert submitted.token not in {str(value) for value in vars(submitted.comment).values()}


def test_a_reply_joins_the_thread_of_its_root(article: Article, settings: Settings) -> None:
    root = cast.comment(article)
    reply = cast.comment(article, parent=root)
    made = submit(article, replace(ANN, parent_id=reply.id), STRANGER, settings).comment
    assert (made.parent_id, made.root_id) == (reply.id, root.id)


def _again(article: Article, settings: Settings, sender: Sender, **changed: Any) -> Submitted:
    return submit(article, replace(ANN, **changed), sender, settings)


def test_a_second_click_is_the_same_comment(article: Article, settings: Settings) -> None:
    first, second = (submit(article, ANN, STRANGER, settings) for _ in range(2))
    assert first.comment.id == second.comment.id
    assert first.token == second.token


def test_another_text_of_the_same_form_is_another_comment(
    article: Article, settings: Settings
) -> None:
    first = submit(article, ANN, STRANGER, settings)
    assert _again(article, settings, STRANGER, body="More.").comment.id != first.comment.id


def test_without_a_key_a_repeated_request_is_stored_once_and_proves_nothing(
    article: Article, settings: Settings
) -> None:
    _again(article, settings, STRANGER, key="")
    with pytest.raises(AlreadyStored):
        _again(article, settings, STRANGER, key="")
    assert db.session.query(Comment).count() == 1


def test_a_known_browser_may_repeat_itself(article: Article, settings: Settings) -> None:
    known = replace(STRANGER, token=TOKEN)
    first, second = (_again(article, settings, known, key="") for _ in range(2))
    assert first.comment.id == second.comment.id


def test_another_browser_with_the_same_name_and_address_gains_nothing(
    article: Article, settings: Settings
) -> None:
    first = submit(article, ANN, replace(STRANGER, token=TOKEN), settings).comment
    first.status = Status.PUBLISHED
    other = _again(article, settings, STRANGER, body="I am Ann, too.", key="b" * 32)
    assert other.comment.status is Status.HELD
    assert other.token != TOKEN


def test_a_browser_that_was_approved_once_passes(article: Article, settings: Settings) -> None:
    known = replace(STRANGER, token=TOKEN)
    first = submit(article, ANN, known, settings).comment
    first.status = Status.PUBLISHED
    assert _again(article, settings, known, body="Again.").comment.status is Status.PUBLISHED


def test_links_are_counted_as_they_are_shown(article: Article, settings: Settings) -> None:
    body = "[a](https://a.example) and https://b.example"
    made = _again(article, settings, STRANGER, body=body).comment
    assert {"rule": "links", "fact": "2"} in made.reasons


def test_a_closed_article_takes_nothing(session: Any) -> None:
    closed = cast.article(comments="closed")
    with pytest.raises(Closed):
        submit(closed, ANN, STRANGER, current_settings())


@pytest.mark.parametrize(
    "status", [status for status in Status if status is not Status.PUBLISHED]
)  # fmt: skip
def test_what_is_not_public_cannot_be_answered(
    article: Article, settings: Settings, status: Status
) -> None:
    parent = cast.comment(article, status=status)
    with pytest.raises(UnknownParent):
        _again(article, settings, STRANGER, parent_id=parent.id)


def test_a_comment_of_another_article_cannot_be_answered(
    article: Article, settings: Settings
) -> None:
    elsewhere = cast.comment(cast.article(slug="elsewhere"))
    with pytest.raises(UnknownParent):
        _again(article, settings, STRANGER, parent_id=elsewhere.id)


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("Ruth Ansell", id="a byline"),
        pytest.param("rúth ansell ✓", id="a byline in disguise"),
        pytest.param("Mo Derator", id="a moderator"),
        pytest.param("MO DERАTOR", id="a moderator with a Cyrillic letter"),
        pytest.param("Broadsheet", id="the site"),
        pytest.param("Moderator", id="an office"),
        pytest.param("ADM1N", id="an office in disguise"),
        pytest.param("5taff", id="an office with a digit"),
        pytest.param("@dmin", id="an office with a sign"),
        pytest.param("The Broadsheet", id="the site with its article"),
        pytest.param("Eve Other (Staff)", id="an office behind a name"),
        pytest.param("Editors", id="more than one of an office"),
        pytest.param("Ruth Ansell (Author)", id="a byline with what she is"),
        pytest.param("Ruth Ansell, Broadsheet", id="a byline with where she works"),
        pytest.param("Dr. Ruth Ansell", id="a byline with a title"),
        pytest.param("Ruth An$€ll", id="a byline with a sign"),
        pytest.param("Ru\ua787h Ansell", id="a byline with an old letter"),
        pytest.param("Moderator|", id="an office and a stroke"),
        pytest.param("Admin1", id="an office and a number"),
        pytest.param("Staff|Broadsheet", id="an office, a stroke and the site"),
        pytest.param("Moderator—Broadsheet", id="an office, a dash and the site"),
        pytest.param("Broadsheet Newsroom", id="the newsroom"),
        pytest.param(
            "R\u200bu\u200bth A\u200bnsell (Author)", id="a byline cut by blanks of no width"
        ),
        pytest.param("Ruth\u3164Ansell (Author)", id="a byline with a letter that is a blank"),
        pytest.param(
            "Ruth\u200bAnsell (Author)", id="a byline with a blank of no width for a space"
        ),
        pytest.param("Adm\u200bin Joe", id="an office cut by a blank of no width"),
        pytest.param("Mod\u2060era\u2060tor on duty", id="an office cut by joiners"),
        pytest.param("Ad\u00admin Joe", id="an office cut by a soft hyphen"),
        pytest.param("Edit\ufe0for Joe", id="an office cut by a variation"),
        pytest.param("Ad\u0301min Joe", id="an office cut by an accent"),
    ],
)
def test_a_name_that_imitates_the_staff_is_refused(
    article: Article, settings: Settings, name: str
) -> None:
    cast.moderator()
    with pytest.raises(NameTaken):
        _again(article, settings, STRANGER, name=name)


@pytest.mark.parametrize(
    "name",
    [
        "Stafford", "Edith Torres", "Adam Inns", "J. Broadsheet-Smith", "Ruth", "Ruth Ansellini",
        "Rod Erator", "R2D2",
    ],
)  # fmt: skip
def test_a_name_that_only_sounds_like_an_office_is_free(
    article: Article, settings: Settings, name: str
) -> None:
    assert _again(article, settings, STRANGER, name=name).comment.name == name


def test_a_name_of_the_staff_is_free_for_its_owner(article: Article, settings: Settings) -> None:
    mo = replace(STRANGER, staff=cast.moderator())
    made = _again(article, settings, mo, name="Mo Derator").comment
    assert (made.status, made.badge) == (Status.PUBLISHED, Badge.STAFF)


def test_an_author_below_the_own_article_is_called_author(
    article: Article, settings: Settings
) -> None:
    ruth = accounts.add(name="Ruth Ansell", email="ruth@example.org", password="x", role=MODERATOR)
    made = _again(article, settings, replace(STRANGER, staff=ruth), name=ruth.name).comment
    assert made.badge is Badge.AUTHOR


@pytest.fixture
def paused(settings: Settings) -> Iterator[tuple[Settings, Any]]:
    """The settings with a pause of 15 seconds, and a clock that stands."""
    with time_machine.travel(clock.now(), tick=False) as travelled:
        yield replace(settings, flood_seconds=15), travelled


def test_one_person_waits_between_two_comments(article: Article, paused: Any) -> None:
    settings, travelled = paused
    submit(article, ANN, STRANGER, settings)
    travelled.shift(timedelta(seconds=4))
    with pytest.raises(TooFast) as refused:
        _again(article, settings, STRANGER, body="More.")
    assert refused.value.wait == 11
    travelled.shift(timedelta(seconds=11))
    assert _again(article, settings, STRANGER, body="More.").comment.id


def test_a_second_click_is_no_flood(article: Article, paused: Any) -> None:
    settings, _travelled = paused
    first, second = (submit(article, ANN, STRANGER, settings) for _ in range(2))
    assert first.comment.id == second.comment.id


def test_somebody_elsewhere_need_not_wait(article: Article, paused: Any) -> None:
    settings, _travelled = paused
    submit(article, ANN, STRANGER, settings)
    other = replace(STRANGER, network="198.51.100.0/24")
    assert _again(article, settings, other, body="Hello.", key="b").comment.id


def test_a_browser_waits_wherever_it_is(article: Article, paused: Any) -> None:
    settings, _travelled = paused
    known = replace(STRANGER, token=TOKEN)
    submit(article, ANN, known, settings)
    with pytest.raises(TooFast):
        _again(article, settings, replace(known, network="198.51.100.0/24"), body="More.")


def test_the_staff_need_not_wait(article: Article, paused: Any) -> None:
    settings, _travelled = paused
    mo = replace(STRANGER, staff=cast.moderator())
    made = [_again(article, settings, mo, body=body).comment.id for body in ("One.", "Two.")]
    assert made[0] != made[1]


def test_the_same_request_eight_times_at_once_is_one_comment(app: Flask) -> None:
    with app.app_context():
        cast.article()
    results: list[int] = []
    start = threading.Barrier(8)

    def click() -> None:
        with app.app_context():
            start.wait()
            with writing():
                article = db.session.query(Article).one()
                submitted = submit(article, ANN, STRANGER, current_settings())
                results.append(submitted.comment.id)

    threads = [threading.Thread(target=click) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [results[0]] * 8
    with app.app_context():
        assert db.session.query(Comment).count() == 1

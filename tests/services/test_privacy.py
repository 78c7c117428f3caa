"""What the site hands out about a person, and how it forgets."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import text

from blog import clock, jobs
from blog.extensions import db, writing
from blog.models import (
    Article,
    Block,
    BlockKind,
    Comment,
    Effect,
    Like,
    ModerationEntry,
    PersonNote,
    Report,
    Revision,
    Status,
)
from blog.models.comment import Complaint
from blog.queries import moderation as log
from blog.queries import queue
from blog.queries.queue_filter import Filter
from blog.services import (
    blocks,
    bulk,
    corrections,
    moderation,
    notices,
    privacy,
    reactions,
    search_index,
)
from blog.web import filters
from tests import cast

RANDOM = re.compile(r"[0-9a-f]{64}")  # any three letters stand in one of many by chance


@pytest.fixture
def article(session: Any) -> Article:
    return cast.article()


def test_export_has_everything_of_one_person_and_nothing_of_another(article: Article) -> None:
    mine = cast.comment(article, email="Bea@example.org", website="https://bea.example")
    cast.comment(article, email="other@example.org")
    db.session.add(Revision(comment_id=mine.id, body="Before.", created_at=clock.now()))
    exported = privacy.export("bea@EXAMPLE.org ")["comments"]
    assert [each["website"] for each in exported] == ["https://bea.example"]
    assert exported[0]["earlier_texts"] == ["Before."]
    assert exported[0]["text"] == "I was there."


def test_an_export_costs_the_same_number_of_statements(app: Flask, session: Any) -> None:
    def wrote(number: int) -> None:
        """A comment under an article of its own, by a browser of its own, edited and noted."""
        on, browser = cast.article(slug=f"story-{number}"), str(number) * 64
        comment = cast.comment(on, browser=browser)
        db.session.add(Revision(comment_id=comment.id, body=browser, created_at=clock.now()))
        corrections.note(browser, f"Note {number}.", cast.moderator())
        db.session.expunge_all()

    def asked() -> int:
        with cast.counting(app) as seen:
            found = privacy.export("bea@example.org")["comments"]
        for each, digit in zip(found, "12345", strict=False):
            assert each["earlier_texts"] == [digit * 64]
            assert each["notes_of_the_staff"] == [f"Note {digit}."]
        return len(seen)

    wrote(1)
    few = asked()
    for number in range(2, 6):
        wrote(number)
    assert asked() == few == 12


def test_erasing_leaves_no_trace_and_keeps_the_answers(article: Article) -> None:
    mine = cast.comment(article, name="Beatrix", email="bea@example.org", body="Secret words.")
    db.session.add(Revision(comment_id=mine.id, body="Secret before.", created_at=clock.now()))
    answer = cast.comment(article, parent=mine, name="Other", email="other@example.org")
    assert privacy.erase("bea@example.org") == 1
    db.session.flush()
    for table in reversed(db.metadata.sorted_tables):
        for row in db.session.execute(text(f"SELECT * FROM {table.name}")):  # noqa: S608
            assert not {"Beatrix", "bea@example.org", "Secret"} & set(map(str, row)), table.name
            assert "Secret" not in str(tuple(row)), table.name
    assert answer.status is Status.PUBLISHED
    assert {entry.by for entry in db.session.query(ModerationEntry)} == {"", "command", "Other"}
    db.session.refresh(article)
    assert article.comment_count == 1


def test_addresses_are_dropped_after_thirty_days(article: Article) -> None:
    old = cast.comment(article)
    db.session.add(Report(comment_id=old.id, browser="e" * 64, network="203.0.113.0/24",
                          complaint=Complaint.SPAM, created_at=old.created_at))  # fmt: skip
    db.session.flush()
    with time_machine.travel(clock.now() + timedelta(days=31)):
        cast.comment(article, network="198.51.100.0/24")
        privacy.forget_addresses()
    db.session.expire_all()
    networks = db.session.query(Comment.network).order_by(Comment.id)
    assert [network for (network,) in networks] == ["", "198.51.100.0/24"]
    assert db.session.query(Report.network).one() == ("",)


def test_erasing_reaches_what_hangs_on_the_person(article: Article) -> None:
    mo = cast.moderator()
    blocked = [{"rule": "blocked", "fact": "bea@example.org, example.org"}]
    comment = cast.comment(article, status=Status.HELD, wants_mail=True, reasons=blocked)
    other = cast.comment(article, name="Eve", email="eve@example.org", browser="e" * 64)
    db.session.add(Report(comment_id=other.id, browser=comment.browser, note="Says Bea.",
                          complaint=Complaint.OTHER, created_at=clock.now()))  # fmt: skip
    notices.confirm(comment.browser, comment.email)
    blocks.add(BlockKind.EMAIL, comment.email, until=None, note="Bea again", staff=mo)
    moderation.decide(
        comment.id, Status.REJECTED, mo, seen=cast.seen(Status.HELD), note="Dear Bea, no."
    )
    asked = "from Bea@Example.org"
    bulk.decide(Filter(view=None), Status.TRASHED, mo, about={"view": "all", "q": asked})
    exported = str(privacy.export(" BEA@example.org "))
    for said in ("Says Bea.", "Bea again", "Dear Bea, no.", "bea@example.org, example.org"):
        assert said in exported, "what is erased is handed out, too"
    assert privacy.erase(" BEA@example.org ", mo) == 1
    assert "Mo Derator erased a comment" in filters.decision(log.last_entry(comment.id))
    db.session.flush()
    left = [
        str(value)
        for table in db.metadata.sorted_tables
        for row in db.session.execute(table.select())
        for value in row
        if not RANDOM.fullmatch(str(value)) or value == "b" * 64
    ]
    assert [value for value in left if "bea" in value.lower() or "b" * 64 in value] == ["b" * 64], (
        "of the report only the browser's hash is left, so that it counts once"
    )


def test_whoever_only_typed_the_address_is_somebody_else(article: Article) -> None:
    """Eve signed with Bea's address once; what she did besides is neither handed out nor erased."""
    eve = "e" * 64
    mine = cast.comment(article, name="Eve", email="eve@example.org", browser=eve)
    cast.comment(article, browser=eve)
    cast.report(cast.comment(article, email="ann@example.org", browser="a" * 64), eve)
    corrections.note(eve, "Says she is Bea.", cast.moderator())
    exported = privacy.export("bea@example.org")
    assert exported["reports"] == []
    assert exported["comments"][0]["notes_of_the_staff"] == []
    privacy.erase("bea@example.org")
    db.session.expire_all()
    assert mine.status is Status.PUBLISHED
    assert db.session.query(Report).one().note == "Rude."
    notices.confirm(eve, "bea@example.org")
    assert len(privacy.export("bea@example.org")["reports"]) == 1, "she proved it"


def test_what_others_asked_for_stays(session: Any) -> None:
    cast.comment(cast.article())
    about = {"view": "all", "q": "eve@example.org"}
    done = bulk.decide(Filter(view=None), Status.SPAM, cast.moderator(), about=about)
    assert done
    privacy.erase("bea@example.org")
    assert done.about == about


def test_likes_go_too_and_are_no_longer_counted(article: Article) -> None:
    mine = cast.comment(article)
    other = cast.comment(article, name="Eve", email="eve@example.org", browser="e" * 64)
    for browser in (mine.browser, "f" * 64):
        reactions.like(other.id, browser)
    assert privacy.export(mine.email)["liked_comments"] == [other.id]
    privacy.erase(mine.email)
    db.session.flush()
    db.session.refresh(other)
    assert other.like_count == 1
    assert [like.browser for like in db.session.query(Like)] == ["f" * 64]


def test_what_the_staff_noted_is_handed_out_and_erased(session: Any) -> None:
    comment = cast.comment(cast.article())
    mo = cast.moderator()
    corrections.note(comment.browser, "Writes at night.", mo)
    blocks.add(
        BlockKind.BROWSER, comment.browser, until=None, note=comment.name, staff=mo,
        effect=Effect.HOLD,
    )  # fmt: skip
    exported = privacy.export("bea@example.org")
    assert exported["comments"][0]["notes_of_the_staff"] == ["Writes at night."]
    assert [each["effect"] for each in exported["rules_of_the_staff"]] == ["hold"]
    privacy.erase("bea@example.org")
    db.session.expire_all()
    assert db.session.query(PersonNote).count() == 0
    assert db.session.query(Block).one().note == "", "the rule stays, the name does not"


def _erase_one_of_two() -> None:
    """Quagga wrote of a rhododendron and is erased; Ann wrote of a camellia and stays."""
    article = cast.article()
    cast.comment(article, email="bea@example.org", name="Quagga", body="A rhododendron.")
    cast.comment(article, email="ann@example.org", name="Ann", body="A camellia.")
    with writing():
        privacy.erase("bea@example.org")
    jobs.tidy()


def test_words_of_what_is_deleted_leave_the_index(app: Flask) -> None:
    """SQLite keeps them, spelled out, until its index is put in order; PostgreSQL sees to it."""
    with app.app_context():
        _erase_one_of_two()
        if db.engine.dialect.name == "sqlite":
            blocks_of_words = text("SELECT block FROM comment_search_data")
            kept = b"".join(db.session.scalars(blocks_of_words))
            assert b"camellia" in kept
            assert b"rhododendron" not in kept
            assert b"quagga" not in kept
        for words, found in (("camellia", 1), ("rhododendron", 0)):
            assert len(queue.ids(Filter(view=None, words=words))) == found


def test_what_was_erased_is_in_no_file_of_the_database(app: Flask) -> None:
    """SQLite's log keeps what its pages said before, until it begins anew."""
    with app.app_context():
        _erase_one_of_two()
        if db.engine.dialect.name == "sqlite":
            path = Path(db.engine.url.database or "")
            kept = b"".join(each.read_bytes() for each in path.parent.glob(f"{path.name}*"))
            assert b"camellia" in kept
            assert b"rhododendron" not in kept
            assert b"Quagga" not in kept
        assert db.session.query(Comment).count() == 2, "what is left is there"


def test_an_index_in_order_is_left_as_it_is(app: Flask) -> None:
    with app.app_context():
        cast.comment(cast.article())
        jobs.tidy()
        with writing():
            assert not search_index.merge_step(restart=True)

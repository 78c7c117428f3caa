"""The queue: its views, its pages, its filter and its counts."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from itertools import product
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from benchmarks import data
from blog import clock
from blog.extensions import db
from blog.models import Article, Comment, Staff, Status, View
from blog.queries import moderation as log
from blog.queries import queue, queue_filter
from blog.queries.queue import Cursor
from blog.queries.queue_filter import Filter
from blog.queries.records import Record, records
from blog.services import bulk, moderation
from tests import cast
from tests.conftest import POSTGRES


@pytest.fixture
def article(session: Any) -> Article:
    return cast.article()


@pytest.fixture
def mo(article: Article) -> Staff:
    return cast.moderator()


def _found(**wanted: Any) -> list[int]:
    return [each.id for each in queue.page(Filter(**wanted), None, 50).comments]


def _walk(wanted: Filter, size: int) -> list[int]:
    """Every page of a filter, one after the other."""
    seen: list[int] = []
    after: Cursor | None = None
    for _ in range(20):
        page = queue.page(wanted, after, size)
        assert len(page.comments) <= size
        seen += [each.id for each in page.comments]
        after = page.after
        if after is None:
            return seen
    raise AssertionError("the pages never end")


# --- The views -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("view", "kinds"),
    [
        pytest.param(View.WAITING, ["reported", "held"], id="what waits: reported and held"),
        pytest.param(View.UNSEEN, ["reported", "unseen"], id="public by the rules alone"),
        pytest.param(View.PUBLISHED, ["reported", "unseen", "seen"], id="everything public"),
        pytest.param(View.REJECTED, ["rejected"], id="what was rejected"),
        pytest.param(View.SPAM, ["spam"], id="spam"),
        pytest.param(View.TRASH, ["trashed"], id="the trash"),
        pytest.param(
            None, ["trashed", "spam", "rejected", "held", "reported", "unseen", "seen"],
            id="everything, but for what was deleted",
        ),
    ],
)  # fmt: skip
def test_a_view_has_its_comments_only(
    article: Article, view: View | None, kinds: list[str]
) -> None:
    made = {
        "seen": cast.comment(article, approved=True),
        "unseen": cast.comment(article),
        "reported": cast.comment(article),
        **{
            str(each): cast.comment(article, status=each)
            for each in Status
            if each is not Status.PUBLISHED
        },
    }
    cast.report(made["reported"])
    assert set(_found(view=view)) == {made[kind].id for kind in kinds}
    if view:
        assert queue.counts()[view] == len(_found(view=view))


@pytest.mark.parametrize("size", [1, 2, 3, 5, 9])
@pytest.mark.parametrize("view", [*View, None])
def test_pages_of_a_view_hold_every_comment_once(
    article: Article, view: View | None, size: int
) -> None:
    for _ in range(2):
        for status in Status:
            cast.comment(article, status=status)
        cast.report(cast.comment(article))
    wanted = Filter(view=view)
    seen = _walk(wanted, size)
    assert len(seen) == len(set(seen)) == len(_found(view=view))


def test_what_was_reported_comes_first_then_the_longest_wait(article: Article) -> None:
    held = [cast.comment(article, status=Status.HELD) for _ in "12"]
    public = [cast.comment(article) for _ in "12"]
    for comment in reversed(public):
        cast.report(comment)
    cast.report(public[0], "f" * 64)
    assert _found() == [public[1].id, public[0].id, held[0].id, held[1].id]


def test_the_other_views_show_the_newest_first(article: Article) -> None:
    made = [cast.comment(article, status=Status.SPAM).id for _ in range(3)]
    assert _found(view=View.SPAM) == made[::-1]


def test_a_decision_on_this_page_moves_nothing_off_the_next(article: Article, mo: Staff) -> None:
    made = [cast.comment(article, status=Status.HELD).id for _ in range(4)]
    first = queue.page(Filter(), None, 2)
    for each in first.comments:
        moderation.decide(each.id, Status.SPAM, mo, seen=cast.seen(Status.HELD))
    rest = queue.page(Filter(), first.after, 2)
    assert [each.id for each in rest.comments] == made[2:]


def test_a_report_waits_until_a_moderator_looked(article: Article, mo: Staff) -> None:
    public = cast.comment(article)
    cast.report(public)
    entry = moderation.decide(public.id, Status.PUBLISHED, mo, seen=cast.seen(Status.PUBLISHED))
    assert _found() == []
    assert entry
    moderation.undo(entry, mo)
    assert _found() == [public.id], "an undo brings the report back"


def test_a_report_of_what_was_approved_waits_and_hides_nothing(article: Article, mo: Staff) -> None:
    public = cast.comment(article, approved=True)
    for browser in "cdef":
        cast.report(public, browser * 64, enough=3)
    assert public.status is Status.PUBLISHED
    assert _found() == [public.id]
    assert _found(view=View.UNSEEN) == [], "somebody approved it"
    assert queue.counts() == cast.truly([public])
    look = cast.seen(Status.PUBLISHED)
    kept = moderation.decide(public.id, Status.PUBLISHED, mo, seen=look)
    assert kept
    assert _found() == [], "the decision settles it"
    assert moderation.decide(public.id, Status.PUBLISHED, mo, seen=look) is None
    moderation.undo(kept, mo)
    assert _found() == [public.id]
    moderation.decide(public.id, Status.PUBLISHED, mo, seen=look)
    cast.report(public, "1" * 64, enough=3)
    assert _found() == [public.id], "the next report comes up again"
    assert public.status is Status.PUBLISHED
    assert queue.counts() == cast.truly([public])


def test_many_reported_ones_are_kept_at_once(article: Article, mo: Staff) -> None:
    public = cast.comment(article, approved=True)
    cast.report(public)
    bulk.decide(Filter(only=(public.id,)), Status.PUBLISHED, mo, about={})
    assert _found() == []


# --- The filter --------------------------------------------------------------------------------


@pytest.fixture
def varied(article: Article) -> dict[str, int]:
    """Comments that differ in everything a filter looks at."""
    other = cast.article(slug="other", title="Another story")
    old = clock.now() - timedelta(days=40)
    links = [{"rule": "links", "fact": "3"}]
    made = {
        "plain": cast.comment(article),
        "ferry": cast.comment(article, body="The Fährmann said: don't."),
        "named": cast.comment(article, name="Zoë Quill"),
        "mailed": cast.comment(article, email="eve.smith@mail.example.com"),
        "near": cast.comment(article, network="203.0.113.0/24"),
        "other": cast.comment(other),
        "linked": cast.comment(article, reasons=links),
        "old": cast.comment(article, created_at=old),
        "theirs": cast.comment(article, browser="e" * 64),
    }
    return {name: comment.id for name, comment in made.items()}


@pytest.mark.parametrize(
    ("words", "names"),
    [
        pytest.param("fährmann", ["ferry"], id="a word of the text, in any case"),
        pytest.param("Fähr", ["ferry"], id="how a word begins"),
        pytest.param("quill zoë", ["named"], id="a name, in any order"),
        pytest.param("eve.smith@mail.example.com", ["mailed"], id="an e-mail address"),
        pytest.param("mail.example.com", ["mailed"], id="a mail domain"),
        pytest.param("203.0.113", ["near"], id="a network"),
        pytest.param("fährmann zoë", [], id="every word must be there"),
        pytest.param("\"fährmann\" OR * NEAR( -x' :", [], id="no language of any kind"),
        pytest.param("' -- ; & | ! ( ) :* \\", [], id="signs alone find nothing"),
        pytest.param("nobodysaidthis", [], id="nothing"),
    ],
)  # fmt: skip
def test_search(varied: dict[str, int], words: str, names: list[str]) -> None:
    assert set(_found(view=None, words=words)) == {varied[name] for name in names}


def test_search_follows_an_edit_and_forgets_what_is_deleted(article: Article, mo: Staff) -> None:
    comment = cast.comment(article, body="A heron.")
    comment.body = "A kestrel."
    db.session.flush()
    assert _found(view=None, words="heron") == []
    assert _found(view=None, words="kestrel") == [comment.id]
    db.session.delete(article)
    db.session.flush()
    assert queue.ids(Filter(view=None, words="kestrel")) == []


@pytest.mark.parametrize("recent", [1, 3, queue.RECENT])
def test_search_stays_within_its_view_and_has_pages(
    article: Article, monkeypatch: pytest.MonkeyPatch, recent: int
) -> None:
    monkeypatch.setattr(queue, "RECENT", recent)
    held = [cast.comment(article, status=Status.HELD, body="A gull.").id for _ in range(5)]
    spam = [cast.comment(article, status=Status.SPAM, body="A gull.").id for _ in range(5)]
    assert _walk(Filter(words="gull"), 2) == held
    assert _walk(Filter(view=View.SPAM, words="gull"), 2) == spam[::-1]
    assert _walk(Filter(view=None, words="gull"), 3) == [*spam[::-1], *held[::-1]]


def test_the_rest_of_the_filter(varied: dict[str, int], article: Article) -> None:
    def names(**wanted: Any) -> set[str]:
        numbers = set(_found(view=None, **wanted))
        return {name for name, number in varied.items() if number in numbers}

    today, everything = clock.now().date(), set(varied)
    other = db.session.query(Article).filter_by(slug="other").one()
    assert names(article_id=other.id) == {"other"}
    assert names(reason="links") == {"linked"}
    assert names(browser="e" * 64) == {"theirs"}
    assert names(since=today) == everything - {"old"}
    assert names(until=today - timedelta(days=1)) == {"old"}
    assert names(since=today, until=today) == everything - {"old"}
    assert names(since=date(1, 1, 1), until=date(9998, 1, 1)) == everything
    assert names(only=(varied["near"], varied["old"])) == {"near", "old"}


@pytest.mark.parametrize(
    ("rule", "fact", "is_found"),
    [
        pytest.param("links", "3", True, id="the rule"),
        pytest.param("held_word", "links", False, id="a word that is called like it"),
        pytest.param("held_word", '"links"', False, id="the word in quotes"),
        pytest.param("held_word", '{"rule": "links"}', False, id="what looks as it is stored"),
        pytest.param("links_too", "3", False, id="a longer name"),
    ],
)
def test_why_a_comment_waited_is_the_rule_and_never_a_fact(
    article: Article, rule: str, fact: str, is_found: bool
) -> None:
    first = {"rule": "first", "fact": ""}
    made = cast.comment(article, reasons=[first, {"rule": rule, "fact": fact}])
    assert _found(view=None, reason="links") == ([made.id] if is_found else [])


def test_what_was_edited_since_is_not_meant(article: Article) -> None:
    now = clock.now()
    early = cast.comment(article, edited_at=now - timedelta(hours=1)).id
    cast.comment(article, edited_at=now + timedelta(hours=1))
    plain = cast.comment(article).id
    assert queue.ids(Filter(view=None, looked_at=now)) == [early, plain]


def test_what_was_reported_since_is_not_meant(article: Article) -> None:
    before, since = cast.comment(article), cast.comment(article)
    cast.report(before)
    now = clock.now()
    cast.report(since)
    assert queue.ids(Filter(looked_at=now)) == [before.id]


def test_what_was_reported_once_more_since_then_is_left_out(article: Article) -> None:
    comment = cast.comment(article)
    cast.report(comment)
    now = clock.now()
    assert queue.ids(Filter(looked_at=now)) == [comment.id]
    cast.report(comment, browser="f" * 64)
    assert queue.ids(Filter(looked_at=now)) == []


def test_what_came_into_a_view_since_is_not_meant(article: Article, mo: Staff) -> None:
    moved, back, stays = (cast.comment(article, status=Status.TRASHED) for _ in range(3))
    moderation.decide(moved.id, Status.SPAM, mo, seen=cast.seen(Status.TRASHED))
    entry = moderation.decide(back.id, Status.SPAM, mo, seen=cast.seen(Status.TRASHED))
    assert entry
    page = log.newest_id()
    moderation.decide(moved.id, Status.TRASHED, mo, seen=cast.seen(Status.SPAM))
    moderation.undo(entry, mo)
    cast.comment(article, status=Status.TRASHED)
    wanted = Filter(view=View.TRASH, last_entry=page)
    assert queue.ids(wanted) == [stays.id]
    assert queue.ids(wanted, 0) == []


if not POSTGRES:  # how SQLite finds it; there is no such plan elsewhere

    def test_what_came_since_is_found_by_an_index(article: Article) -> None:
        """A decision about all that match asks once for each comment, of which there are many."""
        wanted = Filter(view=View.TRASH, last_entry=1, looked_at=clock.now())
        query = (
            queue_filter.matching(wanted)
            .with_only_columns(Comment.id)
            .order_by(Comment.id)
            .limit(9)
        )
        written = query.compile(db.engine, compile_kwargs={"literal_binds": True})
        plan = [row.detail for row in db.session.execute(text(f"EXPLAIN QUERY PLAN {written}"))]
        assert (
            "SEARCH comment USING COVERING INDEX" in plan[0]
            or "SEARCH comment USING INDEX" in plan[0]
        )
        assert any("moderation_entry USING" in each and "rowid>?" in each for each in plan), plan
        assert not any("SCAN comment" in each or "B-TREE" in each for each in plan), plan


def test_counting_stops_where_nobody_cares(article: Article) -> None:
    made = [cast.comment(article, status=Status.HELD).id for _ in range(4)]
    assert queue.count(Filter(), 9) == 4
    assert queue.count(Filter(), 3) == 3
    assert queue.count_new(Filter(), made[1]) == 2
    assert queue.newest_id() == made[-1]


def test_a_filter_knows_whether_it_is_a_view_and_nothing_else() -> None:
    assert Filter(view=View.SPAM).is_plain
    assert not replace(Filter(view=View.SPAM), words="gull").is_plain


# --- What a page costs -------------------------------------------------------------------------

READS: list[Any] = [
    pytest.param(lambda: queue.page(Filter(view=View.UNSEEN), None, 50).comments, id="a view"),
    pytest.param(lambda: queue.page(Filter(), None, 50).comments, id="what readers reported"),
]


@pytest.mark.parametrize("read", READS)
def test_rows_cost_the_same_however_many_they_are(
    app: Flask, article: Article, read: Callable[[], Sequence[Comment]]
) -> None:
    prices = []
    for more in (2, 10):
        for number in range(more):
            on = cast.article(slug=f"other-{more}-{number}")
            reply = cast.comment(on, parent=cast.comment(on))
            cast.report(reply)
            cast.report(reply, browser="f" * 64)
        prices.append(_price(app, read))
    assert prices[0] == prices[1] <= 4, "the comments, and the reports of all of them"


def _price(app: Flask, read: Callable[[], Sequence[Comment]]) -> int:
    """How many statements it takes to read comments and what their rows show."""
    db.session.commit()
    db.session.expunge_all()
    with cast.counting(app) as seen:
        for comment in read():
            assert comment.article.title
            assert comment.article.path["slug"]
            assert comment.parent_id is None or comment.parent.name
            assert len(comment.reports) in (0, 2)
    return len(seen)


@pytest.fixture
def measured(app: Flask) -> Iterator[Flask]:
    """A site where the newest third waits, and each kind of comment lies together with its own."""
    with app.app_context():
        data.fill(comments=3_000, articles=20, held=1_000)
        yield app


def _plans(app: Flask, read: Callable[[], object]) -> list[str]:
    """How the database finds the comments of a page."""
    explain = "EXPLAIN " if POSTGRES else "EXPLAIN QUERY PLAN "
    seen: list[tuple[str, Any]] = []

    def note(_connection: object, _cursor: object, statement: str, values: Any, *_: object) -> None:
        if statement.startswith("SELECT comment.id, comment.article_id"):
            seen.append((statement, values))

    with cast.listening(app, note):
        read()
    connection = db.session.connection()
    return [
        "\n".join(str(row) for row in connection.exec_driver_sql(explain + statement, values))
        for statement, values in seen
    ]


def test_an_index_finds_a_view_whatever_lies_before_it(measured: Flask) -> None:
    """By id, the newest spam lies behind a thousand comments that wait."""
    for view, after in product(View, (None, Cursor(1_500), Cursor(2_500))):
        for plan in _plans(measured, partial(queue.page, Filter(view=view), after, 25)):
            assert "ix_comment_status_" in plan or "ix_comment_open_report" in plan, view


def test_the_index_of_words_finds_what_is_searched(measured: Flask) -> None:
    """A rare word is not looked for in every text, the newest first."""
    for view, words in product([None, *View], ["tidal", "rare77", "tidal harem", "nothing"]):
        wanted = Filter(view=view, words=words)
        for plan in _plans(measured, partial(queue.page, wanted, None, 25)):
            assert "comment_search" in plan or "ix_comment_open_report" in plan, wanted


def test_one_row_comes_with_what_it_shows(app: Flask, article: Article) -> None:
    reply = cast.comment(article, parent=cast.comment(article))
    for browser in ("e", "f"):
        cast.report(reply, browser * 64)
    comment_id = reply.id
    assert _price(app, lambda: [queue.comment(comment_id) or reply]) == 2
    assert queue.comment(99) is None


def test_every_view_has_a_count_from_the_start(session: Any) -> None:
    assert queue.counts() == dict.fromkeys(View, 0)


def test_the_counts_cost_one_statement(app: Flask, article: Article) -> None:
    for status in Status:
        cast.comment(article, status=status)
    db.session.expunge_all()
    with cast.counting(app) as seen:
        assert set(queue.counts().values()) == {1}
    assert len(seen) == 1


def test_the_record_of_a_browser(article: Article) -> None:
    for status in (Status.PUBLISHED, Status.PUBLISHED, Status.SPAM, Status.REJECTED, Status.HELD):
        cast.comment(article, status=status)
    cast.comment(article, browser="e" * 64)
    assert records(["b" * 64, ""]) == {"b" * 64: Record(2, 2, 1)}
    assert records([""]) == {}

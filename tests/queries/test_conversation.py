"""A conversation as its page shows it: pages of threads, folded replies, what is new."""

from itertools import product
from typing import Any

import pytest
from flask import Flask

from blog.extensions import db
from blog.models import Article, Comment, Like, Status
from blog.queries import conversation as queries
from blog.queries.comments import OWN
from blog.queries.conversation import Cursor, Sort
from blog.queries.shown import show
from tests import cast

BEA = "b" * 64  # the author of the cast's comments
EVE = "e" * 64  # another browser


@pytest.fixture
def article(session: Any) -> Article:
    return cast.article()


def _page(article: Article, browser: str | None = None, **how: Any) -> queries.Page:
    return queries.page(article.id, browser, how.pop("size", 50), **how)


def _ids(page: queries.Page) -> list[int]:
    """The comments of a page in the order in which they are shown."""
    found = []
    for thread in page.threads:
        found += [thread.root.id] if thread.root else []
        found += [reply.id for reply in thread.replies]
    return found


# --- Threads ---------------------------------------------------------------------------------


def test_replies_stand_under_their_root_oldest_first(article: Article) -> None:
    one, two = cast.comment(article), cast.comment(article)
    late = cast.comment(article, parent=one)
    deep = cast.comment(article, parent=late)
    other = cast.comment(article, parent=two)
    assert _ids(_page(article)) == [one.id, late.id, deep.id, two.id, other.id]


def test_newest_first_turns_the_threads_not_the_replies(article: Article) -> None:
    one, two = cast.comment(article), cast.comment(article)
    replies = [cast.comment(article, parent=one).id for _ in range(2)]
    shown = _ids(_page(article, sort=Sort.NEWEST))
    assert shown == [two.id, one.id, *replies]


@pytest.mark.parametrize("status", [each for each in Status if each is not Status.PUBLISHED])
def test_replies_stay_where_the_root_is_no_longer_public(article: Article, status: Status) -> None:
    root = cast.comment(article, status=status, name="Gone")
    reply = cast.comment(article, parent=root)
    deep = cast.comment(article, parent=reply)
    (thread,) = _page(article, EVE).threads
    assert (thread.id, thread.root) == (root.id, None)
    assert [each.id for each in thread.replies] == [reply.id, deep.id]


def test_a_deeper_reply_says_whom_it_answers_a_first_one_does_not(article: Article) -> None:
    root = cast.comment(article, name="Root")
    reply = cast.comment(article, name="Second", parent=root)
    cast.comment(article, parent=reply)
    (thread,) = _page(article).threads
    assert [each.answers for each in thread.replies] == ["", "Second"]


@pytest.mark.parametrize("status", [each for each in Status if each is not Status.PUBLISHED])
def test_nobody_is_named_who_is_not_to_be_seen(article: Article, status: Status) -> None:
    root = cast.comment(article)
    reply = cast.comment(article, parent=root, name="Nobody", status=status)
    deep = cast.comment(article, parent=reply, browser=EVE)
    (thread,) = _page(article, EVE).threads
    assert [(each.id, each.answers) for each in thread.replies] == [(deep.id, "")]
    assert show([deep], EVE)[deep.id].answers == ""


def test_a_comment_alone_is_shown_as_it_is_in_its_thread(article: Article) -> None:
    for root_status, reply_status in product(Status, Status):
        root = cast.comment(article, status=root_status)
        reply = cast.comment(article, status=reply_status, parent=root, browser=EVE)
        cast.comment(article, parent=reply)
    db.session.add(Like(comment_id=1, browser=BEA))
    for browser in (None, BEA, EVE):
        for thread in _page(article, browser).threads:
            for each in [*filter(None, [thread.root]), *thread.replies]:
                row = db.session.get_one(Comment, each.id)
                alone = show([row], browser)[each.id]
                assert alone == each


def test_a_viewer_knows_the_own_comments_and_likes(article: Article) -> None:
    mine, other = cast.comment(article), cast.comment(article, browser=EVE)
    db.session.add(Like(comment_id=other.id, browser=BEA))
    db.session.flush()
    seen = {each.root.id: each.root for each in _page(article, BEA).threads if each.root}
    assert (seen[mine.id].is_own, seen[mine.id].is_liked) == (True, False)
    assert (seen[other.id].is_own, seen[other.id].is_liked) == (False, True)
    for each in _page(article).threads:
        assert each.root
        assert (each.root.is_own, each.root.is_liked) == (False, False), "a stranger has neither"


def test_a_conversation_costs_the_same_however_long_it_is(app: Flask, article: Article) -> None:
    prices = []
    for more in (2, 10):
        for _ in range(more):
            cast.comment(article, parent=cast.comment(article, parent=cast.comment(article)))
        db.session.expunge_all()
        with cast.counting(app) as seen:
            assert len(_page(article, BEA).threads) >= more
        prices.append(len(seen))
    assert prices[0] == prices[1]
    assert prices[0] <= 5, "newest, roots, replies, names, likes"


def test_a_stranger_costs_no_question_about_the_own(app: Flask, article: Article) -> None:
    cast.comment(article)
    with cast.counting(app) as seen:
        _page(article)
    assert len(seen) == 1, "roots: none has replies, and the newest is among them"


# --- Pages -----------------------------------------------------------------------------------


def _walk(article: Article, sort: Sort, size: int, browser: str | None = None) -> list[int]:
    """The roots of all pages, one after the other."""
    found: list[int] = []
    after: Cursor | None = None
    while True:
        page = _page(article, browser, sort=sort, after=after, size=size)
        assert page.is_first is (after is None)
        assert len(page.threads) <= size
        found += [thread.id for thread in page.threads]
        after = page.after
        if after is None:
            return found


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 6])
def test_pages_hold_every_thread_once_in_each_order(article: Article, size: int) -> None:
    likes = (0, 3, 3, 0, 7)
    made = [cast.comment(article, like_count=count).id for count in likes]
    assert _walk(article, Sort.OLDEST, size) == made
    assert _walk(article, Sort.NEWEST, size) == made[::-1]
    assert _walk(article, Sort.LIKED, size) == [made[4], made[2], made[1], made[3], made[0]]


@pytest.mark.parametrize("size", [1, 2, 3])
def test_what_a_viewer_may_not_see_takes_no_place_on_a_page(article: Article, size: int) -> None:
    made = [cast.comment(article, status=status) for status in (*Status, *Status)]
    own = [each.id for each in made if each.status in (Status.PUBLISHED, *OWN)]
    public = [each.id for each in made if each.status is Status.PUBLISHED]
    assert _walk(article, Sort.OLDEST, size) == public
    assert _walk(article, Sort.OLDEST, size, BEA) == own


def test_a_page_shows_three_replies_and_says_how_many_follow(article: Article) -> None:
    root = cast.comment(article)
    made = [cast.comment(article, parent=root).id for _ in range(5)]
    cast.comment(article, parent=root, status=Status.SPAM)
    db.session.expire_all()
    (thread,) = _page(article).threads
    assert [each.id for each in thread.replies] == made[:3]
    assert (thread.more, thread.last, thread.earlier) == (2, made[2], False)


def test_the_own_reply_that_waits_is_shown_however_many_came_before(article: Article) -> None:
    root = cast.comment(article)
    made = [cast.comment(article, parent=root).id for _ in range(5)]
    own = cast.comment(article, parent=root, status=Status.HELD, browser=EVE).id
    db.session.expire_all()
    (thread,) = _page(article, EVE).threads
    assert [each.id for each in thread.replies] == [*made[:3], own]
    assert (thread.more, thread.last) == (2, made[2])


def test_the_replies_that_follow_come_in_steps(article: Article, monkeypatch: Any) -> None:
    monkeypatch.setattr(queries, "REPLIES", 2)
    root = cast.comment(article)
    made = [cast.comment(article, parent=root).id for _ in range(6)]
    db.session.expire_all()
    steps, after = [], made[2]
    while True:
        thread = queries.replies(root, None, after)
        steps.append([each.id for each in thread.replies])
        after = thread.last
        if not thread.more:
            break
    assert steps == [made[3:5], made[5:]]


@pytest.mark.parametrize("place", range(5))
def test_a_permalink_opens_the_page_of_its_thread(article: Article, place: int) -> None:
    made = [cast.comment(article) for _ in range(5)]
    page = _page(article, size=2, show=made[place].id, sort=Sort.NEWEST)
    assert made[place].id in _ids(page)
    assert page.sort is Sort.OLDEST
    assert page.is_first is (place < 2), "what stands on the first page is shown there"


def test_a_permalink_unfolds_the_thread_around_a_reply(article: Article, monkeypatch: Any) -> None:
    monkeypatch.setattr(queries, "REPLIES", 3)
    root = cast.comment(article)
    made = [cast.comment(article, parent=root).id for _ in range(12)]
    db.session.expire_all()
    (thread,) = _page(article, show=made[8]).threads
    assert [each.id for each in thread.replies] == made[3:11]
    assert (thread.more, thread.last, thread.earlier) == (1, made[10], True)
    (thread,) = _page(article, show=made[1]).threads
    assert [each.id for each in thread.replies] == made[:3], "it stands among the first anyway"


def test_a_permalink_to_what_nobody_may_see_is_the_page_without_it(article: Article) -> None:
    cast.comment(article)
    hidden = cast.comment(article, status=Status.HELD)
    assert _ids(_page(article, show=hidden.id)) == _ids(_page(article))
    assert hidden.id in _ids(_page(article, BEA, show=hidden.id)), "its author finds it"


# --- What is new -------------------------------------------------------------------------------


@pytest.mark.parametrize("status", Status)
def test_new_is_what_others_published_since(article: Article, status: Status) -> None:
    before = cast.comment(article)
    assert _page(article).newest == before.id
    later = cast.comment(article, status=status)
    expected = [later.id] if status is Status.PUBLISHED else []
    assert [each.id for each in queries.newer(article.id, before.id, None, 9)] == expected
    assert list(queries.newer(article.id, before.id, BEA, 9)) == [], "the own is not news"
    assert list(queries.newer(article.id, later.id, None, 9)) == []


@pytest.mark.parametrize("size", [1, 50], ids=["on another page", "on the only page"])
@pytest.mark.parametrize("kept", [0, 1, 5], ids=["a root", "a reply", "a reply that is folded"])
def test_the_newest_is_known_wherever_it_stands(article: Article, size: int, kept: int) -> None:
    first = cast.comment(article)
    cast.comment(article)
    latest = cast.comment(article, parent=first if kept else None)
    for _ in range(1, kept):
        latest = cast.comment(article, parent=first)
    cast.comment(article, status=Status.HELD)
    for browser in (None, BEA):
        assert _page(article, browser, size=size).newest == latest.id, "what waits is nobody's news"


def test_new_elsewhere_is_not_new_here(article: Article) -> None:
    cast.comment(cast.article(slug="other"))
    assert list(queries.newer(article.id, 0, None, 9)) == []
    assert queries.newest_id(article.id) == 0

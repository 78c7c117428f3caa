"""The queue's tools: search, decisions about many, the trash, answers, corrections, people."""

import re
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from flask import Flask

from blog import clock
from blog.extensions import db, writing
from blog.models import Article, Block, Comment, Discussion, Effect, Staff, Status
from blog.queries import moderation as log
from blog.services import moderation
from blog.web.converters import MAX_ID
from tests import cast
from tests.page import Answer, CheckingClient

QUEUE = "/dashboard/comments"
BULK = f"{QUEUE}/decide-all"
RULES = ("Trusted: comments do not wait", "Comments always wait", "Blocked for ever")
REJECT_ALL = ".rules form[action*=reject-all]"


@pytest.fixture(autouse=True)
def held(app: Flask) -> None:
    with app.app_context():
        on = cast.article()
        for number in ("zero", "one", "two"):
            cast.comment(
                on, status=Status.HELD, body=f"Gull {number}.", html=f"<p>Gull {number}.</p>",
                reasons=[{"rule": "held_word", "fact": "gull"}],
            )  # fmt: skip


def _statuses(app: Flask) -> list[Status]:
    return [each.status for each in cast.stored(app)]


def _bulk(client: CheckingClient, path: str = QUEUE, **data: object) -> Answer:
    page = client.get(path).page
    action = str(page.one("#bulk").attrs["action"])
    return client.post(action, data=page.fields("#bulk") | {"status": "rejected"} | data)


@pytest.mark.parametrize(
    "narrowed",
    [
        pytest.param("person=abc", id="a person that is no number"),
        pytest.param("person=99999999999", id="a number too long for a person"),
        pytest.param("reason=nonsense", id="a reason that no rule has"),
        pytest.param("since=2026-13-45", id="a day that is none"),
        pytest.param("until=tomorrow", id="a day in words"),
        pytest.param("view=everything", id="a view that does not exist"),
        pytest.param(f"q={'gull ' * 50}", id="words that are cut"),
    ],
)
def test_nothing_is_decided_by_a_filter_that_cannot_be_read(
    moderator: CheckingClient, app: Flask, narrowed: str
) -> None:
    fields = moderator.get(QUEUE).page.fields("#bulk") | {"status": "spam", "all": "y"}
    assert moderator.post(f"{BULK}?{narrowed}", data=fields).status_code == 422
    assert _statuses(app) == [Status.HELD] * 3


# --- Search and marks --------------------------------------------------------------------------


def test_what_made_it_wait_is_marked_in_the_text(moderator: CheckingClient) -> None:
    assert moderator.get(QUEUE).page.texts("#row-1 mark") == ["Gull"]


def test_a_search_finds_marks_and_can_be_cleared(moderator: CheckingClient) -> None:
    page = moderator.get(f"{QUEUE}?view=all&q=one").page
    assert [row.attrs["id"] for row in page.query("[data-row]")] == ["row-2"]
    assert page.texts("#row-2 mark") == ["Gull", "one"]
    assert page.one("#q").attrs["value"] == "one"
    assert page.texts(".chips a") == ["Words: one × remove"]
    assert page.one(".chips a").attrs["href"] == f"{QUEUE}?view=all"
    empty = moderator.get(f"{QUEUE}?view=all&q=nothinglikethis").page
    assert "No comment is like that" in empty.text(".empty")


@pytest.mark.parametrize("words", ["%", '"', "-", "*", "_", "-@-"])
def test_a_search_without_a_letter_or_a_digit_finds_nothing_and_says_why(
    moderator: CheckingClient, app: Flask, words: str
) -> None:
    address = f"{QUEUE}?view=all&q={quote(words)}"
    page = moderator.get(address).page
    assert not page.query("[data-row]")
    assert "A search needs a letter or a digit." in page.text(".empty")
    fields = moderator.get(QUEUE).page.fields("#bulk") | {"status": "spam", "all": "y"}
    moderator.post(f"{BULK}?view=all&q={quote(words)}", data=fields)
    assert set(_statuses(app)) == {Status.HELD}, "and nothing is decided about"


def test_marks_never_make_markup(moderator: CheckingClient, app: Flask) -> None:
    with app.app_context():
        html = '<p>&lt;img src=x onerror=gull&gt; <a href="https://e.example/gull">gull</a></p>'
        reasons = [{"rule": "held_word", "fact": "gull, <b>, img"}]
        cast.comment(db.session.get_one(Article, 1), status=Status.HELD, html=html, reasons=reasons)
    row = moderator.get(QUEUE).page.one("#row-4 .row__text")
    assert not row.query("img, b, [onerror]")
    assert row.query("a")[0].attrs["href"] == "https://e.example/gull"


def test_a_row_shows_the_persons_record(moderator: CheckingClient, app: Flask) -> None:
    with app.app_context():
        for status in (Status.PUBLISHED, Status.PUBLISHED, Status.SPAM):
            cast.comment(db.session.get_one(Article, 1), status=status)
    record = moderator.get(QUEUE).page.text("#row-1 .row__record")
    assert record == "2 published, 1 rejected, 3 waiting"


def test_htmx_gets_more_rows_and_how_many_are_new(moderator: CheckingClient) -> None:
    rows = moderator.get(QUEUE, htmx=True).page
    assert len(rows.query("[data-row]")) == 3
    assert not rows.query("h1")
    new = moderator.get(f"{QUEUE}/arrivals?newest=1", htmx=True).page
    assert new.text("#arrivals a") == "2 new, at the end"
    there = moderator.get(str(new.one("#arrivals a").attrs["href"])).page
    assert [row.attrs["id"] for row in there.query("[data-row]")] == ["row-2", "row-3"]
    newest_first = moderator.get(f"{QUEUE}/arrivals?view=all&newest=1", htmx=True).page
    assert newest_first.text("#arrivals a") == "2 new"
    assert (
        "hidden"
        in moderator.get(f"{QUEUE}/arrivals?newest=3", htmx=True).page.one("#arrivals").attrs
    )


def test_what_narrows_the_list_is_named_and_taken_away_one_by_one(
    moderator: CheckingClient,
) -> None:
    narrow = "view=waiting&article=the-tide-table&person=1&reason=held_word&since=2026-01-02"
    page = moderator.get(f"{QUEUE}?{narrow}&until=2099-01-02").page
    assert page.texts(".chips [dir]") == [
        "Article: The tide table",
        "Person: Bea Writer",
        "Why it waited: Held word",
        "From 2 Jan 2026",
        "To 2 Jan 2099",
    ]
    without = str(page.query(".chips a")[1].attrs["href"])
    assert "person" not in without
    assert "article=the-tide-table" in without
    unknown = moderator.get(f"{QUEUE}?article=no-such&person=999").page
    assert unknown.texts(".chips [dir]") == ["Article: ?", "Person: ?"]


def test_a_filter_asks_once_for_each_name_that_it_shows(
    moderator: CheckingClient, app: Flask
) -> None:
    with cast.counting(app) as seen:
        page = moderator.get(f"{QUEUE}?article=the-tide-table&person=1").page
    assert page.texts(".chips [dir]") == ["Article: The tide table", "Person: Bea Writer"]
    names = [each for each in seen if re.search(r"WHERE (?:article\.slug|comment\.id) =", each)]
    columns = [set(re.findall(r"(?:article|comment)\.(\w+)", each)) for each in names]
    assert sorted(columns, key=sorted) == [{"browser", "name", "id"}, {"id", "title", "slug"}]


@pytest.mark.parametrize("view", ["waiting", "spam", "all"])
def test_the_form_searches_where_one_is(moderator: CheckingClient, view: str) -> None:
    page = moderator.get(f"{QUEUE}?view={view}").page
    assert page.one("#view [selected]").attrs["value"] == view


def test_a_reported_comment_is_said_to_be_public(moderator: CheckingClient, app: Flask) -> None:
    with app.app_context(), writing():
        public = cast.comment(db.session.get_one(Article, 1), status=Status.PUBLISHED)
        cast.report(public)
    page = moderator.get(QUEUE).page
    assert "Public now" in page.text(f"#row-{public.id} .row__where")
    assert "Public now" not in page.text("#row-1 .row__where")


# --- Many at once ------------------------------------------------------------------------------


def test_all_that_match_are_decided_and_one_undo_brings_them_back(
    moderator: CheckingClient, app: Flask
) -> None:
    answer = _bulk(moderator, all="y")
    assert answer.status_code == 303
    assert set(_statuses(app)) == {Status.REJECTED}
    page = moderator.get(answer.location).page
    assert page.text(".toast").startswith("Mo Derator rejected 3 comments.")
    action = str(page.one(".toast form").attrs["action"])
    back = moderator.post(action, data=page.fields(".toast form"))
    assert back.status_code == 303
    assert set(_statuses(app)) == {Status.HELD}
    assert "3 comments are back." in moderator.get(back.location).page.text(".toast")
    again = moderator.post(action, data=page.fields(".toast form"))
    assert again.status_code == 409
    assert "taken back before" in again.text


def test_what_is_ticked_is_decided_and_nothing_else(moderator: CheckingClient, app: Flask) -> None:
    _bulk(moderator, only=["1", "3"], status="spam")
    assert _statuses(app) == [Status.SPAM, Status.HELD, Status.SPAM]


def test_what_arrives_after_the_page_stays(moderator: CheckingClient, app: Flask) -> None:
    page = moderator.get(QUEUE).page
    fields = page.fields("#bulk") | {"status": "trashed", "all": "y"}
    with app.app_context():
        cast.comment(db.session.get_one(Article, 1), status=Status.HELD)
    moderator.post(BULK, data=fields)
    assert _statuses(app) == [Status.TRASHED] * 3 + [Status.HELD]


def test_a_decision_about_a_search_is_about_what_it_finds(
    moderator: CheckingClient, app: Flask
) -> None:
    _bulk(moderator, f"{QUEUE}?view=waiting&q=one", all="y")
    assert _statuses(app) == [Status.HELD, Status.REJECTED, Status.HELD]


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        pytest.param({}, 422, id="nothing is selected"),
        pytest.param({"all": "y", "status": "held"}, 422, id="nobody decides to wait"),
        pytest.param({"all": "y", "last_entry": "x"}, 422, id="no number"),
        pytest.param({"all": "y", "looked_at": "yesterday"}, 422, id="no moment"),
        pytest.param({"all": "y", "looked_at": "0001-01-01T00:00:00+14:00"}, 422, id="too early"),
        pytest.param({"only": ["x"]}, 422, id="no comment"),
        pytest.param({"only": ["9" * 30]}, 422, id="a number too large"),
        pytest.param({"only": ["0"]}, 422, id="a number too small"),
        pytest.param({"all": "y", "csrf_token": "forged"}, 400, id="forged"),
    ],
)
def test_bad_input_decides_nothing(
    moderator: CheckingClient, app: Flask, changed: dict[str, str], status: int
) -> None:
    assert _bulk(moderator, **changed).status_code == status
    assert set(_statuses(app)) == {Status.HELD}


def test_hundreds_may_be_ticked(moderator: CheckingClient, app: Flask) -> None:
    _bulk(moderator, only=[str(number) for number in range(1, 400)], status="spam")
    assert set(_statuses(app)) == {Status.SPAM}


@pytest.mark.parametrize("person", ["1", "99"])
def test_a_person_who_is_not_there_is_not_everybody(
    moderator: CheckingClient, app: Flask, person: str
) -> None:
    page = moderator.get(QUEUE).page
    with app.app_context(), writing():
        db.session.get_one(Comment, 1).browser = ""
    fields = page.fields("#bulk") | {"status": "spam", "all": "y"}
    moderator.post(f"{BULK}?view=all&person={person}", data=fields)
    assert set(_statuses(app)) == {Status.HELD}


def test_the_trash_is_emptied_of_what_was_seen(moderator: CheckingClient, app: Flask) -> None:
    _bulk(moderator, all="y", status="trashed")
    page = moderator.get(f"{QUEUE}?view=trash").page
    with app.app_context():
        cast.comment(db.session.get_one(Article, 1), status=Status.TRASHED)
    sure = page.fields(".trash") | {"sure": "y"}
    answer = moderator.post(f"{QUEUE}/empty-trash", data=sure)
    assert "3 comments are gone." in moderator.get(answer.location).page.text(".toast")
    assert _statuses(app) == [Status.DELETED] * 3 + [Status.TRASHED]
    assert moderator.post(f"{QUEUE}/empty-trash", data={
        "csrf_token": page.fields(".trash")["csrf_token"]}).status_code == 422  # fmt: skip


def test_the_trash_is_emptied_only_when_somebody_is_sure(
    moderator: CheckingClient, app: Flask
) -> None:
    _bulk(moderator, all="y", status="trashed")
    page = moderator.get(f"{QUEUE}?view=trash").page
    action = str(page.one(".trash").attrs["action"])
    answer = moderator.post(action, data=page.fields(".trash"))
    assert answer.status_code == 422
    assert "Tick “Yes, for good”" in answer.page.text(".toast")
    assert answer.page.query(".trash"), "and the trash is shown again"
    assert set(_statuses(app)) == {Status.TRASHED}


def test_what_a_colleague_moves_into_the_view_meanwhile_stays(
    moderator: CheckingClient, app: Flask
) -> None:
    moderator.post(f"{QUEUE}/1/decision", data=moderator.get(QUEUE).page.fields("#bulk") | {
        "status": "trashed", "seen": "held", "version": "first"})  # fmt: skip
    waiting, trash = moderator.get(QUEUE).page, moderator.get(f"{QUEUE}?view=trash").page
    with app.app_context(), writing():
        mo = db.session.query(Staff).one()
        moderation.undo(log.last_entry(1), mo)
        moderation.decide(2, Status.TRASHED, mo, seen=cast.seen(Status.HELD))
    moderator.post(f"{QUEUE}/empty-trash", data=trash.fields(".trash") | {"sure": "y"})
    moderator.post(BULK, data=waiting.fields("#bulk") | {"status": "spam", "all": "y"})
    assert _statuses(app) == [Status.HELD, Status.TRASHED, Status.SPAM]


# --- Answers and corrections -------------------------------------------------------------------


@pytest.mark.parametrize("htmx", [True, False], ids=["with htmx", "without scripts"])
def test_an_answer_is_published_with_what_it_answers(
    moderator: CheckingClient, app: Flask, htmx: bool
) -> None:
    fields = moderator.get(f"{QUEUE}/1/answer").page.fields(".answer")
    path = f"{QUEUE}/1/answer"
    answer = moderator.post(path, data=fields | {"body": "Thank you."}, htmx=htmx)
    assert answer.status_code == (200 if htmx else 303)
    made = cast.stored(app)
    assert (made[0].status, made[-1].body, made[-1].parent_id) == (
        Status.PUBLISHED, "Thank you.", 1,
    )  # fmt: skip


@pytest.mark.parametrize("htmx", [True, False], ids=["with htmx", "without scripts"])
def test_an_answer_that_cannot_be_taken_keeps_its_text(
    moderator: CheckingClient, app: Flask, htmx: bool
) -> None:
    fields = moderator.get(f"{QUEUE}/1/answer").page.fields(".answer")
    path = f"{QUEUE}/1/answer"
    empty = moderator.post(path, data=fields | {"body": " "}, htmx=htmx)
    assert empty.status_code == 422
    assert empty.page.text("#answer-1-body-error") == "Please write an answer."
    with app.app_context(), writing():
        db.session.get_one(Article, 1).discussion = Discussion.CLOSED
    closed = moderator.post(path, data=fields | {"body": "Kept & safe."}, htmx=htmx)
    assert closed.status_code == 422
    assert closed.page.text("#body-1").strip() == "Kept & safe."
    assert _statuses(app) == [Status.HELD] * 3, "neither approved nor answered"


def test_a_correction_and_its_undo(moderator: CheckingClient, app: Flask) -> None:
    path = f"{QUEUE}/1/correct"
    fields = moderator.get(path).page.fields(".panel")
    assert fields["body"].strip() == "Gull zero."
    answer = moderator.post(path, data=fields | {"body": "A gull."})
    assert cast.stored(app)[0].body == "A gull."
    page = moderator.get(answer.location).page
    assert "Mo Derator edited the comment by Bea Writer." in page.text("div.toast")
    moderator.post(f"{QUEUE}/1/undo", data=page.fields("div.toast form"))
    assert cast.stored(app)[0].body == "Gull zero."


def test_a_correction_that_cannot_be_taken_keeps_its_text(
    moderator: CheckingClient, app: Flask
) -> None:
    path = f"{QUEUE}/1/correct"
    fields = moderator.get(path).page.fields(".panel")
    assert moderator.post(path, data=fields | {"body": ""}).status_code == 422
    moderator.post(path, data=fields | {"body": "First."})
    late = moderator.post(path, data=fields | {"body": "Second."})
    assert late.status_code == 409
    assert late.page.text("#body").strip() == "Second."
    assert late.page.text("#now-1 .prose-small") == "First.", "what the next try would replace"
    assert cast.stored(app)[0].body == "First."
    again = late.page.fields(".panel")
    assert moderator.post(path, data=again).status_code == 303, (
        "the next try is about what is there"
    )


def test_an_edited_comment_is_answered_at_the_first_press(
    moderator: CheckingClient, app: Flask
) -> None:
    """The moment of the edit is in the link, with a sign that means a blank there."""
    _edit(app, "Changed.")
    link = moderator.get(QUEUE).page.one("#row-1 a[href*='/answer']").attrs["href"]
    form = moderator.get(str(link), htmx=True).page.fields(".answer")
    answer = moderator.post(f"{QUEUE}/1/answer", data=form | {"body": "Thank you."}, htmx=True)
    assert answer.status_code == 200


def _edit(app: Flask, words: str) -> None:
    """The author of the first comment changes its text."""
    with app.app_context(), writing():
        comment = db.session.get_one(Comment, 1)
        comment.body, comment.html = words, f"<p>{words}</p>"
        comment.edited_at = clock.now()


@pytest.mark.parametrize("htmx", [True, False], ids=["with htmx", "without scripts"])
def test_a_text_that_was_not_seen_is_shown_before_it_is_approved_with_an_answer(
    moderator: CheckingClient, app: Flask, htmx: bool
) -> None:
    path = f"{QUEUE}/1/answer"
    form = moderator.get(path, htmx=htmx).page
    assert not form.query("#now-1"), "it is what was seen"
    _edit(app, "Buy gulls.")
    empty = moderator.post(path, data=form.fields(".answer") | {"body": ""}, htmx=htmx)
    sent = empty.page.fields(".answer") | {"body": "Thank you."}
    late = moderator.post(path, data=sent, htmx=htmx)
    assert late.status_code == 422
    assert late.page.text("#answer-1-body-error") == "Its author changed the text."
    assert late.page.text("#now-1 .prose-small") == "Buy gulls."
    assert late.page.text("#body-1").strip() == "Thank you."
    assert _statuses(app) == [Status.HELD] * 3
    again = moderator.post(path, data=late.page.fields(".answer"), htmx=htmx)
    assert again.status_code == (200 if htmx else 303)
    assert cast.stored(app)[-1].body == "Thank you."


def test_an_answer_is_about_the_row_below_which_it_is_written(
    moderator: CheckingClient, app: Flask
) -> None:
    link = moderator.get(QUEUE).page.query("#row-1 .row__others a")[0]
    _edit(app, "Buy gulls.")
    form = moderator.get(str(link.attrs["data-hx-get"]), htmx=True).page
    sent = form.fields(".answer") | {"body": "Thank you."}
    late = moderator.post(f"{QUEUE}/1/answer", data=sent, htmx=True)
    assert late.page.text("#now-1 .prose-small") == "Buy gulls."
    assert _statuses(app) == [Status.HELD] * 3


# --- People ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("effect", "days", "status"),
    [
        ("trust", "0", Status.PUBLISHED),
        ("hold", "0", Status.HELD),
        ("reject", "0", Status.REJECTED),
        ("reject", "1", Status.REJECTED),
    ],
)
def test_a_rule_about_a_person_counts_for_the_next_comment(
    moderator: CheckingClient, client: CheckingClient, app: Flask,
    effect: str, days: str, status: Status,
) -> None:  # fmt: skip
    cast.post(client)
    number = cast.stored(app)[-1].id
    page = moderator.get(f"{QUEUE}/{number}/person").page
    token = page.fields(".rules form:first-child")["csrf_token"]
    data = {"csrf_token": token, "effect": effect, "days": days}
    answer = moderator.post(f"{QUEUE}/{number}/person/rule", data=data)
    assert answer.status_code == 303
    cast.post(client, body="The next one.")
    assert cast.stored(app)[-1].status is status
    page = moderator.get(answer.location).page
    with app.app_context():
        block = db.session.query(Block).one()
        assert (block.effect, block.until is not None) == (Effect(effect), days == "1")
    said = page.text(".rule p").removesuffix(" Lift")
    below = moderator.get(f"{QUEUE}/{number}/person", htmx=True).page
    assert below.text(".rule p") == f"{said} Lift"
    until = said.startswith("Blocked until ") if days == "1" else said in RULES
    assert until, "what happens to the next ones, and for how long"
    lift = page.one(".rule")
    moderator.post(str(lift.attrs["action"]), data={"csrf_token": token})
    with app.app_context():
        assert db.session.query(Block).count() == 0


def test_all_of_a_persons_comments_are_rejected_and_come_back(
    moderator: CheckingClient, app: Flask
) -> None:
    with app.app_context():
        on = db.session.get_one(Article, 1)
        cast.comment(on)
        cast.comment(on, browser="e" * 64)
    fields = moderator.get(f"{QUEUE}/1/person", htmx=True).page.fields(REJECT_ALL)
    answer = moderator.post(f"{QUEUE}/1/reject-all", data=fields)
    assert _statuses(app) == [Status.REJECTED] * 4 + [Status.PUBLISHED]
    page = moderator.get(answer.location).page
    moderator.post(str(page.one(".toast form").attrs["action"]), data=fields)
    assert _statuses(app) == [Status.HELD] * 3 + [Status.PUBLISHED] * 2


@pytest.mark.parametrize("htmx", [True, False], ids=["below a row", "on the person's page"])
def test_what_is_spam_or_trash_or_was_not_seen_is_not_rejected_with_the_rest(
    moderator: CheckingClient, app: Flask, htmx: bool
) -> None:
    with app.app_context():
        on = db.session.get_one(Article, 1)
        kept = [Status.SPAM, Status.TRASHED]
        for status in kept:
            cast.comment(on, status=status, wants_mail=True)
    fields = moderator.get(f"{QUEUE}/1/person", htmx=htmx).page.fields(REJECT_ALL)
    _edit(app, "A better gull.")
    with app.app_context():
        cast.comment(db.session.get_one(Article, 1))
    moderator.post(f"{QUEUE}/1/reject-all", data=fields)
    decided = [Status.HELD, Status.REJECTED, Status.REJECTED]
    assert _statuses(app) == [*decided, *kept, Status.PUBLISHED]


@pytest.mark.parametrize("missing", ["last_entry", "looked_at"])
def test_nothing_is_rejected_by_a_form_that_does_not_say_what_was_seen(
    moderator: CheckingClient, app: Flask, missing: str
) -> None:
    fields = moderator.get(f"{QUEUE}/1/person", htmx=True).page.fields(REJECT_ALL)
    del fields[missing]
    assert moderator.post(f"{QUEUE}/1/reject-all", data=fields).status_code == 422
    assert _statuses(app) == [Status.HELD] * 3


def test_a_note_about_a_person_is_kept(moderator: CheckingClient) -> None:
    path = f"{QUEUE}/1/person"
    fields = moderator.get(path).page.fields("[aria-labelledby=notes] form")
    assert moderator.post(path, data=fields | {"note": ""}).status_code == 422
    assert moderator.post(path, data=fields | {"note": "<b>Kind.</b>"}).status_code == 303
    page = moderator.get(path).page
    assert "<b>Kind.</b>" in page.text("[aria-labelledby=notes] .log")
    assert "only typed" in page.text(".room")


def test_nobody_is_behind_what_was_deleted(moderator: CheckingClient, app: Flask) -> None:
    with app.app_context(), writing():
        db.session.get_one(Comment, 1).browser = ""
    token = moderator.get(QUEUE).page.fields("#bulk")["csrf_token"]
    data = {"csrf_token": token, "effect": "hold"}
    assert moderator.get(f"{QUEUE}/1/person").status_code == 404
    for path in ("person/rule", "reject-all", "person"):
        assert moderator.post(f"{QUEUE}/1/{path}", data=data).status_code == 404


def test_what_is_looked_for_stays_as_it_is_in_the_addresses_of_a_row(
    moderator: CheckingClient, app: Flask
) -> None:
    words = f"seen-status seen-version {MAX_ID} {MAX_ID}"
    with app.app_context():
        on = db.session.get_one(Article, 1)
        made = cast.comment(on, status=Status.HELD, body=words)
        number, version = made.id, made.version
    page = moderator.get(f"{QUEUE}?q={quote(words)}").page
    row = page.one(f"#row-{number}")
    addresses = [str(each.attrs["href"]) for each in row.query(".row__others a")]
    addresses.append(str(row.query(".decisions")[0].attrs["action"]))
    assert len(addresses) == 4
    for each in map(urlsplit, addresses):
        assert each.path.startswith(f"{QUEUE}/{number}/")
        assert parse_qs(each.query)["q"] == [words]
    answer = parse_qs(urlsplit(addresses[0]).query)
    assert (answer["seen"], answer["version"]) == (["held"], [version])


@pytest.mark.parametrize(
    ("view", "status"), [("rejected", "rejected"), ("spam", "spam"), ("trash", "trashed")]
)
def test_what_lies_in_a_view_is_not_put_there_once_more(
    moderator: CheckingClient, view: str, status: str
) -> None:
    def offered(view: str) -> list[str]:
        buttons = moderator.get(f"{QUEUE}?view={view}").page.query("#bulk button[name=status]")
        return [str(each.attrs["value"]) for each in buttons]

    assert offered("waiting") == ["published", "rejected", "spam", "trashed"]
    _bulk(moderator, only=["1"], status=status)
    assert offered(view) == [
        each for each in ("published", "rejected", "spam", "trashed") if each != status
    ]


@pytest.mark.parametrize(
    ("query", "links"),
    [
        ("q=pelican", [f"{QUEUE}?q=pelican&view=all", QUEUE]),
        ("q=pelican&view=spam", [f"{QUEUE}?view=all&q=pelican", QUEUE]),
        ("q=pelican&view=all", [QUEUE]),
    ],
)
def test_a_search_that_finds_nothing_says_where_else_to_look(
    moderator: CheckingClient, query: str, links: list[str]
) -> None:
    page = moderator.get(f"{QUEUE}?{query}").page
    found = [str(each.attrs["href"]) for each in page.query(".empty a")]
    assert [urlsplit(each).path for each in found] == [urlsplit(each).path for each in links]
    assert [parse_qs(urlsplit(each).query) for each in found] == [
        parse_qs(urlsplit(each).query) for each in links
    ]
    assert ("in this view" in page.text(".empty")) is (len(links) == 2)

"""POST {article}/comments with what cannot be taken: a sentence, and every byte of the text."""

import io
from typing import Any

import pytest
from flask import Flask

from blog.extensions import db
from blog.models import Comment, Status
from tests import cast
from tests.conftest import MakeApp, new_client
from tests.page import CheckingClient


@pytest.fixture(autouse=True)
def article(app: Flask) -> None:
    with app.app_context():
        cast.article()


@pytest.fixture
def root(app: Flask) -> Comment:
    with app.app_context():
        return cast.comment(db.session.get_one(cast.Article, 1), name="Root")


BAD: list[Any] = [
    pytest.param({"body": ""}, "body", "Please write a comment.", id="an empty comment"),
    pytest.param({"body": " \n\t "}, "body", "Please write a comment.", id="a blank comment"),
    pytest.param({"body": "\u200b\u2060"}, "body", "Please write", id="an invisible comment"),
    pytest.param({"body": "x" * 5001}, "body", "This is 1 character too long.", id="too long by one"),
    pytest.param({"body": "x" * 6000}, "body", "1000 characters too long", id="much too long"),
    pytest.param({"body": "a\0b"}, "body", "cannot be shown", id="NUL"),
    pytest.param({"body": "a\x1bb"}, "body", "cannot be shown", id="an escape character"),
    pytest.param({"body": b"a\xed\xa0\x80b"}, "body", "cannot be shown", id="a lone surrogate"),
    pytest.param({"body": b"a\xff"}, "body", "cannot be shown", id="broken UTF-8"),
    pytest.param({"body": "a\uffff"}, "body", "cannot be shown", id="what no feed can hold"),
    pytest.param({"body": "\n\n \n" + "x" * 5000}, "body", "4 characters", id="too long by its blank lines"),
    pytest.param({"name": ""}, "name", "Please give a name.", id="no name"),
    pytest.param({"name": "   "}, "name", "Please give a name.", id="a blank name"),
    pytest.param({"name": "\u3164\u200b"}, "name", "Please give a name.", id="an invisible name"),
    pytest.param({"name": "x" * 81}, "name", "1 character too long", id="a name too long"),
    pytest.param({"name": "A\nB"}, "name", "cannot be shown", id="a name of two lines"),
    pytest.param({"name": "\u202eAnn"}, "name", "cannot be shown", id="a name that turns the line"),
    pytest.param({"name": "Rúth Ansell"}, "name", "belongs to somebody", id="the name of an author"),
    pytest.param({"name": "Яuth Ansell"}, "name", "letters of one alphabet", id="two alphabets in a word"),
    pytest.param({"name": "Moderator"}, "name", "belongs to somebody", id="the name of an office"),
    pytest.param({"name": "Br0adsheet"}, "name", "belongs to somebody", id="the name of the site"),
    pytest.param({"name": "A\0"}, "name", "cannot be shown", id="a name with NUL"),
    pytest.param({"email": ""}, "email", "Please give an e-mail", id="no address"),
    pytest.param({"email": "ann"}, "email", "not an e-mail address", id="a word for an address"),
    pytest.param({"email": "ann@localhost"}, "email", "not an e-mail", id="a machine's own name"),
    pytest.param({"email": "a" * 250 + "@example.org"}, "email", "too long", id="a long address"),
    pytest.param({"email": "ann@@example.org"}, "email", "not an e-mail", id="two signs"),
    pytest.param({"email": "ann@exa mple.org"}, "email", "not an e-mail", id="a blank inside"),
    pytest.param({"email": "Ann <ann@example.org>"}, "email", "not an e-mail", id="name and address"),
    pytest.param({"email": "ann@example.org\nBcc: x"}, "email", "cannot be shown", id="a second header"),
    pytest.param({"website": "javascript:alert(1)"}, "website", "not a web address", id="a script"),
    pytest.param({"website": "javascript://example.org/%0aalert(1)"}, "website", "not a web", id="a script that looks like an address"),
    pytest.param({"website": "data:text/html,x"}, "website", "not a web address", id="a page in an address"),
    pytest.param({"website": "http://[::1"}, "website", "not a web address", id="half an address"),
    pytest.param({"website": "https://"}, "website", "not a web address", id="no host"),
    pytest.param({"website": "https://example.org:99999"}, "website", "not a web address", id="no port"),
    pytest.param({"website": "https://ann@example.org"}, "website", "not a web address", id="a user"),
    pytest.param({"website": "my site"}, "website", "not a web address", id="two words"),
    pytest.param({"website": "example.org/" + "x" * 188}, "website", "8 characters too long", id="too long with its scheme"),
    pytest.param({"website": "https://a.org/" + "x" * 200}, "website", "too long", id="a long one"),
]  # fmt: skip


@pytest.mark.parametrize("htmx", [True, False], ids=["with htmx", "without scripts"])
@pytest.mark.parametrize(("bad", "field", "sentence"), BAD)
def test_a_fault_is_a_sentence_beside_its_field_and_nothing_is_lost(
    client: CheckingClient, app: Flask, bad: dict[str, Any], field: str, sentence: str, htmx: bool
) -> None:
    answer = cast.post(client, htmx=htmx, **{"body": cast.TEXT, **bad})
    assert answer.status_code == 422
    form, page = "#leave-reply", answer.page
    assert sentence in page.text(f"#leave-reply-{field}-error")
    control = page.one(f"#leave-reply-{field}")
    assert control.attrs["aria-invalid"] == "true"
    assert f"leave-reply-{field}-error" in control.attrs["aria-describedby"]
    assert "autofocus" in control.attrs
    assert page.query(f"{form} .form-summary a[href='#leave-reply-{field}']")
    fields = page.fields(form)
    if field == "body":
        assert fields["body"] == _as_shown(bad["body"])
        assert fields["name"] == cast.ANN["name"]
    else:
        assert fields["body"] == cast.TEXT
        assert fields[field] == _as_shown(bad[field]).strip()
    assert cast.stored(app) == []
    assert "Set-Cookie" not in answer.headers


def _as_shown(sent: str | bytes) -> str:
    """A page can hold neither NUL nor broken UTF-8; its sign stands where it was."""
    text = sent.decode(errors="replace") if isinstance(sent, bytes) else sent
    return text.replace("\0", "\ufffd")


@pytest.mark.parametrize("htmx", [True, False], ids=["with htmx", "without scripts"])
def test_every_fault_is_named_at_once_and_the_first_has_the_focus(
    client: CheckingClient, htmx: bool
) -> None:
    page = cast.post(client, htmx=htmx, name="", email="x", website="x y").page
    assert page.texts("#leave-reply .field__error") == [
        "Please give a name.",
        "This is not an e-mail address. It looks like name@example.org.",
        "This is not a web address. It looks like https://example.org.",
    ]
    assert len(page.query("#leave-reply .form-summary li a")) == 3
    assert [each.attrs["name"] for each in page.query("#leave-reply [autofocus]")] == ["name"]


@pytest.mark.parametrize("htmx", [True, False], ids=["with htmx", "without scripts"])
@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data"])
def test_the_text_comes_back_as_the_browser_sent_it(
    client: CheckingClient, kind: str, htmx: bool
) -> None:
    text = "\r\n\r\n  two blank lines, and </textarea> &amp; 👍🏽\r\n\tend  \r\n"
    data = {**cast.ANN, "body": text, "email": "", "remember": "y"}
    answer = client.post(cast.COMMENTS, data=data, content_type=kind, htmx=htmx)
    assert answer.status_code == 422
    fields = answer.page.fields("#leave-reply")
    assert fields["body"] == text.replace("\r\n", "\n")
    assert fields["remember"] == "y"


def test_a_page_with_a_fault_says_so_in_its_title(client: CheckingClient) -> None:
    title = cast.post(client, htmx=False, name="").page.text("title")
    assert title == "Please check your comment – The tide table – Broadsheet"


def test_a_file_is_no_text(client: CheckingClient, app: Flask) -> None:
    data = {**cast.ANN, "body": (io.BytesIO(b"Well said."), "comment.txt")}
    answer = client.post(cast.COMMENTS, data=data, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert answer.page.text("#leave-reply-body-error") == "Please write a comment."


def test_a_key_that_no_script_of_ours_made_is_refused(client: CheckingClient, app: Flask) -> None:
    answer = cast.post(client, key="k" * 65, body=cast.TEXT)
    assert answer.status_code == 422
    assert "reload the page" in answer.page.text(".form-summary")
    assert answer.page.fields("#leave-reply")["body"] == cast.TEXT


@pytest.mark.parametrize("htmx", [True, False], ids=["with htmx", "without scripts"])
@pytest.mark.parametrize(
    "parent",
    [
        pytest.param("99", id="a comment that does not exist"),
        pytest.param("2", id="a comment of another article"),
        pytest.param("3", id="a comment that is not public"),
        pytest.param("x", id="no number"),
        pytest.param("-1", id="a negative number"),
        pytest.param("9" * 40, id="a number that no database takes"),
        pytest.param("١", id="a digit that is not ours"),
    ],
)
def test_an_answer_to_nothing_may_be_posted_as_a_comment_of_its_own(
    client: CheckingClient, app: Flask, root: Comment, parent: str, htmx: bool
) -> None:
    with app.app_context():
        here = db.session.get_one(cast.Article, 1)
        cast.comment(cast.article(slug="elsewhere"))
        cast.comment(here, status=Status.HELD)
    answer = cast.post(client, htmx=htmx, parent=parent, body=cast.TEXT)
    assert answer.status_code == 422
    form = f"#reply-to-{parent}" if htmx and parent in ("99", "2", "3") else "#leave-reply"
    fields = answer.page.fields(form)
    assert (fields["parent"], fields["body"]) == ("", cast.TEXT)
    assert answer.page.text(f"{form} .form-summary")
    assert len(cast.stored(app)) == 3
    again: dict[str, Any] = {**fields, "key": "k"}
    assert cast.post(client, **again).status_code == 201


@pytest.mark.parametrize("htmx", [True, False], ids=["with htmx", "without scripts"])
def test_a_discussion_that_closed_meanwhile_keeps_the_text(
    client: CheckingClient, app: Flask, htmx: bool
) -> None:
    with app.app_context():
        cast.article(comments="closed")
    answer = cast.post(client, htmx=htmx, body=cast.TEXT)
    assert answer.status_code == 409
    assert "closed while you were writing" in answer.page.text(".form-summary")
    assert answer.page.fields("#leave-reply")["body"] == cast.TEXT


@pytest.mark.parametrize(
    ("field", "longest"), [("name", 80), ("email", 254), ("website", 200), ("body", 5000)]
)
def test_what_just_fits_is_stored_whole_and_the_form_says_the_same_limit(
    client: CheckingClient, app: Flask, field: str, longest: int
) -> None:
    fill = {
        "name": "n" * 80,
        "email": f"{'a' * 60}@{'b' * 60}.{'c' * 60}.{'d' * 60}.example.org"[:254],
        "website": "https://example.org/" + "x" * 180,
        "body": "\r\n".join(["👍"] * 2500) + "\r\n",
    }[field]
    assert client.get(cast.PATH).page.one(f"#leave-reply-{field}").attrs["maxlength"] == str(
        longest
    )
    changed: dict[str, Any] = {field: fill}
    assert cast.post(client, **changed).status_code == 201
    assert getattr(cast.stored(app)[0], field) == fill.replace("\r\n", "\n")


def test_limits_are_settings(make_app: MakeApp) -> None:
    app = make_app(comment_max_length=10)
    client = new_client(app)
    assert client.get(cast.PATH).page.one("#leave-reply-body").attrs["maxlength"] == "10"
    assert cast.post(client, body="x" * 11).status_code == 422
    assert cast.post(client, body="x" * 10).status_code == 201


# --- Too much, too fast, and the wrong kind -------------------------------------------------


PART = b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n'


@pytest.mark.parametrize(
    ("content_type", "data", "status"),
    [
        pytest.param("application/json", b'{"body": "x"}', 415, id="JSON"),
        pytest.param("text/plain", b"body=x", 415, id="plain text"),
        pytest.param("", b"body=x", 415, id="no type at all"),
        pytest.param("multipart/form-data", b"body", 400, id="multipart without a boundary"),
        pytest.param("application/x-www-form-urlencoded", b"x" * 10_000_000, 413, id="10 MB"),
        pytest.param("application/x-www-form-urlencoded", b"a=b&" * 60, 413, id="60 fields"),
        pytest.param("multipart/form-data; boundary=x", PART * 60, 413, id="60 parts"),
        pytest.param("multipart/form-data; boundary=x", PART + b"x" * 70_000, 413, id="a large part"),
    ],
)  # fmt: skip
def test_what_our_form_never_sends_is_refused_in_words(
    client: CheckingClient, app: Flask, content_type: str, data: bytes, status: int
) -> None:
    answer = client.post(cast.COMMENTS, data=data, content_type=content_type)
    assert answer.status_code == status
    assert answer.page.text("h1")
    assert answer.page.query("main a[href]")
    assert cast.stored(app) == []
    with_htmx = client.post(cast.COMMENTS, data=data, content_type=content_type, htmx=True)
    assert with_htmx.status_code == status
    assert with_htmx.page.text(".notice__box, .form-summary")


def test_too_large_a_request_leaves_the_page_as_it_is(client: CheckingClient) -> None:
    answer = cast.post(client, body="x" * 70_000)
    assert (answer.status_code, answer.headers["HX-Retarget"]) == (413, "#notice")
    assert "shorten it" in answer.page.text(".notice__box")


@pytest.mark.parametrize("htmx", [True, False], ids=["with htmx", "without scripts"])
def test_who_wrote_a_moment_ago_waits_and_keeps_the_text(make_app: MakeApp, htmx: bool) -> None:
    client = new_client(make_app(flood_seconds=15))
    cast.post(client)
    answer = cast.post(client, htmx=htmx, body=cast.TEXT)
    assert answer.status_code == 429
    assert 1 <= int(answer.headers["Retry-After"]) <= 15
    assert "wait" in answer.page.text(".form-summary")
    assert answer.page.fields("#leave-reply")["body"] == cast.TEXT


def test_an_address_has_its_rate(make_app: MakeApp) -> None:
    app = make_app(comment_rate="2 per hour")
    for number in range(2):
        assert cast.post(new_client(app), body=f"No. {number}").status_code == 201
    answer = cast.post(new_client(app), body=cast.TEXT, key="k3")
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert answer.page.fields("#leave-reply")["body"] == cast.TEXT
    assert len(cast.stored(app)) == 2


def test_a_text_that_is_looked_at_counts_whatever_comes_of_it(make_app: MakeApp) -> None:
    client = new_client(make_app(preview_rate="2 per hour"))
    assert [cast.post(client, name="").status_code for _ in range(2)] == [422] * 2
    answer = cast.post(client, name="", body=cast.TEXT)
    assert answer.status_code == 429
    assert answer.page.fields("#leave-reply")["body"] == cast.TEXT


def test_bad_input_does_not_use_up_the_rate(make_app: MakeApp) -> None:
    client = new_client(make_app(comment_rate="1 per hour"))
    assert [cast.post(client, name="").status_code for _ in range(3)] == [422] * 3
    assert cast.post(client).status_code == 201


@pytest.mark.parametrize("htmx", [True, False], ids=["with htmx", "without scripts"])
def test_a_reply_to_what_has_gone_stays_where_it_was_written(
    client: CheckingClient, app: Flask, root: Comment, htmx: bool
) -> None:
    """With htmx the form is put in its own place: another text may stand below the article."""
    with app.app_context():
        db.session.get_one(Comment, root.id).status = Status.TRASHED
        db.session.commit()
    answer = cast.post(client, htmx=htmx, parent=str(root.id), body=cast.TEXT)
    assert answer.status_code == 422
    form = f"#reply-to-{root.id}" if htmx else "#leave-reply"
    assert "The comment you answer is no longer there." in answer.page.text(form)
    assert "HX-Retarget" not in answer.headers
    fields = answer.page.fields(form)
    assert (fields["body"], fields["parent"]) == (cast.TEXT, "")
    assert fields.get("place") == (str(root.id) if htmx else None)
    again = client.post(cast.COMMENTS, data=fields | cast.ANN, htmx=htmx)
    assert again.status_code == (201 if htmx else 303)
    assert cast.stored(app)[1].parent_id is None
    if htmx:
        changed = {str(each.attrs["hx-target"]) for each in again.page.query("hx-partial")}
        assert f"#reply-slot-{root.id}" in changed
        assert "#leave-reply" not in changed, "what is written there is not lost"


@pytest.mark.parametrize("htmx", [True, False], ids=["with htmx", "without scripts"])
def test_who_answers_what_has_gone_hears_of_it_beside_any_other_fault(
    client: CheckingClient, htmx: bool
) -> None:
    """Else the next press of the button posts an answer as a comment of its own, unsaid."""
    answer = cast.post(client, htmx=htmx, parent="99", email="ann", body=cast.TEXT)
    assert answer.status_code == 422
    form = "#reply-to-99" if htmx else "#leave-reply"
    said = answer.page.text(f"{form} .form-summary")
    assert said.count("The comment you answer is no longer there.") == 1
    assert "not an e-mail address" in said
    assert answer.page.fields(form)["body"] == cast.TEXT


@pytest.mark.parametrize("place", ["0", "-1", "x", "9" * 40, "1 autofocus"])
def test_a_place_that_is_none_is_the_usual_one(client: CheckingClient, place: str) -> None:
    answer = cast.post(client, htmx=True, body="", place=place)
    assert answer.status_code == 422
    assert answer.page.query("#leave-reply")


@pytest.mark.parametrize(
    "written", ["casino", "casi&#110;o", "ca*si*no", "ca`si`no", "CAS&shy;INO"]
)
def test_a_refused_word_is_found_however_it_is_written(make_app: MakeApp, written: str) -> None:
    """The list sees what was typed, and what readers would see of it."""
    app = make_app(refused_list="casino")
    cast.post(new_client(app), body=f"Come to my {written}.")
    assert cast.stored(app)[0].status is Status.REJECTED

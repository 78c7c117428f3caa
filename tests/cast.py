"""The fixed cast: the article, the people and the comments that tests are about."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import event

from blog import clock
from blog.extensions import db, writing
from blog.models import Article as Article
from blog.models import Comment, Complaint, Staff, Status, View
from blog.models.staff import MODERATOR
from blog.queries import staff as queries
from blog.services import accounts, manuscript, moderation, publishing, reactions
from tests.page import Answer, CheckingClient

PUBLISHED = datetime(2026, 3, 4, 9, 30, tzinfo=UTC)
PATH = "/2026/03/the-tide-table"
COMMENTS = f"{PATH}/comments"
EMAIL = "mo@example.org"
PASSWORD = "a quiet word at noon"
# A person's comment as the form sends it.
ANN = {
    "name": "Ann Reader",
    "email": "ann@example.org",
    "website": "",
    "body": "Well *said* indeed.",
}
# Her second thoughts: blanks, signs and line breaks that an answer could lose.
TEXT = "Line one,  with <b>HTML</b> & “signs”.\n\n\tLine two.\n"

_MANUSCRIPT = """---
title: {title}
standfirst: {standfirst}
author: {author}
date: {date}
topic: {topic}
tags: [{tags}]
slug: {slug}
comments: {comments}
---

{body}
"""


def source(**changed: Any) -> str:
    """A manuscript as a file has it."""
    usual = {
        "title": "The tide table", "standfirst": "Why the harbour counts twice a day.",
        "author": "Ruth Ansell", "date": PUBLISHED.isoformat(), "topic": "Sea",
        "tags": "harbour, tides", "slug": "the-tide-table", "comments": "open",
        "body": "The tide comes *twice*.",
    }  # fmt: skip
    return _MANUSCRIPT.format(**{**usual, **changed})


def article(**changed: Any) -> Article:
    """Publish the article, or one that differs. Needs an application's context."""
    read = manuscript.read(source(**changed))
    with writing():
        published, _ = publishing.publish(read)
    return published


def articles(count: int, **changed: Any) -> list[Article]:
    """Publish many articles, an hour apart, the oldest first."""
    return [
        article(
            title=f"Story {number}",
            slug=f"story-{number}",
            date=(PUBLISHED + timedelta(hours=number)).isoformat(),
            **changed,
        )
        for number in range(1, count + 1)
    ]


def comment(on: Article, **changed: Any) -> Comment:
    """Store a comment in any status. Needs an application's context."""
    status = changed.pop("status", Status.PUBLISHED)
    parent = changed.pop("parent", None)
    count = db.session.query(Comment).count()
    usual: dict[str, Any] = {
        "article_id": on.id, "name": "Bea Writer", "email": "bea@example.org", "website": "",
        "body": "I was there.", "html": "<p>I was there.</p>\n", "status": status, "reasons": [],
        "browser": "b" * 64, "network": "192.0.2.0/24", "request_key": f"key-{count}",
        "parent_id": parent.id if parent else None,
        "root_id": parent.thread_id if parent else None, "created_at": clock.now(),
        "approved": False, "open_report": None,
    }  # fmt: skip
    made = Comment(**{**usual, **changed})
    with writing():
        moderation.start(made, status)
    return made


def truly(comments: Iterable[Comment]) -> dict[View, int]:
    """How many of the comments each view of the queue has, counted one by one."""
    found = list(comments)
    return {
        View.WAITING: sum(
            each.status is Status.HELD
            or (each.status is Status.PUBLISHED and each.open_report is not None)
            for each in found
        ),
        View.UNSEEN: sum(each.status is Status.PUBLISHED and not each.approved for each in found),
        View.PUBLISHED: sum(each.status is Status.PUBLISHED for each in found),
        View.REJECTED: sum(each.status is Status.REJECTED for each in found),
        View.SPAM: sum(each.status is Status.SPAM for each in found),
        View.TRASH: sum(each.status is Status.TRASHED for each in found),
    }


def report(on: Comment, browser: str = "e" * 64, enough: int = 0) -> None:
    """Let a reader report a comment. Needs a session that may write."""
    reporter = reactions.Reporter(browser, f"network of {browser[0]}")
    reactions.report(on.id, reporter, Complaint.ABUSIVE, "Rude.", enough)
    db.session.expire(on, ["reports"])


def moderator(role: str = MODERATOR, name: str = "Mo Derator") -> Staff:
    """The moderator, added to the staff the first time. Needs an application's context."""
    known = queries.by_email(EMAIL)
    if known:
        return known
    hashed = accounts.hashed(PASSWORD)
    with writing():
        return accounts.add(name=name, email=EMAIL, password=hashed, role=role)


def sign_up(email: str, name: str = "Eve Ditor", role: str = MODERATOR) -> Staff:
    """Another member of staff, with the same password. Needs an application's context."""
    hashed = accounts.hashed(PASSWORD)
    with writing():
        return accounts.add(name=name, email=email, password=hashed, role=role)


def seen(status: Status) -> moderation.LookedAt:
    """What a moderator saw who looked at a comment that nobody has edited."""
    return moderation.LookedAt(status, "first")


def sign_in(client: CheckingClient, password: str = PASSWORD, email: str = EMAIL) -> Answer:
    """Sign in as a person would: fetch the page, fill the form."""
    fields = client.get("/account/sign-in").page.fields()
    return client.post("/account/sign-in", data=fields | {"email": email, "password": password})


def post(client: CheckingClient, *, htmx: bool = True, **changed: Any) -> Answer:
    """Post Ann's comment, or one that differs, on the article."""
    path = changed.pop("path", COMMENTS)
    return client.post(path, data={**ANN, **changed}, htmx=htmx)


def stored(app: Flask) -> list[Comment]:
    """All comments, the oldest first."""
    with app.app_context():
        return list(db.session.query(Comment).order_by(Comment.id))


@contextmanager
def counting(app: Flask) -> Iterator[list[str]]:
    """Collect the statements by which the block reads."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if statement.startswith("SELECT"):
            seen.append(statement)

    with listening(app, note):
        yield seen


@contextmanager
def listening(app: Flask, note: Callable[..., None]) -> Iterator[None]:
    """Let a function hear of every statement before it is executed."""
    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield
    finally:
        event.remove(engine, "before_cursor_execute", note)

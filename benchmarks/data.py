"""A site of any size, the same each time: articles, people, and comments in every view."""

import random
from collections import Counter
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import timedelta
from typing import Any

from sqlalchemy import insert, text, update

from benchmarks import postgres
from blog import clock
from blog.extensions import db
from blog.models import (
    Article,
    Comment,
    ModerationEntry,
    QueueCount,
    Report,
    Status,
    Topic,
    View,
)

SEED = 20261124
BATCH = 10_000
# 150 words of which every text has 25: each is common, as the words people search for often are.
STEMS = ("tid", "har", "fer", "gul", "net")
WORDS = [f"{stem}{vowel}{end}" for stem in STEMS for vowel in "aeiou" for end in "lmnrst"]


def fill(comments: int, articles: int, held: int) -> None:
    """Fill an empty, migrated database. Needs an application's context; commits."""
    chance = random.Random(SEED)
    _articles(articles)
    with nullcontext() if _is_sqlite() else postgres.indexed_later("comment", "moderation_entry"):
        _comments(_rows(comments, articles, held, chance))
    _reports(comments, chance)
    _counts()
    if _is_sqlite():
        db.session.execute(text("ANALYZE"))
        db.session.commit()
    else:
        postgres.settle([Topic, Article, Comment, Report])


def _is_sqlite() -> bool:
    return db.engine.dialect.name == "sqlite"


def _comments(rows: Iterator[dict[str, Any]]) -> None:
    while batch := [row for _, row in zip(range(BATCH), rows, strict=False)]:
        _insert(Comment, batch)
        _insert(ModerationEntry, [_arrival(row) for row in batch])
        db.session.commit()


def _insert(model: type[Any], rows: list[dict[str, Any]]) -> None:
    if _is_sqlite():
        db.session.execute(insert(model.__table__), rows)
    else:
        postgres.copy(model.__table__, rows)


def add_busy(articles: int, comments: int) -> None:
    """Two more articles: `busy` with some short comments, which is read, and `posts`."""
    now, chance = clock.now(), random.Random(SEED)
    for number, slug in enumerate(("busy", "posts"), articles + 1):
        html = "".join(f"<p>{' '.join(chance.choices(WORDS, k=90))}.</p>" for _ in range(8))
        db.session.add(
            Article(
                id=number, slug=slug, title=f"A story called {slug}", standfirst="Words.",
                source="Words.", html=html, topic_id=1, published_at=now, minutes=3, place=number,
            )
        )  # fmt: skip
    db.session.flush()
    for number in range(comments):
        text = " ".join(chance.choices(WORDS, k=12))
        db.session.add(
            Comment(
                article_id=articles + 1, name=f"Person {number}", email="p@example.org", body=text,
                html=f"<p>{text}</p>\n", status=Status.PUBLISHED, approved=True, browser="f" * 64,
                network="", request_key=f"busy-{number}", created_at=now,
            )
        )  # fmt: skip
    db.session.get_one(Article, articles + 1).comment_count = comments
    db.session.commit()


def _articles(count: int) -> None:
    chance = random.Random(SEED)
    db.session.add(Topic(id=1, slug="sea", name="Sea"))
    db.session.flush()
    now = clock.now()
    texts = (" ".join(chance.choices(WORDS, k=60)) for _ in range(count))
    rows = [
        {
            "id": number, "slug": f"story-{number}", "title": f"Story {number}",
            "standfirst": "Words.", "source": text, "html": f"<p>{text}</p>", "topic_id": 1,
            "published_at": now - timedelta(minutes=count - number), "minutes": 1,
            "place": number,
        }
        for number, text in enumerate(texts, 1)
    ]  # fmt: skip
    _insert(Article, rows)
    db.session.commit()


def _rows(
    comments: int, articles: int, held: int, chance: random.Random
) -> Iterator[dict[str, Any]]:
    now = clock.now()
    first_held = comments - held
    for number in range(1, comments + 1):
        person = int(chance.random() ** 2 * comments / 4)  # a few write a lot: at most 0.2 %
        yield {
            "id": number, "article_id": 1 + int(chance.paretovariate(0.6)) % articles,
            "name": f"Person {person}", "email": f"person{person}@example.org", "website": "",
            "browser": f"{person:064x}", "network": f"10.{person % 250}.{person // 250 % 250}.0/24",
            "request_key": f"key-{number}", "fingerprint": f"{number:064x}", "badge": "none",
            "status": Status.HELD if number > first_held else _status(chance),
            "vetted": chance.random() < 0.5,
            "created_at": now - timedelta(seconds=comments - number),
            "reasons": [{"rule": "links", "fact": "2"}] if number > first_held else [],
            **_text(chance, number),
        }  # fmt: skip


def _status(chance: random.Random) -> Status:
    kinds = (Status.PUBLISHED, Status.SPAM, Status.REJECTED, Status.TRASHED)
    return chance.choices(kinds, (90, 6, 3, 1))[0]


def _text(chance: random.Random, number: int) -> dict[str, str]:
    words = " ".join(chance.choices(WORDS, k=25))
    body = f"{words} rare{number % 5000}."
    return {"body": body, "html": f"<p>{body}</p>\n"}


def _arrival(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "comment_id": row["id"],
        "by": row["name"],
        "after": row["status"],
        "reasons": [],
        "created_at": row["created_at"],
    }


def _reports(comments: int, chance: random.Random) -> None:
    numbers = sorted({chance.randrange(1, comments) for _ in range(min(500, comments // 10))})
    now = clock.now()
    rows = [
        {"id": place, "comment_id": number, "browser": "e" * 64, "network": "",
         "complaint": "spam", "created_at": now}
        for place, number in enumerate(numbers, 1)
    ]  # fmt: skip
    _insert(Report, rows)
    for row in rows:
        db.session.execute(
            update(Comment)
            .where(Comment.id == row["comment_id"], Comment.status == Status.PUBLISHED)
            .values(open_report=row["id"], approved=False)
        )
    db.session.commit()


def _counts() -> None:
    db.session.execute(
        text(
            "UPDATE article SET comment_count = (SELECT count(*) FROM comment"
            " WHERE article_id = article.id AND status = 'published')"
        )
    )
    counted: Counter[View] = Counter()
    columns = (Comment.status, Comment.approved, Comment.open_report)
    for status, approved, report in db.session.query(*columns).yield_per(BATCH):
        counted.update(Comment(status=status, approved=approved, open_report=report).views)
    for view, number in counted.items():
        db.session.execute(update(QueueCount).where(QueueCount.view == view).values(count=number))
    db.session.commit()

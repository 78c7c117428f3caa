"""The demo newsroom: published and commented by the same functions as anybody's articles."""

import hashlib
import tomllib
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from blog import clock
from blog.extensions import db
from blog.models import Article, Author, Badge, Comment, Status, Topic
from blog.services import manuscript, markup, moderation, publishing
from blog.services.decision import Facts, Rules, decide

FOLDER = Path(__file__).parent.parent / "demo"
# How long ago the newest article appeared, for somebody who looks at a fresh site.
NEWEST = timedelta(hours=2)


def fill() -> int:
    """Publish the demo's articles and put comments in every state below; return how many."""
    manuscripts = [
        manuscript.read(path.read_text("utf-8")) for path in sorted(FOLDER.glob("articles/*.md"))
    ]
    shift = clock.now() - NEWEST - max(each.date for each in manuscripts)
    _add_people()
    articles = {}
    for each in manuscripts:
        updated = each.updated + shift if each.updated else None
        article, _ = publishing.publish(replace(each, date=each.date + shift, updated=updated))
        articles[article.slug] = article
    _add_comments(articles)
    return len(articles)


def _add_people() -> None:
    people = tomllib.loads((FOLDER / "people.toml").read_text("utf-8"))
    for entry in people["author"]:
        author = publishing.find_or_make(Author, entry["name"])
        author.role, author.bio = entry["role"], entry["bio"]
    for entry in people["topic"]:
        publishing.find_or_make(Topic, entry["name"]).description = entry["description"]
    db.session.flush()


def _add_comments(articles: dict[str, Article]) -> None:
    entries = tomllib.loads((FOLDER / "comments.toml").read_text("utf-8"))["comment"]
    made: dict[str, Comment] = {}
    dated = sorted(entries, key=lambda entry: _moment(articles, entry))
    for entry in dated:
        made[entry["id"]] = _add_comment(articles, entry, made.get(entry.get("parent", "")))


def _moment(articles: dict[str, Article], entry: dict[str, Any]) -> datetime:
    return articles[entry["article"]].published_at + timedelta(minutes=entry["minutes"])


def _add_comment(
    articles: dict[str, Article], entry: dict[str, Any], parent: Comment | None
) -> Comment:
    article = articles[entry["article"]]
    body = entry["body"].strip()
    html = markup.comment_html(body)
    status = Status(entry["status"])
    _, reasons = decide(Facts(links=markup.count_links(html)), Rules())
    browser = hashlib.sha256(entry["email"].encode()).hexdigest()
    comment = Comment(
        article_id=article.id,
        parent_id=parent.id if parent else None,
        root_id=parent.thread_id if parent else None,
        name=entry["name"],
        email=entry["email"],
        website=entry.get("website", ""),
        body=body,
        html=html,
        badge=Badge.AUTHOR if entry.get("staff") else Badge.NONE,
        status=status if status is Status.PUBLISHED else Status.HELD,
        reasons=[] if status is Status.PUBLISHED else [vars(reason) for reason in reasons],
        browser=browser,
        network="unknown",
        request_key=hashlib.sha256(entry["id"].encode()).hexdigest(),
        approved=False,
        open_report=None,
        created_at=min(_moment(articles, entry), clock.now()),
    )
    moderation.start(comment, comment.status)
    if comment.status is not status:
        moderation.move(comment, status, by="Broadsheet")
    return comment

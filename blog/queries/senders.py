"""What the database knows of a comment that arrives: what the rules ask, in one statement."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, String, bindparam, func, or_, select

from blog import clock
from blog.extensions import db
from blog.models import Article, Author, Comment, ConfirmedEmail, Discussion, Staff, Status
from blog.models.types import UTCDateTime

_comment, _confirmed = Comment.__table__.c, ConfirmedEmail.__table__.c
_article, _author, _staff = Article.__table__.c, Author.__table__.c, Staff.__table__.c
_browser = bindparam("browser", type_=String)
_since = bindparam("since", type_=UTCDateTime)
_recorded = bindparam("recorded", type_=UTCDateTime)
_is_here = _comment.article_id == bindparam("article")
_is_sender = or_(_comment.browser == _browser, _comment.network == bindparam("network"))
_names = bindparam("names", type_=String, expanding=True)


class Standing(NamedTuple):
    """What speaks for a sender, or against: how earlier comments by that browser fared.

    `passed` says that one is public, of this browser or of another one that confirmed the same
    e-mail address. `rejected` and `decided` count its comments since some moment.
    """

    passed: bool
    rejected: int
    decided: int


class ArticleNow(NamedTuple):
    """On what it depends whether an article takes comments."""

    discussion: Discussion
    stays_open: bool
    published_at: datetime


class Known(NamedTuple):
    """What may speak against storing a comment at all, and the sender's standing.

    `article` is the one below which it would stand, as it is now;
    `stored` is the comment that an equal request stored before, with one of these keys;
    `is_repeated` that this browser or its network wrote the same text under that article (the
    e-mail address must not count: the answer would confirm it to anybody who tries);
    `is_staff_name` that a byline or a member of staff has one of the names, folded;
    `last_written` when this browser or network last wrote, the staff aside, if that was within the
    pause.
    """

    article: ArticleNow
    stored: int | None
    is_parent_public: bool
    is_repeated: bool
    is_staff_name: bool
    last_written: datetime | None
    standing: Standing


def _count(*which: Status) -> ColumnElement[int]:
    of_browser = (_comment.browser == _browser) & (_comment.created_at >= _recorded)
    is_one = or_(*(_comment.status == each for each in which))  # IN would be spelled out each time
    query = select(func.count()).select_from(Comment.__table__)
    return query.where(of_browser, is_one).scalar_subquery()


_mine = select(_confirmed.email).where(_confirmed.browser == _browser)
_same_person = select(_confirmed.browser).where(_confirmed.email.in_(_mine))
_OF_STANDING = (
    select(_comment.id)
    .where(
        or_(_comment.browser == _browser, _comment.browser.in_(_same_person)),
        _comment.status == Status.PUBLISHED,
    )
    .exists(),
    _count(Status.REJECTED, Status.SPAM),
    _count(Status.REJECTED, Status.SPAM, Status.PUBLISHED),
)
_STANDING = select(*_OF_STANDING)
_OF_ARTICLE = (_article.discussion, _article.stays_open, _article.published_at)
_KNOWN = select(
    *_OF_ARTICLE,
    select(_comment.id)
    .where(_comment.request_key.in_((bindparam("key"), bindparam("other_key"))))
    .limit(1)
    .scalar_subquery(),
    select(_comment.id)
    .where(_is_here, _comment.id == bindparam("parent"), _comment.status == Status.PUBLISHED)
    .exists(),
    select(_comment.id)
    .where(_is_here, _comment.fingerprint == bindparam("fingerprint"), _is_sender)
    .exists(),
    or_(
        select(_author.id).where(_author.folded.in_(_names)).exists(),
        select(_staff.id).where(_staff.folded.in_(_names)).exists(),
    ),
    select(_comment.created_at)
    .where(_is_sender, _comment.created_at > _since, _comment.staff_id.is_(None))
    .order_by(_comment.created_at.desc())
    .limit(1)
    .scalar_subquery(),
    *_OF_STANDING,
).where(_article.id == bindparam("article"))


def known(
    *,
    key: str,
    other_key: str,
    article_id: int,
    parent_id: int | None,
    fingerprint: str,
    names: Collection[str],
    browser: str,
    network: str,
    pause: timedelta,
    record: timedelta,
) -> Known:
    """What is known of a request and its sender, whose `record` reaches back so far."""
    now = clock.now()
    asked = {
        "key": key, "other_key": other_key, "article": article_id, "parent": parent_id,
        "fingerprint": fingerprint, "names": list(names), "browser": browser, "network": network,
        "since": now - pause, "recorded": now - record,
    }  # fmt: skip
    row = db.session.execute(_KNOWN, asked).one()
    begin, end = len(_OF_ARTICLE), len(row) - len(_OF_STANDING)
    return Known._make((ArticleNow(*row[:begin]), *row[begin:end], Standing(*row[end:])))


def article_now(article_id: int) -> ArticleNow:
    """What the article is like, as the database has it at this moment."""
    query = select(*_OF_ARTICLE).where(_article.id == article_id)
    return ArticleNow(*db.session.execute(query).one())


def standing(browser: str, since: datetime) -> Standing:
    """How comments by that browser fared, those since a moment counted."""
    asked = {"browser": browser, "recorded": since}
    return Standing(*db.session.execute(_STANDING, asked).one())

"""What a reader does with comments: submit one."""

import hashlib
import hmac
import math
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cache

from blog import clock
from blog.config import Settings
from blog.extensions import db, is_sqlite, one_at_a_time
from blog.models import Article, Badge, Comment, Staff
from blog.queries import senders
from blog.queries.senders import ArticleNow, Known
from blog.queries.stories import Story
from blog.services import discussions, learning, markup, moderation, notices, text
from blog.services.judging import RECORD, Read, judge
from blog.services.secret_links import hash_token

# Names that speak for the site; nobody but its staff may use them.
OFFICIAL_NAMES = (
    "admin", "admins", "administrator", "administrators", "editor", "editors", "moderator",
    "moderators", "newsroom", "staff", "webmaster",
)  # fmt: skip

# How many words of a longer name may be somebody's whole name. One is too common ("Ruth").
LEAST_WORDS, MOST_WORDS = 2, 6
# Fewer letters stand in other people's names by chance: "Mary Ann Smith" is no Maryann.
LEAST_LETTERS = 8


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A comment as somebody wrote it, already found valid. `key` names the form it was sent by."""

    name: str
    email: str
    body: str
    website: str = ""
    parent_id: int | None = None
    key: str = ""
    trapped: bool = False  # a field that people do not see was filled in
    wants_mail: bool = False  # about answers and about what became of the comment
    html: str = field(init=False)
    fingerprint: str = field(init=False)
    feature_ids: Sequence[int] = field(init=False)  # by which the filter knows the text
    names: frozenset[str] = field(init=False)  # what the name may be taken for, folded
    words: frozenset[str] = field(init=False)  # of the name, folded

    def __post_init__(self) -> None:
        """Make now what takes a while, and whatever lock there will be is not held yet."""
        made = {
            "html": markup.comment_html(self.body),
            "fingerprint": text.fingerprint(self.body),
            "feature_ids": learning.feature_ids(self.name, self.body),
            "names": _names_in(self.name),
            "words": frozenset(text.word_runs(self.name, 1, 1)),
        }
        for name, value in made.items():
            object.__setattr__(self, name, value)


@dataclass(frozen=True, kw_only=True)
class Sender:
    """Who sends a draft: the browser's token if it has one, the address, the staff member."""

    token: str | None
    address: str
    network: str
    staff: Staff | None = None


@dataclass(frozen=True)
class Submitted:
    """What became of a draft, and the token that proves its author from now on, if it can."""

    comment: Comment
    token: str | None


class Closed(Exception):
    """The article takes no comments now."""


class Withdrawn(Exception):
    """Readers do not see the article any more."""


class UnknownParent(Exception):
    """The comment that is answered does not exist here or is not public."""


class NameTaken(Exception):
    """The name looks like that of somebody who writes for the site."""


class AlreadyStored(Exception):
    """The same person said the same under this article before."""


@dataclass
class TooFast(Exception):
    """The same person wrote a moment ago; `wait` is in seconds."""

    wait: int


def submit(article: Article | Story, draft: Draft, sender: Sender, settings: Settings) -> Submitted:
    """Store a draft as a comment, public or held. The same request twice is one comment.

    Whether the article takes comments is asked anew: others may have had their turn meanwhile.
    Raises AlreadyStored, Closed, NameTaken, TooFast, UnknownParent or Withdrawn; then nothing is
    stored.
    """
    key = _request_key(article, draft, sender)
    # Without scripts a form has no key: it is known by its sender, which is an address the first
    # time, and the cookie that came with the answer when it is sent again.
    key_without_cookie = _request_key(article, draft, replace(sender, token=None))
    token = sender.token or _token_for(key, draft, settings)
    browser, pause = hash_token(token), timedelta(seconds=settings.flood_seconds)
    if pause and not sender.staff:
        one_at_a_time(sender.network)
    one_at_a_time(key)
    known = senders.known(
        key=key,
        other_key=key_without_cookie,
        article_id=article.id,
        parent_id=draft.parent_id,
        fingerprint=draft.fingerprint,
        names=draft.names,
        browser=browser,
        network=sender.network,
        pause=pause,
        record=RECORD,
    )
    if known.stored:
        return _repeated(db.session.get_one(Comment, known.stored), token, sender.staff)
    _check_allowed(draft, sender, known, settings)
    comment = _comment(article, draft, sender, browser, key)
    read = Read(draft.feature_ids, known.standing)
    status, comment.reasons = judge(comment, known.article, settings, read, trapped=draft.trapped)
    moderation.start(comment, status)
    if not is_sqlite():  # to be public it may have had to wait for whoever changed the article
        _check_article(senders.article_now(article.id), sender, settings)
    notices.ask_to_confirm(comment)
    return Submitted(comment, token)


def _request_key(article: Article | Story, draft: Draft, sender: Sender) -> str:
    """What makes two requests the same: the form, else the sender, and everything typed."""
    parts = [draft.key or sender.token or sender.address, str(article.id), str(draft.parent_id)]
    parts += [draft.name, draft.email, draft.website, draft.body]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _token_for(key: str, draft: Draft, settings: Settings) -> str:
    """A token for a browser that has none.

    A form with a random key of its own gets a token made of the request and the site's secret:
    a second click, sent before the first answer arrived, then proves itself like the first.
    """
    if not draft.key:
        return secrets.token_hex(32)
    return hmac.new(settings.secret_key.encode(), key.encode(), hashlib.sha256).hexdigest()


def _repeated(stored: Comment, token: str, staff: Staff | None) -> Submitted:
    """What is stored, for its author: by the browser, or by the account, which needs no cookie."""
    if hmac.compare_digest(stored.browser, hash_token(token)):
        return Submitted(stored, token)
    if staff is not None and stored.staff_id == staff.id:
        return Submitted(stored, None)
    raise AlreadyStored


def _check_allowed(draft: Draft, sender: Sender, known: Known, settings: Settings) -> None:
    _check_article(known.article, sender, settings)
    if draft.parent_id is not None and not known.is_parent_public:
        raise UnknownParent
    if sender.staff:
        return
    if known.is_repeated:
        raise AlreadyStored
    if known.is_staff_name or _is_official(draft, settings.site_name):
        raise NameTaken
    if settings.flood_seconds and known.last_written:
        left = known.last_written + timedelta(seconds=settings.flood_seconds) - clock.now()
        raise TooFast(max(1, math.ceil(left.total_seconds())))


def _check_article(article: ArticleNow, sender: Sender, settings: Settings) -> None:
    if article.published_at > clock.now() and not sender.staff:
        raise Withdrawn
    if not discussions.is_running(article, settings):
        raise Closed


def _names_in(name: str) -> frozenset[str]:
    """The name, folded, and what may be somebody's whole name within it."""
    within = text.word_runs(name, LEAST_WORDS, MOST_WORDS)
    return frozenset(each for each in within if len(each) >= LEAST_LETTERS) | {text.fold_name(name)}


def _is_official(draft: Draft, site_name: str) -> bool:
    """True if a name is the site's, or has a word in it that speaks for the site."""
    folded, site = text.fold_name(draft.name), text.fold_name(site_name)
    is_office = not _offices().isdisjoint(draft.words | {folded})
    return is_office or folded in (site, f"the{site}")


@cache
def _offices() -> frozenset[str]:
    return frozenset(map(text.fold_name, OFFICIAL_NAMES))


def _comment(
    article: Article | Story, draft: Draft, sender: Sender, browser: str, key: str
) -> Comment:
    parent = db.session.get(Comment, draft.parent_id) if draft.parent_id else None
    return Comment(
        article_id=article.id,
        parent_id=parent.id if parent else None,
        root_id=parent.thread_id if parent else None,
        staff_id=sender.staff.id if sender.staff else None,
        name=draft.name,
        email=draft.email,
        website=draft.website,
        body=draft.body,
        html=draft.html,
        badge=badge(article, sender.staff),
        browser=browser,
        network=sender.network,
        request_key=key,
        fingerprint=draft.fingerprint,
        wants_mail=draft.wants_mail,
        approved=sender.staff is not None,  # what the staff writes needs no second look
        open_report=None,
        lesson=None,
        like_count=0,
        reply_count=0,
        edited_at=None,
        created_at=clock.now(),
    )


def badge(article: Article | Story, staff: Staff | None) -> Badge:
    """What the site vouches for: an author of this article, a member of staff, or nothing."""
    if staff is None:
        return Badge.NONE
    is_author = staff.folded in {author.folded for author in article.authors}
    return Badge.AUTHOR if is_author else Badge.STAFF

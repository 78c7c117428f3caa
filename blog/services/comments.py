"""What a reader does with comments: submit one."""

import hashlib
import hmac
import secrets
from dataclasses import asdict, dataclass, replace
from datetime import timedelta

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from blog import clock
from blog.config import Settings
from blog.extensions import db
from blog.models import Article, Badge, Comment, Staff
from blog.queries import comments as queries
from blog.services import markup, moderation, text, words
from blog.services.decision import Facts, Rules, decide

# Names that speak for the site; nobody but its staff may use them.
OFFICIAL_NAMES = ("admin", "administrator", "editor", "moderator", "staff")

# How far back somebody's record reaches.
RECORD = timedelta(days=7)
# Long enough to see a flood come back, too short to keep a history of anybody.
KEEP_ADDRESSES = timedelta(days=30)


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


@dataclass(frozen=True, kw_only=True)
class Sender:
    """Who sends a draft: the browser's token if it has one, the address, the staff member."""

    token: str | None
    address: str
    network: str
    staff: Staff | None = None


@dataclass(frozen=True)
class Submitted:
    """What became of a draft, and the token that proves its author from now on."""

    comment: Comment
    token: str


class Closed(Exception):
    """The article takes no comments now."""


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


def submit(article: Article, draft: Draft, sender: Sender, settings: Settings) -> Submitted:
    """Store a draft as a comment, public or held. The same request twice is one comment.

    Raises AlreadyStored, Closed, NameTaken, TooFast or UnknownParent; then nothing is stored.
    """
    key = _request_key(article, draft, sender)
    token = sender.token or _token_for(key, draft, settings)
    stored = queries.by_request_key(key)
    if stored:
        return _repeated(stored, token)
    _check_allowed(article, draft, sender, hash_token(token), settings)
    try:
        with db.session.begin_nested():
            comment = _store(article, draft, sender, hash_token(token), key, settings)
    except IntegrityError:  # the same request, stored by another process in this very moment
        stored = queries.by_request_key(key)
        if stored is None:
            raise
        return _repeated(stored, token)
    moderation.move(comment, comment.status, by=comment.name, is_new=True)
    _forget_addresses()
    return Submitted(comment, token)


def hash_token(token: str) -> str:
    """What is stored of a browser's token. It is random, so one round of SHA-256 is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


def _request_key(article: Article, draft: Draft, sender: Sender) -> str:
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


def _repeated(stored: Comment, token: str) -> Submitted:
    if not hmac.compare_digest(stored.browser, hash_token(token)):
        raise AlreadyStored
    return Submitted(stored, token)


def _check_allowed(
    article: Article, draft: Draft, sender: Sender, browser: str, settings: Settings
) -> None:
    if not article.comments_open:
        raise Closed
    if draft.parent_id is not None and not queries.published(article.id, draft.parent_id):
        raise UnknownParent
    if sender.staff:
        return
    if queries.wrote_before(article.id, text.fingerprint(draft.body), browser, draft.email):
        raise AlreadyStored
    folded = text.fold_name(draft.name)
    reserved = {text.fold_name(name) for name in (*OFFICIAL_NAMES, settings.site_name)}
    if folded in reserved or queries.is_staff_name(folded):
        raise NameTaken
    if settings.flood_seconds:
        pause = timedelta(seconds=settings.flood_seconds)
        last = queries.last_written(browser, sender.network, pause)
        if last:
            left = last + pause - clock.now()
            raise TooFast(max(1, round(left.total_seconds())))


def _store(
    article: Article,
    draft: Draft,
    sender: Sender,
    browser: str,
    key: str,
    settings: Settings,
) -> Comment:
    html = markup.comment_html(draft.body)
    facts = replace(
        facts_of(draft.name, draft.body, html, browser, settings),
        by_staff=sender.staff is not None,
        trapped=draft.trapped,
    )
    status, reasons = decide(facts, rules(settings))
    parent = db.session.get(Comment, draft.parent_id) if draft.parent_id else None
    comment = Comment(
        article_id=article.id,
        parent_id=parent.id if parent else None,
        root_id=parent.thread_id if parent else None,
        staff_id=sender.staff.id if sender.staff else None,
        name=draft.name,
        email=draft.email,
        website=draft.website,
        body=draft.body,
        html=html,
        badge=badge(article, sender.staff),
        status=status,
        reasons=[asdict(reason) for reason in reasons],
        browser=browser,
        network=sender.network,
        request_key=key,
        fingerprint=text.fingerprint(draft.body),
        created_at=clock.now(),
    )
    db.session.add(comment)
    db.session.flush()
    return comment


def _forget_addresses() -> None:
    """Drop the network addresses of old comments, whenever a new one comes: no job to forget."""
    db.session.execute(
        update(Comment)
        .where(Comment.network != "", Comment.created_at < clock.now() - KEEP_ADDRESSES)
        .values(network="")
        .execution_options(synchronize_session=False)
    )


def facts_of(name: str, body: str, html: str, browser: str, settings: Settings) -> Facts:
    """What is known about a text and the browser that sent it."""
    written = f"{name}\n{body}"
    rejected, decided = queries.record(browser, clock.now() - RECORD)
    return Facts(
        passed_before=queries.passed_before(browser),
        links=markup.count_links(html),
        held_words=tuple(words.load(settings.held_words).matches(written)),
        refused_words=tuple(words.load(settings.refused_words).matches(written)),
        rejected=rejected,
        decided=decided,
    )


def rules(settings: Settings) -> Rules:
    """The settings that the decision depends on."""
    return Rules(
        hold_first_comment=settings.hold_first_comment,
        hold_links=settings.hold_links,
        hold_rejected_percent=settings.hold_rejected_percent,
    )


def badge(article: Article, staff: Staff | None) -> Badge:
    """What the site vouches for: an author of this article, a member of staff, or nothing."""
    if staff is None:
        return Badge.NONE
    is_author = staff.folded in {author.folded for author in article.authors}
    return Badge.AUTHOR if is_author else Badge.STAFF

"""What a reader does with comments: submit one."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy.exc import IntegrityError

from blog import clock
from blog.config import Settings
from blog.extensions import db, one_at_a_time
from blog.models import Article, Badge, Comment, Staff
from blog.queries import comments as queries
from blog.services import discussions, markup, moderation, notices, text
from blog.services.judging import judge
from blog.services.secret_links import hash_token

# Names that speak for the site; nobody but its staff may use them.
OFFICIAL_NAMES = ("admin", "administrator", "editor", "moderator", "staff")


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

    def __post_init__(self) -> None:
        """Make the HTML now: it takes a while, and the write lock is not held yet."""
        object.__setattr__(self, "html", markup.comment_html(self.body))


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
    return Submitted(comment, token)


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
    if not discussions.is_running(article, settings):
        raise Closed
    if draft.parent_id is not None and not queries.published(article.id, draft.parent_id):
        raise UnknownParent
    if sender.staff:
        return
    if queries.wrote_before(article.id, text.fingerprint(draft.body), browser, sender.network):
        raise AlreadyStored
    folded = text.fold_name(draft.name)
    reserved = {text.fold_name(name) for name in (*OFFICIAL_NAMES, settings.site_name)}
    if folded in reserved or queries.is_staff_name(folded):
        raise NameTaken
    if settings.flood_seconds:
        one_at_a_time(sender.network)
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
        html=draft.html,
        badge=badge(article, sender.staff),
        browser=browser,
        network=sender.network,
        request_key=key,
        fingerprint=text.fingerprint(draft.body),
        wants_mail=draft.wants_mail,
        open_report=None,
        created_at=clock.now(),
    )
    status, comment.reasons = judge(comment, article, settings, trapped=draft.trapped)
    moderation.start(comment, status)
    notices.ask_to_confirm(comment)
    return comment


def badge(article: Article, staff: Staff | None) -> Badge:
    """What the site vouches for: an author of this article, a member of staff, or nothing."""
    if staff is None:
        return Badge.NONE
    is_author = staff.folded in {author.folded for author in article.authors}
    return Badge.AUTHOR if is_author else Badge.STAFF

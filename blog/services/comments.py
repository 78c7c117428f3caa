"""What a reader does with comments: submit one."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass

from sqlalchemy.exc import IntegrityError

from blog import clock
from blog.extensions import db
from blog.models import Article, Badge, Comment, Staff, Status
from blog.queries import comments as queries
from blog.services import markup, moderation, text
from blog.services.decision import Facts, Rules, decide


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A comment as somebody wrote it, already found valid."""

    name: str
    email: str
    body: str
    website: str = ""
    parent_id: int | None = None
    key: str = ""


@dataclass(frozen=True, kw_only=True)
class Sender:
    """Who sends a draft: the browser's token if it has one, the cut address, the staff member."""

    token: str | None
    network: str
    staff: Staff | None = None


class Closed(Exception):
    """The article takes no comments now."""


class UnknownParent(Exception):
    """The comment that is answered does not exist here or is not public."""


class NameTaken(Exception):
    """The name looks like that of somebody who writes for the site."""


@dataclass
class TooFast(Exception):
    """The same person wrote a moment ago; `wait` is in seconds."""

    wait: int


def hash_token(token: str) -> str:
    """What is stored of a browser's token. It is random, so one round of SHA-256 is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


def browser_token(draft: Draft, sender: Sender, article: Article, secret: str) -> str:
    """The token that proves this browser wrote the draft.

    A browser that has none gets one made of the whole submission and the site's secret: a second
    click, sent before the first answer arrived, then gets the same token as the first.
    """
    if sender.token:
        return sender.token
    message = "\0".join((request_key(draft, article), sender.network))
    return hmac.new(secret.encode(), message.encode(), hashlib.sha256).hexdigest()


def request_key(draft: Draft, article: Article) -> str:
    """What makes two requests the same: the form's key and everything that was typed into it."""
    parts = (draft.key or secrets.token_hex(), str(article.id), str(draft.parent_id))
    parts += (draft.name, draft.email, draft.website, draft.body)
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()

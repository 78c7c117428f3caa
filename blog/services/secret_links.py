"""Secrets that prove something: links signed for one purpose, and what is kept of a token."""

import hashlib
from datetime import timedelta

from itsdangerous import BadSignature, URLSafeSerializer, URLSafeTimedSerializer


def hash_token(token: str) -> str:
    """What is stored of a secret. It is random, so one round of SHA-256 is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


class BadLink(Exception):
    """The link was not made here, was made for something else, or is too old."""


def sign(secret: str, purpose: str, value: str) -> str:
    """The part of an address that carries a value and cannot be forged; the same each time."""
    return str(URLSafeSerializer(secret, salt=purpose).dumps(value))


def read(secret: str, purpose: str, token: str) -> str:
    """The value of a link made by `sign`. Raises BadLink."""
    try:
        return str(URLSafeSerializer(secret, salt=purpose).loads(token))
    except BadSignature:
        raise BadLink from None


def sign_dated(secret: str, purpose: str, value: str) -> str:
    """As `sign`, and the link knows when it was made."""
    return str(URLSafeTimedSerializer(secret, salt=purpose).dumps(value))


def read_dated(secret: str, purpose: str, token: str, good_for: timedelta) -> str:
    """The value of a link made by `sign_dated` not longer ago than that. Raises BadLink."""
    try:
        age = int(good_for.total_seconds())
        return str(URLSafeTimedSerializer(secret, salt=purpose).loads(token, max_age=age))
    except BadSignature:
        raise BadLink from None

"""How often one address may do something."""

import math

from flask import Flask, current_app, request
from limits import RateLimitItem, parse_many
from limits.errors import StorageError
from limits.storage import storage_from_string
from limits.strategies import FixedWindowRateLimiter
from werkzeug.exceptions import TooManyRequests

from blog import clock
from blog.addresses import network
from blog.config import Settings
from blog.web import access

_EXTENSION = "rates"


class TooOften(TooManyRequests):
    """A rate is used up; `wait` is in how many seconds it has room again."""

    def __init__(self, wait: int) -> None:
        super().__init__()
        self.wait = wait


class Counters:
    """Uses are counted where all processes see them, or, while Redis is away, in this one."""

    def __init__(self, redis_url: str) -> None:
        """Without Redis each process counts for itself."""
        self._own = _counter("memory://")
        self._shared = _counter(redis_url) if redis_url else self._own

    def count(self, rate: RateLimitItem, scope: str, whom: str) -> None:
        """Count one use. Raises TooOften."""
        try:
            _count(self._shared, rate, scope, whom)
        except StorageError:
            _count(self._own, rate, scope, whom)


def _counter(url: str) -> FixedWindowRateLimiter:
    return FixedWindowRateLimiter(storage_from_string(url, wrap_exceptions=True))


def _count(counter: FixedWindowRateLimiter, rate: RateLimitItem, scope: str, whom: str) -> None:
    if not counter.hit(rate, scope, whom):
        left = counter.get_window_stats(rate, scope, whom).reset_time - clock.now().timestamp()
        raise TooOften(max(1, math.ceil(left)))


def init_app(app: Flask, settings: Settings) -> None:
    """Count from now on."""
    app.extensions[_EXTENSION] = Counters(settings.redis_url)


def spend(rate: str, scope: str, *, staff_too: bool = False) -> None:
    """Count one use against a rate such as `30 per hour`; an empty rate, or staff, is free.

    It counts for an IPv4 address, or for the /64 that one IPv6 line has. Raises TooOften.
    """
    if staff_too or not access.staff():
        spend_of(network(request.remote_addr, v4=32, v6=64), rate, scope)


def spend_of(whom: str, rate: str, scope: str) -> None:
    """As `spend`, counted against somebody wherever they are. Raises TooOften."""
    counters: Counters = current_app.extensions[_EXTENSION]
    for each in parse_many(rate) if rate else ():
        counters.count(each, scope, whom)

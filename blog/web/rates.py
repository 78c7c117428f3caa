"""How often one address may do something."""

from contextlib import AbstractContextManager, nullcontext

from flask_limiter import RateLimitExceeded

from blog.extensions import limiter
from blog.web import access


def limited(rate: str, scope: str, *, staff_too: bool = False) -> AbstractContextManager[object]:
    """Count one use against a rate such as `30 per hour`; an empty rate, or staff, is free.

    Entering raises RateLimitExceeded when the rate is used up.
    """
    if not rate or (not staff_too and access.staff()):
        return nullcontext()
    return limiter.shared_limit(rate, scope=scope)


def spend(rate: str, scope: str, *, staff_too: bool = False) -> None:
    """Count one use of what has no other limit around it. Raises RateLimitExceeded."""
    with limited(rate, scope, staff_too=staff_too):
        pass


def spend_of(whom: str, rate: str, scope: str) -> None:
    """As `spend`, counted against somebody wherever they are. Raises RateLimitExceeded."""
    with limiter.shared_limit(rate, scope=scope, key_func=lambda: whom):
        pass


def wait(error: RateLimitExceeded) -> int:
    """Seconds until the rate has room again, at most."""
    return int(error.limit.limit.get_expiry()) if error.limit else 60

"""Where a member of staff is signed in: one row for each browser, ended singly or all at once.

The signed cookie holds a secret; the row holds its hash. A session ends when its row is gone, when
nobody used it for `idle_minutes`, and `session_hours` after its start, whatever happens.
"""

import re
import secrets
from datetime import timedelta

from sqlalchemy import delete, update

from blog import clock
from blog.config import Settings
from blog.extensions import db
from blog.models import Staff, StaffSession
from blog.queries import staff as queries
from blog.services.secret_links import hash_token

# Being seen is written down this often at most: a page that is read need not wait for the disk.
SEEN_EVERY = timedelta(minutes=1)
# What a browser calls itself, in the order in which the words are to be believed.
BROWSERS = ("Firefox", "Edg", "OPR", "Chrome", "Safari")
SYSTEMS = ("Android", "iPhone", "iPad", "Windows", "Macintosh", "Linux")
SHOWN = {"Edg": "Edge", "OPR": "Opera", "Macintosh": "Mac"}


def begin(member: Staff, user_agent: str) -> str:
    """Start a session; return the secret that its cookie holds."""
    token, now = secrets.token_urlsafe(32), clock.now()
    db.session.add(
        StaffSession(
            staff_id=member.id,
            token=hash_token(token),
            browser=browser(user_agent),
            started_at=now,
            seen_at=now,
        )
    )
    db.session.flush()
    return token


def find(member: Staff, token: str, settings: Settings) -> StaffSession | None:
    """The session that the secret belongs to, while it lasts."""
    now = clock.now()
    return queries.session(
        member.id,
        hash_token(token),
        started_after=now - timedelta(hours=settings.session_hours),
        seen_after=now - timedelta(minutes=settings.idle_minutes),
    )


def is_due(found: StaffSession) -> bool:
    """True if it is time to write down that somebody is there."""
    return clock.now() - found.seen_at >= SEEN_EVERY


def touch(found: StaffSession) -> None:
    """Write down that somebody is there."""
    now = clock.now()
    db.session.execute(update(StaffSession).where(StaffSession.id == found.id).values(seen_at=now))


def end(member: Staff, number: int) -> None:
    """End one of somebody's sessions."""
    mine = StaffSession.staff_id == member.id
    db.session.execute(delete(StaffSession).where(mine, StaffSession.id == number))


def end_others(member: Staff, token: str) -> None:
    """End all of somebody's sessions but the one with that secret."""
    mine = StaffSession.staff_id == member.id
    db.session.execute(delete(StaffSession).where(mine, StaffSession.token != hash_token(token)))


def forget_ended(settings: Settings) -> None:
    """Drop the sessions that are over."""
    first = clock.now() - timedelta(hours=settings.session_hours)
    last = clock.now() - timedelta(minutes=settings.idle_minutes)
    is_over = (StaffSession.started_at < first) | (StaffSession.seen_at < last)
    db.session.execute(delete(StaffSession).where(is_over))


def browser(user_agent: str) -> str:
    """Browser and system in two words, such as `Firefox, Android`; not more than is needed."""
    found = [
        next((name for name in names if re.search(rf"\b{name}\b", user_agent)), "")
        for names in (BROWSERS, SYSTEMS)
    ]
    return ", ".join(SHOWN.get(name, name) for name in found if name)

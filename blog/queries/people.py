"""The person behind a browser, as the staff sees somebody who comments."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import InstrumentedAttribute

from blog.extensions import db
from blog.models import Block, Comment, ConfirmedEmail, PersonNote
from blog.queries import blocks
from blog.queries.records import Record, records

MOST = 20  # names, addresses and networks that are shown


@dataclass(frozen=True)
class Claim:
    """An e-mail address that somebody typed; `is_proved` if a link that went there was opened."""

    email: str
    count: int
    is_proved: bool


@dataclass(frozen=True)
class Person:
    """What one browser has shown of the person who uses it."""

    browser: str
    names: Sequence[tuple[str, int]]
    claims: Sequence[Claim]
    networks: Sequence[str]
    record: Record
    notes: Sequence[PersonNote]
    rules: Sequence[Block]

    @property
    def rejected_percent(self) -> int | None:
        """The share of the decided comments that was rejected; None before anything was."""
        decided = self.record.rejected + self.record.published
        return round(100 * self.record.rejected / decided) if decided else None


def person(browser: str) -> Person:
    """Everything about the person behind a browser's hash."""
    proved = set(
        db.session.scalars(select(ConfirmedEmail.email).where(ConfirmedEmail.browser == browser))
    )
    emails = _used(browser, Comment.email)
    return Person(
        browser=browser,
        names=_used(browser, Comment.name),
        claims=[Claim(email, number, email in proved) for email, number in emails],
        networks=[network for network, _ in _used(browser, Comment.network)],
        record=records([browser]).get(browser, Record()),
        notes=db.session.scalars(
            select(PersonNote).where(PersonNote.browser == browser).order_by(PersonNote.id)
        ).all(),
        rules=blocks.about_browser(browser),
    )


def _used(browser: str, what: InstrumentedAttribute[str]) -> list[tuple[str, int]]:
    """What somebody filled in, with how often, the most used first."""
    number = func.count()
    query = (
        select(what, number)
        .where(Comment.browser == browser, what != "")
        .group_by(what)
        .order_by(number.desc())
        .limit(MOST)
    )
    return [(value, count) for value, count in db.session.execute(query).all()]

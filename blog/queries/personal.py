"""What is stored about the person behind an e-mail address."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import joinedload

from blog.extensions import db
from blog.models import (
    Article,
    Block,
    BlockKind,
    Comment,
    ConfirmedEmail,
    Like,
    Mail,
    ModerationEntry,
    PersonNote,
    Report,
    Revision,
)


def by_email(email: str) -> Sequence[Comment]:
    """All comments that were signed with an e-mail address, in whatever case."""
    title = joinedload(Comment.article, innerjoin=True).load_only(Article.title)
    query = select(Comment).where(_signed(email)).order_by(Comment.id).options(title)
    return db.session.scalars(query).all()


def count_by_email(email: str) -> int:
    """How many comments were signed with an e-mail address, in whatever case."""
    query = select(func.count()).select_from(Comment).where(_signed(email))
    return db.session.scalar(query) or 0


def _signed(email: str) -> ColumnElement[bool]:
    # SQLite lowers ASCII only: an address with other capitals is found as it was written.
    address = email.strip()
    return or_(Comment.email == address, func.lower(Comment.email) == address.lower())


def liked_by(browsers: Collection[str]) -> Sequence[int]:
    """The ids of the comments that these browsers like, the oldest first."""
    query = select(Like.comment_id).where(Like.browser.in_(browsers)).distinct()
    return db.session.scalars(query.order_by(Like.comment_id)).all()


def earlier_texts(email: str) -> dict[int, list[str]]:
    """The texts that each comment of an e-mail address had before, the oldest first."""
    theirs = select(Comment.id).where(_signed(email))
    query = select(Revision.comment_id, Revision.body).where(Revision.comment_id.in_(theirs))
    return _gathered(query.order_by(Revision.id))


def browsers(email: str) -> set[str]:
    """The browsers of the person behind an address: that proved it, or never signed with another.

    Anybody can type an address, and what they did besides is nobody else's.
    """
    typed = select(Comment.browser).where(_signed(email), Comment.browser != "")
    used = set(db.session.scalars(typed.distinct()))
    is_other = Comment.browser.in_(typed) & (Comment.email != "") & ~_signed(email)
    others = set(db.session.scalars(select(Comment.browser).where(is_other).distinct()))
    return (used - others) | {each.browser for each in confirmed(email)}


def notes(browsers: Collection[str]) -> dict[str, list[str]]:
    """What the staff noted about each of these browsers."""
    query = select(PersonNote.browser, PersonNote.note).where(PersonNote.browser.in_(browsers))
    return _gathered(query.order_by(PersonNote.id))


def reasons_told(email: str) -> dict[int, list[str]]:
    """What moderators told the author about each rejected comment of an e-mail address."""
    entry, theirs = ModerationEntry, select(Comment.id).where(_signed(email))
    query = select(entry.comment_id, entry.note).where(
        entry.comment_id.in_(theirs), entry.note != ""
    )
    return _gathered(query.order_by(entry.id))


def reports_by(browsers: Collection[str]) -> Sequence[Report]:
    """What these browsers reported, the oldest first."""
    query = select(Report).where(Report.browser.in_(browsers)).order_by(Report.id)
    return db.session.scalars(query).all()


def confirmed(email: str) -> Sequence[ConfirmedEmail]:
    """That an address was proved, once for each browser."""
    query = select(ConfirmedEmail).where(func.lower(ConfirmedEmail.email) == _lowered(email))
    return db.session.scalars(query.order_by(ConfirmedEmail.created_at)).all()


def mail(email: str) -> Sequence[Mail]:
    """The mail that waits for an address, or went there lately."""
    query = select(Mail).where(func.lower(Mail.email) == _lowered(email)).order_by(Mail.id)
    return db.session.scalars(query).all()


def rules(email: str, browsers: Collection[str]) -> Sequence[Block]:
    """The rules of the staff about an address or these browsers."""
    of_browser = (Block.kind == BlockKind.BROWSER) & Block.value.in_(browsers)
    of_address = (Block.kind == BlockKind.EMAIL) & (Block.value == _lowered(email))
    return db.session.scalars(select(Block).where(or_(of_browser, of_address))).all()


def _lowered(email: str) -> str:
    return email.strip().lower()


def _gathered(query: Select[Any, str]) -> dict[Any, list[str]]:
    """The texts that a query finds, by what they are about."""
    found: defaultdict[Any, list[str]] = defaultdict(list)
    for about, words in db.session.execute(query):
        found[about].append(words)
    return found

"""What the site hands out to the person it is about, and how it forgets somebody."""

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, func, text, update

from blog import clock
from blog.extensions import db, is_sqlite, one_at_a_time
from blog.models import (
    Block,
    BlockKind,
    ChangeEntry,
    Comment,
    ConfirmedEmail,
    Like,
    Mail,
    PersonNote,
    Report,
    Staff,
    Status,
)
from blog.queries import moderation as log
from blog.queries import personal as queries
from blog.queries import queue
from blog.services import authorship, blocks, changes, moderation

# Long enough to see a flood come back, too short to keep a history of anybody.
KEEP_ADDRESSES = timedelta(days=30)


def export(email: str) -> dict[str, Any]:
    """Everything stored about an e-mail address and who used it here, for the person who asks.

    It is what `erase` forgets.
    """
    found, browsers = queries.by_email(email), queries.browsers(email)
    return {
        "comments": _exported(email, found, queries.notes(browsers)),
        "reports": [
            {
                "comment": report.comment_id,
                "complaint": report.complaint.value,
                "note": report.note,
                "network": report.network,
                "written": report.created_at.isoformat(),
            }
            for report in queries.reports_by(browsers)
        ],
        "liked_comments": list(queries.liked_by(browsers)),
        "address_confirmed": [each.created_at.isoformat() for each in queries.confirmed(email)],
        "mail": [
            {
                "about": mail.kind.value,
                "comment": mail.comment_id,
                "sent": mail.sent_at.isoformat() if mail.sent_at else None,
            }
            for mail in queries.mail(email)
        ],
        "rules_of_the_staff": [
            {
                "about": rule.kind.value,
                "effect": rule.effect.value,
                "note": rule.note,
                "until": rule.until.isoformat() if rule.until else None,
            }
            for rule in queries.rules(email, browsers)
        ],
    }


def _exported(
    email: str, found: Sequence[Comment], notes: Mapping[str, list[str]]
) -> list[dict[str, Any]]:
    earlier, told = queries.earlier_texts(email), queries.reasons_told(email)
    return [
        {
            "number": comment.id,
            "article": comment.article.title,
            "name": comment.name,
            "email": comment.email,
            "website": comment.website,
            "text": comment.body,
            "earlier_texts": earlier.get(comment.id, []),
            "status": comment.status.value,
            "why_it_waited": comment.reasons,
            "what_moderators_wrote": told.get(comment.id, []),
            "network": comment.network,
            "written": comment.created_at.isoformat(),
            "edited": comment.edited_at.isoformat() if comment.edited_at else None,
            "likes": comment.like_count,
            "mail_about_answers": comment.wants_mail,
            "notes_of_the_staff": notes.get(comment.browser, []),
        }
        for comment in found
    ]


def forget_addresses() -> None:
    """Drop the network addresses of comments and reports after 30 days."""
    for kind in (Comment, Report):
        db.session.execute(
            update(kind)
            .where(kind.network != "", kind.created_at < clock.now() - KEEP_ADDRESSES)
            .values(network="")
            .execution_options(synchronize_session=False)
        )


def erase(email: str, staff: Staff | None = None) -> int:
    """Take a person out of every comment of an e-mail address; return how many there were.

    The comments keep their place, so that other people's answers stay. `staff` is empty for a
    command on the server.
    """
    by = staff.name if staff else changes.COMMAND
    one_at_a_time(blocks.RULES)
    own, browsers = {comment.id for comment in queries.by_email(email)}, queries.browsers(email)
    liked = queries.liked_by(browsers)
    # All that is changed is held first, as everybody holds many.
    found = [comment for comment in queue.lock([*own, *liked]) if comment.id in own]
    for comment in found:
        moderation.move(comment, Status.DELETED, by=by, staff_id=staff.id if staff else None)
        authorship.empty(comment)
    address = email.strip()
    for kind in (ConfirmedEmail, Mail):
        db.session.execute(delete(kind).where(func.lower(kind.email) == address.lower()))
    reported = update(Report).where(Report.browser.in_(browsers), Report.note != "")
    db.session.execute(reported.values(note="").execution_options(synchronize_session=False))
    db.session.execute(delete(PersonNote).where(PersonNote.browser.in_(browsers)))
    named = update(Block).where(Block.kind == BlockKind.BROWSER, Block.value.in_(browsers))
    db.session.execute(named.values(note=""))
    about = [f"{BlockKind.BROWSER} {browser}" for browser in browsers]
    rules = update(ChangeEntry).where(ChangeEntry.subject.in_(about))
    db.session.execute(rules.values(was=None, became=None))
    _erase_blocks(address.lower())
    _erase_searches(address)
    _take_likes_back(browsers, liked)
    return len(found)


def _erase_blocks(address: str) -> None:
    """Lift the block of an address, and take the address out of the log of it."""
    spelled = (Block.kind == BlockKind.EMAIL) & (Block.value == address)
    db.session.execute(delete(Block).where(spelled))
    logged = update(ChangeEntry).where(ChangeEntry.subject == f"email {address}")
    db.session.execute(logged.values(subject="email", was=None, became=None))


def empty_log() -> None:
    """Let SQLite's log begin anew, as an empty file: it keeps pages as they were before an erasure.

    While somebody reads an old state it stays; nothing is lost either way.
    """
    if is_sqlite():
        db.session.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))


def _erase_searches(address: str) -> None:
    """Take the address out of what moderators searched for and decided about as a whole."""
    for bulk in log.bulk_about(address):
        bulk.about = bulk.about | {"q": ""}


def _take_likes_back(browsers: Collection[str], liked: Sequence[int]) -> None:
    """Take back what these browsers like of other people's comments, which are held."""
    for comment_id in liked:
        comment = db.session.get_one(Comment, comment_id)
        theirs = delete(Like).where(Like.comment_id == comment_id, Like.browser.in_(browsers))
        gone = db.session.scalars(theirs.returning(Like.comment_id)).all()
        comment.like_count -= len(gone)

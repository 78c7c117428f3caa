"""Mail to the staff about comments that wait: at once or gathered, as often as each one wishes.

A link in such a mail opens a page with buttons. It is signed, belongs to one member of staff and
one comment, and is good until anybody decides about the comment, for seven days at most.
"""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete

from blog import clock
from blog.extensions import db
from blog.models import Comment, Mail, MailKind, Notify, Staff, View
from blog.queries import moderation, notices, queue, staff
from blog.services import rights, secret_links
from blog.services.rights import Right
from blog.services.secret_links import BadLink

PAUSES = {
    Notify.AT_ONCE: timedelta(),
    Notify.QUARTER: timedelta(minutes=15),
    Notify.HOURLY: timedelta(hours=1),
    Notify.DAILY: timedelta(days=1),
}
# More than this at one time is one mail that gathers them: a wave of spam fills no mailbox.
MOST_AT_ONCE = 5
# As many as are read on a telephone; the rest is a number and the way to the queue.
LISTED = 10
GOOD_FOR = timedelta(days=7)
_DECIDE = "decide by mail"


@dataclass(frozen=True)
class Invited:
    """Who may decide about what by a link."""

    member: Staff
    comment: Comment


def choose(member: Staff, notify: Notify) -> None:
    """Set how often somebody wants mail, counted from now."""
    member.notify, member.notified_at = notify, clock.now()
    member.told_entry, member.told_report = notices.newest_ids()
    db.session.flush()


def queue_due() -> None:
    """Queue the mail about what began to wait since somebody was told last."""
    for member in staff.to_be_told():
        since = (member.notified_at or clock.now()) + PAUSES[member.notify]
        if since <= clock.now() and rights.has(member, Right.MODERATE):
            _tell(member)


def _tell(member: Staff) -> None:
    newest = notices.newest_ids()  # before the rest: what comes meanwhile is for the next time
    found = notices.waiting_since(member, MOST_AT_ONCE + 1)
    if found:
        one_by_one = member.notify is Notify.AT_ONCE and len(found) <= MOST_AT_ONCE
        for number in found if one_by_one else [None]:
            _queue(member, number)
        member.notified_at = clock.now()
    # Whatever waits later has a higher number: nobody looks through the same lines again.
    member.told_entry, member.told_report = newest
    db.session.flush()


def _queue(member: Staff, comment_id: int | None) -> None:
    """Queue a mail about one comment, or about all; what was said of it before is out of date."""
    kind = MailKind.WAITING if comment_id else MailKind.DIGEST
    if comment_id:
        said = delete(Mail).where(Mail.kind == kind, Mail.comment_id == comment_id)
        db.session.execute(said.where(Mail.email == member.email))
    db.session.add(Mail(kind=kind, email=member.email, comment_id=comment_id, due_at=clock.now()))


def is_wanted(mail: Mail) -> bool:
    """False if whom it goes to wants none any more, or nothing waits."""
    member = staff.by_email(mail.email)
    if not member or member.notify is Notify.OFF or not rights.has(member, Right.MODERATE):
        return False
    if mail.comment:
        return View.WAITING in mail.comment.views
    return queue.counts()[View.WAITING] > 0


def link(member: Staff, comment: Comment, secret: str) -> str:
    """The part of an address by which somebody decides about a comment."""
    value = f"{member.id}.{comment.id}.{moderation.last_entries([comment.id])[comment.id]}"
    return secret_links.sign_dated(secret, _DECIDE, value)


def read(token: str, secret: str) -> Invited:
    """Who may decide about what. Raises BadLink when the link is forged, used or too old."""
    member_id, comment_id, entry_id = (
        int(part) for part in secret_links.read_dated(secret, _DECIDE, token, GOOD_FOR).split(".")
    )
    member, comment = staff.by_id(member_id), queue.comment(comment_id)
    if not member or not comment or not rights.has(member, Right.MODERATE):
        raise BadLink
    if moderation.last_entries([comment_id]) != {comment_id: entry_id}:
        raise BadLink
    return Invited(member, comment)

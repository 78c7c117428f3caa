"""Which mail somebody gets: commenters by choice, and only at an address that was proved.

Nothing is sent here. A row in the `mail` table waits for blog/jobs.py; a decision that is taken
back in time takes its mail along.
"""

from datetime import timedelta

from sqlalchemy import ColumnElement, delete, update

from blog import clock
from blog.config import EMAIL_COLUMN
from blog.extensions import db, one_at_a_time
from blog.models import Comment, ConfirmedEmail, Mail, MailKind, ModerationEntry, Status
from blog.queries import notices as queries
from blog.services import discussions, staff_mail

# Long enough to undo a slip, short enough for a conversation.
PATIENCE = timedelta(minutes=2)
# An address that nobody confirms is asked this often a day, whoever types it.
MOST_QUESTIONS = 3
# A mail that no server takes is tried again after 1, 2, 4 ... minutes, about half a day in all.
MOST_TRIES = 10
# Who forgot a password five times a day asks whoever runs the server.
MOST_RESETS = 5
# Long enough to know that an address was asked today.
KEEP_SENT = timedelta(days=1)
# What the links in a mail are for.
CONFIRM, STOP = "confirm", "stop"
_ABOUT = {Status.PUBLISHED: MailKind.APPROVED, Status.REJECTED: MailKind.REJECTED}


def ask_to_confirm(comment: Comment) -> None:
    """Mail a link to the address of a commenter who wants mail and has not proved it yet.

    Who is refused causes no mail to whatever address was typed.
    """
    is_taken = comment.status in (Status.HELD, Status.PUBLISHED)
    if not comment.wants_mail or not is_taken:
        return
    if queries.is_confirmed(comment.browser, comment.email):
        return
    if queries.count_questions(comment.email, clock.now() - timedelta(days=1)) < MOST_QUESTIONS:
        _queue(MailKind.CONFIRM, comment.email, comment, None, timedelta())


def confirm(browser: str, email: str) -> None:
    """A browser's owner has opened the link that went to this address."""
    one_at_a_time(f"{browser} {email}")
    if not queries.is_confirmed(browser, email):
        db.session.add(ConfirmedEmail(browser=browser, email=email, created_at=clock.now()))
        db.session.flush()


def stop(email: str) -> None:
    """No more mail to this address about anything it wrote."""
    db.session.execute(
        update(Comment)
        .where(Comment.email == email, Comment.wants_mail)
        .values(wants_mail=False)
        .execution_options(synchronize_session=False)
    )
    db.session.execute(delete(Mail).where(Mail.email == email, Mail.sent_at.is_(None)))


def answered(comment: Comment, entry: ModerationEntry) -> None:
    """Tell the person who was answered, unless that is the same one."""
    parent = queries.parent(comment.parent_id) if comment.parent_id else None
    if parent and parent.browser != comment.browser and _may_be_told(parent):
        _queue(MailKind.ANSWER, parent.email, comment, entry, PATIENCE)


def decided(comment: Comment, entry: ModerationEntry) -> None:
    """Tell an author that a moderator approved or rejected the comment.

    What is decided last is said last, with its reason; that a comment is public is not said twice.
    """
    kind = _ABOUT.get(entry.after)
    if not kind or entry.before is entry.after or not _may_be_told(comment):
        return
    if kind is MailKind.APPROVED and queries.knows_it_is_public(comment):
        return
    _forget(kind, comment.email, comment)
    _queue(kind, comment.email, comment, entry, PATIENCE)


def take_back(entry: ModerationEntry) -> None:
    """Drop what a decision would have sent."""
    db.session.execute(delete(Mail).where(Mail.entry_id == entry.id, Mail.sent_at.is_(None)))


def _may_be_told(comment: Comment) -> bool:
    return comment.wants_mail and queries.is_confirmed(comment.browser, comment.email)


def _queue(
    kind: MailKind,
    email: str,
    comment: Comment,
    entry: ModerationEntry | None,
    patience: timedelta,
) -> None:
    """Queue a mail that was not sent lately; one that waits is out of date."""
    _forget(kind, email, comment, Mail.sent_at.is_(None))
    if queries.is_sent(kind, comment.id, email):
        return
    db.session.add(
        Mail(
            kind=kind,
            email=email,
            comment_id=comment.id,
            entry_id=entry.id if entry else None,
            due_at=clock.now() + patience,
        )
    )
    db.session.flush()


def _forget(kind: MailKind, email: str, comment: Comment, *which: ColumnElement[bool]) -> None:
    same = (Mail.kind == kind, Mail.comment_id == comment.id, Mail.email == email)
    db.session.execute(delete(Mail).where(*same, *which))


def ask_for_reset(email: str) -> None:
    """Queue a mail with a way to a new password, to whatever address somebody typed.

    Whether it is anybody's turns out when the mail is sent, so that nobody can tell by the answer.
    """
    address = email.strip().lower()[:EMAIL_COLUMN]
    if queries.count_of(MailKind.RESET, address) < MOST_RESETS:
        db.session.add(Mail(kind=MailKind.RESET, email=address, due_at=clock.now()))
        db.session.flush()


def claim() -> int | None:
    """Take a mail that is due, so that nobody else does; if it is not sent it is due again later.

    Returns its number, or None if nothing is due.
    """
    mail = queries.due()
    if mail is None:
        return None
    mail.tries += 1
    mail.due_at = clock.now() + timedelta(minutes=2 ** (mail.tries - 1))
    db.session.flush()
    return mail.id


def is_wanted(mail: Mail) -> bool:
    """False where what the mail says is no longer true, nobody wants it, or nobody takes it."""
    comment = mail.comment
    if mail.tries > MOST_TRIES:
        return False
    if mail.kind is MailKind.RESET:
        return True
    if comment is None or mail.kind is MailKind.WAITING:
        return staff_mail.is_wanted(mail)
    if mail.kind is MailKind.CONFIRM:
        return comment.wants_mail
    if mail.kind is MailKind.REJECTED:
        return comment.wants_mail and comment.status is Status.REJECTED
    asked = queries.parent(comment.parent_id or 0) if mail.kind is MailKind.ANSWER else comment
    return asked is not None and asked.wants_mail and _is_shown(asked) and _is_shown(comment)


def _is_shown(comment: Comment) -> bool:
    return comment.status is Status.PUBLISHED and discussions.is_shown(comment.article)


def mark_sent(mail: Mail) -> None:
    """Keep in mind for a day that this mail was sent.

    Another decision may have replaced it meanwhile, by a mail that SQLite gave the same number.
    """
    same = (Mail.id == mail.id, Mail.tries == mail.tries)
    is_it = Mail.entry_id.is_not_distinct_from(mail.entry_id)
    db.session.execute(update(Mail).where(*same, is_it).values(sent_at=clock.now()))


def drop(number: int) -> None:
    """Forget a mail that is not to be sent now.

    One about a decision stays until it was tried for half a day: an undo may make it true again.
    """
    is_over = Mail.entry_id.is_(None) | (Mail.tries > MOST_TRIES)
    db.session.execute(delete(Mail).where(Mail.id == number, is_over))


def drop_due() -> None:
    """There is no mail server any more: what waited for one is not sent."""
    db.session.execute(delete(Mail).where(Mail.sent_at.is_(None)))


def forget_sent() -> None:
    """Drop what was sent more than a day ago."""
    db.session.execute(delete(Mail).where(Mail.sent_at < clock.now() - KEEP_SENT))

"""What the site's mail says: a template for each kind, made when it is sent."""

from flask import render_template, url_for
from flask_babel import gettext as _
from flask_mailman import EmailMessage
from flask_security.recoverable import generate_reset_password_token

from blog.config import current_settings
from blog.models import Comment, Mail, MailKind, Staff, View
from blog.queries import queue, staff
from blog.queries.queue_filter import Filter
from blog.services import secret_links, staff_mail
from blog.services.notices import CONFIRM, STOP

# A mail program must not answer these by itself (RFC 3834).
BY_ITSELF = {"Auto-Submitted": "auto-generated"}


def message(mail: Mail) -> EmailMessage | None:
    """The message for a mail that waits; None where there is nobody to send it to."""
    if mail.comment and mail.kind is not MailKind.WAITING:
        return _to_commenter(mail, mail.comment)
    member = staff.by_email(mail.email)
    if member is None or not member.active:
        return None
    if mail.kind is MailKind.RESET:
        return _reset(member)
    waiting = [mail.comment] if mail.comment else _listed()
    return _to_moderator(member, waiting)


def _to_commenter(mail: Mail, comment: Comment) -> EmailMessage:
    settings, article = current_settings(), comment.article
    secret, theirs = settings.secret_key, _addressee(mail.kind, comment)
    confirm = secret_links.sign_dated(secret, CONFIRM, theirs)
    stop = _address("comments.stop_mail", token=secret_links.sign(secret, STOP, theirs))
    page = _address("articles.show", show=comment.id, **article.path)
    body = render_template(
        f"mail/{mail.kind.value}.txt",
        comment=comment,
        article=article,
        entry=mail.entry,
        page=f"{page}#comment-{comment.id}",
        confirm=_address("comments.confirm_address", token=confirm),
        stop=stop,
    )
    headers = BY_ITSELF | {
        "List-Unsubscribe": f"<{stop}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    return EmailMessage(_subject(mail.kind, article.title), body, to=[mail.email], headers=headers)


def _subject(kind: MailKind, title: str) -> str:
    subjects = {
        MailKind.CONFIRM: _("Is this your address? – %(title)s", title=title),
        MailKind.ANSWER: _("An answer to your comment – %(title)s", title=title),
        MailKind.APPROVED: _("Your comment was published – %(title)s", title=title),
        MailKind.REJECTED: _("Your comment was not published – %(title)s", title=title),
    }
    return str(subjects[kind])


def _addressee(kind: MailKind, comment: Comment) -> str:
    """The number of the comment whose author gets the mail: for an answer the one answered."""
    return str(comment.parent_id if kind is MailKind.ANSWER else comment.id)


def _reset(member: Staff) -> EmailMessage:
    settings = current_settings()
    link = _address("security.reset_password", token=generate_reset_password_token(member))
    body = render_template("mail/reset.txt", link=link, hours=settings.reset_hours)
    subject = _("A new password for %(site)s", site=settings.site_name)
    return EmailMessage(subject, body, to=[member.email], headers=BY_ITSELF)


def _listed() -> list[Comment]:
    return list(queue.page(Filter(), None, staff_mail.LISTED).comments)


def _to_moderator(member: Staff, waiting: list[Comment]) -> EmailMessage:
    settings = current_settings()
    count = queue.counts()[View.WAITING]
    links = {
        each.id: _address(
            "dashboard.by_mail", token=staff_mail.link(member, each, settings.secret_key)
        )
        for each in waiting
    }
    body = render_template(
        "mail/waiting.txt",
        waiting=waiting,
        links=links,
        count=count,
        queue=_address("dashboard.comments"),
        account=_address("dashboard.account"),
    )
    subject = _waiting_subject(waiting, count)
    return EmailMessage(subject, body, to=[member.email], headers=BY_ITSELF)


def _waiting_subject(waiting: list[Comment], count: int) -> str:
    site = current_settings().site_name
    if len(waiting) == 1:
        title = waiting[0].article.title
        return str(_("A comment waits: %(title)s – %(site)s", title=title, site=site))
    return str(_("Comments that wait: %(count)s – %(site)s", count=count, site=site))


def _address(endpoint: str, **values: object) -> str:
    """A page's whole address: links in mail are made of the site's own."""
    return current_settings().public_url + url_for(endpoint, **values)  # type: ignore[arg-type]

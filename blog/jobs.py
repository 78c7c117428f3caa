"""What the site does by itself: sends waiting mail and forgets what it has kept for long enough.

One thread beside the server runs `work()` again and again; `flask --app blog work` does it once,
for a site whose server is started in another way. Two at once do no harm: each takes its own mail.
"""

import logging
import smtplib
import threading

from flask import Flask, render_template, url_for
from flask_babel import gettext as _
from flask_mailman import EmailMessage

from blog.config import current_settings
from blog.extensions import db, writing
from blog.models import Mail, MailKind
from blog.queries import notices as queries
from blog.services import notices, privacy, secret_links
from blog.services.notices import CONFIRM, STOP

log = logging.getLogger("blog")
EVERY = 10  # seconds
BATCH = 20


def run(app: Flask, stop: threading.Event) -> None:
    """Work until told to stop. A fault is logged and the work goes on."""
    if not app.config["SETTINGS"].mail_server:
        log.warning("no mail server is set: commenters get no mail, everything else works")
    while not stop.wait(EVERY):
        try:
            with app.test_request_context(base_url=app.config["SETTINGS"].public_url):
                work()
            with app.app_context():  # a worker that is forked anew must not share a connection
                db.engine.dispose()
        except Exception as error:
            log.error("the work beside the server failed", exc_info=error)


def work() -> int:
    """Do everything that is due, once; return how many mails were sent."""
    with writing():
        privacy.forget_addresses()
        notices.forget_sent()
        if not current_settings().mail_server:
            notices.drop_due()
        due = [mail.id for mail in notices.claim(BATCH)]
    return sum(_send(number) for number in due)


def _send(number: int) -> bool:
    """Send one mail unless what it is about has changed; try again later if nobody takes it."""
    mail = queries.by_id(number)
    if mail is None or not notices.is_wanted(mail):
        with writing():
            notices.drop(number)
        return False
    try:
        _message(mail).send()
    except (OSError, smtplib.SMTPException) as error:
        log.error("a mail was not sent: %s", error)
        return False
    with writing():
        notices.mark_sent(number)
    return True


def _message(mail: Mail) -> EmailMessage:
    settings, article = current_settings(), mail.comment.article
    secret, theirs = settings.secret_key, _addressee(mail)
    confirm = secret_links.sign_dated(secret, CONFIRM, theirs)
    stop = settings.public_url + url_for(
        "comments.stop_mail", token=secret_links.sign(secret, STOP, theirs)
    )
    page = url_for("articles.show", show=mail.comment_id, **article.path)
    body = render_template(
        f"mail/{mail.kind.value}.txt",
        comment=mail.comment,
        article=article,
        entry=mail.entry,
        page=f"{settings.public_url}{page}#comment-{mail.comment_id}",
        confirm=settings.public_url + url_for("comments.confirm_address", token=confirm),
        stop=stop,
    )
    headers = {
        "List-Unsubscribe": f"<{stop}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Auto-Submitted": "auto-generated",
    }
    return EmailMessage(_subject(mail), body, to=[mail.email], headers=headers)


def _subject(mail: Mail) -> str:
    title = mail.comment.article.title
    subjects = {
        MailKind.CONFIRM: _("Is this your address? – %(title)s", title=title),
        MailKind.ANSWER: _("An answer to your comment – %(title)s", title=title),
        MailKind.APPROVED: _("Your comment was published – %(title)s", title=title),
        MailKind.REJECTED: _("Your comment was not published – %(title)s", title=title),
    }
    return str(subjects[mail.kind])


def _addressee(mail: Mail) -> str:
    """The number of the comment whose author gets the mail: for an answer the one answered."""
    theirs = mail.comment.parent_id if mail.kind is MailKind.ANSWER else mail.comment_id
    return str(theirs)

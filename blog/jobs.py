"""What the site does by itself: sends waiting mail and forgets what it has kept for long enough.

One thread beside the server runs `work()` again and again, and `tidy()` when it starts and once a
day. The commands `work` and `tidy` of `flask --app blog` do each once, for a site whose server is
started in another way. Two at once do no harm: each takes its own mail.
"""

import logging
import os
import smtplib
import threading
from collections.abc import Callable

from flask import Flask

from blog import clock, letters
from blog.config import current_settings
from blog.extensions import db, writing
from blog.queries import notices as queries
from blog.services import blocks, notices, privacy, search_index, staff_mail, staff_sessions
from blog.web import faults

log = logging.getLogger("blog")
EVERY = 10  # seconds
TIDY_EVERY = 24 * 3_600  # seconds
BATCH = 20
# A server process that is forked off while this one has SQLite's file open would take the locks of
# this one for its own and hold none (sqlite.org/howtocorrupt.html, 2.6): it waits until the work is
# done and the file is closed.
_at_work = threading.Lock()
os.register_at_fork(
    before=_at_work.acquire, after_in_parent=_at_work.release, after_in_child=_at_work.release
)


def run(app: Flask, stop: threading.Event) -> None:
    """Work until told to stop. A fault is logged and the work goes on."""
    if not app.config["SETTINGS"].mail_server:
        log.warning("no mail server is set: nobody gets mail, everything else works")
    tidied = float("-inf")
    while not stop.wait(EVERY):
        is_due = clock.ticks() - tidied >= TIDY_EVERY
        with _at_work:
            _work_alone(app, work)
            if is_due:
                _work_alone(app, tidy)
                tidied = clock.ticks()


def _work_alone(app: Flask, job: Callable[[], object]) -> None:
    """Do a job with connections that are closed at the end."""
    try:
        with app.test_request_context(base_url=app.config["SETTINGS"].public_url):
            job()
    except Exception as error:
        log.error("the work beside the server failed\n%s", faults.trace(error))
    with app.app_context():
        db.engine.dispose()


def work() -> int:
    """Do everything that is due, once; return how many mails were sent."""
    with writing():
        privacy.forget_addresses()
        blocks.forget_ended()
        staff_sessions.forget_ended(current_settings())
        staff_mail.queue_due()
        notices.forget_sent()
        if not current_settings().mail_server:
            notices.drop_due()
        due = [mail.id for mail in notices.claim(BATCH)]
    return sum(_send(number) for number in due)


def tidy() -> None:
    """Forget the words of what was deleted, in short transactions: in between others write."""
    with writing():
        goes_on = search_index.merge_step(restart=True)
    while goes_on:
        with writing():
            goes_on = search_index.merge_step()


def _send(number: int) -> bool:
    """Send one mail unless what it is about has changed; try again later if nobody takes it."""
    mail = queries.by_id(number)
    if mail is None or not notices.is_wanted(mail):
        with writing():
            notices.drop(number)
        return False
    message = letters.message(mail)
    try:
        if message:  # else nobody has that address: it is kept for a day as if it had gone out
            message.send()
    except (OSError, smtplib.SMTPException) as error:
        log.error("a mail was not sent: %s", faults.kind(error))
        return False
    with writing():
        notices.mark_sent(number)
    return message is not None

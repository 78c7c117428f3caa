"""What the site does by itself: sends waiting mail and forgets what it has kept for long enough.

One thread beside the server runs `work()` again and again, and tidies up an hour after the start
and then once a day. The commands `work` and `tidy` of `flask --app blog` do each once, for a site
whose server is started in another way. Two at once do no harm: each takes its own mail.
"""

import logging
import os
import smtplib
import threading
from collections.abc import Callable, Iterator
from functools import partial
from typing import TypeVar

from flask import Flask

from blog import clock, letters
from blog.config import current_settings
from blog.extensions import db, writing
from blog.queries import notices as queries
from blog.services import blocks, notices, privacy, search_index, staff_mail, staff_sessions
from blog.web import faults

log = logging.getLogger("blog")
Found = TypeVar("Found")
EVERY = 10  # seconds
TIDY_EVERY, FIRST_TIDY = 24 * 3_600, 3_600  # seconds; whoever has just started is busy enough
PAUSE = 0.1  # seconds: a step of tidying up holds the database for a tenth of that
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
    tidied = clock.ticks() - TIDY_EVERY + FIRST_TIDY
    while not stop.wait(EVERY):
        _work_alone(app, work)
        if clock.ticks() - tidied >= TIDY_EVERY:
            _tidy_gently(app, stop)
            tidied = clock.ticks()


def _tidy_gently(app: Flask, stop: threading.Event) -> None:
    """Tidy up beside a server whose readers write: they have most of the time."""
    step = partial(search_index.merge_step, restart=True)
    while _work_alone(app, partial(_committed, step)) and not stop.wait(PAUSE):
        step = partial(search_index.merge_step)
    _work_alone(app, privacy.empty_log)


def _work_alone(app: Flask, job: Callable[[], Found]) -> Found | None:
    """Do a job with connections that are closed at the end; None if it failed."""
    found = None
    with _at_work:
        try:
            with app.test_request_context(base_url=app.config["SETTINGS"].public_url):
                found = job()
        except Exception as error:
            log.error("the work beside the server failed\n%s", faults.trace(error))
        with app.app_context():
            db.engine.dispose()
    return found


def _committed(step: Callable[[], Found]) -> Found:
    with writing():
        return step()


def work() -> int:
    """Do everything that is due, once; return how many mails were sent."""
    with writing():
        blocks.forget_ended()  # before any comment's row, as whoever erases somebody takes them
        privacy.forget_addresses()
        staff_sessions.forget_ended(current_settings())
        staff_mail.queue_due()
        notices.forget_sent()
        if not current_settings().mail_server:
            notices.drop_due()
    return sum(_send(number) for number in _claimed())


def tidy() -> None:
    """Forget the words of what was deleted, at once, in short transactions."""
    step = partial(search_index.merge_step, restart=True)
    while _committed(step):
        step = partial(search_index.merge_step)
    privacy.empty_log()


def _claimed() -> Iterator[int]:
    """What is due, taken one by one: by the end of a batch a slow server has used up the claims."""
    for _ in range(BATCH):
        with writing():
            number = notices.claim()
        if number is None:
            return
        yield number


def _send(number: int) -> bool:
    """Send one mail unless what it is about has changed; try again later if nobody takes it.

    One that cannot be made holds up none of the others.
    """
    mail = queries.by_id(number)
    if mail is None or not notices.is_wanted(mail):
        with writing():
            notices.drop(number)
        return False
    try:
        message = letters.message(mail)
        if message:  # else nobody has that address: it is kept for a day as if it had gone out
            message.send()
    except (OSError, smtplib.SMTPException) as error:
        log.error("a mail was not sent: %s", faults.kind(error))
        return False
    except Exception as error:
        db.session.rollback()
        log.error("a mail could not be made\n%s", faults.trace(error))
        return False
    with writing():
        notices.mark_sent(mail)
    return message is not None

"""Mail to the staff."""

import logging
from typing import Any

from flask_security import MailUtil

from blog.web import faults

log = logging.getLogger("blog")


class QuietMail(MailUtil):
    """Sends mail; a mail server that takes none is the log's business, not a visitor's.

    A page that failed only for an address that is known would tell which ones are.
    """

    def send_mail(self, template: str, subject: str, recipient: Any, *args: Any, **kw: Any) -> None:
        """Send a message, or log why it could not be sent."""
        try:
            super().send_mail(template, subject, recipient, *args, **kw)
        except OSError as error:  # refused, timed out, or whatever else SMTP may answer
            log.error("a mail was not sent: %s", faults.kind(error))

"""What the log says of an error: which one and where, never its words."""

import re
import smtplib
import sqlite3

import pytest

from blog.services import manuscript
from blog.web import faults


def _locked() -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("database is locked")
    error.sqlite_errorname = "SQLITE_BUSY"
    return error


ADDRESS = "ann@example.org"


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ValueError(ADDRESS), "ValueError"),
        (_locked(), "OperationalError SQLITE_BUSY"),
        (ConnectionRefusedError(111, "nobody is there"), "ConnectionRefusedError 111"),
        (smtplib.SMTPRecipientsRefused({ADDRESS: (550, b"no such user")}),
         "SMTPRecipientsRefused 550"),
        (smtplib.SMTPSenderRefused(553, b"not allowed", ADDRESS), "SMTPSenderRefused 553"),
        (smtplib.SMTPAuthenticationError(535, b"no"), "SMTPAuthenticationError 535"),
        (smtplib.SMTPServerDisconnected("gone"), "SMTPServerDisconnected"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_an_error_is_its_kind_and_the_code_that_a_server_gave_it(
    error: Exception, said: str
) -> None:
    assert faults.kind(error) == said


def _broken() -> Exception:
    """An error that another one led to."""
    try:
        try:
            manuscript.read(ADDRESS)
        except manuscript.BrokenManuscript as cause:
            raise RuntimeError(ADDRESS) from cause
    except RuntimeError as error:
        return error
    raise AssertionError("nothing broke")


def test_an_error_is_found_by_the_last_line_of_ours() -> None:
    cause = _broken().__cause__
    assert cause
    assert re.fullmatch(r"services/manuscript\.py:\d+", faults.where(cause))
    assert faults.where(ValueError()) == "?", "one that nobody raised"


def test_a_trace_names_every_error_that_led_to_it_and_says_none_of_their_words() -> None:
    found = faults.trace(_broken())
    for said in ("RuntimeError\n", "BrokenManuscript\n", "services/manuscript.py", "in _broken"):
        assert said in found
    assert ADDRESS not in found

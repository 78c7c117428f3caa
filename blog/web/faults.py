"""What the log says of an error: which one and where. Its words may be what somebody typed."""

import traceback
from pathlib import Path

PACKAGE = Path(__file__).parent.parent
# Where databases, mail servers and the system put a number or a name of their own for it.
_CODES = ("sqlstate", "sqlite_errorname", "smtp_code", "errno")


def kind(error: BaseException) -> str:
    """Which error it is, with the code that a server gave it: `SMTPRecipientsRefused 550`."""
    codes = [getattr(error, name, None) for name in _CODES]
    codes += [code for code, _words in getattr(error, "recipients", {}).values()]
    return " ".join([type(error).__qualname__, *(str(code) for code in codes if code)])


def where(error: BaseException) -> str:
    """The last line of this package that it came from."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [each for each in frames if Path(each.filename).is_relative_to(PACKAGE)]
    return f"{Path(ours[-1].filename).relative_to(PACKAGE)}:{ours[-1].lineno}" if ours else "?"


def trace(error: BaseException | None) -> str:
    """All lines that it, and what led to it, came from."""
    found = ""
    while error:
        found += "".join(traceback.format_tb(error.__traceback__)) + f"{kind(error)}\n"
        error = error.__cause__ or error.__context__
    return found

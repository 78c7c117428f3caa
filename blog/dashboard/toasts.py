"""What a page says about what was just done, with the way back where there is one."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import cast

from flask import flash, get_flashed_messages

from blog.models import ChangeEntry

_UNDO = "undo"


@dataclass(frozen=True)
class Toast:
    """A sentence; `entries` are the lines of the log that `endpoint` takes back, if any."""

    sentence: str
    endpoint: str = ""
    entries: tuple[str, ...] = ()


def say(sentence: str, endpoint: str, entries: Iterable[ChangeEntry | None]) -> None:
    """Say on the next page what was done, and offer to take it back there."""
    numbers = [str(each.id) for each in entries if each]
    flash(sentence, " ".join((_UNDO, endpoint, *numbers)) if numbers else "message")


def toasts() -> list[Toast]:
    """What this page has to say."""
    found = []
    said = cast("list[tuple[str, str]]", get_flashed_messages(with_categories=True))
    for category, sentence in said:
        parts = category.split(" ")
        has_undo = parts[0] == _UNDO
        found.append(Toast(sentence, parts[1], tuple(parts[2:])) if has_undo else Toast(sentence))
    return found

"""A Markdown file with front matter, read and checked. Pure: text in, a manuscript out."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, time
from typing import Any

import yaml

from blog.services import text

MAX_SLUG = 100


@dataclass
class BrokenManuscript(Exception):
    """The file cannot be published: where and why, in one sentence."""

    line: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class Manuscript:
    """An article as its author wrote it. The fields are the keys of the front matter."""

    title: str
    standfirst: str
    author: tuple[str, ...]
    date: datetime
    topic: str
    body: str
    tags: tuple[str, ...] = ()
    slug: str = ""
    updated: datetime | None = None
    correction: str = ""
    comments: str = "open"
    picture: str = ""
    picture_alt: str = ""
    picture_caption: str = ""
    picture_credit: str = ""


_LISTS = {"author", "tags"}
_MOMENTS = {"date", "updated"}
_REQUIRED = ("title", "standfirst", "author", "date", "topic")
# Widths of the columns that take the values, in characters.
_LONGEST = {
    "title": 200, "standfirst": 400, "author": 100, "topic": 100, "tags": 100, "slug": MAX_SLUG,
    "picture": 200, "picture_alt": 500, "picture_caption": 500, "picture_credit": 200,
}  # fmt: skip


def read(source: str) -> Manuscript:
    """Read a file's text. Raises BrokenManuscript for the first thing that is wrong with it."""
    front, body, first_line = _split(text.newlines(source).removeprefix("\ufeff"))
    values, lines = _front_matter(front)
    for name in _REQUIRED:
        if not values.get(name):
            raise BrokenManuscript(lines.get(name, 1), f"the front matter has no {name}")
    if not body.strip():
        raise BrokenManuscript(first_line, "there is no text below the front matter")
    if not text.is_storable(body, lines=True):
        raise BrokenManuscript(first_line, "the text has control characters in it")
    return Manuscript(body=body.strip() + "\n", **values)


def _split(source: str) -> tuple[str, str, int]:
    """Return the front matter, the text, and the line on which the text starts."""
    lines = source.split("\n")
    if lines[0].rstrip() != "---":
        raise BrokenManuscript(1, "the first line is --- and opens the front matter")
    for number, line in enumerate(lines[1:], start=2):
        if line.rstrip() == "---":
            return "\n".join(lines[1 : number - 1]), "\n".join(lines[number:]), number + 1
    raise BrokenManuscript(1, "no second --- ends the front matter")


def _front_matter(front: str) -> tuple[dict[str, Any], dict[str, int]]:
    """Return the checked values and the line in the file on which each one stands."""
    try:
        node = yaml.compose(front, Loader=yaml.SafeLoader)
        loaded = yaml.safe_load(front)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 2 if error.problem_mark else 1
        raise BrokenManuscript(line, f"this is not YAML: {error.problem}") from None
    except (yaml.YAMLError, ValueError) as error:
        raise BrokenManuscript(1, f"this is not YAML: {error}") from None
    if not isinstance(loaded, Mapping) or not isinstance(node, yaml.MappingNode):
        raise BrokenManuscript(2, "the front matter is lines of the form name: value")
    lines = {str(key.value): key.start_mark.line + 2 for key, _ in node.value}
    known = {field.name for field in fields(Manuscript)} - {"body"}
    values = {}
    for name, value in loaded.items():
        line = lines.get(str(name), 2)
        if name not in known:
            raise BrokenManuscript(line, f"there is no field {name}")
        if value is not None:
            values[name] = _checked(name, value, line)
    return values, lines


def _checked(name: str, value: Any, line: int) -> Any:
    if name in _MOMENTS:
        return _moment(name, value, line)
    if name in _LISTS:
        many = value if isinstance(value, list) else [value]
        return tuple(dict.fromkeys(_words(name, one, line) for one in many))
    word = _words(name, value, line)
    if name == "slug" and not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", word):
        raise BrokenManuscript(line, "a slug has small letters, digits and single hyphens only")
    if name == "comments" and word not in ("open", "closed"):
        raise BrokenManuscript(line, "comments is open or closed")
    if name == "picture" and not re.fullmatch(r"[\w-]+(/[\w-]+)*\.(webp|avif|jpg|png)", word):
        raise BrokenManuscript(line, "a picture is the name of an image file below static/")
    return word


def _words(name: str, value: Any, line: int) -> str:
    if not isinstance(value, str | int | float) or isinstance(value, bool):
        raise BrokenManuscript(line, f"{name} is a text")
    word = " ".join(str(value).split())
    if not text.is_storable(word) or not text.is_visible(word):
        raise BrokenManuscript(line, f"{name} shows nothing or has control characters in it")
    longest = _LONGEST.get(name)
    if longest and len(word) > longest:
        raise BrokenManuscript(line, f"{name} has {len(word)} characters, at most {longest} fit")
    return word


def _moment(name: str, value: Any, line: int) -> datetime:
    """A date is midnight, a time without a zone is in UTC."""
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=UTC)
    if isinstance(value, date):
        return datetime.combine(value, time(), UTC)
    raise BrokenManuscript(line, f"{name} looks like 2026-11-23 or 2026-11-23T09:30:00+00:00")

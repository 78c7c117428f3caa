"""A Markdown file with front matter, read and checked. Pure: text in, a manuscript out."""

import re
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any

import yaml

from blog.services import text

MAX_SLUG = 100
DISCUSSIONS = ("open", "held", "closed", "hidden")


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
    comments: str = ""
    picture: str = ""
    picture_alt: str = ""
    picture_caption: str = ""
    picture_credit: str = ""


_FIELDS = {field.name for field in fields(Manuscript)} - {"body"}
_LISTS = {"author", "tags"}
_MOMENTS = {"date", "updated"}
_NOTHING = "tag:yaml.org,2002:null"
_TEXTS = {f"tag:yaml.org,2002:{kind}" for kind in ("str", "int", "float")}
_PICTURE = re.compile(r"[\w-]+(/[\w-]+)*\.(webp|avif|jpg|png)")
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
    for number, line in enumerate(body.split("\n"), start=first_line):
        if not text.is_storable(line, lines=True):
            raise BrokenManuscript(number, "the text has control characters in it")
    if "updated" in values and values["updated"] < values["date"]:
        raise BrokenManuscript(lines["updated"], "updated is not before date")
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
    values: dict[str, Any] = {}
    lines: dict[str, int] = {}
    for key, value in _entries(front):
        name, line = str(key.value), _line(front, key.start_mark.index)
        if name not in _FIELDS:
            raise BrokenManuscript(line, f"there is no field {name}")
        if name in lines:
            raise BrokenManuscript(line, f"there is a second {name}")
        lines[name] = line
        _refuse_what_is_cut(front, value, line)
        if value.tag != _NOTHING:
            values[name] = _checked(name, value, line)
    return values, lines


def _entries(front: str) -> list[tuple[yaml.ScalarNode, yaml.Node]]:
    """The names and values as they were written: YAML itself would make 7 of 007."""
    try:
        node = yaml.compose(front, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = _line(front, error.problem_mark.index) if error.problem_mark else 1
        raise BrokenManuscript(line, f"this is not YAML: {_problem(error)}") from None
    except yaml.reader.ReaderError as error:
        line = _line(front, error.position)
        raise BrokenManuscript(line, f"this is not YAML: {error.reason}") from None
    except (ValueError, OverflowError):  # such as "\UFFFFFFFF"
        raise BrokenManuscript(2, "this is not YAML: a sign in it does not exist") from None
    except RecursionError:
        raise BrokenManuscript(2, "this is not YAML: it is nested too deeply") from None
    if not isinstance(node, yaml.MappingNode):
        raise BrokenManuscript(2, "the front matter is lines of the form name: value")
    for key, _value in node.value:
        if not isinstance(key, yaml.ScalarNode):
            raise BrokenManuscript(_line(front, key.start_mark.index), "a field has a name")
    return list(node.value)


def _problem(error: yaml.MarkedYAMLError) -> str:
    if error.problem and error.problem.startswith("mapping values"):
        return "a value with a colon and a blank in it needs quotation marks around it"
    return str(error.problem)


def _refuse_what_is_cut(front: str, value: yaml.Node, line: int) -> None:
    """YAML leaves out what follows ` #`, and few who write `We are #1` mean that."""
    end = value.end_mark.index
    is_plain = isinstance(value, yaml.ScalarNode) and value.style is None
    if is_plain and value.tag in _TEXTS and front[end:].split("\n")[0].lstrip(" ").startswith("#"):
        reason = "what follows # is not read; quotation marks around the whole value keep it"
        raise BrokenManuscript(line, reason)


def _line(front: str, place: int) -> int:
    """The line of the file in which a place of the front matter is, as an editor counts lines.

    YAML counts other characters that end a line, too.
    """
    return front.count("\n", 0, place) + 2


def _checked(name: str, value: yaml.Node, line: int) -> Any:
    if name in _MOMENTS:
        return _moment(name, value, line)
    if name in _LISTS:
        many = value.value if isinstance(value, yaml.SequenceNode) else [value]
        return tuple(dict.fromkeys(_words(name, one, line) for one in many))
    if name == "comments" and value.value not in DISCUSSIONS:
        raise BrokenManuscript(line, f"comments is one of: {', '.join(DISCUSSIONS)}")
    word = _words(name, value, line)
    if name == "slug" and not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", word):
        raise BrokenManuscript(line, "a slug has small letters, digits and single hyphens only")
    if name == "picture" and not _PICTURE.fullmatch(word):
        reason = (
            "a picture is a file below static/ that ends with .webp, .avif, .jpg or .png;"
            " its name has letters, digits, - and _"
        )
        raise BrokenManuscript(line, reason)
    return word


def _words(name: str, value: yaml.Node, line: int) -> str:
    if not isinstance(value, yaml.ScalarNode) or value.tag not in _TEXTS:
        raise BrokenManuscript(line, f"{name} is a text; quotation marks around it make it one")
    word = " ".join(value.value.split())
    if not text.is_storable(word) or not text.is_visible(word):
        raise BrokenManuscript(line, f"{name} shows nothing or has control characters in it")
    longest = _LONGEST.get(name)
    if longest and len(word) > longest:
        raise BrokenManuscript(line, f"{name} has {len(word)} characters, at most {longest} fit")
    return word


def _moment(name: str, value: yaml.Node, line: int) -> datetime:
    """A date is midnight, a time without a zone is in UTC."""
    try:
        moment = datetime.fromisoformat(value.value)
        moment = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
        if not 1000 <= moment.year < 3000:  # an address has four digits for it, and time goes on
            raise ValueError
        return moment
    except (TypeError, ValueError, OverflowError):
        reason = f"{name} looks like 2026-11-23 or 2026-11-23T09:30:00+00:00"
        raise BrokenManuscript(line, reason) from None

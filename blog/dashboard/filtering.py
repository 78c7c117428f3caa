"""The filter of the queue, as it stands in an address."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple

from flask import request
from flask_babel import format_date
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from blog.dashboard.template_filters import reason_name
from blog.models import Rule, View
from blog.queries import articles, comments
from blog.queries.queue import Cursor
from blog.queries.queue_filter import Filter
from blog.web.converters import SlugConverter, number

EVERYWHERE = "all"
NAMES = ("view", "q", "article", "person", "reason", "since", "until")
_SLUG = re.compile(SlugConverter.regex)
NOBODY = "nobody"  # no browser's hash: whoever deleted the comment is not everybody
LONGEST = 200  # characters of a search


class Asked(NamedTuple):
    """The filter in an address, and the title and the name behind its numbers."""

    wanted: Filter
    title: str
    name: str


def wanted() -> Filter:
    """The filter in this request's address; what cannot be read there does not count."""
    return asked().wanted


def asked() -> Asked:
    """The same, with what a person calls the article and the writer."""
    args = request.args
    slug, person = args.get("article", ""), number(args.get("person", ""))
    article_id, title = (articles.title(slug) if _SLUG.fullmatch(slug) else None) or (0, "?")
    browser, name = (comments.writer(person) if person else None) or (NOBODY, "?")
    reason = args.get("reason", "")
    found = Filter(
        view=_view(args),
        words=args.get("q", "").replace("\0", " ")[:LONGEST].strip(),
        article_id=article_id if slug else None,
        browser=(browser or NOBODY) if person else "",
        reason=reason if reason in set(Rule) else "",
        since=_day(args.get("since", "")),
        until=_day(args.get("until", "")),
    )
    return Asked(found, title, name)


def is_readable() -> bool:
    """False if something narrows the filter that cannot be read.

    A page then shows more than was asked for, which does no harm; a decision about all that match
    would take more.
    """
    args = request.args
    readers = {
        "view": lambda raw: raw == EVERYWHERE or raw in set(View),
        "q": lambda raw: len(raw) <= LONGEST and "\0" not in raw,
        "person": number,
        "reason": set(Rule).__contains__,
        "since": _day,
        "until": _day,
    }
    return all(read(args[name]) for name, read in readers.items() if args.get(name))


def here() -> dict[str, Any]:
    """What of this request's address is the filter, to be carried into other addresses."""
    found = {name: request.args.get(name, "") for name in NAMES}
    return {name: value for name, value in found.items() if value and "\0" not in value}


def chips(found: Asked) -> list[tuple[str, dict[str, Any]]]:
    """What narrows the list, each in words and with the filter that is left without it."""
    left = here()
    return [
        (label, {key: value for key, value in left.items() if key != name})
        for name, label in _labels(*found)
    ]


def _labels(found: Filter, title: str, name: str) -> Iterator[tuple[str, str]]:
    if found.words:
        yield "q", _("Words: %(words)s", words=found.words)
    if found.article_id is not None:
        yield "article", _("Article: %(title)s", title=title)
    if found.browser:
        yield "person", _("Person: %(name)s", name=name)
    if found.reason:
        yield "reason", _("Why it waited: %(reason)s", reason=reason_name(Rule(found.reason)))
    if found.since:
        yield "since", _("From %(day)s", day=format_date(found.since))
    if found.until:
        yield "until", _("To %(day)s", day=format_date(found.until))


def return_address() -> dict[str, Any]:
    """The filter and the page: where somebody comes back to after a decision without scripts."""
    after = spelled(cursor())
    return here() | ({"after": after} if after else {})


def cursor() -> Cursor | None:
    """After which row the page starts: `123`, or `r45` after a report."""
    raw = request.args.get("after", "")
    row = number(raw.removeprefix("r"))
    return Cursor(row, raw.startswith("r")) if row is not None else None


def spelled(after: Cursor | None) -> str | None:
    """A cursor as an address says it."""
    return f"{'r' if after.is_report else ''}{after.id}" if after else None


def _view(args: MultiDict[str, str]) -> View | None:
    raw = args.get("view", "")
    if raw in set(View):
        return View(raw)
    return None if raw == EVERYWHERE else View.WAITING


def _day(raw: str) -> date | None:
    try:
        day = date.fromisoformat(raw)
    except ValueError:
        return None
    return day if day < date.max else None  # there is no day after that one

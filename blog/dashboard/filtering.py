"""The filter of the queue, as it stands in an address."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from flask import request
from flask_babel import format_date
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from blog.dashboard.template_filters import reason_name
from blog.models import View
from blog.queries import articles, comments
from blog.queries.queue import REASONS, Cursor
from blog.queries.queue_filter import Filter
from blog.web.converters import SlugConverter, number

EVERYWHERE = "all"
NAMES = ("view", "q", "article", "person", "reason", "since", "until")
_SLUG = re.compile(SlugConverter.regex)
NOBODY = "nobody"  # no browser's hash: whoever deleted the comment is not everybody
LONGEST = 200  # characters of a search


def wanted() -> Filter:
    """The filter in this request's address; what cannot be read there does not count."""
    args = request.args
    person = number(args.get("person", ""))
    writer = comments.by_id(person) if person else None
    slug = args.get("article", "")
    article = articles.for_editing(slug) if _SLUG.fullmatch(slug) else None
    reason = args.get("reason", "")
    return Filter(
        view=_view(args),
        words=args.get("q", "").replace("\0", " ")[:LONGEST].strip(),
        article_id=article.id if article else (0 if slug else None),
        browser=((writer and writer.browser) or NOBODY) if person else "",
        reason=reason if reason in REASONS else "",
        since=_day(args.get("since", "")),
        until=_day(args.get("until", "")),
    )


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
        "reason": REASONS.__contains__,
        "since": _day,
        "until": _day,
    }
    return all(read(args[name]) for name, read in readers.items() if args.get(name))


def here() -> dict[str, Any]:
    """What of this request's address is the filter, to be carried into other addresses."""
    found = {name: request.args.get(name, "") for name in NAMES}
    return {name: value for name, value in found.items() if value and "\0" not in value}


def chips() -> list[tuple[str, dict[str, Any]]]:
    """What narrows the list, each in words and with the filter that is left without it."""
    left = here()
    return [
        (label, {key: value for key, value in left.items() if key != name})
        for name, label in _labels(wanted())
    ]


def _labels(found: Filter) -> Iterator[tuple[str, str]]:
    if found.words:
        yield "q", _("Words: %(words)s", words=found.words)
    if found.article_id is not None:
        article = articles.for_editing(request.args["article"]) if found.article_id else None
        yield "article", _("Article: %(title)s", title=article.title if article else "?")
    if found.browser:
        writer = comments.by_id(number(request.args["person"]) or 0)
        yield "person", _("Person: %(name)s", name=writer.name if writer else "?")
    if found.reason:
        yield "reason", _("Why it waited: %(reason)s", reason=reason_name(found.reason))
    if found.since:
        yield "since", _("From %(day)s", day=format_date(found.since))
    if found.until:
        yield "until", _("To %(day)s", day=format_date(found.until))


def place() -> dict[str, Any]:
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

"""What templates need to say things: dates, numbers, and sentences for stored facts."""

from datetime import datetime, timedelta
from functools import lru_cache

from babel import dates
from flask import Flask, url_for
from flask_babel import (
    format_date,
    format_decimal,
    get_locale,
    lazy_gettext,
    ngettext,
    to_user_timezone,
)
from flask_babel import gettext as _
from flask_babel.speaklater import LazyString
from werkzeug.local import LocalProxy

from blog import clock
from blog.config import current_settings
from blog.models import (
    Complaint,
    Discussion,
    ModerationEntry,
    Rule,
    Status,
    View,
)
from blog.queries.stories import Story
from blog.services import discussions
from blog.services.discussions import Discussed
from blog.web import access
from blog.web.assets import asset

# Looked up for each row of the queue, so they are made once and translated when they are shown.
_REASONS: dict[str, LazyString] = {
    Rule.HELD_WORD: lazy_gettext("Held word: %(fact)s"),
    Rule.REFUSED_WORD: lazy_gettext("Refused word: %(fact)s"),
    Rule.FIRST: lazy_gettext("First comment from this browser"),
    Rule.LIKENESS: lazy_gettext("%(fact)s %% like comments that were rejected"),
    Rule.BLOCKED: lazy_gettext("Blocked: %(fact)s"),
    Rule.HELD_PERSON: lazy_gettext("Comments by %(fact)s always wait"),
    Rule.ARTICLE: lazy_gettext("Every comment under this article waits"),
    Rule.TRAP: lazy_gettext("A field that people do not see was filled in"),
}
_COMPLAINTS = {
    Complaint.SPAM: lazy_gettext("Spam"),
    Complaint.ABUSIVE: lazy_gettext("Abusive"),
    Complaint.OFF_TOPIC: lazy_gettext("Off-topic"),
    Complaint.OTHER: lazy_gettext("Something else"),
}
_VIEWS = {
    View.WAITING: lazy_gettext("Waiting"),
    View.UNSEEN: lazy_gettext("Published unseen"),
    View.PUBLISHED: lazy_gettext("Published"),
    View.REJECTED: lazy_gettext("Rejected"),
    View.SPAM: lazy_gettext("Spam"),
    View.TRASH: lazy_gettext("Trash"),
}
_STATUSES = {
    Status.HELD: lazy_gettext("Waiting"),
    Status.PUBLISHED: lazy_gettext("Published"),
    Status.REJECTED: lazy_gettext("Rejected"),
    Status.SPAM: lazy_gettext("Spam"),
    Status.TRASHED: lazy_gettext("Trash"),
    Status.DELETED: lazy_gettext("Deleted"),
}


def init_app(app: Flask) -> None:
    """Give every template the filters and the few names that the frame of a page needs."""
    app.add_template_filter(day)
    app.add_template_filter(moment)
    app.add_template_filter(reason)
    app.add_template_filter(initial)
    app.add_template_filter(decision)
    app.add_template_filter(complaint)
    app.add_template_filter(format_decimal, "number")
    app.jinja_env.globals["site"] = LocalProxy(current_settings)
    app.add_template_global(is_recent)
    app.add_template_global(discussion)
    app.add_template_global(access.may)
    app.add_template_global(status_name)
    app.jinja_env.globals["Status"] = Status
    app.add_template_global(view_name)
    app.jinja_env.globals["View"] = View
    app.jinja_env.globals["Discussion"] = Discussion
    app.add_template_global(absolute)
    app.add_template_global(news_article)


def absolute(path: str) -> str:
    """The address of a page with the site's own in front, for links that leave the site."""
    return current_settings().public_url + path


def is_recent(created_at: datetime) -> bool:
    """True while a comment may be edited by its author."""
    return clock.now() - created_at < timedelta(minutes=current_settings().edit_minutes)


def discussion(article: Discussed) -> Discussion:
    """The discussion's state now."""
    return discussions.state(article, current_settings())


def day(value: datetime) -> str:
    """A date in the site's language and time zone: 23 November 2026."""
    return str(format_date(value, "long"))


def moment(value: datetime) -> str:
    """A date with the time: 23 Nov 2026, 14:05."""
    local = to_user_timezone(value).replace(second=0, microsecond=0, tzinfo=None)
    return _minute(local, str(get_locale()))


@lru_cache(4_096)  # a page of the queue has fifty of them, and most of them were on the last page
def _minute(local: datetime, locale: str) -> str:
    date = dates.format_date(local, "medium", locale)
    return f"{date}, {dates.format_time(local.time(), 'short', locale=locale)}"


def initial(name: str) -> str:
    """The letter that stands for a person."""
    return next((c for c in name if c.isalnum()), "?").upper()


def reason(entry: dict[str, str]) -> str:
    """A stored reason as a sentence."""
    rule, fact = entry["rule"], entry["fact"]
    if rule == Rule.LINKS:
        return str(ngettext("%(num)s link", "%(num)s links", int(fact)))
    if rule == Rule.REPORTS:
        return str(ngettext("%(num)s reader reported it", "%(num)s readers reported it", int(fact)))
    if rule == Rule.RECORD:
        rejected, decided = fact.split("/")
        return str(
            _(
                "%(rejected)s of %(decided)s comments rejected in 7 days",
                rejected=rejected,
                decided=decided,
            )
        )
    sentence = _REASONS.get(rule)
    if rule == Rule.BLOCKED and not fact:
        return str(_("This person is blocked"))
    if rule == Rule.HELD_PERSON and not fact:
        return str(_("Comments by this person always wait"))
    return str(sentence) % {"fact": fact} if sentence else rule


def complaint(kind: Complaint) -> str:
    """What a reader says is wrong with a comment."""
    return str(_COMPLAINTS[kind])


def decision(entry: ModerationEntry) -> str:
    """A line of the log as a sentence."""
    person = entry.comment.name or _("somebody who deleted it")
    names = {"name": entry.by, "person": person, "status": status_name(entry.after)}
    if entry.after is Status.DELETED:
        return _deleted(entry, names)
    if entry.revision_id:
        return str(_("%(name)s edited the comment by %(person)s.", **names))
    if entry.undo_of:
        return str(_("%(name)s took back a decision about the comment by %(person)s.", **names))
    if entry.answer_id:
        return _answered(entry, names)
    if not entry.staff_id:
        sentence = _("The rules put the comment by %(person)s here: %(status)s.", **names)
        return str(sentence)
    sentences = {
        Status.HELD: _("%(name)s put back the comment by %(person)s to wait.", **names),
        Status.PUBLISHED: _("%(name)s approved the comment by %(person)s.", **names),
        Status.REJECTED: _("%(name)s rejected the comment by %(person)s.", **names),
        Status.SPAM: _("%(name)s marked the comment by %(person)s as spam.", **names),
        Status.TRASHED: _("%(name)s put the comment by %(person)s into the trash.", **names),
    }
    return str(sentences[entry.after])


def _deleted(entry: ModerationEntry, names: dict[str, str]) -> str:
    if not entry.by:
        return str(_("Its author deleted a comment."))
    if entry.bulk_id:
        return str(_("%(name)s emptied the trash of a comment.", **names))
    if not entry.staff_id:
        return str(_("A command on the server erased a comment and its author."))
    return str(_("%(name)s erased a comment and its author.", **names))


def _answered(entry: ModerationEntry, names: dict[str, str]) -> str:
    if entry.before is entry.after and entry.was_approved and not entry.was_report:
        return str(_("%(name)s answered the comment by %(person)s.", **names))
    return str(_("%(name)s approved and answered the comment by %(person)s.", **names))


def news_article(article: Story, path: str) -> dict[str, object]:
    """What search engines read of an article: schema.org's NewsArticle."""
    changed = article.updated_at or article.published_at
    data: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": article.title,
        "description": article.standfirst,
        "datePublished": article.published_at.isoformat(),
        "dateModified": changed.isoformat(),
        "author": [
            {
                "@type": "Person",
                "name": author.name,
                "url": absolute(url_for("articles.author", slug=author.slug)),
            }
            for author in article.authors
        ],
        "mainEntityOfPage": absolute(path),
        "articleSection": article.topic.name,
    }
    if article.picture:
        data["image"] = [absolute(asset(article.picture))]
    return data


def view_name(view: View) -> str:
    """A view of the queue in words."""
    return str(_VIEWS[view])


def status_name(status: Status) -> str:
    """The status in words."""
    return str(_STATUSES[status])

"""What the dashboard's templates need to say: sentences for what the staff did and may look for."""

from datetime import timedelta

from flask import Blueprint
from flask_babel import format_decimal, format_timedelta, lazy_gettext, ngettext
from flask_babel import gettext as _
from markupsafe import Markup

from blog import clock
from blog.models import Block, BulkDecision, Comment, Effect, Rule, Status
from blog.models.staff import ADMINISTRATOR, AUTHOR, EDITOR, MODERATOR
from blog.queries.queue import MOST_NEW
from blog.queries.records import Record
from blog.queries.search import terms
from blog.services import markup
from blog.services.rights import Right
from blog.services.words import WordList
from blog.web import filters

_MARKING_RULES = (Rule.HELD_WORD, Rule.REFUSED_WORD)

_REASONS = {
    Rule.FIRST: lazy_gettext("First comment"),
    Rule.LINKS: lazy_gettext("Links"),
    Rule.HELD_WORD: lazy_gettext("Held word"),
    Rule.REFUSED_WORD: lazy_gettext("Refused word"),
    Rule.RECORD: lazy_gettext("Earlier rejections"),
    Rule.LIKENESS: lazy_gettext("Like rejected comments"),
    Rule.BLOCKED: lazy_gettext("Blocked"),
    Rule.HELD_PERSON: lazy_gettext("Always held"),
    Rule.ARTICLE: lazy_gettext("Article holds all"),
    Rule.REPORTS: lazy_gettext("Reported"),
    Rule.TRAP: lazy_gettext("Hidden field"),
}
ROLES = {
    ADMINISTRATOR: lazy_gettext("Administrator"),
    EDITOR: lazy_gettext("Editor"),
    AUTHOR: lazy_gettext("Author"),
    MODERATOR: lazy_gettext("Moderator"),
}
_RIGHTS = {
    Right.ENTER: lazy_gettext("See the overview, and answer readers with the badge of the staff"),
    Right.MODERATE: lazy_gettext("Decide about comments and people, open and close discussions"),
    Right.ADMINISTER: lazy_gettext("Change settings and staff, hand out and erase personal data"),
}


def add_to(blueprint: Blueprint) -> None:
    """Give the templates of the dashboard their filters."""
    for each in (record, bulk_decision, rule, marked, duration):
        blueprint.add_app_template_filter(each)
    for name in (reason_name, role_name, right_name, arrived):
        blueprint.add_app_template_global(name)


def record(found: Record) -> str:
    """What became of somebody's comments: "14 published, 1 rejected"."""
    numbers = {
        "published": _number(found.published),
        "rejected": _number(found.rejected),
        "waiting": _number(found.waiting),
    }
    if found.waiting > 1:
        return str(
            _("%(published)s published, %(rejected)s rejected, %(waiting)s waiting", **numbers)
        )
    return str(_("%(published)s published, %(rejected)s rejected", **numbers))


def _number(value: int) -> str:
    """A number in the site's language; most have no separator, and Babel takes its time for it."""
    return str(value) if value < 1000 else str(format_decimal(value))


def bulk_decision(done: BulkDecision) -> str:
    """A decision about many as a sentence."""
    names = {"name": done.by}
    if done.undo_of:
        return str(
            ngettext(
                "%(name)s took back a decision about %(num)s comment.",
                "%(name)s took back a decision about %(num)s comments.",
                done.count,
                **names,
            )
        )
    sentences = {
        Status.PUBLISHED: ngettext(
            "%(name)s approved %(num)s comment.",
            "%(name)s approved %(num)s comments.",
            done.count,
            **names,
        ),
        Status.REJECTED: ngettext(
            "%(name)s rejected %(num)s comment.",
            "%(name)s rejected %(num)s comments.",
            done.count,
            **names,
        ),
        Status.SPAM: ngettext(
            "%(name)s marked %(num)s comment as spam.",
            "%(name)s marked %(num)s comments as spam.",
            done.count,
            **names,
        ),
        Status.TRASHED: ngettext(
            "%(name)s put %(num)s comment into the trash.",
            "%(name)s put %(num)s comments into the trash.",
            done.count,
            **names,
        ),
        Status.DELETED: ngettext(
            "%(name)s emptied the trash of %(num)s comment.",
            "%(name)s emptied the trash of %(num)s comments.",
            done.count,
            **names,
        ),
    }
    back = _("It was taken back.") if done.undone_at else ""
    return f"{sentences[done.after]} {back}".strip()


def duration(seconds: float) -> str:
    """A span of time, roughly: "3 hours"."""
    return str(format_timedelta(timedelta(seconds=seconds)))


def rule(block: Block) -> str:
    """What a block does and until when, as words."""
    if block.effect is Effect.TRUST:
        return str(_("Trusted: comments do not wait"))
    if block.effect is Effect.HOLD:
        return str(_("Comments always wait"))
    if block.until is None:
        return str(_("Blocked for ever"))
    until = filters.moment(block.until)
    if block.until > clock.now():
        return str(_("Blocked until %(until)s", until=until))
    return str(_("Was blocked until %(until)s", until=until))


def reason_name(rule: Rule) -> str:
    """What a rule is about, for the filter."""
    return str(_REASONS[rule])


def role_name(role: str) -> str:
    """A role in words."""
    return str(ROLES.get(role, role))


def right_name(right: Right) -> str:
    """A right in words, for the table of who may do what."""
    return str(_RIGHTS[right])


def arrived(count: int, *, at_end: bool) -> str:
    """How many came since the page was made, and where they stand if that is not the top."""
    if count >= MOST_NEW:
        return str(_("99+ new, at the end") if at_end else _("99+ new"))
    if at_end:
        return str(ngettext("%(num)s new, at the end", "%(num)s new, at the end", count))
    return str(ngettext("%(num)s new", "%(num)s new", count))


def marked(comment: Comment, search: str = "") -> Markup:
    """A comment's HTML with the words marked that made it wait, and those that are searched for."""
    entries = [
        entry
        for reason in comment.reasons
        if reason["rule"] in _MARKING_RULES
        for entry in reason["fact"].split(", ")
    ]
    wanted = [each for entry in entries for each in entry.split()]
    wanted += [f"{each}*" for each in terms(search)]
    html = markup.marked(comment.html, WordList(wanted)) if wanted else comment.html
    return Markup(html)  # noqa: S704  the sanitiser made both

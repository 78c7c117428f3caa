"""Decide whether a new comment is public at once, or a person looks first.

Pure: facts in, an answer out. Every rule runs and every reason is kept, so a moderator sees all
that spoke against a comment. The rules and their order are the table in docs/comments.md.
"""

from dataclasses import dataclass

from blog.models import Rule, Status


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What is known about a comment when it arrives."""

    by_staff: bool = False
    passed_before: bool = False  # this browser's token stands on a published comment
    links: int = 0
    trapped: bool = False  # a field that people do not see was filled in
    blocked: tuple[str, ...] = ()  # what of the writer is blocked; "" for the browser itself
    always_held: tuple[str, ...] = ()  # what of the writer the staff wants to see first
    trusted: bool = False  # the staff trusts this browser: nothing makes it wait
    held_words: tuple[str, ...] = ()  # entries of the site's lists that stand in the comment
    refused_words: tuple[str, ...] = ()
    rejected: int = 0  # of this browser's comments that were decided in the last days
    decided: int = 0
    likeness: int | None = None  # to rejected comments, in percent; None: the filter cannot tell
    article_holds: bool = False  # the staff wants to see everything under this article first


@dataclass(frozen=True, kw_only=True)
class Rules:
    """The site's settings that the decision depends on."""

    hold_first_comment: bool = True
    hold_links: int = 2
    hold_rejected_percent: int = 30
    hold_likeness_percent: int = 90


@dataclass(frozen=True)
class Reason:
    """Why a comment is held: the rule's name, and the fact that it saw."""

    rule: Rule
    fact: str = ""


def _trap(facts: Facts, _rules: Rules) -> Reason | None:
    return Reason(Rule.TRAP) if facts.trapped else None


def _first(facts: Facts, rules: Rules) -> Reason | None:
    return Reason(Rule.FIRST) if rules.hold_first_comment and not facts.passed_before else None


def _links(facts: Facts, rules: Rules) -> Reason | None:
    too_many = rules.hold_links and facts.links >= rules.hold_links
    return Reason(Rule.LINKS, str(facts.links)) if too_many else None


def _refused(facts: Facts, _rules: Rules) -> Reason | None:
    return (
        Reason(Rule.REFUSED_WORD, ", ".join(facts.refused_words)) if facts.refused_words else None
    )


def _held(facts: Facts, _rules: Rules) -> Reason | None:
    return Reason(Rule.HELD_WORD, ", ".join(facts.held_words)) if facts.held_words else None


def _record(facts: Facts, rules: Rules) -> Reason | None:
    share = 100 * facts.rejected / max(facts.decided, 1)
    bad = rules.hold_rejected_percent and facts.rejected and share >= rules.hold_rejected_percent
    return Reason(Rule.RECORD, f"{facts.rejected}/{facts.decided}") if bad else None


def _blocked(facts: Facts, _rules: Rules) -> Reason | None:
    return Reason(Rule.BLOCKED, ", ".join(filter(None, facts.blocked))) if facts.blocked else None


def _held_person(facts: Facts, _rules: Rules) -> Reason | None:
    named = ", ".join(filter(None, facts.always_held))
    return Reason(Rule.HELD_PERSON, named) if facts.always_held else None


def _likeness(facts: Facts, rules: Rules) -> Reason | None:
    bar = rules.hold_likeness_percent
    alike = facts.likeness is not None and bar and facts.likeness >= bar
    return Reason(Rule.LIKENESS, str(facts.likeness)) if alike else None


def _article(facts: Facts, _rules: Rules) -> Reason | None:
    return Reason(Rule.ARTICLE) if facts.article_holds else None


# Each rule with what it does to a comment; the order is that of the reasons.
_RULES = (
    (_trap, Status.SPAM),
    (_blocked, Status.REJECTED),
    (_refused, Status.REJECTED),
    (_held_person, Status.HELD),
    (_first, Status.HELD),
    (_links, Status.HELD),
    (_held, Status.HELD),
    (_record, Status.HELD),
    (_likeness, Status.HELD),
    (_article, Status.HELD),
)
_WORST_FIRST = (Status.SPAM, Status.REJECTED, Status.HELD)


def decide(facts: Facts, rules: Rules) -> tuple[Status, list[Reason]]:
    """Return where a comment goes, and every reason against publishing it at once."""
    if facts.by_staff:
        return Status.PUBLISHED, []
    found = [(reason, effect) for rule, effect in _RULES if (reason := rule(facts, rules))]
    if facts.trusted:
        found = [(reason, effect) for reason, effect in found if effect is not Status.HELD]
    effects = {effect for _reason, effect in found}
    status = next((each for each in _WORST_FIRST if each in effects), Status.PUBLISHED)
    return status, [reason for reason, _effect in found]

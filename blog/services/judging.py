"""What is known about a comment when it arrives or is edited, and where it goes by that."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import timedelta
from typing import NamedTuple

from blog import clock
from blog.config import Settings
from blog.models import Comment, Discussion, Status
from blog.queries import senders as queries
from blog.queries.senders import Standing
from blog.services import blocks, discussions, learning, markup, words
from blog.services.decision import Facts, Rules, decide
from blog.services.discussions import Discussed

# How far back somebody's record reaches.
RECORD = timedelta(days=7)


class Read(NamedTuple):
    """What is read of a comment and its sender: its features, and how earlier ones fared."""

    feature_ids: Sequence[int]
    standing: Standing


def judge(
    comment: Comment,
    article: Discussed,
    settings: Settings,
    read: Read | None = None,
    *,
    trapped: bool = False,
) -> tuple[Status, list[dict[str, str]]]:
    """Return where a comment goes by the rules, and every reason, as it is stored.

    What was `read` already is not read again.
    """
    facts = _facts(comment, article, settings, read or _read(comment), trapped=trapped)
    status, reasons = decide(facts, rules(settings))
    return status, [asdict(reason) for reason in reasons]


def _read(comment: Comment) -> Read:
    feature_ids = learning.feature_ids(comment.name, comment.body)
    return Read(feature_ids, queries.standing(comment.browser, clock.now() - RECORD))


def _facts(
    comment: Comment, article: Discussed, settings: Settings, read: Read, *, trapped: bool
) -> Facts:
    # What was typed, and what readers see of it: `ca*si*no` and `casi&#110;o` are words, too.
    written = f"{comment.name}\n{comment.body}\n{markup.plain(comment.html)}"
    standing = read.standing
    said = blocks.found(blocks.Writer(comment.browser, comment.email, comment.network))
    return Facts(
        by_staff=comment.staff_id is not None,
        trapped=trapped,
        blocked=said.rejected,
        always_held=said.held,
        trusted=said.is_trusted,
        passed_before=standing.passed,
        links=markup.count_links(comment.html),
        held_words=tuple(_matches(written, settings.held_file, settings.held_list)),
        refused_words=tuple(_matches(written, settings.refused_file, settings.refused_list)),
        rejected=standing.rejected,
        decided=standing.decided,
        likeness=learning.likeness(read.feature_ids),
        article_holds=discussions.state(article, settings) is Discussion.HELD,
    )


def _matches(written: str, file: str, typed: str) -> Iterable[str]:
    found = [*words.load(file).matches(written), *words.prepared(typed).matches(written)]
    return dict.fromkeys(found)


def rules(settings: Settings) -> Rules:
    """The settings that the decision depends on."""
    return Rules(
        hold_first_comment=settings.hold_first_comment,
        hold_links=settings.hold_links,
        hold_rejected_percent=settings.hold_rejected_percent,
        hold_likeness_percent=settings.hold_likeness_percent,
    )

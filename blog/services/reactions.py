"""What readers do with other people's comments: like one, or report one."""

from dataclasses import dataclass

from sqlalchemy import delete, update
from sqlalchemy.exc import IntegrityError

from blog import clock
from blog.extensions import db
from blog.models import Comment, Complaint, Like, Report, Rule, Status
from blog.queries import comments as queries
from blog.queries import versions
from blog.services import moderation


class Gone(Exception):
    """The comment is no longer public."""


def like(comment_id: int, browser: str) -> int:
    """Like a comment, or take the like back; return how many likes it has now. Raises Gone."""
    if moderation.locked(comment_id).status is not Status.PUBLISHED:
        raise Gone
    taken_back = db.session.execute(
        delete(Like)
        .where(Like.comment_id == comment_id, Like.browser == browser)
        .returning(Like.comment_id)
    ).all()
    difference = -1 if taken_back else _add(Like(comment_id=comment_id, browser=browser))
    changed = db.session.execute(
        update(Comment)
        .where(Comment.id == comment_id)
        .values(like_count=Comment.like_count + difference)
        .returning(Comment.like_count)
    )
    return int(changed.scalar_one())


@dataclass(frozen=True)
class Reporter:
    """Who reports: the hash of the browser's token, and the network it is in."""

    browser: str
    network: str


def report(
    comment_id: int, reporter: Reporter, complaint: Complaint, note: str, enough: int
) -> None:
    """Report a comment, once a browser. When `enough` readers did, it waits for a moderator.

    A browser without a cookie costs nothing, so readers count as different by their networks. A
    text that a moderator approved waits to be looked at again and stays public, however many report
    it; 0 is never enough. Raises Gone.
    """
    comment = moderation.locked(comment_id)
    if comment.status is not Status.PUBLISHED:
        raise Gone
    versions.hold()
    row = Report(
        comment_id=comment_id,
        browser=reporter.browser,
        network=reporter.network,
        complaint=complaint,
        note=note,
        created_at=clock.now(),
    )
    added = _add(row)
    if added and not comment.open_report:
        moderation.set_review(comment, approved=comment.approved, open_report=row.id)
    reporters = queries.count_reports(comment_id)
    if added and enough and reporters >= enough and not comment.approved:
        comment.reasons = [*comment.reasons, {"rule": Rule.REPORTS, "fact": str(reporters)}]
        moderation.move(comment, Status.HELD, by="")


def _add(row: Like | Report) -> int:
    """Add a row unless the same browser has added it: return 1 or 0."""
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError:
        return 0
    return 1

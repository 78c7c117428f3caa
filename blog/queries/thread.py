"""A thread: its rows as a page reads them, and what somebody sees of it."""

from itertools import repeat
from typing import NamedTuple

from blog.models import Status
from blog.queries.comments import OWN
from blog.queries.shown import CommentRow, Seen, ShownComment, shown_to_all


class ThreadRows(NamedTuple):
    """The rows of a root and of some of its replies: all that a stranger's page shows of a thread.

    `answered` are the names of those whom the replies answer; empty if each answers the root.
    `before` public replies stand before the first one.
    """

    root: CommentRow
    replies: tuple[CommentRow, ...] = ()
    answered: tuple[str, ...] = ()
    before: int = 0

    @property
    def public(self) -> list[CommentRow]:
        """The replies that everybody may read."""
        return [each for each in self.replies if each.status == Status.PUBLISHED]

    @property
    def more(self) -> int:
        """How many public replies follow."""
        if not self.replies:  # as in most threads
            return self.root.reply_count
        return max(0, self.root.reply_count - len(self.public) - self.before)

    @property
    def for_all(self) -> "ThreadRows":
        """The rows as strangers' pages have them."""
        return self._replace(
            root=self.root.for_all, replies=tuple(each.for_all for each in self.replies)
        )


class Thread(NamedTuple):
    """A root and some of its replies, oldest first. A root that is no longer public is None.

    `more` public replies follow after the one with the number `last`; `earlier` says that some
    stand before the first.
    """

    id: int
    root: ShownComment | None = None
    replies: tuple[ShownComment, ...] = ()
    last: int = 0
    more: int = 0
    earlier: bool = False

    @property
    def is_personal(self) -> bool:
        """True if anything in it is shown in another way to its author, or to who liked it."""
        shown = (self.root, *self.replies) if self.root else self.replies
        return any(
            each.is_own or each.is_liked or each.status != Status.PUBLISHED for each in shown
        )


def seen(found: ThreadRows, own: dict[int, ShownComment] | None = None) -> Thread:
    """A thread of a page as strangers see it, or as one viewer does, who has `own` comments."""
    root, public = found.root, found.public
    if own is None:
        shown = shown_to_all(root, "")
        replies = tuple(map(shown_to_all, found.replies, found.answered or repeat("")))
    else:
        shown, replies = own[root.id], tuple(own[each.id] for each in found.replies)
    return Thread(
        id=root.id,
        root=shown if is_seen(root, shown) else None,
        replies=replies,
        last=public[-1].id if public else root.id,
        more=found.more,
        earlier=found.before > 0,
    )


def is_seen(root: Seen, shown: ShownComment) -> bool:
    """True if the root is there for whom it is shown to, and not only its place."""
    return root.status == Status.PUBLISHED or (shown.is_own and root.status in OWN)

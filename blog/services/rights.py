"""Who may do what: the one table of the staff's rights."""

from enum import StrEnum

from blog.models import Staff
from blog.models.staff import ADMINISTRATOR, AUTHOR, EDITOR, MODERATOR


class Right(StrEnum):
    """What a member of staff may be allowed to do."""

    ENTER = "enter"  # see the overview, and answer readers with the badge of the staff
    MODERATE = "moderate"  # decide about comments and people, open and close discussions
    ADMINISTER = "administer"  # settings, personal data, who is on the staff


# Everything the dashboard shows or does is decided by this table and by NEEDS in web/access.py.
MAY = {
    Right.ENTER: (ADMINISTRATOR, EDITOR, AUTHOR, MODERATOR),
    Right.MODERATE: (ADMINISTRATOR, EDITOR, MODERATOR),
    Right.ADMINISTER: (ADMINISTRATOR,),
}


def has(member: Staff, right: Right) -> bool:
    """True if somebody on the staff may do this."""
    return member.active and any(role.name in MAY[right] for role in member.roles)

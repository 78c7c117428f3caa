"""Lines of the log about the site as sentences."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import lazy_gettext

from blog.dashboard.forms_settings import SettingsForm
from blog.models import ChangeEntry, Effect
from blog.queries import comments
from blog.services import changes
from blog.web import filters

BROWSER = "browser "
# Every kind of line that is written, as the filter of the log names it.
KINDS = {
    "setting": lazy_gettext("Settings"),
    "discussion": lazy_gettext("Discussions"),
    "block": lazy_gettext("Blocks"),
    "sign-in": lazy_gettext("Sign-ins"),
    "password": lazy_gettext("Passwords"),
    "second factor": lazy_gettext("Second factors"),
    "passkey": lazy_gettext("Passkeys"),
    "role": lazy_gettext("Roles"),
    "joined": lazy_gettext("New staff"),
    "invited": lazy_gettext("Invitations"),
    "account": lazy_gettext("Accounts"),
    "session": lazy_gettext("Ended sessions"),
    "note": lazy_gettext("Notes about people"),
    "article": lazy_gettext("Articles"),
    "trash": lazy_gettext("Emptied trash"),
    "exported": lazy_gettext("Exported data"),
    "erased": lazy_gettext("Erased people"),
}
# What the log needs no "from ... to" for: the sentence says it.
SAID = ("block", "account", "article", "note", "session")


def people(entries: Iterable[ChangeEntry]) -> dict[str, str]:
    """Who is behind the browsers that these lines are about: the name they used last."""
    subjects = (each.subject for each in entries)
    return comments.names({each.removeprefix(BROWSER) for each in subjects if BROWSER in each})


def change(entry: ChangeEntry, known: Mapping[str, str]) -> str:
    """A line of the log about the site; `known` are the people behind browsers."""
    by_command = entry.staff_id is None and entry.by == changes.COMMAND
    names = {
        "name": _("A command on the server") if by_command else entry.by,
        "subject": _who(entry.subject, known),
    }
    special = {"block": _rule, "setting": _setting, "account": _account}
    if entry.what in special:
        return special[entry.what](entry, names)
    if entry.what in ("second factor", "password", "session") and entry.subject:
        return _somebody_elses(entry, names)
    if entry.what == "invited" and entry.before:
        return str(_("%(name)s withdrew an invitation to the staff.", **names))
    other = _("%(name)s changed something: %(what)s.", what=entry.what, **names)
    return str(_sentences(entry, names).get(entry.what, other))


def _sentences(entry: ChangeEntry, names: dict[str, str]) -> dict[str, str]:
    published = _("%(name)s published the article “%(subject)s”.", **names)
    updated = _("%(name)s updated the article “%(subject)s”.", **names)
    return {
        "discussion": _("%(name)s changed the discussion of “%(subject)s”.", **names),
        "sign-in": _("%(name)s signed in.", **names),
        "session": _("%(name)s ended sessions of their own.", **names),
        "password": _("%(name)s set a new password.", **names),
        "second factor": _("%(name)s changed the own second factor.", **names),
        "passkey": _("%(name)s added or removed the passkey “%(subject)s”.", **names),
        "role": _("%(name)s changed the role of %(subject)s.", **names),
        "joined": _("%(name)s joined the staff.", **names),
        "invited": _("%(name)s invited somebody to the staff.", **names),
        "note": _("%(name)s noted something about %(subject)s.", **names),
        "article": published if entry.after == "published" else updated,
        "trash": _("%(name)s emptied the trash; comments: %(subject)s.", **names),
        "exported": _("%(name)s exported a person's data; comments: %(subject)s.", **names),
        "erased": _("%(name)s erased a person; comments: %(subject)s.", **names),
    }


def _somebody_elses(entry: ChangeEntry, names: dict[str, str]) -> str:
    sentences = {
        "password": _("%(name)s made a link for a new password of %(subject)s.", **names),
        "second factor": _("%(name)s removed the second factor of %(subject)s.", **names),
        "session": _("%(name)s signed %(subject)s out everywhere.", **names),
    }
    return str(sentences[entry.what])


def _rule(entry: ChangeEntry, names: dict[str, str]) -> str:
    """What happens to somebody's next comments now: the log keeps it as `trust, for ever`."""
    effect, _comma, end = entry.after.rpartition(", ")
    if not entry.after:
        return str(_("%(name)s lifted the rule about %(subject)s.", **names))
    if effect == Effect.TRUST:
        return str(_("%(name)s trusts %(subject)s.", **names))
    if effect == Effect.HOLD:
        return str(_("%(name)s always holds %(subject)s.", **names))
    if end == "for ever":
        return str(_("%(name)s blocked %(subject)s for ever.", **names))
    until = filters.moment(datetime.fromisoformat(end))
    return str(_("%(name)s blocked %(subject)s until %(until)s.", until=until, **names))


def _account(entry: ChangeEntry, names: dict[str, str]) -> str:
    out = _("%(name)s kept %(subject)s out.", **names)
    return str(_("%(name)s let %(subject)s in again.", **names) if entry.after == "True" else out)


def _setting(entry: ChangeEntry, names: dict[str, str]) -> str:
    names = names | {"subject": setting_name(entry.subject)}
    return str(_("%(name)s changed the setting “%(subject)s”.", **names))


def setting_name(name: str) -> str:
    """A setting as the page of settings calls it."""
    field = getattr(SettingsForm, name, None)
    return str(field.args[0]) if field else name


def from_to(entry: ChangeEntry) -> tuple[str, str] | None:
    """What a line was changed from and to, in words; None where the sentence says it."""
    if entry.what in SAID or not (entry.before or entry.after):
        return None
    return _value(entry, entry.before), _value(entry, entry.after)


def _value(entry: ChangeEntry, value: str) -> str:
    words = {"True": _("on"), "False": _("off")} if entry.what == "setting" else {}
    return str(words.get(value, value))


def _who(subject: str, known: Mapping[str, str]) -> str:
    """A person behind a browser by name, else by the start of the hash; the rest as it is."""
    kind, _space, value = subject.partition(" ")
    if f"{kind} " == BROWSER and len(value) == 64:
        return known.get(value) or value[:8]
    return value if kind in ("email", "domain", "network") and value else subject

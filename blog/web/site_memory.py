"""What only a change of the whole site changes is read, or rendered, once: until the next change.

Every request reads the number of the last such change first (the triggers of migration 0005 count
it in the transaction that changes), so what is remembered cannot be old, in whatever process.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

from flask import Flask, current_app, g
from jinja2.utils import LRUCache

from blog import clock
from blog.config import Settings
from blog.queries import stories, versions
from blog.queries.versions import Versions
from blog.services import site_settings

Key = TypeVar("Key", bound=Hashable)
Found = TypeVar("Found")
_EXTENSION = "site_memory"
# A page around its comments has about twenty kilobytes, a story with its text ten, most have less.
MOST = 2_048


class Era(NamedTuple):
    """As long as it lasts the site is the same, the comments aside.

    It ends by a change, or when the next scheduled article becomes public.
    """

    version: int
    until: datetime | None

    @property
    def is_over(self) -> bool:
        """True once an article became public that was not."""
        return self.until is not None and clock.now() >= self.until


class _Memory:
    def __init__(self) -> None:
        self.era = Era(-1, None)
        self.kept = LRUCache(MOST)

    def keep(self, era: Era, kind: Hashable, found: Mapping[Any, Any]) -> None:
        """Remember what was found; but what a transaction sees that may yet be rolled back."""
        if not _here().get("writes"):
            for key, value in found.items():
                if value is not None:
                    self.kept[kind, key] = (era, value)


def init_app(app: Flask, base: Settings) -> None:
    """Remember in this process; the settings in force and the topics of the navigation first."""
    app.extensions[_EXTENSION] = _Memory()
    app.config["SETTINGS_IN_FORCE"] = lambda: remembered(
        "settings", lambda: site_settings.effective(base)
    )
    app.add_template_global(lambda: remembered("topics", stories.topics), "topics")


def current_versions() -> Versions:
    """The numbers of the last changes, read once a request; in a transaction that writes, anew."""
    here = _here()
    found: Versions | None = here.get("versions")
    if found is None or here.get("writes"):
        found = here.versions = versions.read()
    return found


def remembered(key: Hashable, make: Callable[[], Found]) -> Found:
    """What `make` found when it was last asked in this era; None is asked for again."""
    memory, era = _memory(), _era()
    kept = memory.kept.get(("", key))
    if kept and kept[0] is era:
        found: Found = kept[1]
        return found
    made = make()
    memory.keep(era, "", {key: made})
    return made


def remembered_all(
    kind: Hashable, keys: Sequence[Key], make: Callable[[list[Key]], dict[Key, Found]]
) -> dict[Key, Found]:
    """The same for many of a kind: `make` finds, at once, those that are not known yet."""
    memory, era = _memory(), _era()
    found: dict[Key, Found] = {}
    for key in keys:
        kept = memory.kept.get((kind, key))
        if kept and kept[0] is era:
            found[key] = kept[1]
    missing = [key for key in keys if key not in found]
    if missing:
        made = make(missing)
        found |= made
        memory.keep(era, kind, made)
    return found


def _memory() -> _Memory:
    memory: _Memory = current_app.extensions[_EXTENSION]
    return memory


def _era() -> Era:
    """The era of the versions that this request goes by."""
    here, versions_now = _here(), current_versions()
    known: tuple[Versions, Era] | None = here.get("era")
    if known is None or known[0] is not versions_now:
        known = here.era = versions_now, _era_of(versions_now.site)
    return known[1]


def _era_of(version: int) -> Era:
    memory = _memory()
    era = memory.era
    if era.version != version or era.is_over:
        era = Era(version, versions.next_publication(clock.now()))
        if not _here().get("writes"):
            memory.era = era
    return era


def _here() -> Any:
    """What belongs to this request, without the proxy that looks it up each time."""
    return g._get_current_object()

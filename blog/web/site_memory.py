"""What only a change of the whole site changes is read, or rendered, once: until the next change.

Every request reads the number of the last such change first (the triggers of migration 0005 count
it in the transaction that changes), so what is remembered cannot be old, in whatever process.
"""

import threading
from collections.abc import Callable, Hashable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from flask import Flask, current_app, g

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


class Era:
    """As long as it lasts the site is the same, the comments aside; what is found is kept with it.

    It ends by a change, or when the next scheduled article becomes public.
    """

    def __init__(self, version: int, until: datetime | None) -> None:
        """It began with the change of that number and ends by itself at `until`."""
        self.version = version
        self._until = until
        self._lock = threading.Lock()
        self._kept: dict[Hashable, Any] = {}

    @property
    def is_over(self) -> bool:
        """True once an article became public that was not."""
        return self._until is not None and clock.now() >= self._until

    def get(self, key: Hashable) -> Any:
        """What is kept under a key, or None."""
        return self._kept.get(key)

    def keep(self, kind: Hashable, found: Mapping[Any, Any]) -> None:
        """Keep what was found, and let go of what was kept first when there is no more room.

        What a transaction sees that may yet be rolled back is not kept.
        """
        if _here().get("writes"):
            return
        with self._lock:
            for key, value in found.items():
                if value is not None:
                    self._kept[kind, key] = value
            while len(self._kept) > MOST:
                del self._kept[next(iter(self._kept))]


def init_app(app: Flask, base: Settings) -> None:
    """Remember in this process; the settings in force and the topics of the navigation first."""
    app.extensions[_EXTENSION] = Era(-1, None)
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
    era = _era()
    found: Found | None = era.get(("", key))
    if found is None:
        found = make()
        era.keep("", {key: found})
    return found


def remembered_all(
    kind: Hashable, keys: Sequence[Key], make: Callable[[list[Key]], dict[Key, Found]]
) -> dict[Key, Found]:
    """The same for many of a kind: `make` finds, at once, those that are not known yet."""
    era = _era()
    found: dict[Key, Found] = {}
    for key in keys:
        kept = era.get((kind, key))
        if kept is not None:
            found[key] = kept
    missing = [key for key in keys if key not in found]
    if missing:
        made = make(missing)
        found |= made
        era.keep(kind, made)
    return found


def _era() -> Era:
    """The era of the versions that this request goes by."""
    here, versions_now = _here(), current_versions()
    known: tuple[Versions, Era] | None = here.get("era")
    if known is None or known[0] is not versions_now:
        known = here.era = versions_now, _era_of(versions_now.site)
    return known[1]


def _era_of(version: int) -> Era:
    era: Era = current_app.extensions[_EXTENSION]
    if era.version != version or era.is_over:
        era = Era(version, versions.next_publication(clock.now()))
        if not _here().get("writes"):
            current_app.extensions[_EXTENSION] = era
    return era


def _here() -> Any:
    """What belongs to this request, without the proxy that looks it up each time."""
    return g._get_current_object()

"""What only a change of the whole site changes is read, or rendered, once: until the next change.

Every request reads the number of the last such change first (the triggers of migration 0005 count
it in the transaction that changes), so what is remembered cannot be old, in whatever process.
"""

from collections.abc import Callable, Hashable, Sequence
from datetime import datetime
from typing import NamedTuple, TypeVar

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


def init_app(app: Flask, base: Settings) -> None:
    """Remember in this process; the settings in force and the topics of the navigation first."""
    app.extensions[_EXTENSION] = _Memory()
    app.config["SETTINGS_IN_FORCE"] = lambda: remembered(
        "settings", lambda: site_settings.effective(base)
    )
    app.add_template_global(lambda: remembered("topics", stories.topics), "topics")


def current_versions() -> Versions:
    """The numbers of the last changes, read once a request; in a transaction that writes, anew."""
    if "versions" not in g or g.get("writes"):
        g.versions = versions.read()
    found: Versions = g.versions
    return found


def remembered(key: Hashable, make: Callable[[], Found]) -> Found:
    """What `make` found when it was last asked in this era; None is asked for again."""
    return remembered_all("", [key], lambda _keys: {key: make()})[key]


def remembered_all(
    kind: str, keys: Sequence[Key], make: Callable[[list[Key]], dict[Key, Found]]
) -> dict[Key, Found]:
    """The same for many of a kind: `make` finds, at once, those that are not known yet."""
    memory, era = _memory(), _era()
    found: dict[Key, Found] = {}
    for key in keys:
        kept = memory.kept.get((kind, key))
        if kept and kept[0] == era:
            found[key] = kept[1]
    missing = [key for key in keys if key not in found]
    if missing:
        made = make(missing)
        found |= made
        if not g.get("writes"):  # what a transaction sees that may yet be rolled back is its own
            for key, value in made.items():
                if value is not None:
                    memory.kept[kind, key] = (era, value)
    return found


def _memory() -> _Memory:
    memory: _Memory = current_app.extensions[_EXTENSION]
    return memory


def _era() -> Era:
    memory, version = _memory(), current_versions().site
    era = memory.era
    if era.version != version or era.is_over:
        era = Era(version, versions.next_publication(clock.now()))
        if not g.get("writes"):
            memory.era = era
    return era

"""What every page needs and only a change of the whole site changes: its settings, its topics.

They are remembered with the number of the last such change, which every request reads first.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from flask import Flask, g

from blog import clock
from blog.config import Settings
from blog.queries import articles, versions
from blog.queries.articles import TopicLink
from blog.services import site_settings

Found = TypeVar("Found")


@dataclass(frozen=True)
class _Kept:
    version: int
    until: datetime | None
    value: object


def init_app(app: Flask, base: Settings) -> None:
    """Remember the settings in force and the topics of the navigation, in this process."""
    kept: dict[str, _Kept] = {}

    def remembered(name: str, make: Callable[[], Found]) -> Found:
        version, known = _version(), kept.get(name)
        if known and known.version == version and (not known.until or clock.now() < known.until):
            return known.value  # type: ignore[return-value]
        made = make()
        if not g.get("writes"):  # what a transaction sees that may yet be rolled back is its own
            kept[name] = _Kept(version, versions.next_publication(clock.now()), made)
        return made

    def settings() -> Settings:
        return remembered("settings", lambda: site_settings.effective(base))

    def topics() -> list[TopicLink]:
        return remembered("topics", articles.topics)

    app.config["SETTINGS_IN_FORCE"] = settings
    app.add_template_global(topics)


def _version() -> int:
    """The number of the last change of the whole site, as this request's transaction sees it."""
    if "site_version" not in g or g.get("writes"):
        g.site_version = versions.site()
    version: int = g.site_version
    return version

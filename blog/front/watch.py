"""The thread that hears of every change, whichever process of whichever machine made it."""

import logging
import threading
from datetime import datetime

from flask import Flask

from blog import clock
from blog.pages import PageCache
from blog.queries import versions
from blog.web import faults

log = logging.getLogger("blog")
EVERY = 0.2  # seconds: a page is stale for less than a second, and a look costs a fraction of one


class Watch:
    """Asks the database what changed, and tells the page cache."""

    def __init__(self, app: Flask, cache: PageCache) -> None:
        """Nothing is asked before `look` or `run`."""
        self._app, self._cache = app, cache
        self._next: datetime | None = None
        self._looked: datetime | None = None
        self._is_over = threading.Event()

    def run(self) -> None:
        """Look again and again. While the database cannot be asked, no page is taken for fresh."""
        is_deaf = False
        while True:
            try:
                with self._app.app_context():
                    self.look()
                is_deaf = False
            except Exception as error:
                if not is_deaf:  # said once, not five times a second
                    log.error("what changed could not be asked\n%s", faults.trace(error))
                is_deaf = True
            if self._is_over.wait(EVERY):
                return

    def look(self) -> None:
        """Hear of what changed since the last look. Needs an application's context."""
        now = clock.now()
        newest = versions.read().newest
        if newest < self._cache.known.newest:
            self._cache.clear()
        known = self._cache.known
        changes = versions.since(known.newest) if newest != known.newest else []
        self._look_at_schedule(now, bool(changes))
        known.hear(newest, changes)

    def _look_at_schedule(self, now: datetime, has_changed: bool) -> None:
        """Time alone changes pages, too: a scheduled article becomes public.

        Its moment may have come since the change that scheduled it, which is heard of only now: a
        page that was rendered in between has the number of that change, and not the article.
        """
        if has_changed or self._looked is None:
            self._next = versions.next_publication(self._looked or now)
        self._looked = now
        if self._next and now >= self._next:
            self._cache.known.published = now.timestamp()  # others may have become public since
            self._next = versions.next_publication(now)

    def stop(self) -> None:
        """End the thread."""
        self._is_over.set()

"""Whose turn it is to write to SQLite, among the threads and processes of one machine.

SQLite has one writer, and lets the others sleep, longer each time: under load some wait a second
while others pass them again and again. Here the threads of a process stand in line, and the first
one stands in a queue of the processes with two places, "next" and "now": who is next cannot be
passed. Locks of files (flock) end with the process that holds them, however it ends.
"""

import fcntl
import os
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from blog import clock

LOOK_EVERY = 0.0003  # seconds; a write takes some thousandths


class Turns:
    """The queue of one database file."""

    def __init__(self, path: str, within: float) -> None:
        """`within` is for how many seconds a thread waits for its turn.

        Who waited for so long goes on without it: SQLite itself refuses two writers at once.
        Raises OSError if nothing can be written beside the database.
        """
        self._within = within
        self._mutex = threading.Lock()
        self._line: deque[threading.Lock] = deque()  # of this process's threads; the first may go
        self._files: list[int] = []
        for place in ("next", "now"):
            flags = os.O_CREAT | os.O_RDWR | os.O_CLOEXEC
            self._files.append(os.open(f"{path}-{place}", flags, 0o600))
        self._next, self._now = self._files

    def __del__(self) -> None:
        """Close the files."""
        for file in self._files:
            os.close(file)

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Wait for the turn, and keep it until the block ends."""
        until = clock.ticks() + self._within
        with self._in_line(), self._in_front(until):
            yield

    @contextmanager
    def _in_line(self) -> Iterator[None]:
        """Wait until those who came before are done; a lock of Python's lets anybody pass."""
        gate = threading.Lock()
        gate.acquire()
        with self._mutex:
            self._line.append(gate)
            if len(self._line) == 1:
                gate.release()
        gate.acquire(timeout=self._within)
        try:
            yield
        finally:
            with self._mutex:
                is_first = self._line[0] is gate
                self._line.remove(gate)
                if is_first and self._line:
                    self._line[0].release()

    @contextmanager
    def _in_front(self, until: float) -> Iterator[None]:
        is_next = _lock(self._next, until)
        is_now = _lock(self._now, until)
        if is_next:
            fcntl.flock(self._next, fcntl.LOCK_UN)
        try:
            yield
        finally:
            if is_now:
                fcntl.flock(self._now, fcntl.LOCK_UN)


def _lock(file: int, until: float) -> bool:
    """Lock a file; False when that took too long."""
    while True:
        with suppress(BlockingIOError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        if clock.ticks() > until:
            return False
        time.sleep(LOOK_EVERY)

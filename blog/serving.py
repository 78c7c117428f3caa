"""The production server: what `make run` starts."""

import ctypes
import gc
import resource
import socket
import sys
import threading
from contextlib import suppress

from flask import Flask
from sqlalchemy.exc import DatabaseError

from blog import create_app, jobs, migrating
from blog.cli import NEWER, set_up_path
from blog.config import SettingError, Settings, instance_folder, load_settings
from blog.extensions import db, writing
from blog.front import app as front
from blog.queries import staff
from blog.services import demo, text

# In how many seconds a browser says what it wants, and how many may take their time at once.
SPEAK_WITHIN = 15
MOST_CONNECTIONS = 8_192
ARENA_MAX = -8  # M_ARENA_MAX in glibc's malloc.h


def main() -> None:
    """Prepare the site, say where it is, and serve it until somebody stops it."""
    try:
        settings = load_settings(instance_folder())
        _check_port(settings)
        app = create_app(settings)
        with app.app_context():
            prepare(settings)
            _greet(app, settings)
        with app.app_context():
            db.engine.dispose()  # the workers must not share a connection
        text.prepare()
        _work_beside(app)
    except SettingError as error:
        sys.exit(str(error))
    except DatabaseError as error:
        sys.exit(f"The database cannot be used: {error.orig}")
    serve(settings, app)


def _check_port(settings: Settings) -> None:
    """Refuse a port that is taken; the server itself would share it in silence."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            sys.exit(
                f"{settings.host}:{settings.port} cannot be used ({error.strerror})."
                " Choose another with PORT=8001 make run."
            )


def prepare(settings: Settings) -> None:
    """Bring the database up to date; on the very first start fill it with the demo."""
    before = migrating.current()
    if migrating.is_newer(before):
        sys.exit(NEWER)
    if before != migrating.head():
        migrating.upgrade()
    if before is None and settings.demo:
        with writing():
            demo.fill()


def _greet(app: Flask, settings: Settings) -> None:
    lines = [f"{settings.site_name} is at {settings.public_url}"]
    if not staff.administrator_exists():
        lines.append("Open this once, within a day, to become its administrator:")
        lines.append(settings.public_url + set_up_path(app))
    print("\n".join(lines), flush=True)


def _work_beside(app: Flask) -> None:
    """Send mail and forget addresses in this process, while its workers answer."""
    threading.Thread(target=jobs.run, args=(app, threading.Event()), daemon=True).start()


def _share_memory() -> None:
    """Let the threads of a worker share two pools of memory.

    A pool for each would keep for good what a large page took. The workers are forked, so glibc is
    told here: its environment variable is read when a program starts. Other systems have no such
    pools.
    """
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(ARENA_MAX, 2)


def _allow_connections() -> None:
    """Let each worker have as many connections as it takes, which are files to the system."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_CONNECTIONS + 512  # and those of the database, the log and the libraries
    if hard != resource.RLIM_INFINITY:
        wanted = min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _freeze() -> None:
    """Let the workers share what is in memory now, for as long as they run.

    The garbage collector writes to each object that it looks at, and a page of memory that is
    written to is copied.
    """
    gc.collect()
    gc.freeze()


def serve(settings: Settings, app: Flask) -> None:
    """Run Granian in this process and its workers in their own, which share the application."""
    from granian import Granian
    from granian.constants import HTTPModes, Interfaces
    from granian.http import HTTP1Settings
    from granian.log import LogLevels

    _share_memory()
    _allow_connections()
    server = Granian(
        "blog.front.app:create",
        factory=True,
        interface=Interfaces.ASGI,
        address=settings.host,
        port=settings.port,
        workers=settings.workers,
        websockets=False,
        # To find out which version a browser speaks the server would wait for its first byte for
        # ever, and so be stopped by connections that say nothing.
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=SPEAK_WITHIN * 1000),
        backlog=MOST_CONNECTIONS,
        backpressure=MOST_CONNECTIONS,
        log_level=LogLevels.error,
        workers_kill_timeout=10,  # without it a stop during start-up waits for ever
        respawn_failed_workers=True,
    )
    front.made = app
    _freeze()
    with suppress(KeyboardInterrupt):
        server.serve()

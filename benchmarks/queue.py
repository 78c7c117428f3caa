"""The moderation queue at a million comments.

Pages are real HTML, asked for through the whole application by a moderator who is signed in. The
bars are those of docs/performance.md.
"""

import gc
import statistics
import time
from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient

from benchmarks import sites
from benchmarks.sites import Sites
from blog.extensions import db
from blog.models import Comment, Status
from blog.queries import queue
from blog.queries.queue import Cursor
from blog.queries.queue_filter import Filter

ROUNDS = 21
PAGE, DECISION, SEARCH = 15, 10, 100  # milliseconds, median
FLAT = 1.5  # times the same page of the small site
SEARCHES = ("rare77", "tidal", "person12@example.org", "tidal harem", "nothinglikethis")


def _signed_in(app: Flask) -> FlaskClient:
    client = app.test_client()
    page = client.get("/account/sign-in").get_data(as_text=True)
    token = page.split('name="csrf_token"')[1].split('value="')[1].split('"')[0]
    data_of_form = {"csrf_token": token, "email": sites.EMAIL, "password": sites.PASSWORD}
    headers = {"Sec-Fetch-Site": "same-origin"}
    assert client.post("/account/sign-in", data=data_of_form, headers=headers).status_code == 302
    return client


def _pages(app: Flask) -> dict[str, str]:
    """Every view, at its start, in its middle and near its end."""
    found = {}
    with app.app_context():
        for view in queue.View:
            numbers = queue.ids(Filter(view=view))
            ascending = view is queue.View.WAITING
            for depth in (0, 50, 98):
                place = len(numbers) * (depth if ascending else 100 - depth) // 100
                after = (
                    f"&after={numbers[_full(place, len(numbers), ascending=ascending)]}"
                    if depth
                    else ""
                )
                found[f"{view.value} at {depth} %"] = (
                    f"/dashboard/comments?view={view.value}{after}"
                )
    return found


def _full(place: int, count: int, *, ascending: bool) -> int:
    """The nearest place after which a whole page still follows."""
    room = 30
    return min(place, count - room) if ascending else max(min(place, count - 1), room)


def _median(work: Callable[[], object]) -> float:
    """The median of ROUNDS, in milliseconds, after one that does not count."""
    work()
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        work()
        times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times)


def _measure(app: Flask) -> dict[str, float]:
    client = _signed_in(app)

    def get(path: str) -> float:
        def ask() -> None:
            answer = client.get(path)
            assert answer.status_code == 200, (path, answer.status_code)

        return _median(ask)

    found = {name: get(path) for name, path in _pages(app).items()}
    for words in SEARCHES:
        found[f"search: {words}"] = get(f"/dashboard/comments?view=all&q={words}")
    found["overview"] = get("/dashboard/")
    found["log"] = get("/dashboard/log")
    found["decision"] = _median(_decisions(app, client))
    return found


def _decisions(app: Flask, client: FlaskClient) -> Callable[[], None]:
    """A decision each time it is called, about another comment that waits."""
    page = client.get("/dashboard/comments").get_data(as_text=True)
    token = page.split('name="csrf_token"')[1].split('value="')[1].split('"')[0]
    with app.app_context():
        held = queue.page(Filter(), Cursor(1), ROUNDS + 1).comments
        numbers = iter([each.id for each in held if each.status is Status.HELD])
        assert db.session.get(Comment, 1)

    def decide() -> None:
        answer = client.post(
            f"/dashboard/comments/{next(numbers)}/decision",
            data={"csrf_token": token, "status": "spam", "seen": "held", "version": "first"},
            headers={"HX-Request": "true", "Sec-Fetch-Site": "same-origin"},
        )
        assert answer.status_code == 200, answer.status_code

    return decide


def _bar(name: str) -> int:
    if name.startswith("search"):
        return SEARCH
    return DECISION if name == "decision" else PAGE


def report(built: Sites, leeway: int = 1) -> int:
    """Print a line for each measurement with its bar; return how many were missed.

    `leeway` is how many times the bar in milliseconds it may take.
    """
    print(f"\nThe moderation queue: medians of {ROUNDS} in milliseconds")
    small = _measure(sites.app_of(built.small))
    gc.collect()
    large = _measure(sites.app_of(built.large))
    missed = 0
    print(f"{'':32} {'5,000':>9} {'1,000,000':>9} {'times':>6} {'bar':>5}")
    for name, value in large.items():
        times = value / small[name]
        is_flat = name.startswith("search") or name == "decision" or times <= FLAT
        bar = _bar(name) * leeway
        is_good = value <= bar and is_flat
        missed += not is_good
        said = "" if is_good else "MISSED"
        print(f"{name:32} {small[name]:9.1f} {value:9.1f} {times:6.2f} {bar:5} {said}")
    return missed

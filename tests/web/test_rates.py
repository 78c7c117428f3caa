"""How often one address may do something: who is counted as whom, and what is said then."""

import pytest
from flask import Flask

from blog.web import rates
from blog.web.rates import Counters, TooOften
from tests.conftest import MakeApp

RATE = "2 per minute"


def _spend(app: Flask, times: int, *, address: str = "192.0.2.1", scope: str = "x") -> None:
    for _ in range(times):
        with app.test_request_context(environ_base={"REMOTE_ADDR": address}):
            rates.spend(RATE, scope)


def test_one_too_many_is_refused_until_the_time_is_over(app: Flask) -> None:
    _spend(app, 2)
    with pytest.raises(TooOften) as refused:
        _spend(app, 1)
    assert 1 <= refused.value.wait <= 60


@pytest.mark.parametrize(
    "other",
    [
        pytest.param({"address": "192.0.2.2"}, id="another address"),
        pytest.param({"address": "2001:db8::1"}, id="an IPv6 line"),
        pytest.param({"scope": "y"}, id="something else that is counted"),
    ],
)
def test_who_and_what_is_counted_apart(app: Flask, other: dict[str, str]) -> None:
    _spend(app, 2)
    _spend(app, 2, **other)
    with pytest.raises(TooOften):
        _spend(app, 1, **other)


def test_one_ipv6_line_is_one_sender(app: Flask) -> None:
    _spend(app, 1, address="2001:db8:1:2::1")
    _spend(app, 1, address="2001:db8:1:2:ffff::9")
    with pytest.raises(TooOften):
        _spend(app, 1, address="2001:db8:1:2:3:4:5:6")


def test_an_empty_rate_is_no_limit(app: Flask) -> None:
    for _ in range(9):
        with app.test_request_context():
            rates.spend("", "x")


@pytest.mark.parametrize("staff_too", [False, True], ids=["free", "counted, too"])
def test_staff(app: Flask, monkeypatch: pytest.MonkeyPatch, staff_too: bool) -> None:
    monkeypatch.setattr("blog.web.access.staff", lambda: "somebody")
    with app.test_request_context():
        rates.spend(RATE, "x", staff_too=staff_too)
        rates.spend(RATE, "x", staff_too=staff_too)
        if staff_too:
            with pytest.raises(TooOften):
                rates.spend(RATE, "x", staff_too=True)
        else:
            rates.spend(RATE, "x")


def test_while_redis_is_away_this_process_counts(make_app: MakeApp) -> None:
    app = make_app(redis_url="redis://127.0.0.1:1/0")
    _spend(app, 2)
    with pytest.raises(TooOften):
        _spend(app, 1)


def test_with_redis_every_process_counts_the_same(
    make_app: MakeApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared = rates._counter("memory://")
    monkeypatch.setattr(rates, "_counter", lambda _url: shared)
    for _ in range(2):
        app = make_app(redis_url="redis://elsewhere")
        assert isinstance(app.extensions["rates"], Counters)
        _spend(app, 1)
    with pytest.raises(TooOften):
        _spend(app, 1)

"""Blocks: what they match, what cannot be blocked, and how they end."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from blog import clock
from blog.models import BlockKind, ChangeEntry, Effect, Staff
from blog.queries import blocks as queries
from blog.services import blocks
from blog.services.blocks import Found, NotBlockable, Writer
from blog.services.changes import ChangedSince
from tests import cast

BEA = Writer(browser="b" * 64, email="Bea@Mail.Example.org", network="192.0.2.0/24")


@pytest.fixture
def mo(session: Any) -> Staff:
    return cast.moderator()


@pytest.mark.parametrize(
    ("kind", "value", "is_blocked"),
    [
        pytest.param(BlockKind.EMAIL, "bea@mail.example.org", True, id="the address, in any case"),
        pytest.param(BlockKind.EMAIL, "eva@mail.example.org", False, id="another address"),
        pytest.param(BlockKind.DOMAIN, "mail.example.org", True, id="the domain of the address"),
        pytest.param(BlockKind.DOMAIN, "@Example.org", True, id="the domain around it"),
        pytest.param(BlockKind.DOMAIN, "ample.org", False, id="a domain that only ends alike"),
        pytest.param(BlockKind.BROWSER, "b" * 64, True, id="the browser"),
        pytest.param(BlockKind.BROWSER, "e" * 64, False, id="another browser"),
        pytest.param(BlockKind.NETWORK, "192.0.2.0/24", True, id="the network"),
        pytest.param(BlockKind.NETWORK, "192.0.2.7", True, id="one address is its network"),
        pytest.param(BlockKind.NETWORK, "192.0.0.0/16", True, id="a network around it"),
        pytest.param(BlockKind.NETWORK, "192.0.3.0/24", False, id="the network beside it"),
        pytest.param(BlockKind.NETWORK, "::ffff:192.0.2.7", True, id="an IPv4 address as IPv6"),
        pytest.param(
            BlockKind.NETWORK, "::ffff:192.0.0.0/112", True, id="a network of IPv4 as IPv6"
        ),
        pytest.param(BlockKind.NETWORK, "::ffff:192.0.3.7", False, id="another IPv4 as IPv6"),
        pytest.param(BlockKind.NETWORK, "2001:db8::/32", False, id="the other protocol"),
    ],
)
def test_what_a_block_matches(mo: Staff, kind: BlockKind, value: str, is_blocked: bool) -> None:
    blocks.add(kind, value, until=None, note="", staff=mo)
    assert bool(blocks.found(BEA).rejected) is is_blocked


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (BlockKind.EMAIL, "bea"), (BlockKind.EMAIL, ""), (BlockKind.DOMAIN, "no domain"),
        (BlockKind.DOMAIN, ""), (BlockKind.NETWORK, "here"), (BlockKind.NETWORK, "0.0.0.0/0"),
        (BlockKind.NETWORK, "::/0"), (BlockKind.NETWORK, "unknown"), (BlockKind.BROWSER, "b"),
    ],
)  # fmt: skip
def test_what_cannot_be_blocked(mo: Staff, kind: BlockKind, value: str) -> None:
    with pytest.raises(NotBlockable):
        blocks.add(kind, value, until=None, note="", staff=mo)


@pytest.mark.parametrize(
    ("effect", "found"),
    [
        pytest.param(Effect.REJECT, Found(rejected=("",)), id="blocked"),
        pytest.param(Effect.HOLD, Found(held=("",)), id="always held"),
        pytest.param(Effect.TRUST, Found(is_trusted=True), id="trusted"),
    ],
)
def test_what_the_staff_says_about_a_browser(mo: Staff, effect: Effect, found: Found) -> None:
    blocks.add(BlockKind.BROWSER, BEA.browser, until=None, note="", staff=mo, effect=effect)
    assert blocks.found(BEA) == found


@pytest.mark.parametrize("kind", [BlockKind.EMAIL, BlockKind.DOMAIN, BlockKind.NETWORK])
def test_what_anybody_can_claim_is_never_trusted(mo: Staff, kind: BlockKind) -> None:
    value = {BlockKind.EMAIL: BEA.email, BlockKind.DOMAIN: "example.org"}.get(kind, "192.0.2.0/24")
    with pytest.raises(NotBlockable):
        blocks.add(kind, value, until=None, note="", staff=mo, effect=Effect.TRUST)


def test_a_block_ends_by_itself(mo: Staff) -> None:
    end = clock.now() + timedelta(hours=24)
    blocks.add(BlockKind.EMAIL, BEA.email, until=end, note="", staff=mo)
    assert blocks.found(BEA).rejected
    with time_machine.travel(end + timedelta(seconds=1)):
        assert not blocks.found(BEA).rejected


@pytest.mark.parametrize(
    ("days", "is_kept"),
    [
        pytest.param(None, True, id="one without an end"),
        pytest.param(1, True, id="one that has not ended"),
        pytest.param(-29, True, id="one that ended lately"),
        pytest.param(-31, False, id="one that ended a month ago"),
    ],
)
def test_what_has_ended_is_dropped_after_a_month(
    mo: Staff, days: int | None, is_kept: bool
) -> None:
    until = clock.now() + timedelta(days=days) if days else None
    blocks.add(BlockKind.EMAIL, BEA.email, until=until, note="", staff=mo)
    blocks.forget_ended()
    assert bool(queries.listed(None, 50)) is is_kept


def test_a_block_is_one_however_often_and_can_be_lifted(mo: Staff) -> None:
    for _ in range(2):
        blocks.add(BlockKind.EMAIL, BEA.email, until=None, note="", staff=mo)
    assert len(queries.listed(None, 50)) == 1
    (block,) = queries.listed(None, 50)
    assert blocks.remove(block.id, mo)
    assert not blocks.remove(block.id, mo)
    assert not blocks.found(BEA).rejected


def test_the_log_knows_who_blocked_and_who_lifted(mo: Staff, session: Any) -> None:
    blocks.add(BlockKind.DOMAIN, "example.org", until=None, note="", staff=mo)
    blocks.remove(queries.listed(None, 50)[0].id, mo)
    lines = [(each.by, each.subject, each.before, each.after)
             for each in session.query(ChangeEntry).order_by(ChangeEntry.id)]  # fmt: skip
    assert lines == [
        ("Mo Derator", "domain example.org", "", "for ever"),
        ("Mo Derator", "domain example.org", "for ever", ""),
    ]


def test_a_comment_without_a_network_is_in_none(mo: Staff) -> None:
    blocks.add(BlockKind.NETWORK, "192.0.2.0/24", until=None, note="", staff=mo)
    for network in ("", "unknown"):
        assert not blocks.found(
            Writer(browser="e" * 64, email="e@example.net", network=network)
        ).rejected


def _rules(session: Any) -> list[tuple[Any, ...]]:
    session.flush()
    return [
        (each.kind, each.value, each.effect, each.until, each.note, each.created_at)
        for each in queries.listed(None, 50)
    ]


def test_undo_brings_back_the_rule_that_was_there(mo: Staff, session: Any) -> None:
    """Until, note and effect, whatever was done: the first rule, another one, and its end."""
    end = clock.now() + timedelta(days=1)
    nothing = _rules(session)
    browser = BlockKind.BROWSER, BEA.browser
    first = blocks.add(*browser, until=end, note="Loud.", staff=mo)
    blocked = _rules(session)
    second = blocks.add(*browser, until=None, note="Bea", staff=mo, effect=Effect.TRUST)
    trusted = _rules(session)
    third = blocks.remove(queries.listed(None, 50)[0].id, mo)
    assert third
    with pytest.raises(ChangedSince):
        blocks.undo(second, mo)
    for entry, state in ((third, trusted), (second, blocked), (first, nothing)):
        blocks.undo(entry, mo)
        assert _rules(session) == state
        with pytest.raises(ChangedSince):
            blocks.undo(entry, mo)


def test_what_took_a_rule_back_is_not_taken_back(mo: Staff, session: Any) -> None:
    blocks.undo(blocks.add(BlockKind.EMAIL, BEA.email, until=None, note="", staff=mo), mo)
    undone = session.query(ChangeEntry).order_by(ChangeEntry.id.desc()).first()
    with pytest.raises(ChangedSince):
        blocks.undo(undone, mo)

"""Blocks: whose comments are rejected, for a time or for ever."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv4Network, IPv6Network, ip_network

from sqlalchemy import delete

from blog import clock
from blog.addresses import unmapped
from blog.extensions import db, one_at_a_time
from blog.models import Block, BlockKind, ChangeEntry, Effect, Staff
from blog.queries import blocks as queries
from blog.queries.blocks import Said
from blog.services import changes, text
from blog.services.changes import State

# So long a block that has ended is listed: who comes back is known, and can be blocked again.
KEEP_ENDED = timedelta(days=30)
RULES = "rules"  # whoever changes one keeps others from changing any


class NotBlockable(ValueError):
    """The value cannot be what the block is about."""


@dataclass(frozen=True)
class Writer:
    """What a comment says and shows about the person who wrote it."""

    browser: str
    email: str
    network: str


@dataclass(frozen=True)
class Found:
    """What the staff has said about a writer, as the moderator who looks at the comment sees it."""

    rejected: tuple[str, ...] = ()  # "" for the browser itself
    held: tuple[str, ...] = ()
    is_trusted: bool = False


def found(writer: Writer) -> Found:
    """What the staff has said about this writer: blocked, always held, or trusted."""
    address = writer.email.lower()
    domain = address.rpartition("@")[2]
    values = [
        (BlockKind.BROWSER, writer.browser),
        (BlockKind.EMAIL, address),
        *((BlockKind.DOMAIN, each) for each in _domains(domain)),
    ]
    blocks = _about(writer.network, queries.said(values))
    named = {
        effect: tuple(_named(each) for each in blocks if each.effect is effect) for effect in Effect
    }
    return Found(named[Effect.REJECT], named[Effect.HOLD], bool(named[Effect.TRUST]))


def _domains(domain: str) -> Iterator[str]:
    """A domain and those it lies in: `mail.example.org`, `example.org`."""
    labels = domain.split(".")
    for start in range(max(len(labels) - 1, 1)):
        yield ".".join(labels[start:])


def _about(network: str, blocks: Iterable[Said]) -> list[Said]:
    """Those of the blocks that are not about somebody else's network."""
    try:
        inner = ip_network(network)
    except ValueError:  # it is not known, or was dropped after some weeks
        inner = None
    return [each for each in blocks if each.kind is not BlockKind.NETWORK or _holds(each, inner)]


def _holds(block: Said, inner: IPv4Network | IPv6Network | None) -> bool:
    outer = ip_network(block.value)
    return inner is not None and (
        outer.version == inner.version and inner.subnet_of(outer)  # type: ignore[arg-type]
    )


def _named(block: Said) -> str:
    return "" if block.kind is BlockKind.BROWSER else block.value


def spelled(kind: BlockKind, value: str) -> str:
    """Return a value as it is stored and compared. Raises NotBlockable with nothing to match."""
    value = value.strip().lower()
    try:
        if kind is BlockKind.EMAIL:
            return text.email(value)
        if kind is BlockKind.DOMAIN:
            return text.email(f"a@{value.removeprefix('@')}").rpartition("@")[2]
        if kind is BlockKind.NETWORK:
            return _network(value)
    except ValueError:
        raise NotBlockable(value) from None
    if len(value) != 64 or not value.isalnum():
        raise NotBlockable(value)
    return value


def _network(value: str) -> str:
    """A network at least as wide as what is stored of an address; a narrower one is widened."""
    network = unmapped(ip_network(value, strict=False))
    longest = 24 if network.version == 4 else 48
    least = 8 if network.version == 4 else 16
    if network.prefixlen < least:
        raise NotBlockable(value)  # that would be a good part of the internet
    if network.prefixlen > longest:
        network = network.supernet(new_prefix=longest)
    return str(network)


def add(
    kind: BlockKind,
    value: str,
    *,
    until: datetime | None,
    note: str,
    staff: Staff,
    effect: Effect = Effect.REJECT,
) -> ChangeEntry:
    """Block, hold or trust somebody, or change how long; return the line of the log.

    Raises NotBlockable. Only a browser proves who somebody is, so only a browser is trusted.
    """
    value = spelled(kind, value)
    one_at_a_time(RULES)
    if effect is Effect.TRUST and kind is not BlockKind.BROWSER:
        raise NotBlockable(value)
    known = queries.of(kind, value)
    new = {
        "effect": effect.value,
        "until": until.isoformat() if until else None,
        "note": note,
        "created_at": (known.created_at if known else clock.now()).isoformat(),
    }
    return _put(kind, value, new, staff)


def remove(block_id: int, staff: Staff) -> ChangeEntry | None:
    """Lift a block; return the log's line, or None if it is gone already."""
    one_at_a_time(RULES)
    block = queries.by_id(block_id)
    return _put(block.kind, block.value, None, staff) if block else None


def forget_ended() -> None:
    """Drop the blocks that ended a month ago."""
    one_at_a_time(RULES)
    db.session.execute(delete(Block).where(Block.until < clock.now() - KEEP_ENDED))


def undo(entry: ChangeEntry, staff: Staff) -> None:
    """Bring back the rule that was there before a line of the log, or none. Raises ChangedSince."""
    one_at_a_time(RULES)
    kind, _, value = entry.subject.partition(" ")
    now = _state(queries.of(BlockKind(kind), value))
    changes.check(entry, is_still=now == entry.became)
    _put(BlockKind(kind), value, entry.was, staff, undo_of=entry.id)


def _put(
    kind: BlockKind, value: str, new: State, staff: Staff, undo_of: int | None = None
) -> ChangeEntry:
    """Make the rule about somebody this one, or take it away, and write that down."""
    block = queries.of(kind, value)
    was = _state(block)
    if block and not new:
        db.session.delete(block)
    elif new:
        block = block or Block(kind=kind, value=value)
        block.effect, block.note = Effect(new["effect"]), new["note"]
        block.until = datetime.fromisoformat(new["until"]) if new["until"] else None
        block.created_at = datetime.fromisoformat(new["created_at"])
        db.session.add(block)
    words = f"{kind.value} {value}", _words(was), _words(new)
    return changes.note(staff, "block", *words, was=was, became=new, undo_of=undo_of)


def _state(block: Block | None) -> State:
    """A rule as an undo compares it."""
    if block is None:
        return None
    return {
        "effect": block.effect.value,
        "until": block.until.isoformat() if block.until else None,
        "note": block.note,
        "created_at": block.created_at.isoformat(),
    }


def _words(state: State) -> str:
    """A rule as the log keeps it: until when, with what it does unless it rejects."""
    if not state:
        return ""
    end = state["until"] or "for ever"
    return end if state["effect"] == Effect.REJECT else f"{state['effect']}, {end}"

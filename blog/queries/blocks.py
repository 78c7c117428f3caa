"""Who is blocked."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import bindparam, or_, select, tuple_

from blog import clock
from blog.extensions import db
from blog.models import Block, BlockKind, Effect
from blog.models.types import UTCDateTime


class Said(NamedTuple):
    """What a block in force says, and about whom."""

    kind: BlockKind
    value: str
    effect: Effect


_block = Block.__table__.c
_IS_IN_FORCE = or_(_block.until.is_(None), _block.until > bindparam("now", type_=UTCDateTime))
# Networks lie in each other, so whoever asks looks at all of them; there are few.
_SAID = select(_block.kind, _block.value, _block.effect).where(
    _IS_IN_FORCE,
    or_(
        _block.kind == BlockKind.NETWORK,
        tuple_(_block.kind, _block.value).in_(bindparam("values", expanding=True)),
    ),
)


def said(values: Sequence[tuple[BlockKind, str]]) -> list[Said]:
    """The blocks in force that are about one of these, and all that are about a network."""
    rows = db.session.execute(_SAID, {"now": clock.now(), "values": values})
    return [Said(*row) for row in rows]


def about_browser(browser: str) -> Sequence[Block]:
    """The rules in force about the person who uses this browser."""
    query = select(Block).where(
        Block.kind == BlockKind.BROWSER, Block.value == browser, _IS_IN_FORCE
    )
    return db.session.scalars(query, {"now": clock.now()}).all()


def listed(before: int | None, size: int) -> Sequence[Block]:
    """The newest blocks, or the newest before that one, those that have ended lately, too.

    One more than `size` if more follow.
    """
    query = select(Block).order_by(Block.id.desc()).limit(size + 1)
    if before is not None:
        query = query.where(Block.id < before)
    return db.session.scalars(query).all()


def by_id(block_id: int) -> Block | None:
    """The block with that number, as it is now."""
    return db.session.get(Block, block_id, populate_existing=True)


def of(kind: BlockKind, value: str) -> Block | None:
    """The block about exactly this."""
    query = select(Block).where(Block.kind == kind, Block.value == value)
    return db.session.scalar(query.execution_options(populate_existing=True))

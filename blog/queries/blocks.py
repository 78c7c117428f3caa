"""Who is blocked."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, or_, select, tuple_

from blog import clock
from blog.extensions import db
from blog.models import Block, BlockKind


def matching(values: Sequence[tuple[BlockKind, str]]) -> Sequence[Block]:
    """The blocks in force that are about one of these, networks aside."""
    return db.session.scalars(
        select(Block).where(_in_force(), tuple_(Block.kind, Block.value).in_(values))
    ).all()


def networks() -> Sequence[Block]:
    """The blocks in force that are about a network."""
    return db.session.scalars(
        select(Block).where(_in_force(), Block.kind == BlockKind.NETWORK)
    ).all()


def listed() -> Sequence[Block]:
    """Every block, the newest first, those that have ended too."""
    return db.session.scalars(select(Block).order_by(Block.id.desc())).all()


def by_id(block_id: int) -> Block | None:
    """One block."""
    return db.session.get(Block, block_id)


def of(kind: BlockKind, value: str) -> Block | None:
    """The block about exactly this."""
    return db.session.scalar(select(Block).where(Block.kind == kind, Block.value == value))


def _in_force() -> ColumnElement[bool]:
    return or_(Block.until.is_(None), Block.until > clock.now())

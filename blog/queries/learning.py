"""What the filter has counted."""

from collections.abc import Iterable

from sqlalchemy import bindparam, select

from blog.extensions import db
from blog.models import FilterToken

_token = FilterToken.__table__.c
_COUNTS = select(_token.id, _token.bad, _token.good).where(
    _token.id.in_(bindparam("numbers", expanding=True))
)


def counts(numbers: Iterable[int]) -> dict[int, tuple[int, int]]:
    """In how many unwanted and wanted comments each of these features stood, as far as known."""
    rows = db.session.execute(_COUNTS, {"numbers": list(numbers)})
    return {number: (bad, good) for number, bad, good in rows}

"""Days as bounds of moments: the queue and both logs ask for them in the same way."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest

from blog.extensions import db
from blog.models import Comment
from blog.queries.days import on_days
from tests import cast

DAY = date(2026, 3, 4)
EARLIER, LATER = DAY - timedelta(days=1), DAY + timedelta(days=1)
WEST = timezone(timedelta(hours=-8))


@pytest.mark.parametrize(
    ("moment", "since", "until", "is_there"),
    [
        pytest.param(datetime(2026, 3, 4, tzinfo=UTC), DAY, DAY, True, id="its first moment"),
        pytest.param(datetime(2026, 3, 4, 23, 59, 59, tzinfo=UTC), DAY, DAY, True, id="its last"),
        pytest.param(datetime(2026, 3, 5, tzinfo=UTC), DAY, DAY, False, id="the next day"),
        pytest.param(
            datetime(2026, 3, 3, 23, 59, tzinfo=UTC), DAY, DAY, False, id="the day before"
        ),
        pytest.param(datetime(2026, 3, 4, 17, tzinfo=WEST), DAY, DAY, False, id="a day is in UTC"),
        pytest.param(datetime(2026, 3, 4, tzinfo=UTC), EARLIER, None, True, id="no end"),
        pytest.param(datetime(2026, 3, 4, tzinfo=UTC), None, LATER, True, id="no beginning"),
        pytest.param(datetime(2026, 3, 4, tzinfo=UTC), None, None, True, id="neither"),
        pytest.param(datetime(2026, 3, 4, tzinfo=UTC), LATER, EARLIER, False, id="turned round"),
    ],
)
def test_what_was_written_on_some_days(
    session: Any, moment: datetime, since: date | None, until: date | None, is_there: bool
) -> None:
    cast.comment(cast.article(), created_at=moment)
    found = db.session.query(Comment).filter(*on_days(Comment.created_at, since, until))
    assert found.count() == is_there

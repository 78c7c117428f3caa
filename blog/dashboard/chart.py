"""Numbers a day as a small picture that is drawn on the server."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from blog.models import DayCount

HEIGHT = 100  # units of the picture; its width has ten of them a day


@dataclass(frozen=True)
class Bar:
    """One day: how many comments arrived, how many of them were stopped, and how high that is."""

    day: date
    arrived: int
    stopped: int
    height: float
    stopped_height: float


@dataclass(frozen=True)
class Bars:
    """Some days in a row."""

    bars: Sequence[Bar]
    arrived: int
    stopped: int

    @property
    def stopped_percent(self) -> int:
        """The share of all comments that did not pass by the rules alone."""
        return round(100 * self.stopped / self.arrived) if self.arrived else 0


def bars(days: Sequence[date], counts: Mapping[str, DayCount]) -> Bars:
    """The counts of these days as bars; the highest is as high as the picture."""
    found = [counts.get(day.isoformat()) for day in days]
    numbers = [(row.arrived, row.stopped) if row else (0, 0) for row in found]
    scale = HEIGHT / max(1, *(arrived for arrived, _ in numbers))
    return Bars(
        [
            Bar(day, arrived, stopped, round(arrived * scale, 1), round(stopped * scale, 1))
            for day, (arrived, stopped) in zip(days, numbers, strict=True)
        ],
        arrived=sum(arrived for arrived, _ in numbers),
        stopped=sum(stopped for _, stopped in numbers),
    )

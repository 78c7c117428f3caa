"""The two sites that are measured, each built once and the same each time."""

from dataclasses import dataclass
from pathlib import Path

from benchmarks import data
from blog import create_app, migrating
from blog.config import Settings
from blog.extensions import writing
from blog.services import accounts

SMALL = {"comments": 5_000, "articles": 100, "held": 1_000}
LARGE = {"comments": 1_000_000, "articles": 10_000, "held": 50_000}
COMMENTS = 50  # on the article that is read
EMAIL, PASSWORD = "mo@example.org", "a word for the benchmark"
SECRET = "x" * 40


@dataclass(frozen=True)
class Sites:
    """The instance folders of both."""

    small: Path
    large: Path


def build(folder: Path) -> Sites:
    """Fill both databases; it takes some minutes."""
    return Sites(_build(folder / "small", SMALL), _build(folder / "large", LARGE))


def _build(instance: Path, size: dict[str, int]) -> Path:
    instance.mkdir()
    app = create_app(Settings(secret_key=SECRET), instance)
    with app.app_context():
        migrating.upgrade()
        data.fill(**size)
        data.add_busy(size["articles"], COMMENTS)
        password = accounts.hashed(PASSWORD)
        with writing():
            accounts.add(name="Mo", email=EMAIL, password=password, role=accounts.MODERATOR)
    return instance

"""The two sites that are measured, each built once and the same each time."""

from dataclasses import dataclass
from pathlib import Path

from flask import Flask

from benchmarks import data, postgres
from blog import create_app, migrating
from blog.config import load_settings
from blog.extensions import writing
from blog.models.staff import MODERATOR
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


def build(folder: Path, small: str = "", large: str = "") -> Sites:
    """Fill both databases, at these addresses of PostgreSQL or on SQLite; it takes some minutes."""
    return Sites(_build(folder / "small", SMALL, small), _build(folder / "large", LARGE, large))


def app_of(instance: Path) -> Flask:
    """The application of a site; in its folder stands where its data is."""
    said = {"SECRET_KEY": SECRET, "SITE_URL": "http://localhost", "SIGN_IN_RATE": ""}
    settings = load_settings(instance, {f"BLOG_{name}": value for name, value in said.items()})
    return create_app(settings, instance)


def _build(instance: Path, size: dict[str, int], address: str) -> Path:
    instance.mkdir()
    if address:
        postgres.set_database(instance, address)
    app = app_of(instance)
    with app.app_context():
        migrating.upgrade()
        data.fill(**size)
        data.add_busy(size["articles"], COMMENTS)
        password = accounts.hashed(PASSWORD)
        with writing():
            accounts.add(name="Mo", email=EMAIL, password=password, role=MODERATOR)
    return instance

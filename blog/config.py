"""Settings: one table of names, defaults and meanings, read from the environment and a file.

A setting `name` is read from `BLOG_NAME` in the environment, else from `name` in
`instance/config.toml`, else it has its default. `docs/settings.md` is tested against this table.
"""

import os
import secrets
import tomllib
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click
from babel import Locale, UnknownLocaleError
from babel.dates import get_timezone
from flask import current_app, g
from limits import parse_many
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

VERSION = "0.1.0"

# The widest a column is made. A length setting may be smaller, never larger: refuse, do not cut.
NAME_COLUMN = 80
EMAIL_COLUMN = 254  # RFC 5321, 4.5.3.1.3: a path of 256 octets less its angle brackets
WEBSITE_COLUMN = 200
BODY_COLUMN = 20_000
NOTE_COLUMN = 500

# The host's conventional names, honoured beside BLOG_*.
PLAIN_NAMES = {"host", "port", "database_url", "redis_url", "demo"}
REDIS_SCHEMES = ("redis://", "rediss://", "redis+unix://")


class SettingError(click.ClickException, ValueError):
    """A setting cannot be used; the message is one sentence that names it.

    Every command of `flask --app blog` prints it as it is, without a trace.
    """


# Least and most of every number.
RANGES = {
    "port": (1, 65_535), "workers": (1, 256), "threads": (1, 1024), "trusted_proxies": (0, 16),
    "articles_per_page": (1, 200), "queue_per_page": (1, 200),
    "name_max_length": (1, NAME_COLUMN), "email_max_length": (1, EMAIL_COLUMN),
    "website_max_length": (1, WEBSITE_COLUMN), "comment_max_length": (1, BODY_COLUMN),
    "hold_links": (0, 1_000), "hold_rejected_percent": (0, 100),
    "hold_likeness_percent": (0, 100), "close_after_days": (0, 36_500),
    "comments_per_page": (1, 200), "edit_minutes": (0, 24 * 60), "reports_to_hide": (0, 1_000),
    "flood_seconds": (0, 86_400), "page_cache_mb": (0, 1_000_000), "session_hours": (1, 24 * 365),
    "idle_minutes": (5, 60 * 24 * 365),
    "commenter_days": (1, 400),  # browsers keep no cookie longer
    "reset_hours": (1, 24 * 365), "mail_port": (1, 65_535),
}  # fmt: skip


def _setting(default: Any, meaning: str) -> Any:
    return field(default=default, metadata={"meaning": meaning})


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Every setting with its default; the meaning is in the field's metadata."""

    site_name: str = _setting("Broadsheet", "The name in the header, titles and feeds.")
    site_tagline: str = _setting("", "One line about the site, for search engines and the feed.")
    site_url: str = _setting(
        "", "The public address, used in every link that leaves the site; empty: http://HOST:PORT."
    )
    locale: str = _setting("en_GB", "Language and region of dates and numbers.")
    timezone: str = _setting("UTC", "Time zone in which dates are shown.")
    host: str = _setting("127.0.0.1", "Address the server listens on.")
    port: int = _setting(8000, "Port the server listens on.")
    workers: int = _setting(1, "Server processes; more than one wants redis_url for exact rates.")
    threads: int = _setting(4, "Requests a process reads for at once; as many write, on SQLite 1.")
    page_cache_mb: int = _setting(16, "Memory for public pages in each process, in MB; 0: none.")
    trusted_proxies: int = _setting(0, "How many proxies in front may say who the visitor is.")
    database_url: str = _setting("", "PostgreSQL address; empty: SQLite in instance/.")
    redis_url: str = _setting("", "Redis address for rates shared between processes.")
    secret_key: str = _setting("", "Signs sessions; empty: a secret generated in instance/.")
    demo: bool = _setting(True, "Fill an empty site with the demo newsroom at the first start.")
    articles_per_page: int = _setting(20, "Stories on a list page.")
    comments_per_page: int = _setting(50, "Threads on a page of a conversation.")
    queue_per_page: int = _setting(25, "Comments on a page of the moderation queue.")
    name_max_length: int = _setting(NAME_COLUMN, "Longest name, in characters (at most 80).")
    email_max_length: int = _setting(
        EMAIL_COLUMN, "Longest e-mail address, in characters (at most 254)."
    )
    website_max_length: int = _setting(
        WEBSITE_COLUMN, "Longest website address, in characters (at most 200)."
    )
    comment_max_length: int = _setting(5_000, "Longest comment, in characters (at most 20000).")
    hold_first_comment: bool = _setting(True, "Hold comments until one by that browser passed.")
    hold_links: int = _setting(2, "Hold a comment with this many links; 0: never.")
    hold_rejected_percent: int = _setting(
        30, "Hold people of whose comments in 7 days this share was rejected; 0: never."
    )
    hold_likeness_percent: int = _setting(
        90,
        "Hold comments that are this much, in percent, like those that moderators rejected;"
        " 0: never.",
    )
    held_list: str = _setting("", "Words that hold a comment, one a line.")
    refused_list: str = _setting("", "Words that reject a comment, one a line.")
    close_after_days: int = _setting(0, "Days after which a discussion closes; 0: never.")
    held_file: str = _setting(
        "held-words.txt", "File in instance/ with words that hold a comment, one a line."
    )
    refused_file: str = _setting(
        "refused-words.txt", "File in instance/ with words that reject a comment, one a line."
    )
    edit_minutes: int = _setting(15, "Minutes to edit or delete the own comment; 0: never.")
    reports_to_hide: int = _setting(
        3, "Reports by readers in this many different networks hide a comment; 0: never."
    )
    flood_seconds: int = _setting(
        15, "Seconds between two comments of one browser or network; 0: no pause."
    )
    comment_rate: str = _setting("30 per hour", "Comments from one address; empty: no limit.")
    reaction_rate: str = _setting(
        "60 per hour", "Likes and reports from one address; empty: no limit."
    )
    preview_rate: str = _setting(
        "60 per 10 minutes",
        "Texts looked at (sent, previewed, edited) from one address; empty: no limit.",
    )
    sign_in_rate: str = _setting(
        "10 per 5 minutes", "Tries to sign in or reset from one address; empty: no limit."
    )
    session_hours: int = _setting(12, "Hours until a staff session ends, used or not.")
    idle_minutes: int = _setting(120, "Minutes without use after which a staff session ends.")
    commenter_days: int = _setting(30, "Days a browser is remembered when its reader asks for it.")
    reset_hours: int = _setting(24, "Hours a link to set a new password is good for.")
    mail_server: str = _setting("", "SMTP server; empty: the site sends no mail.")
    mail_port: int = _setting(587, "Port of the SMTP server.")
    mail_tls: bool = _setting(True, "Use STARTTLS.")
    mail_username: str = _setting("", "Name at the SMTP server.")
    mail_password: str = _setting("", "Password at the SMTP server.")
    mail_from: str = _setting("", "Sender of the site's mail; needed when mail_server is set.")

    @property
    def public_url(self) -> str:
        """The site's address without a trailing slash, for links that leave the site."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return self.site_url.rstrip("/") or f"http://{host}:{self.port}"

    @property
    def largest_request(self) -> int:
        """The most bytes that a reader's form may have: the longest comment, URL-encoded.

        A character has four bytes at most, each of which takes three there (`%F0%9F%8C%8A`); the
        other fields take 3,800 at their longest.
        """
        return 12 * self.comment_max_length + 4_096

    @property
    def over_tls(self) -> bool:
        """True if readers reach the site by https, so cookies may be `Secure`."""
        return self.public_url.startswith("https://")


def instance_folder() -> Path:
    """Where a site keeps its database, secret and settings: `instance/`, or BLOG_INSTANCE."""
    beside = Path(__file__).parent.parent / "instance"
    return Path(os.environ.get("BLOG_INSTANCE") or beside).absolute()


def current_settings() -> Settings:
    """The settings in force for this request: what the dashboard says, else the server's."""
    settings: Settings | None = g.get("settings")
    if settings is None:
        settings = g.settings = current_app.config["SETTINGS_IN_FORCE"]()
    return settings


# What an administrator may change in the dashboard.
EDITABLE = (
    "site_name", "site_tagline", "hold_first_comment", "hold_links", "hold_rejected_percent",
    "hold_likeness_percent", "held_list", "refused_list", "flood_seconds", "edit_minutes",
    "reports_to_hide", "close_after_days", "comments_per_page",
)  # fmt: skip


def read(name: str, raw: Any) -> Any:
    """Turn a raw value into the setting's type. Raises SettingError with a sentence."""
    kind = type(getattr(Settings, name))
    if kind is bool:
        words = {"1": True, "true": True, "yes": True, "on": True}
        words |= {"0": False, "false": False, "no": False, "off": False}
        if str(raw).lower() in words:
            return words[str(raw).lower()]
        raise SettingError(f"The setting {name} is yes or no, not {raw!r}.")
    if kind is int:
        try:
            return int(str(raw))
        except ValueError:
            raise SettingError(f"The setting {name} is a whole number, not {raw!r}.") from None
    return str(raw)


def _from_file(instance: Path) -> dict[str, Any]:
    path = instance / "config.toml"
    if not path.exists():
        return {}
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingError(f"{path.name} cannot be read: {error}") from None


def _check_head_of_mail(settings: Settings) -> None:
    for name in ("site_name", "mail_from"):
        value = getattr(settings, name)
        if value.splitlines() not in ([], [value]):
            raise SettingError(f"The setting {name} is one line.")
    if not settings.site_name.strip():
        raise SettingError("The setting site_name is not empty.")


def _check(settings: Settings) -> None:
    """Refuse combinations that would only fail later. Raises SettingError."""
    for name, (least, most) in RANGES.items():
        if not least <= getattr(settings, name) <= most:
            raise SettingError(f"The setting {name} lies between {least} and {most}.")
    _parse(
        _site_address,
        settings.public_url,
        "The setting site_url looks like https://news.example.org",
    )
    _check_head_of_mail(settings)
    _parse(
        _database,
        settings.database_url or "sqlite://",
        "The setting database_url looks like postgresql://name:password@host/database",
    )
    if settings.redis_url and not settings.redis_url.startswith(REDIS_SCHEMES):
        raise SettingError("The setting redis_url looks like redis://127.0.0.1:6379/0")
    for name in ("comment_rate", "reaction_rate", "preview_rate", "sign_in_rate"):
        rate = getattr(settings, name) or "1 per day"
        _parse(parse_many, rate, f"The setting {name} looks like: 30 per hour")
    _parse(Locale.parse, settings.locale, "The setting locale looks like en_GB.")
    _parse(get_timezone, settings.timezone, "The setting timezone looks like Europe/London.")
    if settings.mail_server and not settings.mail_from:
        raise SettingError("The setting mail_from is needed when mail_server is set.")


def _parse(parser: Callable[[str], object], value: str, sentence: str) -> None:
    try:
        parser(value)
    except (ValueError, LookupError, UnknownLocaleError, ArgumentError):
        raise SettingError(sentence) from None


def _database(url: str) -> None:
    """Raise ValueError, or what SQLAlchemy raises, for a database that is not supported."""
    if make_url(url).get_dialect().name not in ("sqlite", "postgresql"):
        raise ValueError(url)


def _site_address(url: str) -> None:
    """Raise ValueError unless the address is a scheme, a host and at most a port."""
    parts = urlsplit(url)
    is_bare = url == f"{parts.scheme}://{parts.netloc}" and parts.port != 0
    if parts.scheme not in ("http", "https") or not parts.hostname or not is_bare:
        raise ValueError(url)


def load_settings(instance: Path, environment: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings for a site whose instance folder is given.

    Raises SettingError for an unknown name or a value that cannot be used.
    """
    known = {field.name for field in fields(Settings)}
    raw = _from_file(instance)
    raw |= {name: environment[name.upper()] for name in PLAIN_NAMES if name.upper() in environment}
    raw |= {
        name.removeprefix("BLOG_").lower(): value
        for name, value in environment.items()
        if name.startswith("BLOG_") and name != "BLOG_INSTANCE"
    }
    unknown = sorted(set(raw) - known)
    if unknown:
        raise SettingError(f"There is no setting named {unknown[0]}.")
    settings = Settings(**{name: read(name, value) for name, value in raw.items()})
    _check(settings)
    return replace(
        settings,
        secret_key=settings.secret_key or _secret(instance),
        held_file=str(instance / settings.held_file),
        refused_file=str(instance / settings.refused_file),
    )


def _secret(instance: Path) -> str:
    """Return the site's secret, made on the first call. Raises SettingError."""
    path = instance / "secret"
    try:
        if not path.exists():
            _make_secret(path)
        return path.read_text("ascii").strip()
    except OSError as error:
        raise SettingError(f"{instance} is no folder to use: {error.strerror}") from None


def _make_secret(path: Path) -> None:
    """Make a file that only its owner can read; it appears whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".secret-{secrets.token_hex(8)}")
    with os.fdopen(os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
        file.write(secrets.token_urlsafe(48))
    with suppress(FileExistsError):  # another process was first
        os.link(fresh, path)
    fresh.unlink()

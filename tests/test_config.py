"""Settings: from the environment, from a file, and how a faulty one is refused."""

import stat
import threading
from dataclasses import fields
from pathlib import Path

import pytest

from blog.config import SettingError, Settings, load_settings
from blog.flask_config import flask_config


def test_without_any_everything_has_a_default(tmp_path: Path) -> None:
    settings = load_settings(tmp_path, {})
    assert (settings.site_name, settings.port, settings.hold_first_comment) == (
        "Broadsheet", 8000, True,
    )  # fmt: skip
    assert settings.public_url == "http://127.0.0.1:8000"


def test_the_environment_is_read_by_name(tmp_path: Path) -> None:
    settings = load_settings(tmp_path, {"BLOG_SITE_NAME": "Light", "BLOG_FLOOD_SECONDS": "0"})
    assert (settings.site_name, settings.flood_seconds) == ("Light", 0)


def test_the_file_is_read_and_the_environment_wins(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('site_name = "File"\nport = 9000\ndemo = false\n')
    settings = load_settings(tmp_path, {"BLOG_SITE_NAME": "Environment"})
    assert (settings.site_name, settings.port, settings.demo) == ("Environment", 9000, False)


@pytest.mark.parametrize(
    ("name", "value", "setting", "expected"),
    [
        ("PORT", "8001", "port", 8001),
        ("HOST", "0.0.0.0", "host", "0.0.0.0"),  # noqa: S104
        ("DEMO", "0", "demo", False),
        ("DATABASE_URL", "postgresql://x/y", "database_url", "postgresql://x/y"),
        ("REDIS_URL", "redis://x", "redis_url", "redis://x"),
    ],
)
def test_a_hosts_usual_names_are_honoured(
    tmp_path: Path, name: str, value: str, setting: str, expected: object
) -> None:
    assert getattr(load_settings(tmp_path, {name: value}), setting) == expected


def test_other_names_of_the_environment_are_somebody_elses(tmp_path: Path) -> None:
    assert load_settings(tmp_path, {"SITE_NAME": "x", "THREADS": "x"}).site_name == "Broadsheet"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BLOG_BOGUS", "1"), ("BLOG_PORT", "0"), ("BLOG_PORT", "70000"), ("PORT", "http"),
        ("BLOG_DEMO", "maybe"), ("BLOG_COMMENT_MAX_LENGTH", "20001"), ("BLOG_NAME_MAX_LENGTH", "0"),
        ("BLOG_FLOOD_SECONDS", "-1"), ("BLOG_COMMENT_RATE", "often"), ("BLOG_LOCALE", "xx_YY_zz"),
        ("BLOG_TIMEZONE", "Mars/Phobos"), ("BLOG_SITE_URL", "news.example.org"),
        ("BLOG_SITE_URL", "ftp://news.example.org"), ("BLOG_SITE_URL", "https://example.org/blog"),
        ("BLOG_SITE_NAME", ""), ("BLOG_SITE_NAME", "a\nb"), ("BLOG_SITE_NAME", "a\n"), ("BLOG_MAIL_FROM", "a\nb@example.org"),
        ("BLOG_DATABASE_URL", "mysql://x/y"),
        ("BLOG_MAIL_SERVER", "localhost"), ("BLOG_HOLD_REJECTED_PERCENT", "101"),
    ],
)  # fmt: skip
def test_a_faulty_setting_is_refused_by_name(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(SettingError) as refused:
        load_settings(tmp_path, {name: value})
    said = str(refused.value)
    named = name.removeprefix("BLOG_").lower()
    assert named in said or "mail_from" in said
    assert "\n" not in said


def test_a_folder_that_is_none_is_said_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(SettingError, match="is no folder to use"):
        load_settings(tmp_path / "file", {})


@pytest.mark.parametrize("text", ["site_name = ", "bogus = 1", "port = 'x'", "\x00"])
def test_a_faulty_file_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "config.toml").write_text(text)
    with pytest.raises(SettingError):
        load_settings(tmp_path, {})


def test_every_setting_says_what_it_means() -> None:
    for each in fields(Settings):
        assert each.metadata["meaning"].endswith("."), each.name


def test_the_secret_is_made_once_and_is_its_owners_own(tmp_path: Path) -> None:
    seen: list[str] = []
    start = threading.Barrier(4)

    def read() -> None:
        start.wait()
        seen.append(load_settings(tmp_path, {}).secret_key)

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(seen)) == 1
    assert len(seen[0]) >= 60
    assert stat.S_IMODE((tmp_path / "secret").stat().st_mode) == 0o600


def test_a_secret_of_the_owners_choice_is_used(tmp_path: Path) -> None:
    assert load_settings(tmp_path, {"BLOG_SECRET_KEY": "mine"}).secret_key == "mine"
    assert not (tmp_path / "secret").exists()


@pytest.mark.parametrize(
    ("threads", "address", "pool"),
    [
        pytest.param(4, "", {"pool_size": 14}, id="readers, writers, the staff and two beside"),
        pytest.param(8, "postgresql://u@h/d", {"pool_size": 26}, id="more threads"),
        pytest.param(4, "sqlite://", {}, id="in memory there is one connection"),
    ],
)
def test_every_thread_has_a_connection(
    tmp_path: Path, threads: int, address: str, pool: dict[str, int]
) -> None:
    settings = load_settings(tmp_path, {"BLOG_THREADS": str(threads), "BLOG_DATABASE_URL": address})
    assert flask_config(settings, tmp_path)["SQLALCHEMY_ENGINE_OPTIONS"] == pool

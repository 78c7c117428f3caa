"""The tables of settings in the documentation say what the code says."""

import re
from dataclasses import fields

from blog.config import Settings
from scripts import settings_table
from tests.house import source

ROWS = {setting.name: settings_table.row(setting) for setting in fields(Settings)}


def test_the_page_of_settings_is_what_the_code_says() -> None:
    written = settings_table.PAGE.read_text("utf-8")
    assert written == settings_table.page(), "run .venv/bin/python -m scripts.settings_table"


def test_every_setting_has_a_meaning_that_is_a_sentence() -> None:
    meanings = {setting.name: setting.metadata["meaning"] for setting in fields(Settings)}
    assert [name for name, meaning in meanings.items() if not meaning.endswith(".")] == []
    assert len(set(meanings.values())) == len(meanings)


def test_the_readme_repeats_settings_as_they_are() -> None:
    readme = (source.ROOT / "README.md").read_text("utf-8")
    table = re.findall(r"^\| (`[a-z_`, ]+`) \|.*$", readme, re.MULTILINE)
    names = {name for cell in table for name in re.findall(r"`([a-z_]+)`", cell)}
    assert names
    assert names <= set(ROWS)
    alone = [name for cell in table for name in [cell.strip("`")] if name in ROWS]
    assert [name for name in alone if ROWS[name] not in readme] == []


def test_no_page_of_the_documentation_names_a_setting_that_is_not_there() -> None:
    known = {f"BLOG_{name.upper()}" for name in ROWS} | {"BLOG_INSTANCE", "BLOG_NAME"}
    pages = [source.ROOT / "README.md", *sorted((source.ROOT / "docs").glob("*.md"))]
    named = {
        (page.name, name)
        for page in pages
        for name in re.findall(r"BLOG_[A-Z_]+", page.read_text("utf-8"))
    }
    assert {each for each in named if each[1] not in known | {"BLOG_"}} == set()

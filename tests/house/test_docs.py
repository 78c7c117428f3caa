"""What the docs say can be done, can be done."""

import json
import re
from pathlib import Path

import pytest
from flask import Flask

from blog.config import Settings
from tests import cast

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
TEXT = "\n".join(page.read_text("utf-8") for page in PAGES)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_to_a_file_leads_to_one(page: Path) -> None:
    targets = re.findall(r"\]\((?!https?:|#)([^)#\s]+)", page.read_text("utf-8"))
    assert [each for each in targets if not (page.parent / each).exists()] == []


def test_every_make_target_exists() -> None:
    targets = set(re.findall(r"\bmake (run|test|check|lock|clean|[a-z]+)\b(?=[`\s])", TEXT))
    made = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    named = {
        target for target in targets if f"`make {target}" in TEXT or f"\nmake {target}" in TEXT
    }
    assert named
    assert named <= made


def test_every_command_exists(app: Flask) -> None:
    named = set(re.findall(r"flask --app blog ([a-z-]+)", TEXT)) - {"run"}
    assert {"publish", "reset-link", "export", "erase", "demo", "upgrade"} <= named
    assert named <= set(app.cli.commands)


def test_every_command_can_be_run_as_it_is_written() -> None:
    """In the site's folder; the environment that `make run` makes is on nobody's path."""
    told = [*PAGES, *ROOT.glob("templates/**/*.html"), *ROOT.glob("blog/**/*.py")]
    bare = re.compile(r"(?<!\.venv/bin/)flask --app blog [a-z]")
    assert [str(page) for page in told if bare.search(page.read_text("utf-8"))] == []


def test_every_variable_in_the_environment_is_a_setting() -> None:
    names = {name.lower() for name in re.findall(r"BLOG_([A-Z_]+)\b", TEXT)} - {"name", "instance"}
    assert names
    assert names <= set(Settings.__dataclass_fields__)


def test_the_example_of_an_article_can_be_published(app: Flask, tmp_path: Path) -> None:
    page = (ROOT / "docs/authors.md").read_text("utf-8")
    example = re.findall(r"```markdown\n(.*?)```", page, re.DOTALL)[0]
    file = tmp_path / "FILE.md"
    file.write_text(example, "utf-8")
    result = app.test_cli_runner().invoke(args=["publish", str(file)])
    assert (result.exit_code, result.output.split(":")[0]) == (0, "published"), result.output


def test_somebody_who_asks_gets_the_data_and_is_forgotten(app: Flask) -> None:
    with app.app_context():
        cast.comment(cast.article(), email="ann@example.org")
    runner = app.test_cli_runner()
    exported = runner.invoke(args=["export", "ann@example.org"])
    assert json.loads(exported.output)["comments"][0]["text"] == "I was there."
    assert runner.invoke(args=["erase", "ann@example.org"], input="n\n").exit_code == 1
    erased = runner.invoke(args=["erase", "--yes", "ann@example.org"])
    assert erased.output == "comments erased: 1\n"
    left = json.loads(runner.invoke(args=["export", "ann@example.org"]).output)
    assert not any(left.values())

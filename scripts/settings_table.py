"""Write docs/settings.md from the table of settings in blog/config.py.

Run `.venv/bin/python -m scripts.settings_table` after a setting was added or changed; a test
compares the two.
"""

from dataclasses import Field, fields
from pathlib import Path

from blog.config import PLAIN_NAMES, Settings

PAGE = Path(__file__).parent.parent / "docs" / "settings.md"
INTRODUCTION = """# Settings

Every setting has a safe default; a site needs none of them to start. Set one in either place:

- in `instance/config.toml`, by its name: `site_name = "The Harbour Light"`
- in the environment, by its name in capitals after `BLOG_`:
  `BLOG_SITE_NAME="The Harbour Light" make run`

A text in the file stands in quotes, a number does not, and yes or no is `true` or `false`. In the
environment yes may also be spelled `yes`, `on` or `1`, and no `no`, `off` or `0`.

The environment goes before the file, and what was changed under *Settings* in the dashboard goes
before both. {plain} are read without `BLOG_`, too,
because many hosts set them; with it they go before those without.
A name that is not in the table, or a value that cannot be used, stops the start with a sentence
that says which. A change takes effect at the next start.

`BLOG_INSTANCE`, in the environment only, names another folder than `instance/` for the site's own
files.

| setting | default | meaning |
| --- | --- | --- |
"""


def row(setting: Field[object]) -> str:
    """One line of the table."""
    meaning = str(setting.metadata["meaning"]).replace("|", "\\|")
    return f"| `{setting.name}` | {default(setting.default)} | {meaning} |"


def default(value: object) -> str:
    """A default in words."""
    if value == "":
        return "*(empty)*"
    words = {True: "yes", False: "no"}
    return f"`{words[value] if isinstance(value, bool) else value}`"


def page() -> str:
    """The whole page."""
    plain = ", ".join(f"`{name.upper()}`" for name in sorted(PLAIN_NAMES))
    rows = "\n".join(row(setting) for setting in fields(Settings))
    return INTRODUCTION.format(plain=plain) + rows + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")

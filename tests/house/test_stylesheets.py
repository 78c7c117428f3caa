"""What a page is dressed in: the staff's rooms have a stylesheet more, which no reader loads."""

import re

from blog.web.assets import STYLES
from tests.house.source import ROOT

TEMPLATES = ROOT / "templates"
INSIDE = re.compile(r'extends "(dashboard/base|security/inside)\.html"')


def _names(*sheets: str) -> set[str]:
    """The classes and ids that stylesheets know."""
    text = "".join((ROOT / "static/css" / f"{each}.css").read_text("utf-8") for each in sheets)
    return set(re.findall(r"[.#]([a-z][\w-]*)", re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)))


def _used(text: str) -> set[str]:
    """The classes and ids of a template."""
    return set(re.findall(r"[\w-]+", " ".join(re.findall(r'(?:class|id)="([^"]*)"', text))))


def test_every_page_outside_the_dashboard_does_without_its_stylesheet() -> None:
    only = _names("dashboard") - _names(*STYLES)
    assert {"panel", "row__who"} <= only
    found = {}
    for path in TEMPLATES.rglob("*.html"):
        name, text = path.relative_to(TEMPLATES).as_posix(), path.read_text("utf-8")
        has_sheet = INSIDE.search(text) or "css/dashboard.css" in text
        if not has_sheet and not name.startswith("dashboard/_"):
            found[name] = _used(text) & only
    assert len(found) > 40
    assert {name: used for name, used in found.items() if used} == {}

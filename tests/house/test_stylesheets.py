"""What a page is dressed in: the staff's rooms have a stylesheet more, which no reader loads."""

import re

import pytest

from blog.web.assets import BUNDLES
from scripts import vendor
from tests.house.source import ROOT

TEMPLATES = ROOT / "templates"
CSS = ROOT / "static/css"
# Height of a font above and below the line, in hundredths of its size: its table `hhea` says so.
HEIGHTS = {"Serif": (103.6, 33.5), "Sans": (96.6, 24.6)}
INSIDE = re.compile(r'extends "(dashboard/base|security/inside)\.html"')


def _names(*sheets: str) -> set[str]:
    """The classes and ids that stylesheets know."""
    text = "".join((ROOT / "static" / each).read_text("utf-8") for each in sheets)
    return set(re.findall(r"[.#]([a-z][\w-]*)", re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)))


def _used(text: str) -> set[str]:
    """The classes and ids of a template."""
    return set(re.findall(r"[\w-]+", " ".join(re.findall(r'(?:class|id)="([^"]*)"', text))))


def test_every_page_outside_the_dashboard_does_without_its_stylesheet() -> None:
    only = _names("css/dashboard.css") - _names(*BUNDLES["site.css"])
    assert {"panel", "row__who"} <= only
    found = {}
    for path in TEMPLATES.rglob("*.html"):
        name, text = path.relative_to(TEMPLATES).as_posix(), path.read_text("utf-8")
        has_sheet = INSIDE.search(text) or "css/dashboard.css" in text
        if not has_sheet and not name.startswith("dashboard/_"):
            found[name] = _used(text) & only
    assert len(found) > 40
    assert {name: used for name, used in found.items() if used} == {}


def _faces() -> list[dict[str, str]]:
    """What each @font-face says, by its properties."""
    blocks = re.findall(r"@font-face \{(.*?)\}", (CSS / "tokens.css").read_text("utf-8"), re.DOTALL)
    return [dict(re.findall(r"([\w-]+): (.*?);", block)) for block in blocks]


def test_no_text_is_lighter_or_heavier_than_the_fonts_are() -> None:
    written = "".join(each.read_text("utf-8") for each in CSS.glob("*.css"))
    rules = re.sub(r"@font-face \{.*?\}", "", written, flags=re.DOTALL)
    asked = {int(each) for each in re.findall(r"font(?:-weight)?: (\d{3})\b", rules)}
    least, most = vendor.WEIGHTS
    assert {least, most} <= asked <= set(range(least, most + 1))
    assert not re.search(r"font-weight: *(bold|bolder|lighter)", rules)
    told = {
        face.get("font-style", "normal"): face["font-weight"]
        for face in _faces()
        if "url(" in face["src"]
    }
    assert told == {"normal": f"{least} {most}", "italic": str(*set(vendor.ITALICS))}


@pytest.mark.parametrize("kind", HEIGHTS)
def test_until_a_font_is_there_another_one_takes_as_much_room(kind: str) -> None:
    """What stands in has another size, so that lines are as long; and they stay as high."""
    local = [face for face in _faces() if face["font-family"].startswith(f'"{kind} Fallback')]
    assert len(local) >= 2, "of Apple and Windows, and of Android"
    for face in local:
        size = float(face["size-adjust"].rstrip("%")) / 100
        above, below = (
            float(face[f"{each}-override"].rstrip("%")) * size for each in ("ascent", "descent")
        )
        assert (above, below) == pytest.approx(HEIGHTS[kind], abs=0.05), face["font-family"]
        assert face["line-gap-override"] == "0%"


@pytest.mark.parametrize("kind", HEIGHTS)
def test_every_font_that_stands_in_is_asked_for(kind: str) -> None:
    tokens = (CSS / "tokens.css").read_text("utf-8")
    names = [face["font-family"] for face in _faces() if f'"{kind} Fallback' in face["font-family"]]
    (asked,) = re.findall(rf"--{kind.lower()}: (.*?);", tokens)
    assert asked.split(", ")[1:-1] == names

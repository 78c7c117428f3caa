"""Every colour can be read where it stands, in light and in dark (WCAG 2.2, 1.4.3, 1.4.6, 1.4.11)."""

import re
from pathlib import Path

import pytest

TOKENS = Path(__file__).parents[2].joinpath("static/css/tokens.css").read_text("utf-8")
COLOURS = dict(re.findall(r"--([\w-]+): light-dark\((#\w+, #\w+)\);", TOKENS))
GROUNDS = ("paper", "card", "wash")

# Colour, where it stands, least contrast: 7 for long reading, 4.5 for text, 3 for controls.
PAIRS = [
    *(("ink", ground, 7) for ground in GROUNDS),
    *(("ink-2", ground, 4.5) for ground in GROUNDS),
    *(("ink-3", ground, 4.5) for ground in GROUNDS),
    *(("brand", ground, 4.5) for ground in GROUNDS),
    *(("brand-hover", ground, 4.5) for ground in GROUNDS),
    *(("control", ground, 3) for ground in ("paper", "card")),
    *(("focus", ground, 3) for ground in (*GROUNDS, "warn-tint", "bad-tint")),
    *((f"{kind}", f"{kind}-tint", 4.5) for kind in ("ok", "warn", "bad")),
    *((kind, "card", 4.5) for kind in ("ok", "warn", "bad")),
    ("ink", "mark", 7),
    *(("ink", f"{kind}-tint", 7) for kind in ("ok", "warn", "bad")),
    ("on-brand", "brand", 4.5),
    ("on-brand", "brand-hover", 4.5),
]


def _light(colour: str) -> float:
    """Relative luminance, as WCAG defines it."""
    digits = colour.removeprefix("#")
    digits = "".join(2 * digit for digit in digits) if len(digits) == 3 else digits
    channels = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("colour", "ground", "least"), PAIRS)
def test_a_colour_can_be_read(colour: str, ground: str, least: float, scheme: int) -> None:
    lights = sorted(_light(COLOURS[name].split(", ")[scheme]) for name in (colour, ground))
    assert (lights[1] + 0.05) / (lights[0] + 0.05) >= least


def test_the_tokens_are_the_only_place_with_a_colour() -> None:
    for path in Path(__file__).parents[2].glob("static/css/*.css"):
        if path.name != "tokens.css":
            assert not re.findall(r"#[0-9a-f]{3,8}\b|rgba?\(", path.read_text("utf-8")), path.name

"""Fetch the vendored browser files by package name and check each against its recorded hash.

Run `python scripts/vendor.py` to compare what is in static/vendor with the table below, and
`python scripts/vendor.py --fetch` to fetch it again with the npm client; to narrow the fonts it
needs `pip install fonttools==4.68.0`, beside the brotli of the lock. The version is in the path, so
a browser may keep a file for ever.
"""

import hashlib
import io
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

VENDOR = Path(__file__).parent.parent / "static" / "vendor"


class Font(NamedTuple):
    """A font of a package that is vendored narrowed: its new name, both hashes, its weights.

    Source is a reserved name (OFL, condition 3): what is made of Source Serif has another one.
    """

    name: str
    family: str
    original: str
    narrowed: str
    weights: tuple[int, int]


# What the stylesheets ask of the fonts: the lightest and the heaviest text, and how letters stand
# beside each other. Browsers keep a font for ever: one that is narrowed otherwise needs a new name.
WEIGHTS = (400, 750)
# Few words on a page are in italics, hardly any of them bold: for those the browser thickens these.
ITALICS = (400, 400)
FEATURES = ("ccmp", "kern", "liga", "locl", "mark", "mkmk")
_NAMES = (1, 3, 4, 6, 16, 25)  # where a font says what it is called

# package@version -> file in the package -> sha-256
FILES: dict[str, dict[str, str]] = {
    "htmx.org@4.0.1": {
        "dist/htmx.min.js": "a0abb04f2f45a1f89d1d4844023245537e5e6014c87b144553e0607b4cc32130",
        "LICENSE": "d3d2456f76414f2456104660ebd65aff1c04cd7966b942bdabd63f3cdb316a38",
    },
    "@fontsource-variable/source-serif-4@5.3.1": {
        "LICENSE": "18aabf190848725e2576eefb5c29ba06aac1029d02132252a7f312eac2e50cf3",
    },
    "@fontsource-variable/libre-franklin@5.3.0": {
        "LICENSE": "7e982e27dc99e50b47daf19c27bb32419bee58ddc371f073520dc823e7882940",
    },
}
FONTS: dict[str, dict[str, Font]] = {
    "@fontsource-variable/source-serif-4@5.3.1": {
        "files/source-serif-4-latin-wght-normal.woff2": Font(
            "broadsheet-serif-normal.woff2",
            "Broadsheet Serif",
            "382475f38242c52d42a3e5ff8dc69b5d73f10d0d21e4550b5fe232984688779a",
            "7f857e3fd6a770231ff65778889d52c4af4ecaeca32cc3a24f47cb4d62aa46d9",
            WEIGHTS,
        ),
        "files/source-serif-4-latin-wght-italic.woff2": Font(
            "broadsheet-serif-italic-400.woff2",
            "Broadsheet Serif",
            "b4f56ddc9873487f1c9a3ad5bbce31982fe89b951f57e4604f62b4c8a540fb19",
            "250f7cecdafba94142bfcccbe550b6fabd76d501de216323e64657d0414648c8",
            ITALICS,
        ),
    },
    "@fontsource-variable/libre-franklin@5.3.0": {
        "files/libre-franklin-latin-wght-normal.woff2": Font(
            "broadsheet-sans-normal.woff2",
            "Broadsheet Sans",
            "52e605852c72cc2df1473df1fb7f26a3a0be58e31835bc8f33f29b1918c82cbd",
            "d09d40b5fa7b9ffd267a45452896631bf34ce7da222c471bedebdce9b8c4f8aa",
            WEIGHTS,
        ),
    },
}


def vendored() -> dict[Path, str]:
    """Every file that lies in static/vendor, and its hash."""
    found: dict[Path, str] = {}
    for package, files in FILES.items():
        found |= {VENDOR / package / Path(name).name: digest for name, digest in files.items()}
    for package, fonts in FONTS.items():
        found |= {VENDOR / package / font.name: font.narrowed for font in fonts.values()}
    return found


def fetch(package: str) -> None:
    """Fetch one package and lay its listed files into static/vendor."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["npm", "pack", "--silent", package], cwd=folder, check=True)  # noqa: S603, S607
        archive = next(Path(folder).glob("*.tgz"))
        (VENDOR / package).mkdir(parents=True, exist_ok=True)
        with tarfile.open(archive) as tar:
            for name in FILES[package]:
                (VENDOR / package / Path(name).name).write_bytes(_read(tar, package, name))
            for name, font in FONTS.get(package, {}).items():
                original = _read(tar, package, name)
                if _digest(original) != font.original:
                    raise SystemExit(f"{package} has another file {name}")
                made = narrow(original, font.family, font.weights)
                (VENDOR / package / font.name).write_bytes(made)


def _read(tar: tarfile.TarFile, package: str, name: str) -> bytes:
    member = tar.extractfile(f"package/{name}")
    if member is None:
        raise SystemExit(f"{package} has no file {name}")
    return member.read()


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def narrow(original: bytes, family: str, weights: tuple[int, int]) -> bytes:
    """A variable font with these weights and the features that the site has, by its own name."""
    from fontTools.subset import Options, Subsetter
    from fontTools.ttLib import TTFont
    from fontTools.varLib.instancer import instantiateVariableFont

    lighter = instantiateVariableFont(_font(TTFont, original), {"wght": weights})
    font = _font(TTFont, _saved(lighter))
    options = Options(layout_features=[*FEATURES], name_IDs=["*"], notdef_outline=True)
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=font.getBestCmap())
    subsetter.subset(font)
    for name in [each for each in font["name"].names if each.nameID in _NAMES]:
        name.string = family.replace(" ", "") if name.nameID in (6, 25) else family
    font.flavor = "woff2"
    return _saved(font)


def _font(kind: Any, content: bytes) -> Any:
    """A font with the date that it has, so that it is the same to the byte each time."""
    return kind(io.BytesIO(content), recalcTimestamp=False)


def _saved(font: Any) -> bytes:
    made = io.BytesIO()
    font.save(made)
    return made.getvalue()


def faults() -> list[str]:
    """Name every vendored file that is missing or differs from its recorded hash."""
    found = []
    for path, expected in vendored().items():
        if not path.exists():
            found.append(f"missing: {path.relative_to(VENDOR)}")
        elif _digest(path.read_bytes()) != expected:
            found.append(f"changed: {path.relative_to(VENDOR)}")
    return found


if __name__ == "__main__":
    if "--fetch" in sys.argv:
        for wanted in FILES:
            fetch(wanted)
    sys.exit("\n".join(faults()) or None)

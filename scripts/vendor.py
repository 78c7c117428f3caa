"""Fetch the vendored browser files by package name and check each against its recorded hash.

Run `python scripts/vendor.py` to compare what is in static/vendor with the table below, and
`python scripts/vendor.py --fetch` to fetch it again with the npm client. The version is in the
path, so a browser may keep a file for ever.
"""

import hashlib
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

VENDOR = Path(__file__).parent.parent / "static" / "vendor"

# package@version -> file in the package -> sha-256
FILES: dict[str, dict[str, str]] = {
    "htmx.org@4.0.1": {
        "dist/htmx.min.js": "a0abb04f2f45a1f89d1d4844023245537e5e6014c87b144553e0607b4cc32130",
        "LICENSE": "d3d2456f76414f2456104660ebd65aff1c04cd7966b942bdabd63f3cdb316a38",
    },
    "@fontsource-variable/source-serif-4@5.3.1": {
        "files/source-serif-4-latin-wght-normal.woff2": (
            "382475f38242c52d42a3e5ff8dc69b5d73f10d0d21e4550b5fe232984688779a"
        ),
        "files/source-serif-4-latin-wght-italic.woff2": (
            "b4f56ddc9873487f1c9a3ad5bbce31982fe89b951f57e4604f62b4c8a540fb19"
        ),
        "LICENSE": "18aabf190848725e2576eefb5c29ba06aac1029d02132252a7f312eac2e50cf3",
    },
    "@fontsource-variable/libre-franklin@5.3.0": {
        "files/libre-franklin-latin-wght-normal.woff2": (
            "52e605852c72cc2df1473df1fb7f26a3a0be58e31835bc8f33f29b1918c82cbd"
        ),
        "LICENSE": "7e982e27dc99e50b47daf19c27bb32419bee58ddc371f073520dc823e7882940",
    },
}


def target(package: str, name: str) -> Path:
    """Where a package's file stands in the checkout: its own name, without the inner folder."""
    return VENDOR / package / Path(name).name


def fetch(package: str) -> None:
    """Fetch one package and lay its listed files into static/vendor."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["npm", "pack", "--silent", package], cwd=folder, check=True)  # noqa: S603, S607
        archive = next(Path(folder).glob("*.tgz"))
        with tarfile.open(archive) as tar:
            for name in FILES[package]:
                member = tar.extractfile(f"package/{name}")
                if member is None:
                    raise SystemExit(f"{package} has no file {name}")
                target(package, name).parent.mkdir(parents=True, exist_ok=True)
                target(package, name).write_bytes(member.read())


def faults() -> list[str]:
    """Name every vendored file that is missing or differs from its recorded hash."""
    found = []
    for package, files in FILES.items():
        for name, expected in files.items():
            path = target(package, name)
            if not path.exists():
                found.append(f"missing: {path.relative_to(VENDOR)}")
            elif hashlib.sha256(path.read_bytes()).hexdigest() != expected:
                found.append(f"changed: {path.relative_to(VENDOR)}")
    return found


if __name__ == "__main__":
    if "--fetch" in sys.argv:
        for wanted in FILES:
            fetch(wanted)
    sys.exit("\n".join(faults()) or None)

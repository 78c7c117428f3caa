"""What was taken in from elsewhere is what it was when it was looked at."""

import re
import tomllib

import pytest

from scripts import vendor
from tests.house import source

LOCKS = ("requirements.lock", "requirements-test.lock", "requirements-uv.lock")


def _required(lock: str) -> list[str]:
    """Each requirement with its hashes, as one line."""
    written = (source.ROOT / lock).read_text("utf-8").replace("\\\n", " ")
    return [line for line in written.splitlines() if line.strip() and not line.startswith("#")]


def test_every_vendored_file_has_its_recorded_hash() -> None:
    assert vendor.faults() == []


def test_nothing_else_lies_among_the_vendored_files() -> None:
    there = {path for path in vendor.VENDOR.rglob("*") if path.is_file()}
    assert there == set(vendor.vendored())


def test_every_vendored_package_has_its_version_in_the_path_and_a_licence() -> None:
    assert [
        package for package in vendor.FILES if not re.search(r".@\d+\.\d+\.\d+$", package)
    ] == []
    assert [package for package, files in vendor.FILES.items() if "LICENSE" not in files] == []


def test_every_page_names_vendored_files_that_are_there() -> None:
    named = {
        path
        for template in (source.ROOT / "templates").rglob("*.html")
        for path in re.findall(r"vendor/([^'\"]+)['\"]", template.read_text("utf-8"))
    }
    assert named
    assert [path for path in named if not (vendor.VENDOR / path).is_file()] == []


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_file_holds_names_versions_and_hashes_and_no_address(lock: str) -> None:
    line = re.compile(r"[a-z0-9-]+==[\w.+!]+( ; [^\\#]+?)?(\s+--hash=sha256:[0-9a-f]{64})+\s*")
    required = _required(lock)
    assert required
    assert [each for each in required if not line.fullmatch(each)] == []
    written = (source.ROOT / lock).read_text("utf-8")
    assert not re.search(r"://|file:|@ |--(extra-)?index|--find-links|-i ", written)


def test_the_larger_lock_file_serves_both_commands() -> None:
    """Whoever ran the tests starts the very site that others run."""
    pinned = [{each.split(";")[0].split()[0] for each in _required(lock)} for lock in LOCKS]
    assert pinned[0] <= pinned[1]


def test_what_the_project_needs_is_locked() -> None:
    project = tomllib.loads((source.ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    for lock, wanted in (
        (LOCKS[0], project["dependencies"] + extras["postgres"] + extras["redis"]),
        (LOCKS[1], extras["test"]),
    ):
        names = {re.split(r"[\[>=<~! ]", each)[0] for each in wanted}
        assert names <= {each.split("==")[0] for each in _required(lock)}

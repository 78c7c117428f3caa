"""The wheel carries all that a site needs, and nothing that lies about in a checkout."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder

from tests.house import source

# Files that `git status` would not show: none of them may ever be published.
IGNORED = (
    "blog/__pycache__/views.cpython-311.pyc",
    "blog/broadsheet.egg-info/PKG-INFO",
    "static/.pytest_cache/README.md",
    "templates/dist/old.html",
    "instance/secret",
    "instance/broadsheet.sqlite",
)
# What a fresh machine asks of an unpacked wheel.
FIRST_VISIT = """
from pathlib import Path
import blog
from blog import create_app
from blog.serving import prepare

app = create_app()
with app.app_context():
    prepare(app.config["SETTINGS"])
client = app.test_client()
for path in ("/", "/static/site.css", "/static/site.js", "/static/demo/ferry.webp"):
    with client.get(path, buffered=True) as answer:
        print(path, answer.status_code, len(answer.data) > 500)
print(Path(blog.__file__).parent.parent.name, app.test_client().get("/").text.count("<article"))
"""


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project's files as they are, with the litter that work leaves."""
    folder = tmp_path_factory.mktemp("checkout")
    for name in ("pyproject.toml", ".gitignore", "README.md", "LICENSE"):
        shutil.copy(source.ROOT / name, folder)
    litter = shutil.ignore_patterns("__pycache__", "*.egg-info")
    for name in ("blog", "templates", "static"):
        shutil.copytree(source.ROOT / name, folder / name, ignore=litter)
    return folder


@pytest.fixture(scope="module")
def wheel(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """The wheel that is built from the littered checkout."""
    wanted = {path for path in checkout.rglob("*") if path.is_file()}
    for name in IGNORED:
        (checkout / name).parent.mkdir(parents=True, exist_ok=True)
        (checkout / name).write_text("left over")
    assert not wanted & {checkout / name for name in IGNORED}
    target = str(tmp_path_factory.mktemp("wheel"))
    (built,) = WheelBuilder(str(checkout)).build(directory=target, versions=["standard"])
    return zipfile.ZipFile(built)


def _packed(checkout: Path) -> set[str]:
    """Where each file of the checkout lies in the wheel."""
    places = {"blog": "blog", "templates": "blog/templates", "static": "blog/static"}
    return {
        f"{place}/{path.relative_to(checkout / name).as_posix()}"
        for name, place in places.items()
        for path in (checkout / name).rglob("*")
        if path.is_file() and path.relative_to(checkout).as_posix() not in IGNORED
    }


def test_every_file_of_the_site_is_in_the_wheel_and_no_other(
    checkout: Path, wheel: zipfile.ZipFile
) -> None:
    packed = {name for name in wheel.namelist() if ".dist-info/" not in name}
    assert packed == _packed(checkout)


@pytest.mark.parametrize(
    "name",
    [
        "blog/templates/base.html",
        "blog/static/css/tokens.css",
        "blog/static/vendor/htmx.org@4.0.1/htmx.min.js",
        "blog/static/vendor/htmx.org@4.0.1/LICENSE",
        "blog/demo/comments.toml",
        "blog/demo/articles/one-vote-for-the-barrier.md",
        "blog/migrations/env.py",
        "blog/migrations/versions/0001_first_tables.py",
    ],
)
def test_the_wheel_holds(wheel: zipfile.ZipFile, name: str) -> None:
    assert wheel.getinfo(name).file_size > 0


def test_the_licence_travels_with_the_wheel(wheel: zipfile.ZipFile) -> None:
    assert [name for name in wheel.namelist() if name.endswith(".dist-info/licenses/LICENSE")]


def test_the_site_runs_from_the_unpacked_wheel(wheel: zipfile.ZipFile, tmp_path: Path) -> None:
    wheel.extractall(tmp_path / "unpacked")
    asked = subprocess.run(
        [sys.executable, "-c", FIRST_VISIT],
        cwd=tmp_path,
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(tmp_path / "unpacked"),
            "BLOG_INSTANCE": str(tmp_path / "instance"),
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert asked.returncode == 0, asked.stderr
    *files, last = asked.stdout.splitlines()
    assert [line.split()[1:] for line in files] == [["200", "True"]] * 4
    assert last == "unpacked 12"

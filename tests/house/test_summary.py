"""A run of the suite says what it leaves out, and where everything can run, that fails it."""

import os
import subprocess
import sys

import pytest

from tests.house import source

JOURNEY = "tests/browser/test_queue.py::test_a_decision_and_its_undo_need_no_page_load"


@pytest.mark.parametrize(("ci", "status"), [("", 0), ("1", 1)])
def test_a_journey_without_a_browser_is_named_at_the_end(ci: str, status: int) -> None:
    nowhere = {"PATH": os.path.dirname(sys.executable), "BROADSHEET_CI": ci}
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", JOURNEY],
        cwd=source.ROOT,
        env=nowhere,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert run.returncode == status, run.stdout
    end = run.stdout.split("not run here")[-1].splitlines()[1:3]
    assert end == [
        "a journey in a browser: no Chromium here, and CHROMIUM names none (1)",
        "the suite on PostgreSQL: TEST_DATABASE_URL is not set",
    ]

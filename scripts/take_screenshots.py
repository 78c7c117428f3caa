"""Take the pictures in docs/pictures/ of a fresh demo newsroom, in Chromium.

Run `.venv/bin/python -m scripts.take_screenshots` after a visible change (it needs the test
packages and Chromium, whose path may be given as CHROMIUM).
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).parent.parent
PICTURES = ROOT / "docs" / "pictures"
PORT = "8099"
SITE = f"http://127.0.0.1:{PORT}"
PASSWORD = "only for a picture"  # noqa: S105


def main() -> None:
    """Start a site of its own, take the pictures, and stop it."""
    with tempfile.TemporaryDirectory() as instance:
        environment = {**os.environ, "BLOG_INSTANCE": instance, "PORT": PORT}
        server = subprocess.Popen(
            [sys.executable, "-m", "blog"],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            assert server.stdout  # noqa: S101
            link = next(line.strip() for line in server.stdout if "/account/set-up/" in line)
            _wait()
            with sync_playwright() as playwright:
                path = os.environ.get("CHROMIUM", "/usr/bin/chromium")
                browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
                _take(browser, link)
        finally:
            server.terminate()
            server.wait()


def _wait() -> None:
    for _ in range(100):
        try:
            with urlopen(SITE):
                return
        except URLError:
            time.sleep(0.1)


def _take(browser: Browser, link: str) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 860})
    page.goto(SITE)
    _shoot(page, "front")
    page.click("text=One vote for the barrier")
    _shoot(page, "article")
    page.goto(link)
    for name, value in {"name": "Mo Derator", "email": "mo@example.org"}.items():
        page.fill(f"[name={name}]", value)
    page.fill("[name=password]", PASSWORD)
    page.fill("[name=password_confirm]", PASSWORD)
    page.click("main button[type=submit]")
    page.fill("[name=email]", "mo@example.org")
    page.fill("[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.goto(f"{SITE}/dashboard/comments")
    _shoot(page, "queue")
    page.click(".row__record >> nth=0")
    _shoot(page, "person")
    page.goto(f"{SITE}/dashboard/")
    _shoot(page, "overview")


def _shoot(page: Page, name: str) -> None:
    page.wait_for_load_state("networkidle")
    page.screenshot(path=str(PICTURES / f"{name}.jpg"), type="jpeg", quality=82)
    print(f"docs/pictures/{name}.jpg")


if __name__ == "__main__":
    main()

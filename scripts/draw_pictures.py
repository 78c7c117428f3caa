"""Draw the demo newsroom's pictures: scripts/pictures/*.svg to static/demo/*.webp.

Run `python scripts/draw_pictures.py` after a change to a drawing, with Pillow installed. Chromium
renders each SVG (its path comes from the environment variable CHROMIUM), then Pillow writes it
1600, 800 and 400 pixels wide, in the best quality that keeps within what is allowed for that width.
"""

import os
import subprocess
import tempfile
from io import BytesIO
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).parent.parent
SOURCES = ROOT / "scripts" / "pictures"
TARGET = ROOT / "static" / "demo"
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
SIZE = (1600, 1067)

# width -> (suffix of the file's name, most bytes)
WIDTHS: dict[int, tuple[str, int]] = {
    1600: ("", 130_000),
    800: ("-800", 30_000),
    400: ("-400", 12_000),
}


def render(source: Path) -> Image.Image:
    """Draw one SVG at its full size in a fresh, offline Chromium."""
    with tempfile.TemporaryDirectory() as folder:
        shot = Path(folder) / "shot.png"
        subprocess.run(  # noqa: S603
            [
                CHROMIUM,
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-background-networking",
                "--hide-scrollbars",
                "--force-device-scale-factor=1",
                f"--user-data-dir={folder}/profile",
                f"--window-size={SIZE[0]},{SIZE[1]}",
                f"--screenshot={shot}",
                source.as_uri(),
            ],
            check=True,
            capture_output=True,
        )
        with Image.open(shot) as image:
            if image.size != SIZE:
                raise SystemExit(f"{source.name} came out as {image.size}, not {SIZE}")
            return image.convert("RGB")


def packed(image: Image.Image, most: int) -> bytes:
    """The image as WebP, in the best quality that needs no more than `most` bytes."""
    for quality in range(84, 9, -2):
        buffer = BytesIO()
        image.save(buffer, "WEBP", quality=quality, method=6)
        if buffer.tell() <= most:
            return buffer.getvalue()
    raise SystemExit(f"no quality keeps the picture within {most} bytes")


def main() -> None:
    """Draw every picture in every width and say how large each file became."""
    TARGET.mkdir(parents=True, exist_ok=True)
    for source in sorted(SOURCES.glob("*.svg")):
        image = render(source)
        for width, (suffix, most) in WIDTHS.items():
            height = round(width * SIZE[1] / SIZE[0])
            resized = image.resize((width, height), Image.Resampling.LANCZOS)
            target = TARGET / f"{source.stem}{suffix}.webp"
            target.write_bytes(packed(resized, most))
            print(f"{target.relative_to(ROOT)}  {width}x{height}  {target.stat().st_size} bytes")


if __name__ == "__main__":
    main()

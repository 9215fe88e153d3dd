"""Take the pictures of the README: ``make pictures``. Needs Debian's chromium and a Chinese font."""

import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "tests"))

from browser import chromium, page_program  # noqa: E402 - the tests' own way to a browser


def take_pictures() -> None:
    """The page in both languages, once its map is drawn."""
    with (
        tempfile.TemporaryDirectory() as folder,
        page_program(Path(folder) / "log.txt") as address,
        chromium(Path(folder) / "profile") as browser,
    ):
        tab = browser.new_page()
        tab.set_viewport_size({"width": 1366, "height": 1180})
        for language in ("zh", "en"):
            tab.goto(f"{address}/?lang={language}")
            tab.frame_locator("iframe").locator("canvas").first.wait_for(timeout=120_000)
            tab.wait_for_timeout(1500)
            tab.screenshot(path=HERE / f"page-{language}.png")


if __name__ == "__main__":
    take_pictures()

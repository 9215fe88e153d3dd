"""Debian's Chromium with this computer alone in reach, for the tests that look at pages as a reader does."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
CHROMIUM = shutil.which("chromium")
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
    "--process-per-site",  # a further tab finds the page's scripts compiled
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
)  # fmt: skip

needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed (apt install chromium)")


@contextmanager
def chromium(profile: Path) -> Iterator["BrowserContext"]:  # noqa: F821 - playwright may be missing
    """A browser with a new profile."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            profile, executable_path=CHROMIUM, args=list(FLAGS), accept_downloads=True, has_touch=True
        )
        yield context
        context.close()


@contextmanager
def guarded_tab(
    browser: "BrowserContext",  # noqa: F821
    address: str | None = None,
    *,
    kinds: tuple[str, ...] = ("error",),
) -> Iterator["Page"]:  # noqa: F821
    """A tab in which nothing may go wrong unseen: it asks the server at ``address`` and nobody else, or where there is
    none reads files alone; no script fails, no dialog opens and nothing of these ``kinds`` is written to the console.

    Its reader asks for little motion: to draw what turns while a page works takes a quarter of the browser's time.
    """
    wrong: list[str] = []
    ours = ("data:", "blob:", "about:", "file:" if address is None else f"{address}/")
    sockets = "no socket" if address is None else f"ws{address.removeprefix('http')}/"

    def refuse(dialog: "Dialog") -> None:  # noqa: F821
        wrong.append(f"dialog {dialog.message}")
        dialog.dismiss()

    # To look on leaves the browser its cache, which a route would take from it.
    tab = browser.new_page()
    tab.emulate_media(reduced_motion="reduce")
    tab.on("request", lambda request: None if request.url.startswith(ours) else wrong.append(f"asks {request.url}"))
    tab.on("websocket", lambda socket: None if socket.url.startswith(sockets) else wrong.append(f"asks {socket.url}"))
    tab.on("console", lambda line: wrong.append(f"{line.type} {line.text}") if line.type in kinds else None)
    tab.on("pageerror", lambda error: wrong.append(f"error {error}"))
    tab.on("dialog", refuse)
    yield tab
    tab.close()
    assert not wrong, wrong


@contextmanager
def page_program(log: Path, *, secrets: str | None = None, program: Path = ROOT / "app.py") -> Iterator[str]:
    """The page program on a free port of this machine: its address. A traceback in its log is a failure.

    ``secrets`` is what its secrets.toml says, ``ADDRESS`` standing for the address.
    """
    port = free_port()
    command = [sys.executable, "-m", "streamlit", "run", str(program), "--server.headless", "true"]
    command += ["--server.address", "127.0.0.1", "--server.port", str(port)]
    settings = {name: value for name, value in os.environ.items() if not name.startswith(("PLANNER_", "STREAMLIT_"))}
    settings["PLANNER_STORE"] = str(log.parent / "saved")
    if secrets is not None:
        home = log.parent / "home"
        (home / ".streamlit").mkdir(parents=True)
        said = secrets.replace("ADDRESS", f"http://localhost:{port}")
        (home / ".streamlit" / "secrets.toml").write_text(said, encoding="utf-8")
        settings["HOME"] = str(home)
    with log.open("wb") as out:
        server = subprocess.Popen(command, cwd=ROOT, env=settings, stdout=out, stderr=subprocess.STDOUT)
        try:
            wait_until_it_listens(port, server, log)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(timeout=30)
    assert "Traceback" not in log.read_text(encoding="utf-8")


def place_on_map(page: "Page", lon: float, lat: float) -> tuple[float, float]:  # noqa: F821 - playwright may be missing
    """Where a place lies in a tab that shows one map, by the view that the map keeps."""
    spot = page.evaluate(
        """([lon, lat]) => {
            const [view] = JSON.parse(sessionStorage.getItem("planner.live_map.views")).map(([, one]) => one);
            const all = [...document.querySelectorAll("[data-testid=stBidiComponentIsolated]")];
            const ground = all.map(one => one.shadowRoot.querySelector(".live-map-ground")).find(Boolean);
            const {x, y, width, height} = ground.getBoundingClientRect();
            const world = 256 * 2 ** view.zoom;
            const project = (lon, lat) => [
                (lon / 360 + 0.5) * world,
                (0.5 - Math.asinh(Math.tan(lat * Math.PI / 180)) / (2 * Math.PI)) * world,
            ];
            const [u, v] = project(lon, lat), [cu, cv] = project(view.center[1], view.center[0]);
            return [x + width / 2 + u - cu, y + height / 2 + v - cv];
        }""",
        [lon, lat],
    )
    return spot[0], spot[1]


@contextmanager
def map_moves(page: "Page") -> Iterator[None]:  # noqa: F821
    """What is done in the block moves the map; it goes on once the map has come to rest and kept its new view."""
    kept = 'sessionStorage.getItem("planner.live_map.views")'
    before = page.evaluate(kept)
    yield
    page.wait_for_function(f"before => {kept} !== before", arg=before, timeout=60_000)


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def wait_until_it_listens(port: int, server: "subprocess.Popen[bytes]", log: Path) -> None:
    """Until somebody listens on the port; fails where the server ends before or never does."""
    for _ in range(600):
        with socket.socket() as knock:
            if knock.connect_ex(("127.0.0.1", port)) == 0:
                return
        assert server.poll() is None, log.read_text(encoding="utf-8")
        time.sleep(0.1)
    pytest.fail("the server does not answer: " + log.read_text(encoding="utf-8"))

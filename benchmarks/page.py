"""Bytes, seconds and frames of the page's map: ``python -m benchmarks.page [--street demo district]``.

The real server, Debian's Chromium without a graphics card, and Playwright: the demo street, and a made-up district of
20,000 cells, 3,000 candidates and 40,000 street edges. A first visit makes the plans and codes the layers; what is
measured is the second one, in a new session and an empty browser.
"""

from __future__ import annotations

import argparse
import os
import re
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.browser import chromium, page_program

PROGRAM = Path(__file__).with_name("page_program.py")
_FIRST_MS, _NEXT_MS = 600_000, 60_000
# From a click to the answer in the page, by the page's own clock.
_ANSWERED = """
() => new Promise(answered => {
    let clicked = 0;
    addEventListener("pointerdown", () => { clicked = performance.now(); }, {capture: true, once: true});
    const before = document.body.innerText.match(/run (\\d+)/)[1];
    const look = () => {
        const now = document.body.innerText.match(/run (\\d+)/);
        if (now && now[1] !== before) { answered(performance.now() - clicked); } else { requestAnimationFrame(look); }
    };
    look();
})
"""
_FRAMES = """
() => {
    globalThis.frames_ms = [];
    let last = performance.now();
    const next = now => { frames_ms.push(now - last); last = now; globalThis.frame = requestAnimationFrame(next); };
    globalThis.frame = requestAnimationFrame(next);
    performance.clearMeasures();
}
"""
_DRAWN = """
() => {
    cancelAnimationFrame(globalThis.frame);
    const took = name => performance.getEntriesByName(name).map(entry => entry.duration);
    return {frames: frames_ms.slice(1), base: took("live-map-base"), top: took("live-map-top")};
}
"""


def main() -> None:
    """Read the arguments, measure, print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.page", description=__doc__)
    parser.add_argument("--street", nargs="+", default=["demo", "district"], choices=["demo", "district"])
    options = parser.parse_args()
    columns = {}
    for street in options.street:
        with tempfile.TemporaryDirectory() as folder:
            columns[street] = _measured(Path(folder), street)
    print(f"Processor load before: {os.getloadavg()[0]:.1f}\n" if hasattr(os, "getloadavg") else "")
    print(f"| | {' | '.join(columns)} |")
    print(f"| --- | {' | '.join('---:' for _ in columns)} |")
    for title in next(iter(columns.values())):
        print(f"| {title} | {' | '.join(column[title] for column in columns.values())} |")


def _measured(folder: Path, street: str) -> dict[str, str]:
    with page_program(folder / "log.txt", program=PROGRAM) as address:
        with chromium(folder / "first") as context:
            _open(context.new_page(), f"{address}/?street={street}", _FIRST_MS)
        with chromium(folder / "second") as context:
            page = context.new_page()
            page.set_viewport_size({"width": 1366, "height": 900})
            received: list[int] = []
            page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: received.append(len(frame))))
            started = time.perf_counter()
            _open(page, f"{address}/?street={street}", _NEXT_MS)
            first_s = time.perf_counter() - started
            page.wait_for_timeout(1500)
            first_bytes = sum(received)
            page.get_by_text("more", exact=True).click()
            page.get_by_text(re.compile(r"run 2")).wait_for(timeout=_NEXT_MS)
            page.wait_for_timeout(1500)
            change_bytes = sum(received) - first_bytes
            answers = [_answered_ms(page, n) for n in range(5)]
            told = page.locator("[data-testid=stText]").all_inner_texts()
            cells, candidates, edges = told[1].split()[1:]
            coded = told[0].split()[1:]
            panning, zooming = _panned(page), _zoomed(page)
    return {
        "cells, candidates, edges": f"{int(cells):,}, {int(candidates):,}, {int(edges):,}",
        "layers coded on the server, street and service, s": f"{coded[0]}, {coded[1]}",
        "received on first load, kB": f"{first_bytes / 1000:,.0f}",
        "received after a change of plan, kB": f"{change_bytes / 1000:,.1f}",
        "address to first drawing, s": f"{first_s:.1f}",
        "click to the program's answer, median, ms": f"{statistics.median(answers):.0f}",
        **_frames("panning", panning),
        **_frames("zooming", zooming),
    }


def _open(page: Any, address: str, limit_ms: int) -> None:
    """Until the map's lower canvas was drawn with its layers."""
    page.goto(address)
    page.locator(".live-map-panel fieldset").first.wait_for(timeout=limit_ms)
    page.wait_for_function(
        "performance.getEntriesByName('live-map-base').some(entry => entry.startTime > 0)", timeout=limit_ms
    )


def _answered_ms(page: Any, number: int) -> float:
    box = page.locator(".live-map-ground").bounding_box()
    page.evaluate(f"() => {{ globalThis.answer = ({_ANSWERED.strip()})(); }}")
    page.mouse.click(box["x"] + 300 + 20 * number, box["y"] + 300)
    return float(page.evaluate("globalThis.answer"))


def _panned(page: Any) -> dict[str, list[float]]:
    """Drag the map about with the pointer."""
    box = page.locator(".live-map-ground").bounding_box()
    x, y = box["x"] + 500, box["y"] + 350
    page.evaluate(_FRAMES)
    for _ in range(3):
        page.mouse.move(x, y)
        page.mouse.down()
        for step in range(1, 41):
            page.mouse.move(x - 9 * step, y - 4 * step)
        page.mouse.up()
        page.wait_for_timeout(600)
    return dict(page.evaluate(_DRAWN))


def _zoomed(page: Any) -> dict[str, list[float]]:
    """The whole street, in by three steps and out again."""
    page.locator(".live-map-buttons button").last.click()
    page.wait_for_timeout(600)
    page.locator(".live-map-ground").focus()
    page.evaluate(_FRAMES)
    for key in "+++---":
        page.keyboard.press(key)
        page.wait_for_timeout(600)
    return dict(page.evaluate(_DRAWN))


def _frames(name: str, drawn: dict[str, list[float]]) -> dict[str, str]:
    frames, base, top = (sorted(drawn[key]) for key in ("frames", "base", "top"))
    late = frames[int(0.95 * (len(frames) - 1))]
    return {
        f"{name}: a frame, median and 95th of a hundred, ms": f"{statistics.median(frames):.0f}, {late:.0f}",
        f"{name}: drawing ground and cells, median and most, ms": f"{statistics.median(base):.1f}, {base[-1]:.1f}",
        f"{name}: drawing marks, median and most, ms": f"{statistics.median(top):.1f}, {top[-1]:.1f}",
    }


if __name__ == "__main__":
    main()

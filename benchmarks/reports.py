"""Seconds and bytes of the files about a plan: ``python -m benchmarks.reports [--street demo district]``.

The demo street, and a made-up district of 20,000 cells and 2,000 sites, 60 of them new. Each kind of file is written by
itself from a finished plan; pages are opened in Debian's Chromium without a graphics card, until the reader sees them.
"""

from __future__ import annotations

import argparse
import os
import resource
import tempfile
import time
from pathlib import Path

from benchmarks.district import district_of
from planner import Plan, Scenario, load_study, make_plan
from planner.report import FORMATS, write_report
from tests.browser import chromium

DEMO = Path(__file__).parent.parent / "data" / "demo"
SERVICE, NEW_SITES, ALL_SITES = "rest_station", 60, 2_000


def main() -> None:
    """Read the arguments, measure, print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.reports", description=__doc__)
    parser.add_argument("--street", nargs="+", default=["demo", "district"], choices=["demo", "district"])
    parser.add_argument("--formats", nargs="+", default=list(FORMATS), choices=list(FORMATS))
    options = parser.parse_args()
    columns = {street: _measured(street, options.formats) for street in options.street}
    print(f"Processor load before: {os.getloadavg()[0]:.1f}\n" if hasattr(os, "getloadavg") else "")
    heads = [f"{street}: {what}" for street in columns for what in ("s to write", "MB", "s to open")]
    print(f"| format | {' | '.join(heads)} |")
    print(f"| --- | {' | '.join('---:' for _ in heads)} |")
    for name in options.formats:
        print(f"| {name} | {' | '.join(text for column in columns.values() for text in column[name])} |")
    print(f"\nMost memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000:,.0f} MB")


def _measured(street: str, formats: list[str]) -> dict[str, tuple[str, str, str]]:
    plan = _plan(street)
    found = {}
    for name in formats:
        with tempfile.TemporaryDirectory() as home:
            started = time.perf_counter()
            written = write_report(plan, Path(home) / "out", formats=(name,), language="zh")
            took_s = time.perf_counter() - started
            size_mb = sum(path.stat().st_size for path in written) / 1e6
            pages = [path for path in written if path.suffix == ".html"]
            opened = f"{_opened_s(Path(home), pages[0]):.1f}" if pages else ""
            found[name] = (f"{took_s:.1f}", f"{size_mb:.2f}", opened)
    return found


def _plan(street: str) -> Plan:
    """The plan, all its gaps and hot spots found already."""
    study = load_study(DEMO)
    if street == "demo":
        plan = make_plan(study, study.scenarios["base"])
    else:
        study = district_of(study, centres=ALL_SITES - NEW_SITES)
        asked = {"services": {SERVICE: {"site_limit": NEW_SITES}}, "time_limit_s": 10, "optimality_gap": 0.01}
        plan = make_plan(study, Scenario.model_validate(asked))
    for part in plan.services.values():
        _ = part.gaps_today, part.gaps_planned, part.new_sites, part.hot_spots
    return plan


def _opened_s(home: Path, page_file: Path) -> float:
    """Until the page, the maps in it included, is loaded and painted."""
    with chromium(home / "profile") as context:
        page = context.new_page()
        started = time.perf_counter()
        page.goto(page_file.as_uri(), wait_until="load", timeout=120_000)
        page.evaluate("() => new Promise(seen => requestAnimationFrame(() => requestAnimationFrame(seen)))")
        return time.perf_counter() - started


if __name__ == "__main__":
    main()

"""Seconds and memory of counting delivery records: ``python -m benchmarks.density FOLDER [--rows 10000000 …]``.

The records are made by the tests' generator, once, and kept in the folder (100 million rows: 2.4 GB as Parquet, 5.7 GB
as CSV). Each file is counted in a process of its own, by ``planner density`` as a user has it.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.delivery_records import write_records

_RIDER = "骑手编号"


def main() -> None:
    """Read the arguments, make what is missing, measure, print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.density", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rows", type=int, nargs="+", default=[10_000_000, 100_000_000])
    parser.add_argument("--forms", nargs="+", default=["parquet", "csv"])
    parser.add_argument("--cells", nargs="+", default=["100m"])
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    print("| rows | file | cells | seconds | processor seconds | peak memory, MB | load before |")
    print("| ---: | --- | --- | ---: | ---: | ---: | ---: |")
    for rows in options.rows:
        for form in options.forms:
            path = options.folder / f"records_{rows}.{form}"
            if not path.exists():
                write_records(path, rows, seed=1)
            for cell in options.cells:
                load = f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "?"
                seconds, busy_s, memory_mb = _measured(path, cell, options.threads)
                figures = f"{seconds:.0f} | {busy_s:.0f} | {memory_mb:.0f} | {load}"
                print(f"| {rows:,} | {form} | {cell} | {figures} |", flush=True)


def _measured(path: Path, cell: str, threads: int) -> tuple[float, float, float]:
    """Seconds from start to end of the process, those of processors in it, and the most memory it held at once.

    On a machine that does other things too, only the second ones are its own.
    """
    with tempfile.TemporaryDirectory() as out:
        asked = ["density", str(path), "--crs", "gcj02", "--cell", cell, "--rider", _RIDER, "--threads", str(threads)]
        command = [sys.executable, "-m", "planner", *asked, "--out", out]
        started = time.perf_counter()
        with (Path(out) / "output").open("w") as output:
            process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)
            _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        if status:
            raise SystemExit((Path(out) / "output").read_text())
    memory_mb = usage.ru_maxrss / (1024 * 1024 if sys.platform == "darwin" else 1024)
    return seconds, usage.ru_utime + usage.ru_stime, memory_mb


if __name__ == "__main__":
    main()

"""Measure the cases, or some of them, and print the table: ``python -m benchmarks [--quick] [--only TEXT]``."""

from __future__ import annotations

import argparse
import json
import os
import pickle
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.cases import Case, all_cases
from benchmarks.table import Measured, as_markdown

# One thread each; a solver that is not back this long after its limit is stopped.
_ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS", "MKL_NUM_THREADS"), "1")
_GRACE_S = 30.0
_QUICK_GRACE_S = 4.0
_QUICK_PEER_LIMIT_S = 3.0


def main() -> None:
    """Read the arguments, measure, print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a few cases of each model, under three minutes")
    parser.add_argument("--only", default="", help="cases whose group or name holds this text")
    parser.add_argument("--no-peers", action="store_true", help="the planner alone")
    parser.add_argument("--out", type=Path, help="write the table to this file too")
    options = parser.parse_args()
    # So that no case has to compile what the small problem before it does not use.
    subprocess.run([sys.executable, "-m", "benchmarks.warm"], env=os.environ | _ONE_THREAD, check=True)
    measured = []
    for number, case in enumerate(all_cases()):
        wanted = options.only.lower() in f"{case.group}: {case.name}".lower() and (case.quick or not options.quick)
        if not wanted:
            continue
        with tempfile.TemporaryDirectory() as folder:
            problem = Path(folder) / "problem.pickle"
            problem.write_bytes(pickle.dumps(case.problem(), protocol=5))
            for solver in ("planner", *(() if options.no_peers else case.peers)):
                measured.append(_measured(number, case, solver, problem, options.quick))
                print(measured[-1].line(), file=sys.stderr, flush=True)
    parts = [_heading(), as_markdown(measured)]
    # Compiling everything anew takes longer than all of the quick form.
    table = "\n\n".join(parts if options.quick else [*parts, _compiling()])
    print(table)
    if options.out:
        options.out.parent.mkdir(parents=True, exist_ok=True)
        options.out.write_text(table + "\n", encoding="utf-8")


def _measured(number: int, case: Case, solver: str, problem: Path, quick: bool) -> Measured:
    command = [sys.executable, "-m", "benchmarks.measure", str(number), solver]
    limit_s = case.time_limit_s if solver == "planner" else case.peer_limit_s
    if quick and solver != "planner":
        limit_s = _QUICK_PEER_LIMIT_S
    settings = os.environ | _ONE_THREAD
    most_s = limit_s + (_QUICK_GRACE_S if quick and solver != "planner" else _GRACE_S)
    try:
        done = subprocess.run(
            [*command, str(limit_s), str(problem)], env=settings, capture_output=True, text=True, timeout=most_s
        )
    except subprocess.TimeoutExpired:
        return Measured(case, solver, limit_s, None, f"nothing in {most_s:.0f} s")
    if done.returncode != 0:
        last = (done.stderr.strip().splitlines() or [f"exit {done.returncode}"])[-1]
        return Measured(case, solver, limit_s, None, last[:60])
    return Measured(case, solver, limit_s, json.loads(done.stdout.strip().splitlines()[-1]), "")


def _heading() -> str:
    versions = subprocess.run(
        [sys.executable, "-m", "pip", "list", "--format=freeze"], capture_output=True, text=True, check=False
    ).stdout.split()
    known = ("spopt", "highspy", "ortools", "pbp-pmedian", "numba", "numpy", "scipy")
    found = ", ".join(sorted(v.replace("==", " ") for v in versions if v.split("==")[0].lower() in known))
    machine = f"{_processor()}, one thread each, Python {platform.python_version()}"
    star = "A gap with a star is to the best bound of the row, since the solver gives none."
    return f"{time.strftime('%Y-%m-%d')}, {machine}, {found}. {star}"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        return next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def _compiling() -> str:
    """How long the first use of every model takes where nothing is compiled yet, and the import alone."""
    with tempfile.TemporaryDirectory() as empty:
        settings = os.environ | {"NUMBA_CACHE_DIR": empty}
        seconds = [_timed([sys.executable, "-m", "benchmarks.warm"], settings) for _ in range(2)]
    importing = min(_timed([sys.executable, "-c", "import planner"], dict(os.environ)) for _ in range(3))
    bare = min(_timed([sys.executable, "-c", "pass"], dict(os.environ)) for _ in range(3))
    return (
        f"Every model once, on a small problem, in a new process: {seconds[0]:.1f} s with nothing compiled, "
        f"{seconds[1]:.1f} s the second time. `import planner`: {importing - bare:.2f} s."
    )


def _timed(command: list[str], settings: dict[str, str]) -> float:
    started = time.perf_counter()
    subprocess.run(command, env=settings, check=True)
    return time.perf_counter() - started


if __name__ == "__main__":
    main()

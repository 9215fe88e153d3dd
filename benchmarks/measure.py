"""One solver on one case in a process of its own, so that its memory is its own.

``python -m benchmarks.measure CASE SOLVER LIMIT_S PROBLEM``, the problem being a pickled one.
"""

from __future__ import annotations

import contextlib
import json
import os
import pickle
import resource
import sys
import time
from pathlib import Path

from benchmarks.cases import all_cases
from benchmarks.solvers import SOLVERS
from benchmarks.warm import small_problem


def main(number: int, solver: str, limit_s: float, problem_file: Path) -> None:
    """Print the case's seconds, value, bound and memory as JSON."""
    case = all_cases()[number]
    problem = pickle.loads(problem_file.read_bytes())
    with _muted():
        # Before the clock starts: imports, and compiled code loaded from its cache.
        SOLVERS[solver](case.model, small_problem(case.model), 10.0, 0.0)
        before = _start_memory()
        started = time.perf_counter()
        found = SOLVERS[solver](case.model, problem, limit_s, case.gap)
        seconds = time.perf_counter() - started
    # A solver that is a program of its own (CBC) has its memory there.
    memory_mb = _peak_mb() - before + resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    answer = {"objective": found.objective, "bound": found.bound, "method": found.method}
    print(json.dumps({"seconds": seconds, "memory_mb": memory_mb} | answer))


@contextlib.contextmanager
def _muted():  # type: ignore[no-untyped-def]
    """What solvers print in between goes to nobody."""
    kept = os.dup(1)
    with Path(os.devnull).open("w") as nobody:
        os.dup2(nobody.fileno(), 1)
        try:
            yield
        finally:
            sys.stdout.flush()
            os.dup2(kept, 1)
            os.close(kept)


def _start_memory() -> float:
    """Begin to note the peak anew; the memory in use, in MB (Linux; elsewhere the peak is that of the process)."""
    with contextlib.suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")
    return _status_mb("VmRSS")


def _peak_mb() -> float:
    return _status_mb("VmHWM")


def _status_mb(name: str) -> float:
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
    except OSError:
        return float("nan")
    return next(float(line.split()[1]) / 1024 for line in lines if line.startswith(f"{name}:"))


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], float(sys.argv[3]), Path(sys.argv[4]))

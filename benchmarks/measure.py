"""One solver on one case in a process of its own, so that its memory is its own: ``python -m benchmarks.measure``."""

from __future__ import annotations

import contextlib
import json
import os
import resource
import sys
import time
from pathlib import Path

import numpy as np
import scipy.sparse as sp

from benchmarks.cases import Problem, all_cases
from benchmarks.solvers import SOLVERS

_POINTS = np.arange(4.0)
_DISTANCE = np.abs(_POINTS[:, None] - _POINTS[None])
# A problem of each model that is solved before the clock starts: imports, and compiled code loaded from its cache.
_WARM_UP: dict[str, Problem] = {
    "max_cover": {
        "covers": sp.csr_array(_DISTANCE <= 1), "weight": np.ones(4), "site_limit": 1, "distance": _DISTANCE,
        "radius": 1.0,
    },
    "set_cover": {"covers": sp.csr_array(_DISTANCE <= 1), "distance": _DISTANCE, "radius": 1.0},
    "p_median": {"distance": _DISTANCE, "weight": np.ones(4), "site_limit": 2},
    "p_center": {"distance": _DISTANCE, "site_limit": 2},
    "capacitated_median": {
        "distance": _DISTANCE, "weight": np.ones(4), "load": np.ones(4), "unit_capacity": np.full(4, 2.0),
        "site_limit": 2, "single_source": True,
    },
}  # fmt: skip


def main(number: int, solver: str, limit_s: float) -> None:
    """Print the case's seconds, value, bound and memory as JSON."""
    case = all_cases()[number]
    problem = case.problem()
    with _muted():
        SOLVERS[solver](case.model, _WARM_UP[case.model], 10.0, 0.0)
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
    main(int(sys.argv[1]), sys.argv[2], float(sys.argv[3]))

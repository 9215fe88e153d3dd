"""HiGHS for linear and mixed-integer programs: one way to hand a program over, one way to run it.

Huangfu, Q. & Hall, J. A. J. (2018), Parallelizing the dual revised simplex method. Mathematical Programming Computation
10.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import highspy
import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from planner.siting.stopping import stop_request

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

# From so many sites on the simplex method takes ten times longer over the first relaxation of a covering model.
_LARGE: Final = 1_500
_LARGE_WITH_BARE_ROWS: Final = 400


def linear_program(
    constraints: sp.csr_array | sp.csc_array,
    row_lower: Floats,
    row_upper: Floats,
    objective: Floats,
    *,
    lower: Floats | None = None,
    upper: Floats | None = None,
    whole: Bools | None = None,
    maximise: bool = False,
) -> highspy.HighsLp:
    """The best ``objective`` of columns from ``lower`` (0) to ``upper`` (1) with row_lower ≤ A x ≤ row_upper.

    ``whole`` marks the columns that must be whole numbers.
    """
    rows, columns = constraints.shape
    by_column = constraints.tocsc()
    program = highspy.HighsLp()
    program.num_col_, program.num_row_ = columns, rows
    program.sense_ = highspy.ObjSense.kMaximize if maximise else highspy.ObjSense.kMinimize
    program.col_cost_ = objective
    program.col_lower_ = np.zeros(columns) if lower is None else lower
    program.col_upper_ = np.ones(columns) if upper is None else upper
    program.row_lower_, program.row_upper_ = row_lower, row_upper
    program.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    program.a_matrix_.start_, program.a_matrix_.index_ = by_column.indptr, by_column.indices
    program.a_matrix_.value_ = by_column.data.astype(np.float64, copy=False)
    if whole is not None:
        kinds = highspy.HighsVarType
        program.integrality_ = [kinds.kInteger if is_whole else kinds.kContinuous for is_whole in whole]
    return program


def first_method(sites: int, *, bare_rows: bool = False) -> str:
    """How HiGHS best solves the first relaxation of a covering model of so many sites, with rows that may stay bare."""
    return "ipm" if sites > (_LARGE_WITH_BARE_ROWS if bare_rows else _LARGE) else "choose"


def solver_for(
    program: highspy.HighsLp, *, time_limit_s: float | None = None, start: Floats | None = None, **options: Any
) -> highspy.Highs:
    """A silent solver on one thread with the program in it, beginning from ``start`` (a value for every column)."""
    solver = highspy.Highs()  # type: ignore[no-untyped-call]
    if time_limit_s is not None:
        options["time_limit"] = max(0.01, time_limit_s)
    for name, value in ({"output_flag": False, "threads": 1} | options).items():
        solver.setOptionValue(name, value)
    solver.passModel(program)
    if start is not None:
        begin = highspy.HighsSolution()
        begin.col_value = start.tolist()
        solver.setSolution(begin)
    return solver


def run(solver: highspy.Highs) -> bool:
    """Run the solver; true where the user stopped it, with what it has found until then in the solver.

    It is asked to stop when it next calls back: nothing that is raised can cross it, and it would end the process.
    """
    stopped, failed = stop_request(), None
    interrupted = False

    def interrupt(*_: object) -> None:
        nonlocal interrupted
        interrupted = True

    def ask(event: Any) -> None:
        nonlocal interrupted, failed
        try:
            interrupted = interrupted or (stopped is not None and stopped())
        except BaseException as error:
            interrupted, failed = True, error
        if interrupted:
            event.interrupt()

    with _on_interrupt(interrupt) as heard:
        if stopped is not None and stopped():
            # It does not call back before its first relaxation is solved.
            interrupted = True
            solver.setOptionValue("time_limit", 0.0)
        moments = (solver.cbSimplexInterrupt, solver.cbIpmInterrupt, solver.cbMipInterrupt)
        asking = moments if heard or stopped is not None else ()
        for moment in asking:
            moment.subscribe(ask)
        solver.run()
        for moment in asking:
            moment.unsubscribe(ask)
    if failed is not None:
        raise failed
    return interrupted


@contextmanager
def _on_interrupt(stop: Any) -> Iterator[bool]:
    """Call ``stop`` at Ctrl+C instead of raising, where this is the thread that Python tells of it; whether it is.

    An exception cannot cross the solver, so it is asked to stop when it next calls back.
    """
    here = threading.current_thread() is threading.main_thread()
    if not here or signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield False
        return
    signal.signal(signal.SIGINT, stop)
    try:
        yield True
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)

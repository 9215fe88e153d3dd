"""The planner's models and their peers behind one face: a problem and its limits in, an :class:`Outcome` out.

What a peer does from the arrays to its answer, building its model included, is inside the function and so in the time.
All run on one thread.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sp

Problem = dict[str, Any]


@dataclass(frozen=True)
class Outcome:
    """The value of the answer and the bound on it that the solver gives, NaN where it gives none."""

    objective: float
    bound: float
    method: str = ""


def planner(model: str, problem: Problem, time_limit_s: float, gap: float) -> Outcome:
    """The planner's own answer."""
    import planner.siting

    known = {name: value for name, value in problem.items() if name not in _FOR_PEERS[model]}
    found = getattr(planner.siting, model)(**known, time_limit_s=time_limit_s, gap=gap)
    return Outcome(found.objective, found.bound, found.method)


_FOR_PEERS: dict[str, tuple[str, ...]] = {
    "max_cover": ("distance", "radius"),
    "set_cover": ("distance", "radius"),
    "p_median": (),
    "p_center": (),
    "capacitated_median": (),
}


def highs(model: str, problem: Problem, time_limit_s: float, gap: float) -> Outcome:
    """The textbook model as a sparse mixed-integer program."""
    import highspy

    started = time.perf_counter()
    columns, rows, lower, upper, whole, upwards = _PROGRAMS[model](problem)
    program = highspy.HighsLp()
    program.num_col_, program.num_row_ = len(columns), rows.shape[0]
    program.sense_ = highspy.ObjSense.kMaximize if upwards else highspy.ObjSense.kMinimize
    program.col_cost_, program.col_lower_, program.col_upper_ = columns, np.zeros(len(columns)), np.ones(len(columns))
    program.row_lower_, program.row_upper_ = lower, upper
    by_column = rows.tocsc()
    program.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    program.a_matrix_.start_, program.a_matrix_.index_ = by_column.indptr, by_column.indices
    program.a_matrix_.value_ = by_column.data
    kinds = highspy.HighsVarType
    program.integrality_ = [kinds.kInteger if is_whole else kinds.kContinuous for is_whole in whole]
    solver = highspy.Highs()
    for name, value in {"output_flag": False, "threads": 1, "mip_rel_gap": gap}.items():
        solver.setOptionValue(name, value)
    solver.passModel(program)
    solver.setOptionValue("time_limit", time_limit_s - (time.perf_counter() - started))
    solver.run()
    info = solver.getInfo()
    found = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    return Outcome(info.objective_function_value if found else np.nan, info.mip_dual_bound)


def _covering_program(problem: Problem) -> tuple[Any, ...]:
    covers = sp.csr_array(problem["covers"], dtype=float)
    rows, sites = covers.shape
    fixed = np.zeros(sites)
    fixed[problem.get("fixed", [])] = 1.0
    limits, most = [], []
    if problem.get("site_limit") is not None:
        limits.append(1.0 - fixed)
        most.append(problem["site_limit"])
    if problem.get("budget") is not None:
        limits.append(problem["cost"] * (1.0 - fixed))
        most.append(problem["budget"])
    constraints = sp.vstack(
        [
            sp.hstack([covers, -sp.eye_array(rows)]),
            sp.hstack([sp.csr_array(np.array(limits)), sp.csr_array((len(limits), rows))]),
            sp.hstack([sp.csr_array(fixed[None]), sp.csr_array((1, rows))]),
        ],
    )
    return (
        np.concatenate([np.zeros(sites), problem["weight"]]),
        constraints,
        np.concatenate([np.zeros(rows), np.full(len(limits), -np.inf), [fixed.sum()]]),
        np.concatenate([np.full(rows, np.inf), most, [np.inf]]),
        np.arange(sites + rows) < sites,
        True,
    )


def _set_covering_program(problem: Problem) -> tuple[Any, ...]:
    covers = sp.csr_array(problem["covers"], dtype=float)
    rows, sites = covers.shape
    cost = problem.get("cost", np.ones(sites))
    if "target_share" in problem:
        weight = problem["weight"]
        constraints = sp.block_array([[covers, -sp.eye_array(rows)], [None, sp.csr_array(weight[None])]])
        least = np.append(np.zeros(rows), problem["target_share"] * weight[covers.sum(axis=1) > 0].sum())
        whole = np.arange(sites + rows) < sites
        return np.append(cost, np.zeros(rows)), constraints, least, np.full(rows + 1, np.inf), whole, False
    return cost, covers, np.ones(rows), np.full(rows, np.inf), np.ones(sites, dtype=bool), False


def _capacitated_program(problem: Problem) -> tuple[Any, ...]:
    distance, load, capacity = problem["distance"], problem["load"], problem["unit_capacity"]
    rows, sites = distance.shape
    pairs = rows * sites
    row, site = np.divmod(np.arange(pairs), sites)
    blocks = [
        sp.hstack([sp.csr_array((np.ones(pairs), (row, np.arange(pairs)))), sp.csr_array((rows, sites))]),
        sp.hstack([sp.csr_array((load[row], (site, np.arange(pairs)))), -sp.diags_array(capacity)]),
        sp.hstack([sp.eye_array(pairs), -sp.csr_array((np.ones(pairs), (np.arange(pairs), site)))]),
    ]
    lower = [np.ones(rows), np.full(sites + pairs, -np.inf)]
    upper = [np.ones(rows), np.zeros(sites + pairs)]
    if "site_limit" in problem:
        blocks.append(sp.hstack([sp.csr_array((1, pairs)), sp.csr_array(np.ones((1, sites)))]))
        lower.append(np.array([-np.inf]))
        upper.append(np.array([float(problem["site_limit"])]))
    fee = problem.get("site_cost", np.zeros(sites))
    whole = np.arange(pairs + sites) >= (0 if problem.get("single_source") else pairs)
    columns = np.concatenate([(problem["weight"][:, None] * distance).ravel(), fee])
    return columns, sp.vstack(blocks), np.concatenate(lower), np.concatenate(upper), whole, False


_PROGRAMS: dict[str, Callable[[Problem], tuple[Any, ...]]] = {
    "max_cover": _covering_program,
    "set_cover": _set_covering_program,
    "capacitated_median": _capacitated_program,
}


def spopt(model: str, problem: Problem, time_limit_s: float, gap: float) -> Outcome:
    """spopt with CBC, from a matrix of distances. CBC's bound is not handed on."""
    import pulp
    from spopt.locate import LSCP, MCLP, PCenter

    started = time.perf_counter()
    if model == "max_cover":
        built = MCLP.from_cost_matrix(
            problem["distance"], problem["weight"], problem["radius"], p_facilities=problem["site_limit"]
        )
    elif model == "set_cover":
        built = LSCP.from_cost_matrix(problem["distance"], problem["radius"])
    else:
        built = PCenter.from_cost_matrix(problem["distance"], problem["site_limit"])
    left_s = max(1.0, time_limit_s - (time.perf_counter() - started))
    solved = built.solve(pulp.PULP_CBC_CMD(msg=False, timeLimit=left_s, gapRel=gap, threads=1), results=False)
    done = time.perf_counter() - started < time_limit_s
    value = float(pulp.value(solved.problem.objective))
    return Outcome(value, value if done and gap == 0.0 else np.nan)


def cp_sat(model: str, problem: Problem, time_limit_s: float, gap: float) -> Outcome:
    """OR-Tools CP-SAT on the model in booleans; weights and costs are whole numbers in its cases."""
    from ortools.sat.python import cp_model

    started = time.perf_counter()
    task = cp_model.CpModel()
    _STATEMENTS[model](task, problem)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.relative_gap_limit = gap
    solver.parameters.max_time_in_seconds = max(0.1, time_limit_s - (time.perf_counter() - started))
    status = solver.solve(task)
    found = status in (cp_model.OPTIMAL, cp_model.FEASIBLE)
    return Outcome(solver.objective_value if found else np.nan, solver.best_objective_bound)


def _state_covering(task: Any, problem: Problem) -> None:
    covers = sp.csr_array(problem["covers"])
    is_open = [task.new_bool_var("") for _ in range(covers.shape[1])]
    served = [task.new_bool_var("") for _ in range(covers.shape[0])]
    for i, y in enumerate(served):
        near = covers.indices[covers.indptr[i] : covers.indptr[i + 1]]
        task.add_bool_or([is_open[j] for j in near] + [~y])
    task.add(sum(is_open) <= problem["site_limit"])
    task.maximize(sum(int(w) * y for w, y in zip(problem["weight"], served, strict=True)))


def _state_set_covering(task: Any, problem: Problem) -> None:
    covers = sp.csr_array(problem["covers"])
    is_open = [task.new_bool_var("") for _ in range(covers.shape[1])]
    for i in range(covers.shape[0]):
        task.add_bool_or([is_open[j] for j in covers.indices[covers.indptr[i] : covers.indptr[i + 1]]])
    cost = problem.get("cost", np.ones(covers.shape[1]))
    task.minimize(sum(int(c) * x for c, x in zip(cost, is_open, strict=True)))


def _state_center(task: Any, problem: Problem) -> None:
    distance = problem["distance"].astype(int)
    rows, sites = distance.shape
    is_open = [task.new_bool_var("") for _ in range(sites)]
    task.add(sum(is_open) <= problem["site_limit"])
    worst = task.new_int_var(0, int(distance.max()), "")
    for i in range(rows):
        goes = [task.new_bool_var("") for _ in range(sites)]
        task.add_exactly_one(goes)
        for j in range(sites):
            task.add_implication(goes[j], is_open[j])
        task.add(worst >= sum(int(d) * x for d, x in zip(distance[i], goes, strict=True)))
    task.minimize(worst)


def _state_capacitated(task: Any, problem: Problem) -> None:
    distance, load, capacity = (problem[name].astype(int) for name in ("distance", "load", "unit_capacity"))
    rows, sites = distance.shape
    is_open = [task.new_bool_var("") for _ in range(sites)]
    goes = [[task.new_bool_var("") for _ in range(sites)] for _ in range(rows)]
    for i in range(rows):
        task.add_exactly_one(goes[i])
        for j in range(sites):
            task.add_implication(goes[i][j], is_open[j])
    for j in range(sites):
        task.add(sum(int(load[i]) * goes[i][j] for i in range(rows)) <= int(capacity[j]) * is_open[j])
    task.add(sum(is_open) <= problem["site_limit"])
    task.minimize(sum(int(distance[i, j]) * goes[i][j] for i in range(rows) for j in range(sites)))


_STATEMENTS: dict[str, Callable[[Any, Problem], None]] = {
    "max_cover": _state_covering,
    "set_cover": _state_set_covering,
    "p_center": _state_center,
    "capacitated_median": _state_capacitated,
}


def pbp_pmedian(model: str, problem: Problem, time_limit_s: float, gap: float) -> Outcome:
    """pbp-pmedian's routed exact solver; it has sites in rows and knows no gap."""
    from pbp_pmedian import solve

    assert (model, gap) == ("p_median", 0.0)
    cost = (problem["weight"][:, None] * problem["distance"]).T.copy()
    value, _, _, status, engine = solve(cost, p=problem["site_limit"], time_limit=time_limit_s)
    return Outcome(np.nan if value is None else float(value), float(value) if status == 0 else np.nan, str(engine))


SOLVERS: dict[str, Callable[[str, Problem, float, float], Outcome]] = {
    "planner": planner,
    "spopt": spopt,
    "highs": highs,
    "cp-sat": cp_sat,
    "pbp-pmedian": pbp_pmedian,
}

"""The capacitated models as a mixed-integer program on sparse arrays, for HiGHS."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import highspy
import numpy as np
import scipy.sparse as sp

from planner.siting.capacitated.problem import Answer, Flags, Floats, Ints, Town
from planner.siting.highs import linear_program, run, solver_for

_INFINITY: Final = highspy.kHighsInf


@dataclass(frozen=True)
class Proof:
    """What HiGHS found (``None`` where nothing), its bound, and whether a person stopped it."""

    answer: tuple[Flags, Ints, Floats] | None
    bound: float
    interrupted: bool


# A site that is open by a millionth would serve a millionth.
_TOLERANCE: Final = 1e-9


def solve_capacitated_program(
    town: Town, start: Answer | None, *, shut: Flags, forced: Flags, time_limit_s: float, gap: float, least_gap: float
) -> Proof:
    """Open sites, units bought and shares of the pairs, with a proven bound on the cost.

    Shares z, sites y, units u: min Σ c z + Σ f y + Σ g u + Σ left (1 − Σ z), with Σ_j z ≤ 1 (= 1 where all must be
    served), Σ_i load z ≤ unit (standing + u), z ≤ y, u ≤ more y and the limits. ``shut`` and ``forced`` sites are
    decided. ``gap`` is relative and ``least_gap`` absolute: either is enough. A proven lack of any answer is an
    infinite bound.
    """
    columns = _Columns(town)
    begin = None
    if start is not None:
        begin = np.concatenate([start.share, start.is_open[columns.free], start.bought[columns.bought_apart]])
    solver = solver_for(
        _program(town, columns, shut, forced),
        time_limit_s=time_limit_s, start=begin, mip_rel_gap=gap, mip_abs_gap=least_gap,
        mip_feasibility_tolerance=_TOLERANCE, primal_feasibility_tolerance=_TOLERANCE,
    )  # fmt: skip
    interrupted = run(solver)
    info = solver.getInfo()
    constant = float(town.left_cost.sum()) if np.isfinite(town.left_cost).all() else 0.0
    if solver.getModelStatus() == highspy.HighsModelStatus.kInfeasible:
        return Proof(None, np.inf, interrupted)
    bound = float(info.mip_dual_bound) + constant
    if not town.whole and columns.count == len(town.pair_row):
        # Without anything to decide it is a linear program, which has no bound before its end.
        ended = solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
        bound = float(info.objective_function_value) + constant if ended else -np.inf
    if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        return Proof(None, bound, interrupted)
    values = np.array(solver.getSolution().col_value)
    pairs, free = len(town.pair_row), len(columns.free)
    is_open = town.fixed.copy()
    is_open[columns.free] = values[pairs : pairs + free] > 0.5
    bought = np.zeros(town.shape[1], dtype=np.int64)
    bought[columns.bought_apart] = np.rint(values[pairs + free :]).astype(np.int64)
    bought[columns.bought_whole] = is_open[columns.bought_whole]
    return Proof((is_open, bought, np.clip(values[:pairs], 0.0, 1.0)), bound, interrupted)


class _Columns:
    """Which sites have a column for being open, and which one for their units: with one unit, both are one."""

    def __init__(self, town: Town) -> None:
        sites = town.shape[1]
        self.free = np.flatnonzero(~town.fixed)
        # A row without load can use a site without units, so there they stay apart.
        single = ~town.fixed & (town.more == 1) & bool((town.load > 0).all())
        self.bought_whole = np.flatnonzero(single)
        self.bought_apart = np.flatnonzero((town.more > 0) & ~single)
        pairs = len(town.pair_row)
        self.count = pairs + len(self.free) + len(self.bought_apart)
        self.open_at = np.full(sites, -1)
        self.open_at[self.free] = pairs + np.arange(len(self.free))
        self.units_at = np.full(sites, -1)
        self.units_at[self.bought_whole] = self.open_at[self.bought_whole]
        self.units_at[self.bought_apart] = pairs + len(self.free) + np.arange(len(self.bought_apart))


def _program(town: Town, columns: _Columns, shut: Flags, forced: Flags) -> highspy.HighsLp:
    pairs, (rows, _) = len(town.pair_row), town.shape
    each, one = np.arange(pairs), np.ones(pairs)
    parts: list[tuple[Ints, Ints, Floats]] = []
    lower: list[Floats] = []
    upper: list[Floats] = []

    def add(row: Ints, column: Ints, value: Floats, least: Floats, most: Floats) -> None:
        parts.append((row + sum(len(part) for part in lower), column, value))
        lower.append(least)
        upper.append(most)

    must = np.full(rows, town.most_left <= 0.0)
    add(town.pair_row, each, one, np.where(must, 1.0, -_INFINITY), np.ones(rows))
    bounded = town.budget < np.inf
    sized = np.flatnonzero(columns.units_at >= 0)
    place = np.arange(town.shape[1])
    add(
        np.concatenate([town.pair_site, sized]),
        np.concatenate([each, columns.units_at[sized]]),
        np.concatenate([town.load[town.pair_row], -town.unit[sized]]),
        np.full(len(place), -_INFINITY),
        town.unit * town.standing,
    )
    linked = np.flatnonzero(~town.fixed[town.pair_site])
    number = np.arange(len(linked))
    add(
        np.concatenate([number, number]),
        np.concatenate([linked, columns.open_at[town.pair_site[linked]]]),
        np.concatenate([np.ones(len(linked)), -np.ones(len(linked))]),
        np.full(len(linked), -_INFINITY),
        np.zeros(len(linked)),
    )
    apart = columns.bought_apart[~town.fixed[columns.bought_apart]]
    number = np.arange(len(apart))
    add(
        np.concatenate([number, number]),
        np.concatenate([columns.units_at[apart], columns.open_at[apart]]),
        np.concatenate([np.ones(len(apart)), -town.more[apart].astype(np.float64)]),
        np.full(len(apart), -_INFINITY),
        np.zeros(len(apart)),
    )
    zero = np.zeros(1)
    if town.site_limit < len(columns.free):
        at = columns.open_at[columns.free]
        add(np.zeros(len(at), dtype=np.int64), at, np.ones(len(at)), zero - _INFINITY, zero + town.site_limit)
    if bounded:
        at = np.concatenate([columns.open_at[columns.free], columns.units_at[sized]])
        spend = np.concatenate([town.opening_spend[columns.free], town.unit_spend[sized]])
        add(np.zeros(len(at), dtype=np.int64), at, spend, zero - _INFINITY, zero + town.budget)
    if must.all() and rows:
        # Implied by the rows above; it gives the solver a knapsack to cut.
        standing = float((town.unit * town.standing).sum())
        least = zero + town.load.sum() - standing
        add(np.zeros(len(sized), dtype=np.int64), columns.units_at[sized], town.unit[sized], least, zero + _INFINITY)
    elif town.most_left < np.inf:
        wanted = zero + town.worth.sum() - town.most_left
        add(np.zeros(pairs, dtype=np.int64), each, town.worth[town.pair_row], wanted, zero + _INFINITY)
    height = sum(len(part) for part in lower)
    row, column, value = (np.concatenate(part) for part in zip(*parts, strict=True))
    matrix = sp.coo_array((value, (row, column)), shape=(height, columns.count)).tocsc()
    return _passed(town, columns, matrix, np.concatenate(lower), np.concatenate(upper), shut, forced)


def _passed(
    town: Town, columns: _Columns, matrix: sp.csc_array, lower: Floats, upper: Floats, shut: Flags, forced: Flags
) -> highspy.HighsLp:
    pairs = len(town.pair_row)
    cost = np.zeros(columns.count)
    cost[:pairs] = town.pair_cost
    if np.isfinite(town.left_cost).all():
        cost[:pairs] -= town.left_cost[town.pair_row]
    cost[columns.open_at[columns.free]] += town.opening[columns.free]
    sized = np.flatnonzero(columns.units_at >= 0)
    cost[columns.units_at[sized]] += town.unit_price[sized]
    most = np.ones(columns.count)
    most[columns.units_at[columns.bought_apart]] = town.more[columns.bought_apart]
    if town.whole:
        holds = (town.unit * (town.standing + town.more))[town.pair_site]
        most[:pairs][town.load[town.pair_row] > holds * (1.0 + 1e-12)] = 0.0
    least = np.zeros(columns.count)
    most[columns.open_at[columns.free[shut[columns.free]]]] = 0.0
    least[columns.open_at[columns.free[forced[columns.free]]]] = 1.0
    whole = np.arange(columns.count) >= (0 if town.whole else pairs)
    return linear_program(matrix, lower, upper, cost, lower=least, upper=most, whole=whole)

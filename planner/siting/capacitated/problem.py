"""What the capacitated models share: their answer, their problem as arrays, and the checks of what a site can hold."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import ArrayLike, NDArray

from planner.errors import ArgumentError
from planner.siting.arguments import amounts
from planner.siting.solution import Solution

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class CapacitatedSolution(Solution):
    """A :class:`Solution` with the size of each site and who goes where.

    ``units``: (sites,), the units that each site has, standing and bought; 0 where it is shut. ``allocation``: CSR,
    demand rows × sites, how much of a row's load a site takes. ``unserved``: (rows,), the load of each row that is
    left. ``missing_capacity``: the load that is left though a site is in reach: so much room is missing there.
    ``unreachable``: the rows with demand that no site which may be open can serve. ``assignment`` is the site that
    takes the most of a row.
    """

    units: Ints
    allocation: sp.csr_array
    unserved: Floats
    missing_capacity: float
    unreachable: Ints


@dataclass(frozen=True)
class SiteTerms:
    """What each site can hold and costs. Standing units are there already and cost nothing."""

    unit: Floats
    standing: Ints
    more: Ints
    opening: Floats
    unit_price: Floats
    fixed: Flags


@dataclass(frozen=True)
class Town:
    """A capacitated problem: least cost of serving, of sites, of units and of what is left.

    ``pair_row``, ``pair_site``, ``pair_cost``: who can be served where, and the cost of serving the whole row there; by
    row, then by site. ``worth``: what a row counts when serving as much as possible. ``left_cost``: what leaving a row
    costs; ``most_left``: the worth that may be left. ``opening`` and ``unit_price`` are in the objective,
    ``opening_spend`` and ``unit_spend`` count against ``budget``.
    """

    load: Floats
    worth: Floats
    left_cost: Floats
    most_left: float
    pair_row: Ints
    pair_site: Ints
    pair_cost: Floats
    unit: Floats
    standing: Ints
    more: Ints
    opening: Floats
    unit_price: Floats
    opening_spend: Floats
    unit_spend: Floats
    fixed: Flags
    site_limit: float
    budget: float
    whole: bool

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and sites."""
        return len(self.load), len(self.unit)


@dataclass(frozen=True)
class Answer:
    """Open sites, the units bought at each, the share of each pair, and the cost of it all."""

    is_open: Flags
    bought: Ints
    share: Floats
    cost: float


@dataclass(frozen=True)
class Found:
    """The best answer (``None`` where none was found in time), a bound on the cost of any, and how they were found."""

    answer: Answer | None
    bound: float
    method: str


def site_terms(
    site_count: int,
    stay: Ints,
    *,
    unit_capacity: ArrayLike,
    unit_cost: ArrayLike | None,
    max_units: ArrayLike | None,
    site_cost: ArrayLike | None,
    fixed_units: ArrayLike | None,
) -> SiteTerms:
    """The checked terms of all sites; a fixed site has all its units unless ``fixed_units`` says how many stand."""
    free = np.zeros(site_count)
    unit = amounts("unit_capacity", unit_capacity, site_count)
    unit_price = free if unit_cost is None else amounts("unit_cost", unit_cost, site_count)
    opening = free if site_cost is None else amounts("site_cost", site_cost, site_count)
    most = (
        np.ones(site_count, dtype=np.int64) if max_units is None else whole_numbers("max_units", max_units, site_count)
    )
    fixed = np.zeros(site_count, dtype=bool)
    fixed[stay] = True
    if fixed_units is None:
        standing = np.where(fixed, most, 0)
    else:
        standing = whole_numbers("fixed_units", fixed_units, site_count)
        wrong = np.flatnonzero(~fixed & (standing > 0))
        if wrong.size:
            raise ArgumentError("units_at_free_site", index=int(wrong[0]))
        wrong = np.flatnonzero(standing > most)
        if wrong.size:
            raise ArgumentError(
                "units_over_most", index=int(wrong[0]), units=int(standing[wrong[0]]), most=int(most[wrong[0]])
            )
    return SiteTerms(unit, standing, most - standing, opening, unit_price, fixed)


def whole_numbers(name: str, values: ArrayLike, count: int) -> Ints:
    """A vector of ``count`` whole numbers that are not negative."""
    array = amounts(name, values, count)
    wrong = np.flatnonzero((array != np.floor(array)) | (array > 2**31))
    if wrong.size:
        raise ArgumentError("not_whole", name=name, index=int(wrong[0]), value=float(array[wrong[0]]))
    return array.astype(np.int64)


def useful_units(terms: SiteTerms, reach: Floats) -> Ints:
    """The units that a site can be bought, no more than the load in its reach can fill."""
    short = np.maximum(0.0, reach - terms.standing * terms.unit)
    fill = np.ceil(np.divide(short, terms.unit, out=np.zeros_like(short), where=terms.unit > 0) - 1e-12)
    useful: Ints = np.minimum(terms.more, fill.astype(np.int64))
    return useful


def answered(
    share: sp.csr_array,
    load: Floats,
    units: Ints,
    selected: Ints,
    *,
    reached: Flags,
    idle: Ints,
    objective: float,
    bound: float,
    reached_gap: float,
    gap: float,
    method: str,
    runtime_s: float,
) -> CapacitatedSolution:
    """The answer with what follows from the share of each row that each site takes.

    ``idle``: the site to name for each row that asks for nothing, -1 for none. ``reached``: rows that a site which may
    be open can serve.
    """
    share.eliminate_zeros()
    share.sort_indices()
    allocation = sp.csr_array(
        (share.data * np.repeat(load, np.diff(share.indptr)), share.indices, share.indptr), share.shape
    )
    unserved = np.maximum(0.0, load - np.asarray(allocation.sum(axis=1)))
    unserved[unserved <= 1e-9 * load] = 0.0
    shut = np.ones(len(units), dtype=bool)
    shut[selected] = False
    return CapacitatedSolution(
        selected=selected,
        objective=objective,
        bound=bound,
        gap=reached_gap,
        status="optimal" if reached_gap <= gap else "feasible",
        assignment=_largest_share(share, idle),
        runtime_s=runtime_s,
        method=method,
        units=np.where(shut, 0, units),
        allocation=allocation,
        unserved=unserved,
        missing_capacity=float(unserved[reached].sum()),
        unreachable=np.flatnonzero(~reached & (load > 0)),
    )


def _largest_share(share: sp.csr_array, idle: Ints) -> Ints:
    """The site of the largest share of each row, the first of equals."""
    row = np.repeat(np.arange(share.shape[0]), np.diff(share.indptr))
    order = np.lexsort((share.indices, -share.data, row))
    first = np.ones(len(order), dtype=bool)
    first[1:] = row[order][1:] != row[order][:-1]
    site = idle.astype(np.int64)
    site[row[order][first]] = share.indices[order][first]
    return site

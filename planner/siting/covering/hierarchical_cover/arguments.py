"""Checks of what callers hand to hierarchical covering, tier by tier; each fault is named with its remedy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import ArrayLike, NDArray

from planner.errors import ArgumentError
from planner.siting.arguments import (
    amounts,
    cover_matrix,
    limit,
    positive_count,
    site_indices,
)

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


def tier_matrices(covers: Sequence[Any]) -> list[sp.csr_array]:
    """The covers of each tier, at least of one and all of one shape."""
    matrices = [cover_matrix(each) for each in covers]
    positive_count("covers", len(matrices))
    for tier, matrix in enumerate(matrices):
        if matrix.shape != matrices[0].shape:
            raise ArgumentError("wrong_shape", name=f"covers[{tier}]", shape=matrix.shape, wanted=matrices[0].shape)
    return matrices


def tier_numbers(name: str, values: ArrayLike, count: int, tiers: int) -> Ints:
    """``count`` numbers of tiers from 0."""
    array = np.asarray(values)
    if array.shape != (count,):
        raise ArgumentError("wrong_shape", name=name, shape=array.shape, wanted=(count,))
    wrong = ~np.isin(array, np.arange(tiers))
    if wrong.any():
        raise ArgumentError("not_a_tier", name=name, value=array[wrong][0], last=tiers - 1)
    return array.astype(np.int64)


@dataclass(frozen=True)
class Standing:
    """``tier`` of each fixed site, -1 for others; which are forbidden."""

    tier: Ints
    forbidden: Bools


def standing_sites(
    fixed: ArrayLike | None, fixed_tier: ArrayLike | None, forbidden: ArrayLike | None, shape: tuple[int, int]
) -> Standing:
    """The fixed sites with their tiers, and the forbidden ones; no site may be in both or twice fixed."""
    tiers, sites = shape
    stay, never = site_indices("fixed", fixed, sites), site_indices("forbidden", forbidden, sites)
    given = np.atleast_1d(np.asarray([] if fixed is None else fixed, dtype=np.int64))
    if len(given) != len(stay):
        values, count = np.unique(given, return_counts=True)
        raise ArgumentError("fixed_twice", index=int(values[count > 1][0]))
    both = np.intersect1d(stay, never)
    if both.size:
        raise ArgumentError("fixed_and_forbidden", index=int(both[0]))
    tier = np.full(sites, -1, dtype=np.int64)
    tier[given] = tier_numbers("fixed_tier", [] if fixed_tier is None else fixed_tier, len(given), tiers)
    return Standing(tier, np.isin(np.arange(sites), never))


def tier_limits(
    site_limits: Sequence[int | None] | None, budget: float | None, cost: ArrayLike | None, tiers: int
) -> tuple[Floats, float]:
    """How many of each tier and how much money, infinite for no limit; some limit is needed."""
    given = [None] * tiers if site_limits is None else list(site_limits)
    if len(given) != tiers:
        raise ArgumentError("wrong_shape", name="site_limits", shape=(len(given),), wanted=(tiers,))
    checked = [limit(f"site_limits[{tier}]", value, whole=True) for tier, value in enumerate(given)]
    money = limit("budget", budget)
    if money is None and any(value is None for value in checked):
        raise ArgumentError("no_tier_limit")
    if money is not None and cost is None:
        raise ArgumentError("budget_without_cost")
    return np.array([np.inf if value is None else value for value in checked]), np.inf if money is None else money


def least_of_tiers(at_least: Sequence[int] | None, most: Floats) -> Ints:
    """How many sites of each tier must open, 0 if not given; never more than may."""
    given = [0] * len(most) if at_least is None else list(at_least)
    if len(given) != len(most):
        raise ArgumentError("wrong_shape", name="at_least", shape=(len(given),), wanted=(len(most),))
    for tier, value in enumerate(given):
        limit(f"at_least[{tier}]", value, whole=True)
        if value > most[tier]:
            raise ArgumentError("at_least_over_limit", tier=tier, least=value, most=int(most[tier]))
    return np.array(given, dtype=np.int64)


def tier_costs(cost: ArrayLike | None, shape: tuple[int, int]) -> Floats:
    """What each site costs with each tier, (tiers, sites); 0 if not given."""
    array = np.zeros(shape) if cost is None else np.asarray(cost, dtype=np.float64)
    if array.shape != shape:
        raise ArgumentError("wrong_shape", name="cost", shape=array.shape, wanted=shape)
    return amounts("cost", array.ravel(), array.size).reshape(shape)


def allowed_tiers(allowed: ArrayLike | None, shape: tuple[int, int]) -> Bools:
    """Which tiers each site may have, (tiers, sites); all if not given."""
    array = np.ones(shape, dtype=np.bool_) if allowed is None else np.array(allowed, dtype=np.bool_)
    if array.shape != shape:
        raise ArgumentError("wrong_shape", name="allowed", shape=array.shape, wanted=shape)
    return array

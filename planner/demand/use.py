"""What the use of stations says of demand: how far each station's catchment is from what was expected of it.

A station's check-ins are Poisson around its expected number times a factor of its own, and the factors are gamma around
one mean: the gamma-Poisson model of Clayton, D. & Kaldor, J. (1987), Empirical Bayes estimates of age-standardized
relative risks for use in disease mapping. Biometrics 43. What is seen at a station with few days of data is thereby
drawn towards what is seen at all. The mean and the spread of the factors are not taken as known but weighed by their
likelihood, with a flat prior on the coefficient of variation (Gelman, A. (2006), Bayesian Analysis 1), so that
intervals hold what they promise with few stations too.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammainc, gammaln
from scipy.stats import chi2

from planner.demand.combine import Demand
from planner.errors import ArgumentError
from planner.travel import TravelCosts

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# The spreads (coefficients of variation) and, as multiples of the overall factor, the means that are weighed.
_SPREADS: Final = np.geomspace(0.02, 3.0, 26)
_MEANS: Final = np.exp(np.linspace(-1.6, 1.6, 41))
_NEGLIGIBLE: Final = 1e-5
_HALVINGS: Final = 26


@dataclass(frozen=True)
class UseFactors:
    """By how much demand is larger than expected: ``mean``, ``low`` and ``high``, (stations,), of each station's
    catchment. ``elsewhere``, ``elsewhere_low`` and ``elsewhere_high``: of demand of which nothing is known, the factor
    of all observed demand together, with the spread that single catchments have around it.
    ``spread``: the coefficient of variation of the factors.
    """

    mean: Floats
    low: Floats
    high: Floats
    elsewhere: float
    elsewhere_low: float
    elsewhere_high: float
    spread: float


def use_factors(
    observed: ArrayLike, expected: ArrayLike, *, dispersion: float = 1.0, interval: float = 0.9
) -> UseFactors:
    """The factors of stations that were used ``observed`` times and should have been used ``expected`` times.

    Both (stations,), not negative; a station without data has 0 and 0. ``dispersion``: how much larger the variance of
    counts is than their mean, 1 or more (McCullagh & Nelder 1989, quasi-likelihood). ``interval``: the share of factors
    that the interval of each is to hold.

    Raises ``ArgumentError`` for arrays of other shapes, negative numbers, and where nothing was expected of anybody.
    """
    counts, sizes = np.asarray(observed, dtype=np.float64), np.asarray(expected, dtype=np.float64)
    if counts.ndim != 1 or counts.shape != sizes.shape:
        raise ArgumentError("wrong_shape", name="expected", shape=sizes.shape, wanted=counts.shape)
    for name, array in (("observed", counts), ("expected", sizes)):
        if not (array >= 0).all():
            raise ArgumentError("negative", name=name, index=int(np.flatnonzero(~(array >= 0))[0]))
    if not dispersion >= 1:
        raise ArgumentError("bad_limit", name="dispersion", value=dispersion)
    if not 0 < interval < 1:
        raise ArgumentError("bad_share", name="interval", value=interval)
    if not sizes.sum() > 0:
        raise ArgumentError("nothing_expected")
    counts, sizes = counts / dispersion, sizes / dispersion
    spread, mean, belief = _believed(counts, sizes)
    shape = spread**-2.0
    rate = shape / mean
    # One more station, of which nothing was seen and nothing expected, stands for all others.
    shapes, rates = (part[:, None] + np.append(more, 0.0) for part, more in ((shape, counts), (rate, sizes)))
    middle = belief @ (shapes / rates)
    low, high = (_quantile(shapes, rates, belief, q) for q in ((1 - interval) / 2, (1 + interval) / 2))
    # Its mean is that of stations, each counted once; a unit of demand has the factor of all demand together.
    unknown = np.append(sizes, 0.0) == 0
    of_demand = counts.sum() / sizes.sum() / middle[-1]
    middle, low, high = (np.where(unknown, of_demand * bound, bound) for bound in (middle, low, high))
    return UseFactors(
        mean=middle[:-1],
        low=low[:-1],
        high=high[:-1],
        elsewhere=float(middle[-1]),
        elsewhere_low=float(low[-1]),
        elsewhere_high=float(high[-1]),
        spread=float(belief @ spread),
    )


def most_per_day(count: float, days: float, *, dispersion: float = 1.0, confidence: float = 0.95) -> float:
    """How many a day there may be at most, at this confidence, where ``count`` were seen in so many days.

    The upper bound of a Poisson mean by Garwood, F. (1936), Fiducial limits for the Poisson distribution. Biometrika
    28; for counts that vary more, of the count in units of the dispersion. Infinite without a day.
    """
    if days <= 0:
        return float("inf")
    most = dispersion * chi2.ppf(confidence, 2 * count / dispersion + 2) / 2 / days
    return float(most)


def daily_dispersion(checkins: pd.DataFrame) -> float:
    """How much larger the variance of a station's daily numbers is than Poisson chance makes it; never below 1.

    Pearson's statistic over its degrees of freedom, each day against its station's mean times what its weekday has at
    all stations. ``checkins``: ``date``, ``centre_id``, ``checkins``.
    """
    weekday = checkins["date"].dt.day_of_week
    of_station = checkins.groupby("centre_id")["checkins"].transform("mean")
    of_weekday = checkins["checkins"].groupby(weekday).sum() / of_station.groupby(weekday).sum()
    usual = of_station * weekday.map(of_weekday)
    seen = usual > 0
    free = int(seen.sum()) - checkins["centre_id"][seen].nunique() - max(0, weekday[seen].nunique() - 1)
    if free <= 0:
        return 1.0
    pearson = ((checkins["checkins"] - usual) ** 2 / usual)[seen].to_numpy(dtype=np.float64).sum()
    found: float = max(1.0, float(pearson) / free)
    return found


def nearest_open(costs: TravelCosts, is_open: NDArray[np.bool_], sites: Ints) -> Ints:
    """The one of ``sites`` that is nearest to each demand point and open in each period: (demand points, periods).

    The first of equally near ones; -1 where none of them is within reach and open. ``is_open`` is (all sites, periods).
    """
    ours = np.isin(costs.site, sites)
    point, site = costs.demand[ours], costs.site[ours]
    order = np.lexsort((site, costs.cost[ours], point))[::-1]  # of several the nearest is written last
    found = np.full((costs.shape[0], is_open.shape[1]), -1, dtype=np.int64)
    for period in range(is_open.shape[1]):
        there = order[is_open[site[order], period]]
        found[point[there], period] = site[there]
    return found


def demand_after_use(demand: Demand, station: Ints, factors: UseFactors, sites: Ints) -> Demand:
    """The demand with each point's weight times the factor of the station that serves it in each period.

    ``station``: as :func:`nearest_open` gives it; ``sites``: the station of each of the factors. What no station serves
    takes the factor of all observed demand together. All of it is an estimate, ``intervals`` are of each grid:
    the bounds of its points added up, which is wider than need be, never narrower.
    """
    count = max(int(station.max(initial=-1)), int(sites.max(initial=-1))) + 1
    tables = []
    for own, elsewhere in (
        (factors.mean, factors.elsewhere),
        (factors.low, factors.elsewhere_low),
        (factors.high, factors.elsewhere_high),
    ):
        of_site = np.full(count + 1, elsewhere)  # the last is that of nobody, -1
        of_site[sites] = own
        tables.append(demand.weight * of_site[station])
    weight, low, high = tables
    codes = demand.cells["grid_code"].to_numpy()
    bounds = pd.DataFrame({"low_per_day": low.sum(axis=1), "high_per_day": high.sum(axis=1)})
    return replace(
        demand,
        weight=weight,
        cells=demand.cells.assign(estimated=True),
        parts={"checkins": float(weight.sum())},
        intervals=bounds.groupby(codes).sum().rename_axis("grid_code"),
    )


def _believed(counts: Floats, sizes: Floats) -> tuple[Floats, Floats, Floats]:
    """Pairs of a spread and a mean of the factors, and how much each is to be believed; those that count at all."""
    overall = (counts.sum() + 0.5) / sizes.sum()
    spread, mean = (grid.ravel() for grid in np.meshgrid(_SPREADS, overall * _MEANS, indexing="ij"))
    shape = spread[:, None] ** -2.0
    rate = shape / mean[:, None]
    likelihood = (
        gammaln(counts + shape)
        - gammaln(shape)
        + shape * np.log(rate / (rate + sizes))
        + counts * np.log(1.0 / (rate + sizes))
    ).sum(axis=1)
    # Spreads stand in equal ratios, so that a flat prior on them weighs each by itself.
    belief = np.exp(likelihood - likelihood.max()) * spread
    belief /= belief.sum()
    counts_at_all = belief > _NEGLIGIBLE
    kept = belief[counts_at_all]
    return spread[counts_at_all], mean[counts_at_all], kept / kept.sum()


def _quantile(shapes: Floats, rates: Floats, belief: Floats, share: float) -> Floats:
    """Below what the share of a mixture of gammas lies, for each column: by halving."""
    low = np.zeros(shapes.shape[1])
    high = np.full(shapes.shape[1], 1.0)
    while ((below := belief @ gammainc(shapes, rates * high)) < share).any():
        high = np.where(below < share, 2 * high, high)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        over = belief @ gammainc(shapes, rates * middle) >= share
        low, high = np.where(over, low, middle), np.where(over, middle, high)
    found: Floats = (low + high) / 2
    return found

"""Grids without data, estimated from what is mapped in them: learned, tested on whole blocks of grids, with intervals.

The model is linear without an intercept and without negative factors: deliveries are so many per square metre of homes,
of offices, per shop, per metre of street. It adds up (two grids joined are estimated as their sum), does not go wild
outside of what it has seen, and on the demonstration street no forest, boosting or Poisson regression came nearer.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from planner.errors import ArgumentError
from planner.intake.grid_totals import MIN_GRIDS

Floats = NDArray[np.float64]
Method = Literal["model", "area", "mean"]
Fitted = Callable[[Floats, Floats], Floats]

_BLOCKS: Final = (4, 10)


@dataclass(frozen=True)
class Skill:
    """How well held-out blocks of grids were estimated; errors are mean absolute ones, per grid and day.

    ``method`` is what the estimates were made with: the model, or, where it was no better, the better of the two
    baselines (each grid like the mean grid; each square metre like the mean one). ``inside`` is the share of held-out
    grids whose true number lay in the interval drawn from the other blocks.
    """

    method: Method
    grids: int
    blocks: int
    interval: float
    error_model: float
    error_area: float
    error_mean: float
    inside: float

    @property
    def gain(self) -> float:
        """By what share the model's error is below that of the better baseline; 0 or less means no better."""
        baseline = min(self.error_area, self.error_mean)
        return 1.0 - self.error_model / baseline if baseline > 0 else 0.0


@dataclass(frozen=True)
class Estimate:
    """``counts`` (grids, targets): what was known, and estimates for the rest; ``low`` and ``high`` (grids,) bound the
    sum over the targets, and are not a number where it is known.
    """

    counts: Floats
    low: Floats
    high: Floats
    skill: Skill


def estimate_missing(
    features: Floats, area_m2: Floats, xy: Floats, counts: Floats, *, interval: float = 0.8, seed: int = 0
) -> Estimate:
    """``counts`` (grids, targets) with the rows that are not a number estimated.

    ``features`` (grids, features) are amounts that add up, ``xy`` (grids, 2) positions in metres. Intervals are
    conformal (Vovk et al. 2005; Lei et al. 2018) from residuals of blocks of neighbouring grids that were held out,
    on the scale of square roots, on which counts of any size scatter about alike.

    Raises ``ArgumentError`` where fewer than ``MIN_GRIDS`` grids are known.
    """
    known = ~np.isnan(counts).any(axis=1)
    if known.sum() < MIN_GRIDS:
        raise ArgumentError("too_few_grids", known=int(known.sum()), needed=MIN_GRIDS)
    blocks = _blocks(xy[known], xy[~known], seed)
    x, area, y = features[known], area_m2[known], counts[known]
    day = y.sum(axis=1)
    held_out = {name: _held_out(fit, x, area, y, blocks) for name, fit in _METHODS.items()}
    errors = {name: float(np.abs(found - day).mean()) for name, found in held_out.items()}
    baseline = min(("area", "mean"), key=lambda name: errors[name])
    method: Method = "model" if errors["model"] < errors[baseline] else "area" if baseline == "area" else "mean"
    residual = np.abs(np.sqrt(day) - np.sqrt(held_out[method]))
    filled = counts.copy()
    filled[~known] = _METHODS[method](x, area, y)(features[~known], area_m2[~known])
    root = np.sqrt(filled[~known].sum(axis=1))
    reach = conformal_quantile(residual, interval)
    low, high = np.full(len(counts), np.nan), np.full(len(counts), np.nan)
    low[~known], high[~known] = np.maximum(root - reach, 0.0) ** 2, (root + reach) ** 2
    inside = [residual[blocks == b] <= conformal_quantile(residual[blocks != b], interval) for b in np.unique(blocks)]
    skill = Skill(
        method=method,
        grids=int(known.sum()),
        blocks=len(inside),
        interval=interval,
        error_model=errors["model"],
        error_area=errors["area"],
        error_mean=errors["mean"],
        inside=float(np.concatenate(inside).mean()),
    )
    return Estimate(counts=filled, low=low, high=high, skill=skill)


def conformal_quantile(residuals: Floats, share: float) -> float:
    """The residual that a further one stays within with probability ``share``: the ⌈(n + 1) share⌉-th smallest.

    Infinite where there are too few residuals to say so.
    """
    rank = math.ceil((len(residuals) + 1) * share)
    return float(np.sort(residuals)[rank - 1]) if rank <= len(residuals) else math.inf


def _blocks(known: Floats, missing: Floats, seed: int) -> NDArray[np.int64]:
    """Which block each known grid is in: patches of neighbours, as many as leave a held-out grid as far from the next
    known one as a missing grid is (after the nearest-neighbour distance matching of Milà et al. 2022). Small blocks
    would test a model close to what it has seen, and promise too much for a hole of many grids.
    """
    from scipy.spatial import KDTree
    from sklearn.cluster import KMeans

    wanted = float(np.mean(KDTree(known).query(missing)[0])) if len(missing) else 0.0
    fewest, most = _BLOCKS
    labels: NDArray[np.int64] = np.zeros(len(known), dtype=np.int64)
    for count in range(min(most, len(known) // 3), fewest - 1, -1):
        labels = KMeans(count, n_init=2, random_state=seed).fit_predict(known - known.mean(axis=0))
        apart = [KDTree(known[labels != b]).query(known[labels == b])[0] for b in np.unique(labels)]
        if np.mean(np.concatenate(apart)) >= wanted:
            break
    return labels


def _held_out(
    fit: Callable[[Floats, Floats, Floats], Fitted], x: Floats, area: Floats, y: Floats, blocks: NDArray[np.int64]
) -> Floats:
    """The day of each grid as estimated without its block."""
    from sklearn.model_selection import LeaveOneGroupOut

    found = np.zeros(len(y))
    for learn, test in LeaveOneGroupOut().split(x, groups=blocks):
        found[test] = fit(x[learn], area[learn], y[learn])(x[test], area[test]).sum(axis=1)
    return found


def _model(x: Floats, area: Floats, y: Floats) -> Fitted:
    from sklearn.linear_model import LinearRegression

    scale = np.column_stack([x, area]).mean(axis=0)
    scale[scale == 0] = 1.0
    fitted = LinearRegression(fit_intercept=False, positive=True).fit(np.column_stack([x, area]) / scale, y)

    def predict(x: Floats, area: Floats) -> Floats:
        return np.asarray(fitted.predict(np.column_stack([x, area]) / scale), dtype=np.float64).reshape(len(x), -1)

    return predict


def _per_area(x: Floats, area: Floats, y: Floats) -> Fitted:  # noqa: ARG001  (one signature for all methods)
    density = y.sum(axis=0) / area.sum()
    return lambda x, area: np.outer(area, density)  # noqa: ARG005


def _mean(x: Floats, area: Floats, y: Floats) -> Fitted:  # noqa: ARG001
    return lambda x, area: np.tile(y.mean(axis=0), (len(x), 1))  # noqa: ARG005


_METHODS: Final[dict[str, Callable[[Floats, Floats, Floats], Fitted]]] = {
    "model": _model,
    "area": _per_area,
    "mean": _mean,
}

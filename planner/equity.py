"""How unequally something is spread over places: Lorenz curve and Gini coefficient, each place at its weight."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from planner.errors import ArgumentError

Floats = NDArray[np.float64]


def lorenz_curve(value: ArrayLike, weight: ArrayLike) -> tuple[Floats, Floats]:
    """The share of the weight, from the places with the least value on, and the share of all value that they have.

    ``value``: (places,) what a unit of weight has there (a covered share, an accessibility), ``weight``: (places,) how
    many units there are; neither is negative. Both results are (places + 1,) and run from 0 to 1; without any value or
    weight they are not numbers. Lorenz, M. O. (1905), Methods of measuring the concentration of wealth.

    Raises ``ArgumentError`` for arrays of other shapes and values that are negative or not finite.
    """
    values, weights = (_amounts(name, array) for name, array in (("value", value), ("weight", weight)))
    if values.shape != weights.shape:
        raise ArgumentError("wrong_shape", name="weight", shape=weights.shape, wanted=values.shape)
    order = np.argsort(values, kind="stable")
    people = np.concatenate([[0.0], np.cumsum(weights[order])])
    held = np.concatenate([[0.0], np.cumsum(values[order] * weights[order])])
    nothing = np.full(len(people), np.nan)
    if people[-1] <= 0 or held[-1] <= 0:
        return nothing, nothing.copy()
    return people / people[-1], held / held[-1]


def gini(value: ArrayLike, weight: ArrayLike) -> float:
    """How unequal the values are, 0 (all the same) to 1 (one unit of weight has it all): twice the area between the
    Lorenz curve and the diagonal, which is Σ_i Σ_j w_i w_j |x_i - x_j| / (2 W² x̄).

    Not a number where there is no value or no weight. Raises as :func:`lorenz_curve`. Gini, C. (1912), Variabilità e
    mutabilità.
    """
    people, held = lorenz_curve(value, weight)
    return float(1.0 - ((held[1:] + held[:-1]) * np.diff(people)).sum())


def _amounts(name: str, values: ArrayLike) -> Floats:
    array = np.asarray(values, dtype=np.float64)
    if array.ndim != 1:
        raise ArgumentError("wrong_shape", name=name, shape=array.shape, wanted="(places,)")
    if not np.isfinite(array).all():
        raise ArgumentError("not_finite", name=name, index=int(np.flatnonzero(~np.isfinite(array))[0]))
    if (array < 0).any():
        raise ArgumentError("negative", name=name, index=int(np.flatnonzero(array < 0)[0]))
    return array

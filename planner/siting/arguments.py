"""Checks of what callers hand to the models; each fault is named with its remedy."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import scipy.sparse as sp
from numpy.typing import ArrayLike, NDArray

from planner.errors import ArgumentError

# By so much, relatively, prices may exceed a budget: 0.1 + 0.2 fits into 0.3.
LAST_BITS: Final = 1e-12


def cover_matrix(covers: object) -> sp.csr_array:
    """``covers`` as a CSR array of 1.0 where covered, without stored zeros or doubles. Rows are demand.

    In 32 bits: a large town is mostly this, and sums with other arrays are in 64 bits all the same.
    """
    try:
        matrix: sp.csr_array = sp.csr_array(covers, dtype=np.float32, copy=True)  # type: ignore[call-overload]
    except (TypeError, ValueError) as error:
        raise ArgumentError("covers_not_a_matrix") from error
    if matrix.ndim != 2:
        raise ArgumentError("covers_not_a_matrix")
    matrix.sum_duplicates()
    matrix.eliminate_zeros()
    matrix.data[:] = 1.0
    if max(matrix.nnz, *matrix.shape) < 2**31:
        # Whoever hands over indices in 64 bits would have all kernels compiled once more for them.
        matrix.indices, matrix.indptr = matrix.indices.astype(np.int32, copy=False), matrix.indptr.astype(np.int32)
    return matrix


def amounts(name: str, values: ArrayLike, count: int) -> NDArray[np.float64]:
    """A vector of ``count`` finite numbers that are not negative."""
    array = np.asarray(values, dtype=np.float64)
    if array.shape != (count,):
        raise ArgumentError("wrong_shape", name=name, shape=array.shape, wanted=(count,))
    if not np.isfinite(array).all():
        raise ArgumentError("not_finite", name=name, index=int(np.flatnonzero(~np.isfinite(array))[0]))
    if (array < 0).any():
        raise ArgumentError("negative", name=name, index=int(np.flatnonzero(array < 0)[0]))
    return array


def site_indices(name: str, values: ArrayLike | None, site_count: int) -> NDArray[np.int64]:
    """Site indices, unique and ascending; ``None`` is none of them."""
    array = np.asarray([] if values is None else values)
    if array.size == 0:
        return np.empty(0, dtype=np.int64)
    if array.ndim != 1 or array.dtype.kind not in "iu":
        raise ArgumentError("not_indices", name=name, dtype=array.dtype)
    if array.min() < 0 or array.max() >= site_count:
        bad = int(array[(array < 0) | (array >= site_count)][0])
        raise ArgumentError("index_out_of_range", name=name, index=bad, last=site_count - 1)
    return np.unique(array).astype(np.int64)


def fixed_and_forbidden(
    fixed: ArrayLike | None, forbidden: ArrayLike | None, site_count: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Both as site indices; no site may be in both."""
    stay, never = site_indices("fixed", fixed, site_count), site_indices("forbidden", forbidden, site_count)
    both = np.intersect1d(stay, never)
    if both.size:
        raise ArgumentError("fixed_and_forbidden", index=int(both[0]))
    return stay, never


def limit(name: str, value: float | None, *, whole: bool = False) -> float | None:
    """A limit that is not negative; ``None`` is no limit."""
    if value is None:
        return None
    if isinstance(value, bool) or math.isnan(value) or value < 0 or (whole and not float(value).is_integer()):
        raise ArgumentError("bad_limit", name=name, value=value)
    return value


def one_of(name: str, value: str, known: tuple[str, ...]) -> None:
    """Check a choice by name."""
    if value not in known:
        raise ArgumentError("unknown_choice", name=name, value=value, known=", ".join(known))


def cover_limits(
    site_limit: float | None, budget: float | None, *costs: ArrayLike | None
) -> tuple[float | None, float | None]:
    """The limits of a covering model, at least one of them; a budget needs one of the costs."""
    count_limit, money_limit = limit("site_limit", site_limit, whole=True), limit("budget", budget)
    if count_limit is None and money_limit is None:
        raise ArgumentError("no_limit")
    if money_limit is not None and all(cost is None for cost in costs):
        raise ArgumentError("budget_without_cost")
    return count_limit, money_limit


def search_limits(time_limit_s: float, gap: float) -> None:
    """A time limit above 0 s and a relative gap of 0 or more."""
    if math.isnan(time_limit_s) or time_limit_s <= 0:
        raise ArgumentError("bad_time_limit", value=time_limit_s)
    if math.isnan(gap) or gap < 0:
        raise ArgumentError("bad_limit", name="gap", value=gap)


def groups_of(values: ArrayLike, count: int) -> NDArray[np.int64]:
    """The number of each of ``count`` rows' group from 0, -1 for none."""
    numbers = np.asarray(values)
    if numbers.size == 0:
        numbers = numbers.astype(np.int64)
    if numbers.shape != (count,):
        raise ArgumentError("wrong_shape", name="group", shape=numbers.shape, wanted=(count,))
    if numbers.dtype.kind not in "iu" or (numbers < -1).any():
        raise ArgumentError("not_groups")
    return numbers.astype(np.int64)


def shares(name: str, values: ArrayLike, count: int) -> NDArray[np.float64]:
    """``count`` shares from 0 to 1; one number is the share of all."""
    array = np.asarray(values, dtype=np.float64)
    if array.ndim == 0:
        array = np.full(count, float(array))
    if array.shape != (count,):
        raise ArgumentError("wrong_shape", name=name, shape=array.shape, wanted=(count,))
    wrong = ~((array >= 0) & (array <= 1))
    if wrong.any():
        raise ArgumentError("bad_share", name=name, value=float(array[wrong][0]))
    return array


def positive_count(name: str, value: int) -> int:
    """A whole number of 1 or more."""
    if isinstance(value, bool) or math.isnan(value) or value < 1 or value != int(value):
        raise ArgumentError("not_a_count", name=name, value=value)
    return int(value)

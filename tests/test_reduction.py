import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.siting.covering import reduction
from planner.siting.covering.reduction import merged_rows, undominated_sites

A, B, C = [1, 1, 0], [0, 1, 1], [0, 0, 0]


def test_rows_with_the_same_sites_become_one():
    matrix, weight, became = merged_rows(
        sp.csr_array(np.array([A, B, A, C, B, A], float)), np.array([1.0, 2, 3, 4, 0, 5])
    )
    assert sorted(zip(matrix.toarray().tolist(), weight.tolist(), strict=True)) == [([0, 1, 1], 2.0), ([1, 1, 0], 9.0)]
    assert became[0] == became[2] == became[5] != became[1]
    assert became[3] == became[4] == -1  # no sites, no weight


def test_nothing_to_merge():
    matrix, weight, became = merged_rows(sp.csr_array((3, 2)), np.ones(3))
    assert matrix.shape == (0, 2)
    assert weight.size == 0
    assert became.tolist() == [-1, -1, -1]


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_merging_keeps_the_weight_of_every_set_of_sites(seed):
    rng = np.random.default_rng(seed)
    covers, weight = rng.random((30, 4)) < 0.4, rng.integers(0, 5, 30).astype(float)
    matrix, merged, became = merged_rows(sp.csr_array(covers.astype(float)), weight)
    assert len(np.unique(matrix.toarray(), axis=0)) == matrix.shape[0]
    for chosen in range(16):
        is_open = np.array([chosen >> j & 1 for j in range(4)], dtype=bool)
        assert merged[matrix.toarray()[:, is_open].any(axis=1)].sum() == weight[covers[:, is_open].any(axis=1)].sum()
    for row in np.flatnonzero(became >= 0):
        assert matrix.toarray()[became[row]].astype(bool).tolist() == covers[row].tolist()


def test_a_collision_of_the_row_sums_does_not_merge_what_differs(monkeypatch):
    class SameNumbers:
        def integers(self, *limits, dtype):
            return np.ones(limits[-1], dtype=dtype)

    monkeypatch.setattr(reduction.np.random, "default_rng", lambda _: SameNumbers())
    matrix, weight, _ = merged_rows(sp.csr_array(np.array([A, B, A], float)), np.ones(3))
    assert [w for row, w in zip(matrix.toarray().tolist(), weight, strict=True) if row == B] == [1.0]
    assert weight.sum() == 3.0


@pytest.mark.parametrize(
    ("columns", "cost", "left"),
    [
        ([[1, 1, 0], [1, 0, 0]], [1, 1], [0]),  # the second covers less
        ([[1, 1, 0], [1, 0, 0]], [2, 1], [0, 1]),  # but costs less
        ([[1, 1, 0], [1, 1, 0]], [1, 1], [0]),  # the same twice
        ([[1, 1, 0], [1, 1, 0]], [2, 1], [1]),
        ([[1, 1, 0], [0, 1, 1]], [1, 1], [0, 1]),
        ([[0, 0, 0], [0, 1, 1]], [0, 1], [1]),  # covers nobody
    ],
)
def test_dominated_sites_are_dropped(columns, cost, left):
    matrix = sp.csr_array(np.array(columns, float).T)
    assert undominated_sites(matrix, np.array(cost, float)).tolist() == left


def test_where_comparing_would_take_too_long_all_sites_stay(monkeypatch):
    monkeypatch.setattr(reduction, "_MOST_PAIRS", 0)
    assert undominated_sites(sp.csr_array(np.ones((2, 3))), np.ones(3)).tolist() == [0, 1, 2]

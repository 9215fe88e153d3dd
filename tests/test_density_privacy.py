"""No figure of fewer than k riders is shown, none can be found by subtraction, and no delivery is lost."""

from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import CRS

from planner.catalog import load_catalog
from planner.density import publish
from planner.density.cells import Squares
from planner.density.privacy import protect
from planner.density.tally import Counting, empty_tally
from planner.errors import ArgumentError

CELLS = Squares(100.0, CRS.from_epsg(4548))
CATALOG = load_catalog()
PERIOD_OF = np.repeat(np.arange(5), 288)
# (column, row, layer, rider) of each delivery on a small board of squares.
DELIVERY = st.tuples(st.integers(0, 4), st.integers(0, 3), st.integers(0, 1), st.integers(1, 7))


def tally_of(deliveries, k):
    counting = Counting(empty_tally(CELLS, CATALOG, k=k, counted="riders", period_of_minute=PERIOD_OF), "r")
    column, row, layer, rider = np.array(deliveries, dtype=np.int64).reshape(-1, 4).T
    for part in np.array_split(np.arange(len(column)), 3):
        code = CELLS._code(column[part] + 5_000, row[part] + 40_000)
        counting.rows += len(part)
        counting.add(code, layer[part], rider[part].astype(np.uint64), np.full(len(part), 1_772_413_200))
    return counting.tally()


def board(shown, tally):
    """{(column, row, layer): deliveries} of what is shown."""
    column, row = CELLS._column_row(tally.codes)
    flat = shown.reshape(len(column), 10)
    return {(int(column[c]) - 5_000, int(row[c]) - 40_000, int(i)): int(flat[c, i]) for c, i in np.argwhere(flat)}


@settings(max_examples=150, deadline=None)
@given(st.lists(DELIVERY, max_size=60), st.integers(1, 5))
def test_nothing_is_lost_and_nothing_small_is_shown(deliveries, k):
    tally = tally_of(deliveries, k)
    found = protect(tally)
    riders, count = defaultdict(set), defaultdict(int)
    for column, row, layer, rider in deliveries:
        riders[column, row, layer].add(rider)
        count[column, row, layer] += 1
    shown = board(found.deliveries, tally)
    assert sum(shown.values()) + found.withheld_rows == len(deliveries)
    assert found.withheld_rows <= len(deliveries)
    for layer in (0, 1):
        small = {f for f in riders if f[2] == layer and len(riders[f]) < k}
        for figure, deliveries_shown in shown.items():
            if figure[2] != layer:
                continue
            # A figure is shown as it is, or with others of its layer added; never less, and never of fewer than k.
            assert deliveries_shown >= count[figure] > 0
            together = set().union(*(riders[f] for f in small)) | riders[figure]
            assert len(together) >= k
            if deliveries_shown == count[figure]:
                assert len(riders[figure]) >= k
    # What is withheld has k riders, or is nothing, or is all there is.
    if found.withheld_rows and shown:
        may_be = [r for (c, w, i, r) in deliveries if (c, w, i) not in shown]
        assert len(set(may_be)) >= k


@settings(max_examples=25, deadline=None)
@given(st.lists(DELIVERY, max_size=60), st.integers(1, 5), st.integers(0, 60))
def test_parts_added_are_protected_like_the_whole(deliveries, k, cut):
    whole = tally_of(deliveries, k)
    added = tally_of(deliveries[:cut], k) + tally_of(deliveries[cut:], k)
    assert board(protect(added).deliveries, added) == board(protect(whole).deliveries, whole)


@settings(max_examples=25, deadline=None)
@given(st.lists(DELIVERY, min_size=1, max_size=40), st.permutations(range(40)))
def test_the_order_of_the_records_does_not_matter(deliveries, order):
    mixed = [deliveries[i] for i in order if i < len(deliveries)]
    one, other = tally_of(deliveries, 3), tally_of(mixed, 3)
    assert board(protect(one).deliveries, one) == board(protect(other).deliveries, other)


def cell(column, row, *riders, layer=0):
    return [(column, row, layer, rider) for rider in riders]


def test_a_small_figure_goes_to_its_busiest_neighbour_that_has_k():
    """Riders by square: 3 | 1 | 4 of which the last has more deliveries, but fewer than k = 3 riders stand between."""
    tally = tally_of(cell(0, 0, 1, 2, 3) + cell(1, 0, 9) + cell(2, 0, 1, 2, 3, 3), 3)
    found = protect(tally)
    assert board(found.deliveries, tally) == {(0, 0, 0): 3, (2, 0, 0): 5}
    assert (found.merged_figures, found.merged_rows, found.withheld_rows) == (1, 1, 0)


def test_small_figures_are_put_together_until_they_have_k():
    """Two riders beside two others: together four; beside the same two they would still be two."""
    tally = tally_of(cell(0, 0, 1, 2) + cell(1, 1, 3, 4, 4), 3)
    assert board(protect(tally).deliveries, tally) == {(1, 1, 0): 5}
    same = tally_of(cell(0, 0, 1, 2) + cell(1, 1, 1, 2), 3)
    assert not protect(same).deliveries.any()


def test_a_lonely_figure_is_withheld_and_one_more_with_it():
    """Three cells far from each other; that of rider 9 alone could be found from the total of the other two."""
    tally = tally_of(cell(0, 0, 1, 2, 3) + cell(2, 0, 1, 2, 3, 3) + cell(4, 0, 9), 3)
    found = protect(tally)
    assert board(found.deliveries, tally) == {(2, 0, 0): 4}
    assert (found.withheld_figures, found.withheld_rows) == (2, 4)


def test_two_lonely_figures_with_enough_riders_between_them_hide_each_other():
    tally = tally_of(cell(0, 0, 1, 2, 3) + cell(2, 0, 7, 8) + cell(4, 0, 9), 3)
    found = protect(tally)
    assert board(found.deliveries, tally) == {(0, 0, 0): 3}
    assert (found.withheld_figures, found.withheld_rows) == (2, 3)


def test_another_kind_may_have_to_hide_a_whole_layer():
    tally = tally_of(cell(0, 0, 1, 2, 3) + cell(2, 0, 1, 2, 3, 4) + cell(2, 0, 9, layer=1), 3)
    found = protect(tally)
    assert board(found.deliveries, tally) == {(2, 0, 0): 4}
    assert found.withheld_rows == 4


def test_fewer_than_k_riders_in_all_can_be_told_in_no_way():
    with pytest.raises(ArgumentError, match="3"):
        publish(tally_of(cell(0, 0, 1, 2) + cell(1, 0, 1, 2), 3))


def test_counts_of_rows_add_up():
    found = publish(tally_of(cell(0, 0, 1, 2, 3) + cell(2, 0, 7, 8) + cell(4, 0, 9), 3))
    assert found.rows_read == found.rows_published + found.rows_withheld + sum(found.set_aside.values())
    days = np.array([found.days[period] for period in found.rows["period"]])
    counts = found.rows[["meals_per_day", "parcels_per_day"]].sum(axis=1) * days
    assert counts.sum() == found.rows_published

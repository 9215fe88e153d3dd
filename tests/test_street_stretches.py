"""Stretches of streets, on streets that fit on a napkin."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from worlds import streets_of

from planner.analysis.warm_street.stretches import stretches_of


def sets(edges, xy, *, longest_m=100.0, off_street_m=20.0):
    found = stretches_of(edges, np.array(xy, dtype=float), longest_m=longest_m, off_street_m=off_street_m)
    return sorted((stretch.street, tuple(sorted(stretch.sites.tolist()))) for stretch in found)


def straight(*bends, turned=(), name="直街"):
    """A street along the x axis in as many pieces as there are places where it is cut; some drawn the other way."""
    nodes = {f"n{i}": (float(x), 0.0) for i, x in enumerate(bends)}
    ends = [(f"n{i}", f"n{i + 1}")[:: -1 if i in turned else 1] for i in range(len(bends) - 1)]
    return streets_of(nodes, [{"path": " ".join(pair), "name": name} for pair in ends]).edges


def windows(at, longest):
    """The largest sets of places on a line that are no more than so far apart."""
    found = {frozenset(i for i, x in enumerate(at) if start <= x <= start + longest + 1e-6) for start in at}
    return sorted(tuple(sorted(some)) for some in found if not any(some < other for other in found))


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.integers(0, 300), max_size=8),
    st.lists(st.integers(1, 299), max_size=4, unique=True),
    st.sets(st.integers(0, 4)),
    st.integers(10, 200),
)
def test_on_a_straight_street_they_are_the_windows_of_its_sites(at, bends, turned, longest):
    edges = straight(0, *sorted(bends), 300, turned=turned)
    xy = np.array([(x, 5.0 * (-1) ** x) for x in at], dtype=float).reshape(-1, 2)
    assert [sites for _, sites in sets(edges, xy, longest_m=longest)] == windows(at, longest)


def test_how_long_it_is_and_where_it_runs():
    (stretch,) = stretches_of(
        straight(0, 40, 100), np.array([[90.0, 3], [10, -3], [60, 0]]), longest_m=90, off_street_m=5
    )
    assert stretch.street == "直街"
    assert sorted(stretch.at_m.tolist()) == pytest.approx([0, 30, 80] if stretch.sites[0] == 0 else [0, 50, 80])
    length, line = stretch.between(np.array([1, 2]))
    assert length == pytest.approx(50)
    assert sorted(line.bounds) == pytest.approx([0, 0, 10, 60])
    assert stretch.between(np.array([2]))[0] == 0
    assert stretch.between(np.array([2]))[1].length == 0


def test_both_limits_are_inclusive():
    edges = straight(0, 300)
    assert sets(edges, [(0, 20), (100, -20)]) == [("直街", (0, 1))]
    assert sets(edges, [(0, 20), (100.1, -20)]) == [("直街", (0,)), ("直街", (1,))]
    assert sets(edges, [(0, 20), (100, -20.1)]) == [("直街", (0,))]


def test_a_street_goes_round_a_corner_but_not_into_another_street():
    """An L of one name, and a street of another name that goes straight on::

        C
        |
    A---B---D
    """
    nodes = {"A": (0.0, 0.0), "B": (50.0, 0.0), "C": (50.0, 50.0), "D": (100.0, 0.0)}
    ways = [{"path": "A B", "name": "甲街"}, {"path": "B C", "name": "甲街"}, {"path": "B D", "name": "乙街"}]
    edges = streets_of(nodes, ways).edges
    assert sets(edges, [(10, 0), (50, 40), (90, 0)], off_street_m=5) == [("乙街", (2,)), ("甲街", (0, 1))]
    assert sets(edges, [(50, 0)], off_street_m=5) == [("乙街", (0,)), ("甲街", (0,))]


def test_where_it_forks_it_goes_straight_on():
    """One name for a street and the lane off it: a stretch takes one or the other way.

        C
        |
    A---B---D
    """
    nodes = {"A": (0.0, 0.0), "B": (50.0, 0.0), "C": (50.0, 50.0), "D": (100.0, 0.0)}
    edges = streets_of(nodes, [{"path": path, "name": "甲街"} for path in ("A B", "B C", "B D")]).edges
    assert sets(edges, [(10, 0), (50, 40), (90, 0)], off_street_m=5) == [("甲街", (0, 1)), ("甲街", (0, 2))]


def test_two_carriageways_are_one_street():
    """Each side has its own carriageway; a site counts along both where it is near both."""
    nodes = {"A": (0.0, 10.0), "B": (200.0, 10.0), "C": (0.0, -10.0), "D": (200.0, -10.0)}
    ways = [{"path": "B A", "name": "大街", "oneway": True}, {"path": "C D", "name": "大街", "oneway": True}]
    edges = streets_of(nodes, ways).edges
    assert sets(edges, [(50, 25), (80, -25)], off_street_m=40) == [("大街", (0, 1))]
    assert sets(edges, [(50, 25), (80, -25)], off_street_m=20) == [("大街", (0,)), ("大街", (1,))]


def test_a_ring_is_passed_once():
    nodes = {"A": (0.0, 0.0), "B": (100.0, 0.0), "C": (100.0, 100.0), "D": (0.0, 100.0)}
    edges = streets_of(nodes, [{"path": path, "name": "环路"} for path in ("A B", "B C", "C D", "D A")]).edges
    at = [(50, 0), (100, 50), (50, 100), (0, 50)]
    assert set(sets(edges, at, longest_m=100)) == {("环路", pair) for pair in ((0, 1), (1, 2), (2, 3), (0, 3))}
    assert all(len(sites) <= 4 for _, sites in sets(edges, at, longest_m=10_000))


def test_nameless_streets_and_paths_have_none():
    edges = streets_of(
        {"A": (0.0, 0.0), "B": (100.0, 0.0), "C": (0.0, 50.0), "D": (100.0, 50.0)},
        [{"path": "A B", "name": " "}, {"path": "C D", "name": "小路", "highway": "footway"}],
    ).edges
    assert sets(edges, [(50, 0), (50, 50)]) == []

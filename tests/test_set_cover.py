import itertools

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from interrupts import LATE_S, interrupted_after
from shared_data import shared_data

from benchmarks.instances import optimum, set_covering
from planner.errors import ArgumentError, PlannerError
from planner.siting.arguments import cover_matrix
from planner.siting.covering.branch_and_cut.tree import CoverTree
from planner.siting.covering.set_cover.set_cover import set_cover
from planner.siting.highs import linear_program
from planner.siting.stopping import Deadline


def targets_of(covers, weight, options, allowed):
    """(rows' weights, weight asked for) for every target, lowered to what the allowed sites reach."""
    reachable = covers[:, allowed].any(axis=1)
    asked = [] if options.get("target_share") is None else [(weight, options["target_share"])]
    if options.get("group") is None and not asked:
        asked = [(weight, 1.0)]
    if options.get("group") is not None:
        share = np.broadcast_to(options["group_share"], 3)
        asked += [(np.where(options["group"] == g, weight, 0.0), share[g]) for g in range(3)]
    return [(part, min(share * part.sum(), part[reachable].sum())) for part, share in asked]


def is_met(covers, targets, selected):
    covered = covers[:, list(selected)].any(axis=1)
    return all(part[covered].sum() >= need * (1 - 1e-9) - 1e-12 for part, need in targets)


def least_by_trying_all(covers, weight, options):
    """The least that any set of sites that meets the targets costs, by trying every one of them."""
    sites = covers.shape[1]
    free = [j for j in range(sites) if j not in options["fixed"] and j not in options["forbidden"]]
    cost = np.ones(sites) if options["cost"] is None else options["cost"]
    targets = targets_of(covers, weight, options, [*free, *options["fixed"]])
    return min(
        cost[list(chosen)].sum()
        for size in range(len(free) + 1)
        for chosen in itertools.combinations(free, size)
        if is_met(covers, targets, [*chosen, *options["fixed"]])
    )


@st.composite
def towns(draw):
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    rows, sites = draw(st.integers(0, 12)), draw(st.integers(0, 7))
    covers = rng.random((rows, sites)) < draw(st.sampled_from([0.1, 0.3, 0.6]))
    if sites > 1 and draw(st.booleans()):
        covers[:, 1] = covers[:, 0]  # two sites that cover the same
    if rows > 2 and draw(st.booleans()):
        covers[1] |= covers[0]
        covers[2] = covers[0]
    weight = rng.choice(draw(st.sampled_from([[0.0, 1.0, 2.5, 7.0, 1 / 3], [0.0, 1.0, 2.0, 5.0]])), rows)
    lot = rng.permutation(sites)
    cost = draw(st.sampled_from([None, rng.choice([0.0, 1.0, 2.0, 3.5], sites), rng.choice([1.0, 2.0, 4.0], sites)]))
    options = {
        "cost": cost,
        "fixed": lot[: draw(st.integers(0, 2))],
        "forbidden": lot[2 : 2 + draw(st.integers(0, 2))],
        "target_share": draw(st.sampled_from([None, 1.0, 0.0, 0.3, 0.5, 0.8, 0.95])),
    }
    if draw(st.booleans()):
        share = draw(st.sampled_from([0.6, 1.0, 0.0, np.array([0.6, 0.3, 1.0])]))
        options |= {"group": rng.integers(-1, 3, rows), "group_share": share}
        if np.ndim(share) == 0 and rows:
            options["group"][0] = 2  # so that there are three groups
    return covers, weight, options


@settings(max_examples=300, deadline=None)
@given(towns())
def test_is_the_cheapest_of_all_sets(town):
    covers, weight, options = town
    answer = set_cover(sp.csr_array(covers), weight=weight, **options)
    least = least_by_trying_all(covers, weight, options)
    new = np.setdiff1d(answer.selected, options["fixed"])
    allowed = np.setdiff1d(np.arange(covers.shape[1]), options["forbidden"])
    targets = targets_of(covers, weight, options, allowed)
    assert answer.objective == pytest.approx(least, abs=1e-9)
    assert answer.objective == (len(new) if options["cost"] is None else options["cost"][new].sum())
    assert (answer.status, answer.gap, answer.bound) == ("optimal", 0.0, answer.objective)
    assert is_met(covers, targets, answer.selected)
    assert np.isin(options["fixed"], answer.selected).all()
    assert not np.isin(options["forbidden"], answer.selected).any()
    assert (np.diff(answer.selected) > 0).all()
    for site in new:  # no site is opened for nothing
        assert not is_met(covers, targets, np.setdiff1d(answer.selected, [site]))
    served = answer.assignment >= 0
    assert (served == covers[:, answer.selected].any(axis=1)).all()
    assert all(covers[row, answer.assignment[row]] for row in np.flatnonzero(served))
    assert np.isin(answer.assignment[served], answer.selected).all()


@settings(max_examples=60, deadline=None)
@given(towns(), st.sampled_from([0.05, 0.3]))
def test_a_gap_that_was_asked_for_is_kept_and_the_bound_never_crosses_the_least(town, gap):
    covers, weight, options = town
    answer = set_cover(sp.csr_array(covers), weight=weight, gap=gap, **options)
    least = least_by_trying_all(covers, weight, options)
    assert answer.bound <= least + 1e-9 <= answer.objective + 2e-9
    assert answer.status == "optimal"
    assert answer.gap <= gap


def town(rows=150, sites=60, seed=1, density=0.08):
    rng = np.random.default_rng(seed)
    covers = rng.random((rows, sites)) < density
    covers[np.arange(rows), rng.integers(0, sites, rows)] = True
    return sp.csr_array(covers), rng.integers(1, 100, rows).astype(float)


@pytest.mark.parametrize("options", [{}, {"target_share": 0.7}, {"cost": np.arange(1.0, 61.0)}])
def test_the_order_of_rows_and_sites_does_not_matter(options):
    covers, weight = town()
    rows, sites = np.random.default_rng(5).permutation(150), np.random.default_rng(6).permutation(60)
    straight = set_cover(covers, weight=weight, **options)
    if "cost" in options:
        options = {"cost": options["cost"][sites]}
    shuffled = set_cover(covers[rows][:, sites], weight=weight[rows], **options)
    assert shuffled.objective == straight.objective == straight.bound


def test_a_larger_share_never_costs_less():
    covers, weight = town()
    found = [set_cover(covers, weight=weight, target_share=share / 10).objective for share in range(11)]
    assert found == sorted(found)
    assert found[0] == 0.0
    assert found[10] == set_cover(covers).objective


@pytest.mark.parametrize("share", [1.0, 0.8])
def test_the_same_call_gives_the_same_sites(share):
    covers, weight = town()
    calls = [set_cover(covers, weight=weight, target_share=share, seed=3) for _ in range(2)]
    assert calls[0].selected.tolist() == calls[1].selected.tolist()


def test_arguments_are_left_as_they_were():
    covers, weight = town()
    before = covers.copy(), weight.copy()
    set_cover(covers, weight=weight, target_share=0.9)
    assert (covers != before[0]).nnz == 0
    assert (weight == before[1]).all()


@pytest.mark.parametrize("share", [1.0, 0.9])
def test_out_of_time_is_an_answer_with_a_bound(share):
    covers, weight = town(3000, 800, density=0.02)
    set_cover(town()[0], target_share=share, weight=np.ones(150))  # compile; a smaller town is solved by reductions
    answer = set_cover(covers, weight=weight, target_share=share, time_limit_s=0.3)
    assert answer.status == "feasible"
    assert 0 <= answer.bound < answer.objective
    assert answer.gap == pytest.approx((answer.objective - answer.bound) / answer.objective)
    assert weight[answer.assignment >= 0].sum() >= share * weight.sum()
    assert answer.runtime_s < LATE_S


def tree_of(seed, with_costs):
    """Branch and cut over a random town; the town, its costs and the least that covers all."""
    rng = np.random.default_rng(seed)
    rows, sites = 24, 11
    covers = rng.random((rows, sites)) < 0.2
    covers[np.arange(rows), rng.integers(0, sites, rows)] = True
    cost = rng.integers(1, 6, sites).astype(float) if with_costs else np.ones(sites)
    subsets = (np.arange(2**sites)[:, None] >> np.arange(sites)) & 1
    least = (subsets[(subsets @ covers.T > 0).all(axis=1)] @ cost).min()
    matrix = sp.csr_array(covers.astype(float))

    def worth(is_open):
        return cost[is_open].sum() if covers[:, is_open].any(axis=1).all() else np.inf

    program = linear_program(matrix, np.ones(rows), np.full(rows, np.inf), cost)
    tree = CoverTree(
        program, matrix, None, worth, cost.sum() + 1, 1 - 1e-6, True, Deadline(60),
        lambda value, bound: bound >= value,
    )  # fmt: skip
    return tree, covers, cost, least


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.booleans())
def test_branch_and_cut_alone_finds_and_proves_the_least(seed, with_costs):
    tree, covers, cost, least = tree_of(seed, with_costs)
    tree.strengthen()
    assert tree.bound <= least
    tree.branch()
    assert tree.value == tree.bound == least
    assert covers[:, tree.best].any(axis=1).all()
    assert cost[tree.best].sum() == least


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.booleans(), st.booleans())
def test_asked_for_ever_more_it_says_no_until_there_is_an_answer(seed, with_costs, cut_first):
    tree, _, cost, least = tree_of(seed, with_costs)
    if cut_first:
        tree.strengthen()
    # From 2 below the least on, where that is above what was proven before.
    for below in np.arange(max(least - 2, tree.bound + 1 if cut_first else 1), least + 1):
        tree.aim(below)
        tree.strengthen()
        tree.branch()
        assert tree.value >= least
        assert tree.bound == below
    if not tree.over():
        tree.aim(least + 1)
        tree.strengthen()
        tree.branch()
        assert tree.value == tree.bound == least == cost[tree.best].sum()


@pytest.mark.parametrize("share", [1.0, 0.9])
def test_an_interrupt_returns_the_best_so_far(share):
    covers, weight = town(1500, 500, density=0.02)
    set_cover(covers, target_share=share, weight=weight, time_limit_s=0.5)  # compile
    with interrupted_after(2.0):
        answer = set_cover(covers, weight=weight, target_share=share, time_limit_s=40)
    assert answer.runtime_s < LATE_S
    assert answer.status == "feasible"
    assert answer.bound <= answer.objective
    assert weight[answer.assignment >= 0].sum() >= share * weight.sum()


def steiner_triples(times):
    """The product of Steiner triple systems on 3 points: a row a triple, a column a point (Fulkerson, Nemhauser and
    Trotter 1974). As symmetric as can be, so that no cut gets near.
    """
    points, triples, orders = 3, [(0, 1, 2)], list(itertools.permutations(range(3)))
    for _ in range(times):
        beside = [tuple(3 * x + y for x in triple) for triple in triples for y in range(3)]
        across = [tuple(3 * x + y for x, y in zip(t, p, strict=True)) for t in triples for p in orders]
        triples = [*beside, *across, *[(3 * x, 3 * x + 1, 3 * x + 2) for x in range(points)]]
        points *= 3
    covers = np.zeros((len(triples), points), dtype=bool)
    for row, triple in enumerate(triples):
        covers[row, list(triple)] = True
    return sp.csr_array(covers)


@pytest.mark.parametrize(("times", "least"), [(1, 5.0), (2, 18.0)])
def test_triples_that_no_cut_helps_are_proven_all_the_same(times, least):
    covers = steiner_triples(times)
    assert (np.diff(covers.indptr) == 3).all()
    answer = set_cover(covers, time_limit_s=60)
    assert (answer.objective, answer.bound) == (least, least)
    assert times == 1 or answer.method == "HiGHS after cuts"


def test_indices_in_64_bits_become_the_usual_ones():
    wide = sp.csr_array(np.eye(3))
    wide.indices, wide.indptr = wide.indices.astype(np.int64), wide.indptr.astype(np.int64)
    matrix = cover_matrix(wide)
    assert (matrix.indices.dtype, matrix.indptr.dtype) == (np.int32, np.int32)
    assert (wide.indices.dtype, matrix.toarray().tolist()) == (np.int64, np.eye(3).tolist())


def test_demand_that_nobody_reaches_is_left_out_and_said_so():
    covers = sp.csr_array(np.array([[1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 0, 0]], dtype=bool))
    answer = set_cover(covers, forbidden=[2])
    assert answer.assignment.tolist() == [0, 1, -1, -1]
    assert (answer.objective, answer.bound, answer.status) == (2.0, 2.0, "optimal")
    assert answer.method.endswith("out of reach, lowered to what the sites reach")
    assert "out of reach" in set_cover(covers, target_share=0.8).method
    assert "out of reach" not in set_cover(covers, target_share=0.75).method


def test_floors_of_groups_hold_beside_the_share_of_all():
    covers = sp.csr_array(np.eye(4, dtype=bool))
    weight, group = [10, 10, 10, 1], [0, 0, 0, 1]
    floors_only = set_cover(covers, weight=weight, group=group, group_share=[0.3, 1.0])
    assert (floors_only.objective, floors_only.selected[-1]) == (2.0, 3)
    both = set_cover(covers, weight=weight, target_share=0.6, group=group, group_share=[0.3, 1.0])
    assert both.objective == 3.0
    assert set_cover(covers, weight=weight, group=group, group_share=[0.3, 0.0, 1.0]).objective == 1.0  # an empty group


def published(name):
    """An instance of the OR-Library (Beasley 1990) and its optimum."""
    shared_data("bench/scp")
    return *set_covering(name), optimum("scp/optimum.txt", name)


@pytest.mark.parametrize(
    "name",
    [
        "scp41",
        "scp42",
        "scp51",
        pytest.param("scp61", marks=pytest.mark.slow),
        pytest.param("scpa1", marks=pytest.mark.slow),
    ],
)
def test_published_optima_are_proven(name):
    covers, cost, best = published(name)
    answer = set_cover(covers, cost=cost, time_limit_s=60)
    assert (answer.objective, answer.bound, answer.status) == (best, best, "optimal")


def test_a_hard_published_optimum_is_found():
    covers, cost, best = published("scpclr10")
    answer = set_cover(covers, cost=cost, time_limit_s=3)
    assert answer.objective == best
    assert answer.bound <= best


ONE = sp.csr_array(np.ones((2, 3), dtype=bool))


@pytest.mark.parametrize(
    ("covers", "arguments", "key"),
    [
        (ONE, {"weight": [1, -1]}, "negative"),
        (ONE, {"weight": [1, np.nan]}, "not_finite"),
        (ONE, {"weight": [1]}, "wrong_shape"),
        (ONE, {"cost": [1, 1]}, "wrong_shape"),
        (ONE, {"cost": [1, 1, -1]}, "negative"),
        (ONE, {"cost": [1, 1, np.inf]}, "not_finite"),
        (ONE, {"target_share": 1.1}, "bad_share"),
        (ONE, {"target_share": -0.1}, "bad_share"),
        (ONE, {"target_share": np.nan}, "bad_share"),
        (ONE, {"target_share": [0.5, 0.5]}, "wrong_shape"),
        (ONE, {"group": [0, 1]}, "group_and_share"),
        (ONE, {"group_share": 0.5}, "group_and_share"),
        (ONE, {"group": [0], "group_share": 0.5}, "wrong_shape"),
        (ONE, {"group": [0, -2], "group_share": 0.5}, "not_groups"),
        (ONE, {"group": [0.0, 1.0], "group_share": 0.5}, "not_groups"),
        (ONE, {"group": [0, 1], "group_share": [0.5]}, "wrong_shape"),
        (ONE, {"group": [0, 1], "group_share": [0.5, 2]}, "bad_share"),
        (ONE, {"fixed": [3]}, "index_out_of_range"),
        (ONE, {"fixed": [-1]}, "index_out_of_range"),
        (ONE, {"forbidden": [0.5]}, "not_indices"),
        (ONE, {"fixed": [1], "forbidden": [1]}, "fixed_and_forbidden"),
        (ONE, {"time_limit_s": 0}, "bad_time_limit"),
        (ONE, {"time_limit_s": np.nan}, "bad_time_limit"),
        (ONE, {"gap": -0.1}, "bad_limit"),
        ("covers", {}, "covers_not_a_matrix"),
    ],
)
def test_a_bad_argument_gets_its_own_error(covers, arguments, key):
    with pytest.raises(ArgumentError) as caught:
        set_cover(covers, **arguments)
    assert caught.value.key == key
    assert isinstance(caught.value, PlannerError)
    assert isinstance(caught.value, ValueError)
    assert caught.value.message("zh") != caught.value.message("en")

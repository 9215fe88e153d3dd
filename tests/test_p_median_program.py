import numpy as np
import pytest
from interrupts import interrupted_after
from test_p_median import check, least_by_trying_all, plane, total

from planner.siting.distances import distance_table
from planner.siting.median import phases
from planner.siting.median import program as program_module
from planner.siting.median import town as town_module
from planner.siting.median.bound import FREE, OPEN, SHUT
from planner.siting.median.p_median import p_median
from planner.siting.median.program import MedianProgram, median_program
from planner.siting.median.town import median_town
from planner.siting.median.tree import Relaxation

# Three places in a row, 1 apart, with a site at each.
ROW = np.array([[0.0, 1.0, 2.0], [1.0, 0.0, 1.0], [2.0, 1.0, 0.0]])


@pytest.fixture(autouse=True)
def programs_of_any_size(monkeypatch):
    monkeypatch.setattr(program_module, "_PAIRS_A_SITE", 1000)
    monkeypatch.setattr(program_module, "_SHARE", 1.0)


def relaxation(distance, weight, site_limit, penalty=np.inf):
    """The town of all sites, and a relaxation of it that rules nothing out."""
    cap = penalty * weight
    town = median_town(distance_table(distance), weight, cap, np.arange(distance.shape[1]), site_limit)
    sites = town.site_count
    root = Relaxation(np.full(sites, FREE, dtype=np.int8), site_limit, np.zeros(town.row_count), np.zeros(sites))
    root.worth = np.zeros(sites)
    return town, root


def solved(program, cutoff, time_limit_s=10.0):
    return program.solve(cutoff=cutoff, least_gap=1e-9, time_limit_s=time_limit_s)


def test_a_set_of_sites_has_one_column_whoever_it_is_of():
    program = median_program(*relaxation(ROW, np.ones(3), 1), goal=100.0)
    # The sites; the sets {0}, {1}, {2}, {0, 1}, {1, 2} and all three, of which one must be open.
    assert program.constraints.shape[1] == 3 + 6
    assert (program.upper == 0).sum() == 1
    # Two rows come to all three sites from two and one, a third from one.
    assert program.constraints.shape[0] == 5 + 3 + 1
    answer = solved(program, 100.0)
    assert (answer.opened.tolist(), answer.bound, answer.interrupted) == ([1], pytest.approx(2.0), False)


def test_a_list_ends_at_a_site_that_is_open_in_any_case():
    town, root = relaxation(ROW, np.ones(3), 1)
    root.mode[1] = OPEN
    program = median_program(town, root, goal=100.0)
    # The sets {0} and {2}, of their own rows.
    assert program.constraints.shape == (2 + 1, 2 + 2)
    assert (program.base, program.upper.min()) == (0.0, 1.0)
    answer = solved(program, 100.0)
    assert (len(answer.opened), 1 in answer.opened, answer.bound) == (2, True, pytest.approx(1.0))


@pytest.mark.parametrize(("penalty", "least"), [(0.5, 1.0), (1.5, 2.0)])
def test_a_list_ends_at_the_penalty(penalty, least):
    town, root = relaxation(ROW, np.ones(3), 1, penalty)
    answer = solved(median_program(town, root, goal=100.0), 100.0)
    assert answer.bound == pytest.approx(least)
    assert total(ROW, np.ones(3), answer.opened, penalty) == least
    # With the last site open in any case, and no other: of the two far rows the first pays the penalty.
    root.mode[:], root.quota = [FREE, SHUT, OPEN], 0
    assert solved(median_program(town, root, goal=100.0), 100.0).bound == pytest.approx(penalty + min(1.0, penalty))


def test_long_lists_are_left_to_branch_and_bound(monkeypatch):
    town, root = relaxation(ROW, np.ones(3), 1)
    for name, most in (("_PAIRS_A_SITE", 1), ("_SHARE", 0.6), ("_MOST_PAIRS", 8)):
        with monkeypatch.context() as patch:
            patch.setattr(program_module, name, most)
            assert median_program(town, root, goal=100.0) is None
    monkeypatch.setattr(program_module, "_PAIRS_A_SITE", 2)
    monkeypatch.setattr(program_module, "_MOST_PAIRS", 9)
    assert median_program(town, root, goal=100.0) is not None


def test_a_list_that_was_cut_too_early_is_left_to_branch_and_bound(monkeypatch):
    monkeypatch.setattr(town_module, "_MOST_PAIRS", 0)
    monkeypatch.setattr(town_module, "_LEAST_REACH", 2)
    monkeypatch.setattr(town_module, "_REACH", 0)
    assert median_program(*relaxation(ROW, np.ones(3), 1), goal=100.0) is None


@pytest.mark.parametrize("seed", range(3))
def test_prices_shorten_the_lists_and_change_no_total_below_the_goal(seed):
    distance, weight = plane(40, 16, seed)
    least = least_by_trying_all(distance, weight, site_limit=5, fixed=[], forbidden=[], penalty=None)
    town, root = relaxation(distance, weight, 5)
    whole = median_program(town, root, goal=2 * least)
    root.improve(
        town, town.lists[:3], goal=np.inf, target=least, steps=200, patience=10, factor=1.0, stop=lambda: False
    )
    for goal, found in ((1.02 * least, True), (0.999 * least, False)):
        shorter = median_program(town, root, goal)
        assert len(shorter.cost) < len(whole.cost)
        answer = solved(shorter, goal)
        assert (answer.opened is not None) == found
        assert answer.bound == pytest.approx(least if found else goal)
        if found:
            assert total(distance, weight, town.site_id[answer.opened], None) == pytest.approx(least)


def test_a_bound_is_true_when_time_is_up():
    distance, weight = plane(40, 16)
    least = least_by_trying_all(distance, weight, site_limit=5, fixed=[], forbidden=[], penalty=None)
    program = median_program(*relaxation(distance, weight, 5), goal=2 * least)
    for time_limit_s in (0.0, 0.01, 0.03, 0.1):
        assert solved(program, 2 * least, time_limit_s).bound <= least * (1 + 1e-9)


def without_search(patch, factor=0.0):
    """No swaps, the first sites for a start and only 20 steps of the bound: the rest is left to the program."""

    def first_sites(lists, most):
        return np.arange(min(most, len(lists[3]) - 1))

    def look(search, opened):
        slots = search.state[1]
        slots[:] = np.append(opened, np.setdiff1d(np.arange(search.town.site_count), opened))[: len(slots)]
        search._swaps(np.empty(0, dtype=np.int64), 0, slots.copy(), np.inf)

    def no_rounds(_search, _rounds):
        pass

    def few_steps(relaxation, *town, **options):
        begun = relaxation.worth is not None
        improve(relaxation, *town, **(options | {"factor": 0.0 if begun else factor, "steps": 20}))

    improve = Relaxation.improve
    patch.setattr(phases, "greedy", first_sites)
    patch.setattr(phases.MedianSearch, "_descend", look)
    patch.setattr(phases.MedianSearch, "_improve", no_rounds)
    patch.setattr(Relaxation, "improve", few_steps)


def small_town(seed):
    """Sites to choose among for rows of a small world: ties, distances of 0, sites in one place, gaps, fixed sites."""
    rng = np.random.default_rng(seed)
    rows, sites = rng.integers(6, 14), rng.integers(6, 10)
    kind = rng.choice(["whole", "few", "plane"])
    if kind == "plane":
        distance = np.linalg.norm(rng.random((rows, 1, 2)) - rng.random((1, sites, 2)), axis=2)
    else:
        distance = rng.integers(0, 30 if kind == "whole" else 4, (rows, sites)).astype(float)
    distance[:, -1] = distance[:, rng.integers(0, sites)]
    weight = rng.choice([0.0, 1.0, 3.0] if rng.random() < 0.5 else [0.0, 1.0, 2.5, 1 / 3], rows)
    penalty = rng.choice([None, 0.4, 2.0, 15.0])
    sparse = penalty is not None and bool(rng.random() < 0.5)
    if sparse:
        distance[rng.random((rows, sites)) < 0.4] = np.inf
    lot = rng.permutation(sites)
    fixed, forbidden = lot[: rng.integers(0, 2)], lot[2 : rng.integers(2, 4)]
    return distance, weight, sparse, {
        "site_limit": int(rng.integers(2, 5)), "fixed": fixed, "forbidden": forbidden, "penalty": penalty,
    }  # fmt: skip


@pytest.mark.parametrize("factor", [0.0, 0.1])
def test_is_the_least_of_all_sets(factor, monkeypatch):
    answered = []
    solve = MedianProgram.solve
    monkeypatch.setattr(MedianProgram, "solve", lambda *args, **limits: answered.append(1) or solve(*args, **limits))
    without_search(monkeypatch, factor)
    for seed in range(120):
        check(*small_town(seed))
    assert len(answered) > 30


@pytest.mark.parametrize("kept", [1, 2, 3, 4])
def test_cut_lists_give_the_same_answer(kept, monkeypatch):
    without_search(monkeypatch, 0.1)
    monkeypatch.setattr(town_module, "_MOST_PAIRS", 0)
    monkeypatch.setattr(town_module, "_LEAST_REACH", kept)
    monkeypatch.setattr(town_module, "_REACH", 0)
    for seed in range(40):
        check(*small_town(seed))


@pytest.mark.parametrize("whole", [True, False])
def test_the_program_alone_finds_and_proves_what_the_search_does(whole, monkeypatch):
    distance, weight = plane(60, 40)
    distance = np.rint(1000 * distance) if whole else distance
    searched = p_median(distance, weight, site_limit=12, fixed=[3], forbidden=[4])
    without_search(monkeypatch)
    answer = p_median(distance, weight, site_limit=12, fixed=[3], forbidden=[4])
    assert (answer.method, answer.status) == ("HiGHS after Lagrangian fixing", "optimal")
    assert answer.objective == pytest.approx(searched.objective, rel=1e-9)


def test_an_interrupt_of_the_program_gives_the_best_so_far(monkeypatch):
    distance, weight = plane(400, 300)
    p_median(distance[:60, :60], weight[:60], site_limit=5)  # compile
    without_search(monkeypatch)
    with interrupted_after(1.0):
        answer = p_median(distance, weight, site_limit=8)
    assert answer.method == "interrupted"
    assert answer.objective == pytest.approx(total(distance, weight, answer.selected, None))
    assert 0 <= answer.bound <= answer.objective

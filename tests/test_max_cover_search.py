import itertools

import numpy as np
import pytest
import scipy.sparse as sp

from planner.siting.covering.max_cover.search import CoverSearch
from planner.siting.stopping import Deadline

LATER = Deadline(3600)


def search_in(seed, *, rows=40, sites=10, room=3.0, by_count=True):
    rng = np.random.default_rng(seed)
    covers = rng.random((rows, sites)) < 0.25
    covers[np.arange(rows), rng.integers(0, sites, rows)] = True
    weight = rng.integers(1, 20, rows).astype(float)
    cost = np.ones(sites) if by_count else rng.integers(1, 5, sites).astype(float)
    return covers, weight, cost, CoverSearch(sp.csr_array(covers.astype(float)), weight, cost, room, by_count, seed)


def best(covers, weight, cost, room):
    sets = (s for n in range(len(cost) + 1) for s in itertools.combinations(range(len(cost)), n))
    return max(weight[covers[:, list(s)].any(axis=1)].sum() for s in sets if cost[list(s)].sum() <= room)


@pytest.mark.parametrize("by_count", [True, False], ids=["count", "money"])
@pytest.mark.parametrize("seed", range(20))
def test_the_optimum_lies_between_the_answer_and_the_bound(seed, by_count):
    room = 3.0 if by_count else 6.0
    covers, weight, cost, search = search_in(seed, room=room, by_count=by_count)
    search.start()
    optimum = best(covers, weight, cost, room)
    for _ in range(4):
        search.relax(100, LATER)
        search.improve(0.03, 20, LATER, lambda: False)
        assert search.value <= optimum <= search.bound
        assert cost[search.chosen].sum() <= room + 1e-9
        assert weight[covers[:, search.chosen].any(axis=1)].sum() == pytest.approx(search.value)


@pytest.mark.parametrize("seed", range(20))
def test_no_better_answer_is_fixed_away(seed):
    covers, weight, cost, search = search_in(seed)
    search.start()
    search.relax(300, LATER)
    free, opened = search.undecided()
    never = np.setdiff1d(np.arange(len(cost)), np.concatenate([free, opened]))
    for chosen in itertools.combinations(range(len(cost)), 3):
        if weight[covers[:, list(chosen)].any(axis=1)].sum() > search.value:
            assert not set(chosen) & set(never)
            assert set(opened) <= set(chosen)


def test_gain_and_loss_stay_right_over_many_kicks():
    covers, weight, _, search = search_in(1, rows=200, sites=40, room=8.0)
    search.start()
    search.relax(50, LATER)
    search.improve(0.03, 20, LATER, lambda: False)
    count, owner, is_open, gain, loss = search.state
    assert count.tolist() == covers[:, is_open].sum(axis=1).tolist()
    assert owner.tolist() == (covers * is_open * np.arange(40)).sum(axis=1).tolist()
    uncovered, once = count == 0, count == 1
    assert np.allclose(gain, (covers * (weight * uncovered)[:, None]).sum(axis=0))
    assert np.allclose(loss[is_open], (covers * (weight * once)[:, None]).sum(axis=0)[is_open])
    assert search.open_value == pytest.approx(weight[~uncovered].sum())


def test_a_seed_gives_one_answer():
    answers = []
    for _ in range(2):
        *_, search = search_in(5, rows=300, sites=80, room=9.0)
        search.start()
        search.relax(100, LATER)
        search.improve(0.03, 20, LATER, lambda: False)
        answers.append((search.chosen.tolist(), search.bound))
    assert answers[0] == answers[1]

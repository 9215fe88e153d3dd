import threading
import time

import numpy as np
import pytest
import scipy.sparse as sp
from interrupts import interrupted_after

from planner.siting import (
    Alternative,
    Explanation,
    SmallestLimit,
    SmallestRadius,
    alternatives,
    capacitated_cover,
    capacitated_median,
    explain,
    max_cover,
    p_center,
    p_median,
    set_cover,
    smallest_limit,
    smallest_radius,
    stop_when,
    stopping,
    watch,
)
from planner.siting.highs import linear_program, run, solver_for
from planner.siting.stopping import Deadline

# Nobody proves these in a second, and a stopped model is far from its limit.
LIMIT_S = 60.0


def town(size, radius):
    """Clustered demand and sites of a unit square, their distances, who reaches whom, and weights of the demand."""
    rng = np.random.default_rng(7)
    middles = rng.random((15, 2))
    demand, site = (middles[rng.integers(0, 15, size)] + rng.normal(0, 0.1, (size, 2)) for _ in range(2))
    distance = np.hypot(*(demand[:, None, :] - site[None, :, :]).transpose(2, 0, 1))
    return distance, sp.csr_array(distance <= radius), rng.integers(1, 50, size).astype(float)


def models(size):
    """Every model on a town of this size, by name."""
    distance, covers, weight = town(size, 1.6 / np.sqrt(size))
    cost = np.random.default_rng(6).uniform(0.5, 2.0, size)
    few = max(3, size // 40)
    held = {"unit_capacity": np.full(size, 3.3 * weight.mean()), "site_limit": size // 5, "time_limit_s": LIMIT_S}
    part = slice(0, min(size, 400))
    near, load = distance[part, : size // 4], weight[part]
    room = {"unit_capacity": np.full(size // 4, 1.2 * load.sum() / few), "site_limit": few, "time_limit_s": LIMIT_S}
    limits = {"time_limit_s": LIMIT_S}
    return {
        "max_cover of sites": lambda: max_cover(covers, weight, site_limit=few, **limits),
        "max_cover of money": lambda: max_cover(covers, weight, cost=cost, budget=few, **limits),
        "max_cover of both": lambda: max_cover(covers, weight, cost=cost, budget=few, site_limit=few, **limits),
        "set_cover": lambda: set_cover(covers, **limits),
        "set_cover of a share": lambda: set_cover(covers, weight=weight, target_share=0.8, **limits),
        "p_median": lambda: p_median(distance, weight, site_limit=few, **limits),
        "p_center": lambda: p_center(distance, site_limit=few, **limits),
        "capacitated_cover": lambda: capacitated_cover(covers, weight, single_source=True, **held),
        "capacitated_cover in parts": lambda: capacitated_cover(covers, weight, **held),
        "capacitated_median": lambda: capacitated_median(near, load, single_source=True, **room),
        "capacitated_median in parts": lambda: capacitated_median(near, load, **room),
        "explain": lambda: explain(covers, weight, np.arange(few), **limits),
        "alternatives": lambda: alternatives(
            covers, weight, count=9, min_difference=2, site_limit=few, cost=cost, budget=few, **limits
        ),
        "smallest_radius": lambda: smallest_radius(distance, weight, target_share=0.9, site_limit=few, **limits),
        "smallest_limit": lambda: smallest_limit(covers, weight, target_share=0.8, **limits),
    }


NAMES = list(models(8))
# What tells how far it has come.
LARGE = ["max_cover of sites", "max_cover of money", "set_cover", "p_median", "p_center", "capacitated_cover"]


def in_a_thread(work):
    """What the work gives in a thread that no signal reaches."""
    got = []

    def catch():
        try:
            got.append(work())
        except BaseException as error:
            got.append(error)

    thread = threading.Thread(target=catch)
    thread.start()
    thread.join()
    if isinstance(got[0], BaseException):
        raise got[0]
    return got[0]


def stopped_at(look, model):
    """The model's answer in a thread, stopped when it looks up for the so-many-th time; how long after that it came."""
    asked = []

    def stopped():
        asked.append(time.perf_counter())
        return len(asked) >= look

    def work():
        with stop_when(stopped):
            return model(), time.perf_counter()

    answer, ended = in_a_thread(work)
    assert len(asked) >= look, "proven before it was stopped"
    return answer, ended - asked[look - 1]


def solutions(answer):
    """The solutions that an answer holds."""
    if isinstance(answer, Explanation):
        return []
    if isinstance(answer, (SmallestRadius, SmallestLimit)):
        return [answer.solution]
    if isinstance(answer, list):
        assert all(isinstance(one, Alternative) for one in answer)
        return [one.solution for one in answer]
    return [answer]


@pytest.fixture(scope="module")
def compiled():
    """So that no test waits for the compiler."""
    for model in models(40).values():
        model()
    for name in LARGE:
        stopped_at(40, models(600)[name])


@pytest.mark.usefixtures("compiled")
@pytest.mark.parametrize("name", NAMES)
def test_a_model_in_a_thread_ends_soon_after_it_is_told_to(name):
    answer, late_s = stopped_at(4, models(1_000)[name])
    # A machine that runs other tests may take a while, but the limit is far away.
    assert late_s < LIMIT_S / 4
    for solution in solutions(answer):
        assert min(solution.objective, solution.bound) >= 0
        assert len(solution.selected) > 0
    if solutions(answer):
        last = solutions(answer)[-1]
        assert last.method.split(";")[0] == "interrupted"
        # At some radii every row can be covered, and no bound is above that.
        assert last.status == "feasible" or name == "smallest_radius"


@pytest.mark.usefixtures("compiled")
@pytest.mark.parametrize("name", NAMES)
def test_a_model_told_to_stop_at_once_has_an_answer(name):
    answer, _ = stopped_at(1, models(300)[name])
    if isinstance(answer, Explanation):
        assert np.isfinite(answer.forced_loss).all()
        assert (answer.forced_loss_bound <= answer.forced_loss).all()
    for solution in solutions(answer):
        assert solution.objective > 0
        assert len(solution.selected) > 0


@pytest.mark.parametrize("name", NAMES)
def test_a_model_that_is_not_stopped_answers_as_without_the_context(name):
    def with_contexts():
        with stop_when(lambda: False), watch(lambda *_: None):
            return models(40)[name]()

    alone, within = models(40)[name](), in_a_thread(with_contexts)
    for one, other in zip(solutions(alone), solutions(within), strict=True):
        assert one.selected.tolist() == other.selected.tolist()
        assert (one.objective, one.bound, one.method) == (other.objective, other.bound, other.method)


def test_every_context_around_a_model_stops_it():
    stop = threading.Event()
    with stop_when(stop.is_set), stop_when(lambda: False):
        assert not Deadline(1.0).stopped
        stop.set()
        assert Deadline(1.0).stopped
    assert not Deadline(1.0).stopped


def test_a_context_is_that_of_its_thread():
    with stop_when(lambda: True):
        assert not in_a_thread(lambda: Deadline(1.0).stopped)


def test_a_part_of_a_deadline_stops_with_it_and_tells_nobody():
    told = []
    with stop_when(lambda: True), watch(lambda *pair: told.append(pair)):
        part = Deadline(60.0).part(0.5)
    assert part.stopped
    assert 25 < part.left_s <= 30
    time.sleep(0.25)
    part.tell(1.0, 2.0)
    assert told == []


def knapsacks():
    """A program that takes HiGHS many seconds, in a solver."""
    rng = np.random.default_rng(2)
    use = sp.csc_array(rng.integers(10, 99, (30, 150)).astype(float))
    room = np.asarray(use.sum(axis=1)) / 2
    program = linear_program(
        use, np.full(30, -np.inf), room, rng.integers(10, 99, 150).astype(float), whole=np.ones(150, dtype=bool),
        maximise=True,
    )  # fmt: skip
    return solver_for(program, time_limit_s=LIMIT_S)


@pytest.mark.parametrize("look", [1, 20])
@pytest.mark.parametrize("threaded", [False, True])
def test_the_solver_stops_in_any_thread(look, threaded):
    solver, asked = knapsacks(), []

    def work():
        with stop_when(lambda: asked.append(None) or len(asked) >= look):
            return run(solver)

    assert in_a_thread(work) if threaded else work()
    assert solver.getRunTime() < LIMIT_S / 4
    assert len(asked) <= look + 5


@pytest.mark.parametrize("look", [1, 20])
@pytest.mark.parametrize("threaded", [False, True])
def test_what_is_raised_while_the_solver_asks_comes_out_of_it(look, threaded):
    asked = []

    def fault():
        asked.append(None)
        if len(asked) == look:
            raise ZeroDivisionError
        return False

    def work():
        with stop_when(fault):
            run(knapsacks())

    with pytest.raises(ZeroDivisionError):
        in_a_thread(work) if threaded else work()


def test_ctrl_c_stops_the_solver_within_a_context_too():
    with stop_when(lambda: False), interrupted_after(0.5):
        assert run(knapsacks())


@pytest.mark.usefixtures("compiled")
@pytest.mark.parametrize("name", LARGE)
def test_a_watcher_is_told_of_better_answers_and_bounds(name, monkeypatch):
    monkeypatch.setattr(stopping, "_TOLD_EVERY_S", 0.0)
    told = []
    with watch(lambda *pair: told.append(pair)), stop_when(lambda: len(told) >= 5):
        answer = models(1_000)[name]()
    upwards = 1 if "max_cover" in name or name == "capacitated_cover" else -1
    told.append((answer.objective, answer.bound))
    objectives, bounds = upwards * np.array(told).T
    assert len(objectives) >= 6
    assert (np.diff(objectives) >= -1e-9).all()
    assert (np.diff(bounds) <= 1e-9).all()
    assert (objectives <= bounds + 1e-9).all()


@pytest.mark.usefixtures("compiled")
@pytest.mark.parametrize("name", ["explain", "alternatives", "smallest_radius", "capacitated_median"])
def test_what_solves_models_in_turn_tells_nothing(name, monkeypatch):
    monkeypatch.setattr(stopping, "_TOLD_EVERY_S", 0.0)
    told, asked = [], []
    with watch(lambda *pair: told.append(pair)), stop_when(lambda: asked.append(None) or len(asked) > 20):
        models(300)[name]()
    assert len(asked) > 20
    assert told == []

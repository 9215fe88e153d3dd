import json
import math
import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from shared_data import shared_data

from benchmarks.cases import Case, all_cases
from benchmarks.district import district_of
from benchmarks.solvers import SOLVERS, planner
from benchmarks.table import Measured, as_markdown


def case(**changes):
    about = {"group": "g", "name": "one", "model": "p_median", "problem": dict, "reach": "fast"}
    return Case(**(about | changes))


def took(case, solver, seconds, objective, bound):
    found = {"seconds": seconds, "objective": objective, "bound": bound, "memory_mb": 5.0, "method": ""}
    return Measured(case, solver, 60.0, found, "")


def test_a_row_says_how_many_times_longer_the_peer_took():
    table = as_markdown([took(case(), "planner", 0.5, 100.0, 100.0), took(case(), "highs", 20.0, 101.0, 99.0)])
    assert "| one | 0.50 | proven | 5 | 20.00 (1.98%) × 40.0 |" in table


def test_a_peer_without_a_bound_is_held_to_the_best_known_one():
    one = case(model="max_cover")
    table = as_markdown([took(one, "planner", 1.0, 99.0, 100.0), took(one, "spopt", 2.0, 98.0, math.nan)])
    assert "| one | 1.00 | 1.00% | 5 | 2.00 (2.00%*) × 2.0 |" in table


def test_no_answer_and_a_missed_optimum_are_said():
    one = case(optimum=lambda: 90.0)
    table = as_markdown([took(one, "planner", 1.0, 100.0, 80.0), Measured(one, "highs", 60.0, None, "nothing in 60 s")])
    assert "20.00%, not the published optimum" in table
    assert "nothing in 60 s" in table


def test_every_case_has_a_name_of_its_own_and_known_peers():
    cases = all_cases()
    assert len({(one.group, one.name) for one in cases}) == len(cases)
    assert {peer for one in cases for peer in one.peers} <= set(SOLVERS)
    assert {one.model for one in cases if one.quick} == {one.model for one in cases}


def test_what_is_measured_is_the_published_optimum():
    shared_data("bench/pmed")
    one = next(one for one in all_cases() if one.name == "pmed1" and one.model == "p_median")
    answer = planner(one.model, one.problem(), 120.0, 0.0)
    assert (answer.objective, answer.bound) == (one.optimum(), one.optimum())


def test_plain_highs_agrees_on_a_small_town():
    pytest.importorskip("highspy")
    covers = np.array([[1, 0, 0], [1, 1, 0], [0, 1, 1], [0, 0, 1]], dtype=bool)
    problem = {"covers": covers, "weight": np.array([4.0, 1.0, 2.0, 3.0]), "site_limit": 1}
    assert SOLVERS["highs"]("max_cover", problem, 10.0, 0.0).objective == 5.0
    assert SOLVERS["highs"]("set_cover", {"covers": covers}, 10.0, 0.0).objective == 2.0


@pytest.mark.slow
def test_a_case_runs_in_a_process_of_its_own(tmp_path):
    number, case = next((i, one) for i, one in enumerate(all_cases()) if one.group == "demo")
    problem = tmp_path / "problem.pickle"
    problem.write_bytes(pickle.dumps(case.problem()))
    command = [sys.executable, "-m", "benchmarks.measure", str(number), "planner", "30", str(problem)]
    done = subprocess.run(command, cwd=Path(__file__).parent.parent, capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)
    assert found["objective"] == pytest.approx(found["bound"])
    assert 0 < found["seconds"] < 30


def test_the_district_of_the_map_is_as_large_as_it_says(demo_study):
    district = district_of(demo_study)
    assert (len(district.cells), len(district.hosts)) == (20_164, 3_000)
    assert len(district.streets.edges) == 40_044
    assert district.cells["grid_code"].isin(district.grids["grid_code"]).all()
    assert district.hosts.within(district.boundary).all()
    assert district.streets.edges[["tail", "head"]].to_numpy().max() < district.streets.node_count

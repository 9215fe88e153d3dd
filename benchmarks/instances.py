"""Published and generated instances as arrays. Their files lie in ``../shared``, which is no part of the project."""

from __future__ import annotations

import importlib.util
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.sparse.csgraph import floyd_warshall

Floats = NDArray[np.float64]

SHARED = Path(__file__).parent.parent.parent / "shared"
PUBLISHED = SHARED / "data" / "bench"


def network(name: str) -> tuple[Floats, int]:
    """All shortest paths of an OR-Library network (of a repeated edge the last one counts), and its number of sites."""
    numbers = np.array((PUBLISHED / "pmed" / f"{name}.txt").read_text().split(), dtype=float)
    nodes, edges, site_limit = numbers[:3].astype(int)
    length = np.full((nodes, nodes), np.inf)
    for a, b, c in numbers[3 : 3 + 3 * edges].reshape(-1, 3):
        length[int(a) - 1, int(b) - 1] = length[int(b) - 1, int(a) - 1] = c
    np.fill_diagonal(length, 0.0)
    return floyd_warshall(length), int(site_limit)


def reinelt() -> Floats:
    """The distances of rl1304 (Reinelt 1991), cut to whole numbers as in the published optima."""
    lines = (PUBLISHED / "tsplib" / "rl1304.tsp").read_text().splitlines()
    xy = np.array([line.split()[1:] for line in lines if line.split() and line.split()[0].isdigit()], dtype=float)
    return np.floor(np.linalg.norm(xy[:, None] - xy[None], axis=2))


def set_covering(name: str) -> tuple[sp.csr_array, Floats]:
    """An OR-Library set-covering instance: rows × columns, and the cost of each column."""
    words = np.array((PUBLISHED / "scp" / f"{name}.txt").read_text().split(), dtype=np.int64)
    rows, sites = words[:2]
    cost, at = words[2 : 2 + sites].astype(float), 2 + sites
    pointer, columns = [0], []
    for _ in range(rows):
        columns.append(words[at + 1 : at + 1 + words[at]] - 1)
        pointer.append(pointer[-1] + words[at])
        at += 1 + words[at]
    inside = np.concatenate(columns)
    return sp.csr_array((np.ones(len(inside), dtype=bool), inside, np.array(pointer)), shape=(rows, sites)), cost


def warehouses(name: str) -> dict[str, Floats]:
    """An OR-Library warehouse problem: what serving a row from each site costs, demand, capacity, fixed cost."""
    words = (PUBLISHED / "cap" / f"{name}.txt").read_text().split()
    sites, rows = int(words[0]), int(words[1])
    terms = np.array(words[2 : 2 + 2 * sites], dtype=float).reshape(sites, 2)
    table = np.array(words[2 + 2 * sites :], dtype=float).reshape(rows, sites + 1)
    return {"distance": table[:, 1:], "load": table[:, 0], "unit_capacity": terms[:, 0], "site_cost": terms[:, 1]}


def capacitated_points(number: int) -> tuple[dict[str, Any], float]:
    """An instance of Osman & Christofides (1994), its distances cut to whole numbers, and its best known total."""
    words = (PUBLISHED / "cpmp" / f"pmedcap1_{number}.txt").read_text().split()
    best, rows, limit, capacity = (int(word) for word in words[1:5])
    points = np.array(words[5:], dtype=float).reshape(rows, 4)
    distance = np.floor(np.linalg.norm(points[:, None, 1:3] - points[None, :, 1:3], axis=2))
    return {
        "distance": distance, "load": points[:, 3], "unit_capacity": np.full(rows, float(capacity)),
        "site_limit": limit,
    }, float(best)  # fmt: skip


def optimum(file: str, name: str) -> float:
    """A published optimum, from a file of names and values."""
    lines = (PUBLISHED / file).read_text().splitlines()
    return next(float(line.split()[1]) for line in lines if line.split()[:1] == [name])


def warehouse_optimum(name: str) -> float:
    """The published optimum of a warehouse problem."""
    return float((PUBLISHED / "cap" / f"{name}.txt.opt").read_text().split()[-1])


@cache
def _generator() -> ModuleType:
    specification = importlib.util.spec_from_file_location("bench_instances", SHARED / "bench_instances.py")
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


def generated(rows: int, sites: int, seed: int, *, degree: int = 30) -> dict[str, Any]:
    """Clustered demand and sites in the plane, ``degree`` sites in reach of a row on average.

    ``xy_demand``, ``xy_site``, ``weight``, ``radius``, ``p``.
    """
    found: dict[str, Any] = _generator().instance(rows, sites, seed=seed, degree=degree)
    return found


def covers_of(instance: dict[str, Any]) -> sp.csr_array:
    """Which site is within the radius of which row of a generated instance."""
    covers: sp.csr_array = _generator().covers(instance)
    return covers


def distances_of(instance: dict[str, Any]) -> Floats:
    """All distances of a generated instance."""
    distances: Floats = _generator().distance(instance)
    return distances

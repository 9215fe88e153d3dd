"""A small problem of each model, just large enough to need all the compiled code of its search.

``python -m benchmarks.warm`` solves them all; with an empty cache that tells how long compiling takes.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.sparse as sp

Problem = dict[str, Any]


def small_problem(model: str) -> Problem:
    """The arguments of a model for 150 points in the plane, and what its peers need.

    Covers without a plane below them for set covering: reduction alone would settle those of the plane.
    """
    rng = np.random.default_rng(1)
    xy = rng.random((150, 2))
    distance = np.rint(1000 * np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1)))
    covers, weight = sp.csr_array(distance <= 120), rng.integers(1, 30, 150).astype(float)
    if model == "max_cover":
        return {"covers": covers, "distance": distance, "radius": 120.0, "weight": weight, "site_limit": 12}
    if model == "set_cover":
        apart = np.random.default_rng(4).random((100, 100)) * (1 - np.eye(100))
        return {"covers": sp.csr_array(apart < 0.05), "distance": apart, "radius": 0.05}
    if model == "p_center":
        return {"distance": distance, "site_limit": 8}
    if model == "p_median":
        return {"distance": distance, "weight": weight, "site_limit": 8}
    few = distance[:40, :40]
    size = {"load": weight[:40], "unit_capacity": np.full(40, 150.0), "single_source": True}
    return {"distance": few, "weight": np.ones(40), "site_limit": 6} | size


def main() -> None:
    """Solve every model, in each of its forms."""
    # Not above: OR-Tools cannot be loaded into a process that has loaded highspy.
    import planner.siting

    problem = small_problem("max_cover")
    covers, weight = problem["covers"], problem["weight"]
    distance, cost = problem["distance"], np.random.default_rng(2).random(150)
    planner.siting.max_cover(covers, weight, site_limit=12)
    planner.siting.max_cover(covers, weight, cost=cost, budget=5.0)
    planner.siting.set_cover(covers)
    floors = {"group": np.arange(150) % 3, "group_share": 0.5}
    planner.siting.set_cover(covers, weight=weight, target_share=0.8, **floors, time_limit_s=2.0)
    # Neither reduction nor the linear relaxation settles covers and distances without a plane below them.
    planner.siting.set_cover(small_problem("set_cover")["covers"], time_limit_s=5.0)
    tangled = (np.random.default_rng(4).random((120, 120)) < 0.03) | np.eye(120, dtype=bool)
    planner.siting.max_cover(sp.csr_array(tangled), weight[:120], site_limit=20, time_limit_s=5.0)
    far_apart = np.random.default_rng(4).integers(1, 1000, (40, 40)).astype(float)
    planner.siting.p_center(far_apart, site_limit=8, time_limit_s=5.0)
    planner.siting.p_median(distance, weight, site_limit=8)
    planner.siting.p_median(covers * distance, weight, site_limit=8, penalty=1000.0)
    planner.siting.p_center(distance, site_limit=8)
    for single_source in (False, True):
        size = {"unit_capacity": np.full(150, 300.0), "single_source": single_source, "time_limit_s": 2.0}
        planner.siting.capacitated_cover(covers, weight, site_limit=6, **size)
        planner.siting.capacitated_median(distance[:50], weight[:50], site_limit=8, **size)
    # So little room to spare that the bound is not the answer.
    room = np.full(30, np.ceil(1.05 * weight[:30].sum() / 5))
    planner.siting.capacitated_median(
        distance[:30, :30], weight[:30], site_limit=5, unit_capacity=room, single_source=True, time_limit_s=5.0
    )


if __name__ == "__main__":
    main()

"""Every model once, on a problem that is just large enough to need all compiled code of its search."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from planner.siting import capacitated_cover, capacitated_median, max_cover, p_center, p_median, set_cover


def main() -> None:
    """Solve them."""
    rng = np.random.default_rng(1)
    xy = rng.random((150, 2))
    distance = np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1))
    covers, weight = sp.csr_array(distance < 0.12), rng.integers(1, 30, 150).astype(float)
    group = np.arange(150) % 3
    max_cover(covers, weight, site_limit=8)
    max_cover(covers, weight, cost=rng.random(150), budget=4.0)
    set_cover(covers)
    set_cover(covers, weight=weight, target_share=0.8, group=group, group_share=0.5, time_limit_s=2.0)
    p_median(distance, weight, site_limit=8)
    p_median(covers * distance, weight, site_limit=8, penalty=1.0)
    p_center(distance, site_limit=8)
    for single_source in (False, True):
        size = {"unit_capacity": np.full(150, 300.0), "single_source": single_source, "time_limit_s": 2.0}
        capacitated_cover(covers, weight, site_limit=6, **size)
        capacitated_median(distance[:50], weight[:50], site_limit=8, **size)


if __name__ == "__main__":
    main()

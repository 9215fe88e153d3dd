"""Two plans side by side."""

from __future__ import annotations

import numpy as np
import pandas as pd

from planner.plan import Plan

FIGURES = ("covered_share_today", "covered_share_planned", "new_sites", "cost_yuan", "appeals_answered_planned")


def compare_plans(left: Plan, right: Plan) -> pd.DataFrame:
    """A row a service and figure: ``service``, ``figure`` (a column of :meth:`Plan.summary`), ``left``, ``right`` and
    ``difference`` (right less left); not a number where one of the plans does not have the service.
    """
    mine, theirs = left.summary(), right.summary()
    services = [*mine.index, *(name for name in theirs.index if name not in mine.index)]
    rows = [
        {
            "service": service,
            "figure": figure,
            "left": float(mine[figure].get(service, np.nan)),
            "right": float(theirs[figure].get(service, np.nan)),
        }
        for service in services
        for figure in FIGURES
    ]
    frame = pd.DataFrame(rows, columns=["service", "figure", "left", "right"])
    return frame.assign(difference=frame["right"] - frame["left"])


def compare_sites(left: Plan, right: Plan) -> pd.DataFrame:
    """A row a new site and service of either plan: ``service``, ``site_id``, ``name``, ``in_left``, ``in_right``."""
    frames = []
    for plan, mark in ((left, "in_left"), (right, "in_right")):
        for service, part in plan.services.items():
            sites = pd.DataFrame(part.new_sites[["site_id", "name"]])
            sites.insert(0, "service", service)
            frames.append(sites.assign(**{mark: True}))
    both = pd.concat(frames, ignore_index=True).reindex(columns=["service", "site_id", "name", "in_left", "in_right"])
    marks = both[["in_left", "in_right"]].notna()
    keys = [both["service"], both["site_id"], both["name"]]
    return marks.groupby(keys, sort=False).any().reset_index()

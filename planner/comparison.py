"""Plans side by side."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from planner.plan import Plan

FIGURES = ("covered_share_today", "covered_share_planned", "new_sites", "cost_yuan", "appeals_answered_planned")


def figures_of(plans: Mapping[str, Plan]) -> pd.DataFrame:
    """A row a service and figure: ``service``, ``figure`` (a column of :meth:`Plan.summary`) and a column for each of
    ``plans`` under its name; not a number where a plan does not have the service.
    """
    told = {name: plan.summary() for name, plan in plans.items()}
    services = dict.fromkeys(service for summary in told.values() for service in summary.index)
    rows = [
        {"service": service, "figure": figure}
        | {name: float(summary[figure].get(service, np.nan)) for name, summary in told.items()}
        for service in services
        for figure in FIGURES
    ]
    return pd.DataFrame(rows, columns=["service", "figure", *plans])


def sites_of(plans: Mapping[str, Plan]) -> pd.DataFrame:
    """A row a new site and service of any of ``plans``: ``service``, ``site_id``, ``name``, and for each plan under its
    name whether it has the site.
    """
    frames = []
    for mark, plan in plans.items():
        for service, part in plan.services.items():
            sites = pd.DataFrame(part.new_sites[["site_id", "name"]])
            sites.insert(0, "service", service)
            frames.append(sites.assign(**{mark: True}))
    marks = list(plans)
    every = pd.concat(frames, ignore_index=True).reindex(columns=["service", "site_id", "name", *marks])
    keys = [every["service"], every["site_id"], every["name"]]
    return every[marks].notna().groupby(keys, sort=False).any().reset_index()


def compare_plans(left: Plan, right: Plan) -> pd.DataFrame:
    """:func:`figures_of` two plans, ``left`` and ``right``, and their ``difference`` (right less left)."""
    frame = figures_of({"left": left, "right": right})
    return frame.assign(difference=frame["right"] - frame["left"])


def compare_sites(left: Plan, right: Plan) -> pd.DataFrame:
    """:func:`sites_of` two plans, ``in_left`` and ``in_right``."""
    return sites_of({"in_left": left, "in_right": right})

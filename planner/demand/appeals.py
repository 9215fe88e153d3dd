"""Appeals (诉求) → what each weighs for a service."""

from __future__ import annotations

import datetime

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from planner.intake.study import Study


def appeal_states(study: Study) -> pd.Series[str]:
    """What each appeal is for the plan: ``open`` and ``closed`` ones count by their category, ``late`` ones came after
    the study's day and ``old`` ones are beyond its age; neither counts.
    """
    rules, appeals = study.combining, study.appeals
    state = pd.Series(np.where(appeals["open"], "open", "closed"), index=appeals.index, dtype=object)
    if rules.appeals_as_of is not None:
        day = pd.Timestamp(rules.appeals_as_of)
        state[(appeals["date"] > day).to_numpy()] = "late"
        if rules.appeals_max_age_days is not None:
            first = day - datetime.timedelta(days=rules.appeals_max_age_days)
            state[(appeals["date"] < first).to_numpy()] = "old"
    return state


def appeal_weights(study: Study, service: str) -> NDArray[np.float64]:
    """What each appeal weighs for ``service``, in the unit of its demand, before the weight of the part as a whole."""
    each = {
        name: category.weight_per_open.get(service, 0.0) for name, category in study.catalog.appeals.items()
    }  # fmt: skip
    of_category = np.array([each.get(name, 0.0) for name in study.appeals["category"]], dtype=np.float64)
    of_state = {"open": 1.0, "closed": study.combining.closed_appeals}
    return of_category * np.array([of_state.get(state, 0.0) for state in appeal_states(study)], dtype=np.float64)


def calls_for(study: Study, service: str) -> NDArray[np.bool_]:
    """Which appeals are open and of a category that calls for ``service``: those that a plan can answer."""
    categories = [name for name, c in study.catalog.appeals.items() if c.weight_per_open.get(service, 0.0) > 0]
    calls = study.appeals["category"].isin(categories) & (appeal_states(study) == "open")
    return np.asarray(calls, dtype=bool)

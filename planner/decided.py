"""What a planner decided of single sites: candidates that must open, and those that must not."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.errors import ArgumentError, UnknownNameError
from planner.scenario import Scenario
from planner.today import ServiceToday

Ints = NDArray[np.int64]


class Decided(NamedTuple):
    """Candidates of one service as indices of its ``sites``."""

    required: Ints
    forbidden: Ints


def decided(part: ServiceToday, scenario: Scenario) -> Decided:
    """The candidates that a plan of the service must open, and those that it must not.

    Raises ``ArgumentError`` where a required site cannot stand, ``UnknownNameError`` for one that does not exist.
    """
    limits = scenario.services[part.service]
    required = np.unique([_candidate(part, site, must=True) for site in limits.required]).astype(np.int64)
    forbidden = np.unique([_candidate(part, site, must=False) for site in limits.forbidden]).astype(np.int64)
    return Decided(required, forbidden[forbidden >= 0])


def _candidate(part: ServiceToday, site_id: str, *, must: bool) -> int:
    """The index of a candidate; -1 for one that the siting rules keep out, where it need not stand."""
    frame, service = part.sites.frame, part.study.catalog.services[part.service].name
    found = np.flatnonzero((frame["site_id"] == site_id).to_numpy() & ~frame["existing"].to_numpy(dtype=bool))
    if len(found):
        return int(found[0])
    kept_out = part.sites.rejected[part.sites.rejected["host_id"] == site_id]
    if kept_out.empty:
        raise UnknownNameError("unknown_site", site=site_id, service=service)
    if must:
        rule, name = kept_out.iloc[0][["rule", "name"]]
        raise ArgumentError(f"required_{rule}", site=name, service=service)
    return -1

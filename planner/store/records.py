"""What the store gives back: saved studies and plans, as plain records that need no database to be read."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from planner.words import Text


@dataclass(frozen=True, kw_only=True)
class SavedStudy:
    """A study in the store; ``id`` is the version: other files are another study.

    ``name``, ``saved_by`` and ``saved_at`` (UTC) are those of the last time it was given a name. ``size_bytes``: of its
    files as they were, before they were packed. ``removed_by`` and ``removed_at`` are set while it is hidden.
    """

    id: str
    name: Text
    saved_by: str
    saved_at: datetime
    size_bytes: int
    removed_by: str | None = None
    removed_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class SavedSolution:
    """What the siting engine answered for one service, as :class:`planner.siting.Solution`, sites by their ids.

    ``site_ids``: the open sites, existing ones included, in the order of the solution.
    """

    site_ids: tuple[str, ...]
    objective: float
    bound: float
    gap: float
    status: str
    method: str
    runtime_s: float


@dataclass(frozen=True, kw_only=True)
class PlanDraft:
    """A plan as it is to be saved.

    ``scenario``: a :class:`planner.Scenario` as JSON, every default written out. ``solutions``: one a service;
    ``joint``: that of all services under one budget, without sites of its own, where there is one.
    ``figures``: the rows of ``Plan.summary()`` by service; a figure that is not a finite number is None.
    """

    study_id: str
    name: str
    note: str
    scenario: Mapping[str, Any]
    solutions: Mapping[str, SavedSolution]
    figures: Mapping[str, Mapping[str, Any]]
    planner_version: str
    joint: SavedSolution | None = None


@dataclass(frozen=True, kw_only=True)
class SavedPlan(PlanDraft):
    """A plan in the store: what was saved, by whom and when (UTC), and which revision of its name it is, from 1.

    ``removed_by`` and ``removed_at`` are set while it is hidden.
    """

    id: str
    revision: int
    saved_by: str
    saved_at: datetime
    removed_by: str | None = None
    removed_at: datetime | None = None


def content_of(draft: PlanDraft) -> str:
    """What a plan consists of as one JSON text, floats to their last bit."""
    content = {
        "scenario": draft.scenario,
        "solutions": {service: _told(solution) for service, solution in draft.solutions.items()},
        "joint": None if draft.joint is None else _told(draft.joint),
        "figures": draft.figures,
    }
    return json.dumps(content, allow_nan=False, separators=(",", ":"))


def parts_of(content: str) -> dict[str, Any]:
    """The fields of a :class:`PlanDraft` that :func:`content_of` wrote; raises ``ValueError`` where it did not."""
    read = json.loads(content)
    return {
        "scenario": read["scenario"],
        "solutions": {service: _solution(said) for service, said in read["solutions"].items()},
        "joint": None if read["joint"] is None else _solution(read["joint"]),
        "figures": read["figures"],
    }


def _told(solution: SavedSolution) -> dict[str, object]:
    return {name: _plain(value) for name, value in vars(solution).items()}


def _solution(said: Mapping[str, Any]) -> SavedSolution:
    return SavedSolution(
        site_ids=tuple(said["site_ids"]),
        objective=float(said["objective"]),
        bound=float(said["bound"]),
        gap=float(said["gap"]),
        status=said["status"],
        method=said["method"],
        runtime_s=float(said["runtime_s"]),
    )


def _plain(value: object) -> object:
    """JSON has no word for numbers that are not finite; ``float`` reads their names."""
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value

"""Where should the next rider stations, charging cabinets and sorting points of a street stand?

::

    from planner import load_study, make_plan
    study = load_study("data/demo")
    plan = make_plan(study, study.scenarios["base"])
    plan.summary()
"""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

from planner.errors import PlannerError
from planner.intake import Study, load_study
from planner.plan import Plan, make_plan
from planner.scenario import Scenario, ServiceScenario

__all__ = ["Plan", "PlannerError", "Scenario", "ServiceScenario", "Study", "load_study", "make_plan"]

# Rooms that draw: reached as `planner.maps`, loaded only then, so that the core knows no screen.
_ROOMS_THAT_DRAW = ("maps", "report")


def __getattr__(name: str) -> ModuleType:
    if name in _ROOMS_THAT_DRAW:
        return import_module(f"planner.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

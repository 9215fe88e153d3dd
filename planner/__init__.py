"""Where should the next rider stations, charging cabinets and sorting points of a street stand?

::

    from planner import load_study, make_plan
    study = load_study("data/demo")
    plan = make_plan(study, study.scenarios["base"])
    plan.summary()
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from planner.errors import PlannerError
    from planner.intake import Study, load_study
    from planner.plan import Plan, make_plan
    from planner.scenario import Scenario, ServiceScenario

__all__ = ["Plan", "PlannerError", "Scenario", "ServiceScenario", "Study", "load_study", "make_plan"]

# Each name is loaded when it is first used: `import planner` is quick, and the core knows no screen.
_HOME = {
    "Plan": "plan",
    "PlannerError": "errors",
    "Scenario": "scenario",
    "ServiceScenario": "scenario",
    "Study": "intake",
    "load_study": "intake",
    "make_plan": "plan",
}
_ROOMS = ("analysis", "coverage", "crs", "density", "maps", "report", "siting", "store")


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(f"planner.{_HOME[name]}"), name)
    if name in _ROOMS:
        return import_module(f"planner.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

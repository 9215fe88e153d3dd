"""Under which limits and choices of the planner a plan was made, in words."""

from __future__ import annotations

from collections.abc import Iterable

from planner.figures import yuan_text
from planner.plan import Plan
from planner.words import Language, say


def conditions_of(plan: Plan, service: str, language: Language) -> list[str]:
    """The limits of a service and what was decided about single places, a phrase each; names as they were typed."""
    limits, part = plan.scenario.services[service], plan.services[service]
    told = []
    if limits.site_limit is not None:
        told.append(say("report.limit_sites", language, count=limits.site_limit))
    if limits.budget_yuan is not None:
        told.append(say("report.limit_budget", language, cost=yuan_text(limits.budget_yuan, language)))
    if plan.scenario.budget_yuan is not None:
        cost = yuan_text(plan.scenario.budget_yuan, language)
        told.append(say("report.limit_shared", language, cost=cost, weight=limits.weight))
    names = dict(zip(part.sites.rejected["host_id"], part.sites.rejected["name"], strict=True))
    names |= dict(zip(part.sites.frame["site_id"], part.sites.frame["name"], strict=True))
    for key, sites in (("limit_required", limits.required), ("limit_forbidden", limits.forbidden)):
        if sites:
            told.append(say(f"report.{key}", language, names=_listed((names[site] for site in sites), language)))
    own = [site.name for site in plan.scenario.proposed]
    if own:
        told.append(say("report.limit_proposed", language, names=_listed(own, language)))
    free = [area.name for area in plan.scenario.no_go if not area.services or service in area.services]
    if free:
        told.append(say("report.limit_no_go", language, names=_listed(free, language)))
    return told


def _listed(names: Iterable[object], language: Language) -> str:
    return say("map.list_mark", language).join(str(name) for name in names)

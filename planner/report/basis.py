"""Every standard, factor and rule that a plan rests on, with its source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from planner.catalog import Catalog, Standard
from planner.figures import yuan_text
from planner.plan import Plan
from planner.words import Language, Text, say


@dataclass(frozen=True)
class Fact:
    """One figure as it is printed, under the heading of its kind."""

    heading: str
    item: str
    figure: str
    source: str


def basis_of(plan: Plan, language: Language) -> list[Fact]:
    """The figures behind the services of this plan, in the order in which a plan uses them."""
    catalog = plan.study.catalog
    services = {key: catalog.services[key] for key in plan.services}
    facts: list[Fact] = []

    def add(heading: str, item: Text | str, figure: str, source: Text) -> None:
        name = item.in_language(language) if isinstance(item, Text) else item
        facts.append(Fact(say(f"report.{heading}", language), name, figure, source.in_language(language)))

    for key, service in services.items():
        standard = standard_text(catalog, plan.services[key].standard, key, language)
        cost = yuan_text(service.fit_out_yuan_per_year, language)
        figure = say("report.area_and_fit_out", language, standard=standard, area=service.area_m2, cost=cost)
        add("standards", service.name, figure, service.source)
    for name in dict.fromkeys(service.mode for service in services.values()):
        mode = catalog.modes[name]
        add("modes", mode.name, say("report.speed", language, value=mode.speed_kmh), mode.source)
    for name in dict.fromkeys(service.demand for service in services.values()):
        rule = catalog.demands[name]
        each = [
            say("report.per_delivery", language, kind=delivery_kind(kind, language), value=value)
            for kind, value in rule.per_delivery.items()
        ]
        figure = say("report.factor", language, each=say("map.list_mark", language).join(each), unit=rule.unit)
        add("factors", rule.name, figure, rule.source)
    share, off_road = catalog.rules.open_share_of_period, catalog.rules.max_off_road_m
    item = say("report.rule_open_share_of_period", language)
    add("rules", item, f"{share.value:.0%}", share.source)
    item = say("report.rule_max_off_road_m", language)
    add("rules", item, say("report.metres", language, value=off_road.value), off_road.source)
    if "hosts" in plan.study.estimated_roles:
        for name in dict.fromkeys(kind for service in services.values() for kind in service.host_kinds):
            host = catalog.host_kinds[name]
            cost = yuan_text(host.yearly_cost_yuan_per_m2, language)
            figure = say("report.host_figures", language, area=host.area_m2, cost=cost, hours=host.open_hours)
            add("hosts_basis", host.name, figure, host.source)
    if "cells" in plan.study.estimated_roles:
        for name in _ESTIMATES:
            part = getattr(catalog.estimate, name)
            add("estimate_basis", say(f"report.estimate_{name}", language), f"{part.value:g}", part.source)
        shares_of = {f"meals_{place}": shares for place, shares in catalog.estimate.meals_by_period.items()}
        shares_of["parcels"] = catalog.estimate.parcels_by_period
        for kind, shares in shares_of.items():
            item = say(f"report.estimate_day_{kind}", language)
            add("estimate_basis", item, _shares_of_day(catalog, shares, language), catalog.estimate.periods_source)
    return facts


def standard_text(catalog: Catalog, standard: Standard, service: str, language: Language) -> str:
    """A standard in words: within so many metres or minutes, by the service's mode."""
    mode = catalog.modes[catalog.services[service].mode].name
    return say(f"term.standard_{standard.unit}", language, mode=mode, value=standard.value)


def delivery_kind(kind: str, language: Language) -> str:
    """The word for a kind of delivery, or its key where a study brings a kind of its own."""
    return say(f"report.kind_{kind}", language) if kind in ("meals", "parcels") else kind


_ESTIMATES = (
    "residents_per_m2",
    "workers_per_m2",
    "residents_per_street_m",
    "meals_per_person_per_day",
    "parcels_per_person_per_day",
    "storeys",
    "share_at_pick_up",
)


def _shares_of_day(catalog: Catalog, shares: Mapping[str, float], language: Language) -> str:
    told = [f"{period.name.in_language(language)} {shares[key]:.0%}" for key, period in catalog.periods.items()]
    return say("map.list_mark", language).join(told)

"""Every standard, factor and rule that a plan rests on, with its source."""

from __future__ import annotations

from collections.abc import Callable, Mapping
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

    def add(heading: str, item: Text | str, figure: str, source: Text | str) -> None:
        name = item.in_language(language) if isinstance(item, Text) else item
        origin = source.in_language(language) if isinstance(source, Text) else source
        facts.append(Fact(say(f"report.{heading}", language), name, figure, origin))

    for key, service in services.items():
        standard = standard_text(catalog, plan.services[key].standard, key, language)
        cost = yuan_text(service.fit_out_yuan_per_year, language)
        figure = say("report.area_and_fit_out", language, standard=standard, area=service.area_m2, cost=cost)
        add("standards", service.name, figure, service.source)
        if service.near_roads is not None:
            figure = say("card.needs_roads", language, value=service.near_roads.within_m)
            add("standards", service.name, figure, service.near_roads.source)
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
    _add_demand_facts(plan, language, add)
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
        for kind, shares in shares_of.items():
            item = say(f"report.estimate_day_{kind}", language)
            add("estimate_basis", item, _shares_of_day(catalog, shares, language), catalog.estimate.periods_source)
        parcels = catalog.deliveries["parcels"]
        item = say("report.estimate_day_parcels", language)
        add("estimate_basis", item, _shares_of_day(catalog, parcels.by_period, language), parcels.by_period_source)
    return facts


def _add_demand_facts(plan: Plan, language: Language, add: Callable[[str, Text | str, str, Text | str], None]) -> None:
    """What is delivered, on what kind of day, what appeals weigh and how the parts are combined."""
    catalog = plan.study.catalog
    services = {key: catalog.services[key] for key in plan.services}
    scenario = plan.scenario
    kinds = dict.fromkeys(kind for s in services.values() for kind in catalog.demands[s.demand].per_delivery)
    totals = plan.study.grid_totals
    for kind in (name for name in kinds if name in catalog.deliveries):
        delivery = catalog.deliveries[kind]
        add("deliveries", delivery.name, delivery.meaning.in_language(language), say("report.as_counted", language))
        if totals is not None and not totals.by_period:
            item = say("report.day_of", language, kind=delivery.name)
            add("deliveries", item, _shares_of_day(catalog, delivery.by_period, language), delivery.by_period_source)
        factor = scenario.day_factor(kind, catalog)
        if scenario.peak_day or kind in scenario.demand_factor:
            item = say("report.factor_of_day", language, kind=delivery.name)
            stated = say("report.stated_by_scenario", language)
            add(
                "deliveries",
                item,
                f"{factor:g}",
                stated if kind in scenario.demand_factor else delivery.peak_day.source,
            )
    if len(plan.study.appeals):
        for category in catalog.appeals.values():
            each = [
                say(
                    "report.appeal_weight",
                    language,
                    value=value * plan.study.combining.parts_of(service).appeals,
                    unit=catalog.demands[services[service].demand].unit,
                    service=services[service].name,
                )
                for service, value in category.weight_per_open.items()
                if service in services
            ]
            if each:
                add("appeal_weights", category.name, say("map.list_mark", language).join(each), category.source)
    if totals is not None or len(plan.study.appeals):
        for key in services:
            said = plan.study.combining.parts_of(key)
            there = ["cells"] * (len(plan.study.cells) > 0) + ["grid_totals"] * (totals is not None)
            there += ["appeals"] * (len(plan.study.appeals) > 0)
            each = [f"{say(f'report.role_{name}', language)} {getattr(said, name):g}" for name in there]
            figure = say(f"report.combine_{said.combine}", language, each=say("map.list_mark", language).join(each))
            add("combining", services[key].name, figure, plan.study.combining.source)


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

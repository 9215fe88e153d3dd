"""Plans: worked out once for a study and a scenario, and shared by all sessions."""

from __future__ import annotations

from collections.abc import Hashable
from functools import partial

from planner.choosing import Choice, as_it_is, choose_sites
from planner.demand import deliveries_of
from planner.intake.study import Study
from planner.plan import Plan, plan_from
from planner.scenario import Scenario, ServiceScenario
from planner.store import SavedPlan, choices_of
from planner.today import ServiceToday, service_today, services_at_hand
from planner.ui.shelf import Shelf, shelf
from planner.ui.studies import StudyChoice
from planner.ui.work import Job, done
from planner.words import Language, say


def plan_for(
    choice: StudyChoice, study: Study, scenario: Scenario, language: Language, *, saved: SavedPlan | None = None
) -> Plan | None:
    """The plan; ``None`` while it is being made, which the page then shows.

    A service that is asked as in an earlier plan is not planned anew; ``saved`` is a plan of this very scenario whose
    sites are taken as they were. Raises ``PlannerError`` as
    :func:`planner.make_plan` does, and ``Stopped`` as :func:`planner.ui.work.done`.
    """
    make = partial(_plan, shelf(), choice.identity, study, scenario, language, saved)
    key = (choice.identity, scenario.model_dump_json(), None if saved is None else saved.id)
    return done("plan", key, make, language)


def today_for(choice: StudyChoice, study: Study, scenario: Scenario, language: Language) -> Plan | None:
    """The street as it is today, as a plan that opens nothing; ``None`` while it is being measured.

    Its services are those of :func:`planner.today.services_at_hand`, by the standards and on the day of ``scenario``.
    Raises as :func:`plan_for`.
    """
    none = ServiceScenario(site_limit=0)
    before = {
        name: scenario.before_planning(name).services[name] if name in scenario.services else none
        for name in services_at_hand(study, scenario)
    }
    asked = scenario.model_copy(update={"services": before, "budget_yuan": None})
    make = partial(_as_today, shelf(), choice.identity, study, asked, language)
    return done("plan", (choice.identity, "today", asked.model_dump_json()), make, language)


def _plan(
    kept: Shelf,
    origin: Hashable,
    study: Study,
    scenario: Scenario,
    language: Language,
    saved: SavedPlan | None,
    job: Job[Plan],
) -> Plan:
    today = _measured(kept, origin, study, scenario, language, job)
    choices: dict[str, Choice] = {} if saved is None else choices_of(saved, today)
    groups = [list(today)] if scenario.budget_yuan is not None else [[name] for name in today]
    for together in groups if saved is None else []:
        job.step = say("work.step_sites", language, services=_names(study, together, language))
        limits = {name: scenario.services[name] for name in together}
        asked = scenario.model_copy(update={"name": Scenario.model_fields["name"].default, "services": limits})
        make = partial(choose_sites, {name: today[name] for name in together}, asked)
        key = (origin, "sites", asked.model_dump_json())
        choices |= kept.get(key, make, keep=lambda: not job.is_stopped)
    plan = plan_from(today, scenario, choices=choices)
    job.step = say("work.step_gaps", language)
    for part in plan.services.values():
        _ = part.gaps_planned, part.new_sites  # found here, where it holds up no page
    return plan


def _as_today(
    kept: Shelf, origin: Hashable, study: Study, scenario: Scenario, language: Language, job: Job[Plan]
) -> Plan:
    today = _measured(kept, origin, study, scenario, language, job)
    return plan_from(today, scenario, choices={name: as_it_is(part) for name, part in today.items()})


def _measured(
    kept: Shelf, origin: Hashable, study: Study, scenario: Scenario, language: Language, job: Job[Plan]
) -> dict[str, ServiceToday]:
    today: dict[str, ServiceToday] = {}
    for number, name in enumerate(scenario.services, start=1):
        job.go_on()
        service = _names(study, [name], language)
        job.step = say("work.step_today", language, service=service, number=number, of=len(scenario.services))
        deliveries = kept.get((origin, "deliveries", scenario.seed), partial(deliveries_of, study, seed=scenario.seed))
        before = scenario.before_planning(name)
        make = partial(service_today, study, before, name, deliveries=deliveries)
        today[name] = kept.get((origin, "today", before.model_dump_json()), make)
        _ = today[name].gaps_today
    return today


def _names(study: Study, services: list[str], language: Language) -> str:
    known = study.catalog.services
    names = [known[name].name.in_language(language) if name in known else name for name in services]
    return say("page.list_mark", language).join(names)

"""Plans, their maps and their documents: computed once for a study and a scenario, and shared by all sessions."""

from __future__ import annotations

import io
import zipfile
from tempfile import TemporaryDirectory
from typing import Final

import streamlit as st

from planner import maps, report
from planner.intake.study import Study
from planner.plan import Plan, ServicePlan, make_plan
from planner.scenario import Scenario
from planner.ui.plain_text import plain
from planner.ui.studies import StudyChoice
from planner.words import Language, say

UNNAMED: Final = Scenario.model_fields["name"].default


def plan_for(choice: StudyChoice, study: Study, scenario: Scenario, language: Language) -> Plan:
    """The plan, telling which service it is at. Raises ``PlannerError`` as :func:`planner.make_plan` does.

    A service whose limits are as they were in an earlier plan is not planned anew.
    """
    services: dict[str, ServicePlan] = {}
    for number, (name, limits) in enumerate(scenario.services.items(), start=1):
        alone = scenario.model_copy(update={"name": UNNAMED, "services": {name: limits}})
        service = plain(study.catalog.services[name].name.in_language(language))
        telling = say("page.planning", language, service=service, number=number, of=len(scenario.services))
        with st.spinner(telling, show_time=True):
            services |= _plan(choice.key, choice.stamps, alone.model_dump_json(), study).services
    return Plan(study=study, scenario=scenario, services=services)


def map_html(choice: StudyChoice, plan: Plan, language: Language) -> str:
    """The map of the plan as one self-contained HTML document."""
    return _map_html(choice.key, choice.stamps, plan.scenario.model_dump_json(), plan, language)


def document(plan: Plan, language: Language, name: str) -> bytes:
    """One document of the plan: ``"html"`` is the report, ``"map"`` the map."""
    with TemporaryDirectory() as folder:
        return report.write_report(plan, folder, formats=(name,), language=language)[0].read_bytes()


def all_documents(plan: Plan, language: Language) -> bytes:
    """A zip with every document of the plan and its data."""
    packed = io.BytesIO()
    with TemporaryDirectory() as folder, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in report.write_report(plan, folder, language=language):
            archive.write(path, path.relative_to(folder))
    return packed.getvalue()


# The names that start with _ are not part of the key: the study is told by its folder and stamps.
@st.cache_resource(max_entries=64, show_spinner=False)
def _plan(folder: str, stamps: object, scenario: str, _study: Study) -> Plan:  # noqa: ARG001
    return make_plan(_study, Scenario.model_validate_json(scenario))


@st.cache_resource(max_entries=16, show_spinner=False)
def _map_html(folder: str, stamps: object, scenario: str, _plan: Plan, language: Language) -> str:  # noqa: ARG001
    return str(maps.plan_map(_plan, language=language).get_root().render())

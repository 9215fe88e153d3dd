"""The form with a planner's limits and standards: widgets → :class:`Scenario`."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from planner.catalog import Service
from planner.intake.study import Study
from planner.scenario import Scenario, ServiceScenario
from planner.ui.plain_text import plain
from planner.words import LANGUAGES, Language, Text, say


def ask_limits(study: Study, preset: Scenario, *, key: str, language: Language) -> Scenario | tuple[str, ...]:
    """What the form asks for, or what is missing in it, a sentence each.

    The form starts from ``preset``. ``key`` tells this study and preset from others; what is entered under it stays for
    the session, so that one can look at another study and come back.
    """
    turn_key = f"{key}.turn"
    key = f"{key}.{st.session_state.setdefault(turn_key, 0)}"
    with st.form(f"{key}.form", border=True):
        st.markdown(f"**{say('page.limits', language)}**", help=say("page.limits_help", language))
        entries = {
            name: _ask_service(study, service, preset.services.get(name), key=f"{key}.{name}", language=language)
            for name, service in study.catalog.services.items()
        }
        peak_day = st.checkbox(
            say("page.peak_day", language),
            value=preset.peak_day,
            help=say("page.peak_day_help", language, factors=_peak_factors(study, language)),
            key=f"{key}.peak_day",
            persist_state="session",
        )
        with st.container(horizontal=True, vertical_alignment="center"):
            st.form_submit_button(say("page.plan", language), type="primary", key=f"{key}.plan")
            st.form_submit_button(
                say("page.reset", language),
                type="tertiary",
                key=f"{key}.reset",
                help=say("page.reset_help", language),
                on_click=_start_afresh,
                args=(turn_key,),
            )
    wanted = {name: entry for name, entry in entries.items() if entry is not None}
    if not wanted:
        return (say("page.no_service", language),)
    unlimited = [name for name, entry in wanted.items() if entry["site_limit"] is None and entry["budget_yuan"] is None]
    if unlimited:
        names = [plain(study.catalog.services[name].name.in_language(language)) for name in unlimited]
        return tuple(say("page.no_limit", language, service=name) for name in names)
    services = {name: ServiceScenario.model_validate(entry) for name, entry in wanted.items()}
    return _scenario(preset, services, peak_day=peak_day)


def _ask_service(
    study: Study, service: Service, start: ServiceScenario | None, *, key: str, language: Language
) -> dict[str, float | None] | None:
    """The entries of one service, named as the fields of :class:`ServiceScenario`; ``None`` where it is left out."""
    limits = start or ServiceScenario(site_limit=0)
    standard = limits.standard_for(service)
    mode = plain(study.catalog.modes[service.mode].name.in_language(language))
    unlimited = say("page.unlimited", language)
    wanted = st.checkbox(
        say("page.service_by_mode", language, service=plain(service.name.in_language(language)), mode=mode),
        value=start is not None,
        key=f"{key}.wanted",
        persist_state="session",
    )
    # An input that is created with a value cannot be emptied; one that finds its value in the session can.
    st.session_state.setdefault(f"{key}.site_limit", None if start is None else start.site_limit)
    st.session_state.setdefault(f"{key}.budget_yuan", None if start is None else start.budget_yuan)
    with st.container(horizontal=True, gap="xsmall", wrap=False, vertical_alignment="bottom"):
        site_limit = st.number_input(
            say("page.site_limit", language),
            min_value=0,
            value=None,
            step=1,
            placeholder=unlimited,
            key=f"{key}.site_limit",
            persist_state="session",
        )
        budget_yuan = st.number_input(
            say("page.budget_yuan", language),
            min_value=0.0,
            value=None,
            step=10_000.0,
            format="%.0f",
            placeholder=unlimited,
            key=f"{key}.budget_yuan",
            persist_state="session",
        )
        furthest = st.number_input(
            say(f"page.standard_{standard.unit}", language),
            min_value=min(standard.value, {"m": 10.0, "min": 0.1}[standard.unit]),
            value=standard.value,
            step={"m": 50.0, "min": 0.5}[standard.unit],
            format="%g",
            help=say("page.standard_help", language, mode=mode, source=plain(service.source.in_language(language))),
            key=f"{key}.standard",
            persist_state="session",
        )
    if not wanted:
        return None
    stands = limits.model_dump(include={"standard_m", "standard_min"}, exclude_none=True)
    if furthest != standard.value:
        stands = {f"standard_{standard.unit}": furthest}
    return {"site_limit": site_limit, "budget_yuan": budget_yuan, **stands}


def _peak_factors(study: Study, language: Language) -> str:
    """What a peak day is, kind by kind, with its source."""
    return say("page.list_mark", language).join(
        say(
            "page.peak_factor",
            language,
            kind=plain(kind.name.in_language(language)),
            value=kind.peak_day.value,
            source=plain(kind.peak_day.source.in_language(language)),
        )
        for kind in study.catalog.deliveries.values()
    )


def _scenario(preset: Scenario, services: Mapping[str, ServiceScenario], *, peak_day: bool) -> Scenario:
    """The preset with these services on this kind of day; its name tells where they differ."""
    if services == dict(preset.services) and peak_day == preset.peak_day:
        return preset
    name = {language: say("page.adjusted", language, preset=preset.name) for language in LANGUAGES}
    return Scenario.model_validate(
        {
            **preset.model_dump(exclude={"services"}),
            "name": Text.model_validate(name),
            "services": services,
            "peak_day": peak_day,
        }
    )


def _start_afresh(turn_key: str) -> None:
    st.session_state[turn_key] += 1

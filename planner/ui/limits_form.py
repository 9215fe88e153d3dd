"""The form with a planner's limits and standards: widgets → :class:`Scenario`."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st

from planner.catalog import Service
from planner.intake.study import Study
from planner.scenario import Scenario, ServiceScenario
from planner.ui.picks import Picks
from planner.ui.plain_text import plain
from planner.words import LANGUAGES, Language, Text, say


def ask_limits(
    study: Study,
    start: Scenario,
    picks: Picks,
    *,
    on_reset: Callable[[], None],
    key: str,
    language: Language,
) -> Scenario | tuple[str, ...]:
    """What the form asks for, with the planner's ``picks``; or what is missing in it, a sentence each.

    The form starts from ``start``, and goes back to it by a button that calls ``on_reset`` too. ``key`` tells this
    study and start from others; what is entered under it stays for the session, so that one can look at another study
    and come back.
    """
    turn_key = f"{key}.turn"
    key = f"{key}.{st.session_state.setdefault(turn_key, 0)}"
    with st.container(border=True, key="limits"):
        st.markdown(f"**{say('page.limits', language)}**", help=say("page.limits_help", language))
        shared = _ask_whether_shared(start, key=key, language=language)
        budget_yuan = _ask_budget(start.budget_yuan, key=f"{key}.shared", language=language) if shared else None
        entries = _ask_services(study, start, shared=shared, key=key, language=language)
        peak_day = st.checkbox(
            say("page.peak_day", language),
            value=start.peak_day,
            help=say("page.peak_day_help", language, factors=_peak_factors(study, language)),
            key=f"{key}.peak_day",
            persist_state="session",
        )
        st.button(
            say("page.reset", language),
            type="tertiary",
            key=f"{key}.reset",
            help=say("page.reset_help", language),
            on_click=_start_afresh,
            args=(turn_key, on_reset),
        )
    wanted = {name: entry for name, entry in entries.items() if entry is not None}
    missing = _missing(study, wanted, budget_yuan, shared=shared, language=language)
    if missing:
        return missing
    services = {name: picks.within(name, ServiceScenario.model_validate(entry)) for name, entry in wanted.items()}
    return _scenario(start, services, picks, budget_yuan, peak_day=peak_day)


def _ask_services(
    study: Study, start: Scenario, *, shared: bool, key: str, language: Language
) -> dict[str, dict[str, float | None] | None]:
    """The entries of every service; those that are not usual, and not asked for from the start, folded away."""

    def ask(name: str) -> dict[str, float | None] | None:
        service, limits = study.catalog.services[name], start.services.get(name)
        return _ask_service(study, service, limits, shared=shared, key=f"{key}.{name}", language=language)

    named = study.catalog.services
    further = [name for name, service in named.items() if not (service.usual or name in start.services)]
    entries = {name: ask(name) for name in named if name not in further}
    if further:
        with st.expander(say("page.further_services", language)):
            entries |= {name: ask(name) for name in further}
    return entries


def _ask_whether_shared(start: Scenario, *, key: str, language: Language) -> bool:
    """Whether one budget is for all services."""
    chosen = st.segmented_control(
        say("page.limits_kind", language),
        ["each", "shared"],
        default="each" if start.budget_yuan is None else "shared",
        required=True,
        format_func=lambda name: say(f"page.limits_{name}", language),
        key=f"{key}.kind",
        label_visibility="collapsed",
        persist_state="session",
    )
    return bool(chosen == "shared")


def _ask_budget(start: float | None, *, key: str, language: Language) -> float | None:
    # An input that is created with a value cannot be emptied; one that finds its value in the session can.
    st.session_state.setdefault(f"{key}.budget_yuan", start)
    return st.number_input(
        say("page.budget_yuan", language),
        min_value=0.0,
        value=None,
        step=10_000.0,
        format="%.0f",
        placeholder=say("page.unlimited", language),
        key=f"{key}.budget_yuan",
        persist_state="session",
    )


def _missing(
    study: Study,
    wanted: Mapping[str, Mapping[str, float | None]],
    budget_yuan: float | None,
    *,
    shared: bool,
    language: Language,
) -> tuple[str, ...]:
    if not wanted:
        return (say("page.no_service", language),)
    if shared:
        return () if budget_yuan is not None else (say("page.no_shared_budget", language),)
    unlimited = [name for name, entry in wanted.items() if entry["site_limit"] is None and entry["budget_yuan"] is None]
    names = [plain(study.catalog.services[name].name.in_language(language)) for name in unlimited]
    return tuple(say("page.no_limit", language, service=name) for name in names)


def _ask_service(
    study: Study, service: Service, start: ServiceScenario | None, *, shared: bool, key: str, language: Language
) -> dict[str, float | None] | None:
    """The entries of one service, named as the fields of :class:`ServiceScenario`; ``None`` where it is left out."""
    limits = start or ServiceScenario(site_limit=0)
    standard = limits.standard_for(service)
    mode = plain(study.catalog.modes[service.mode].name.in_language(language))
    wanted = st.checkbox(
        say("page.service_by_mode", language, service=plain(service.name.in_language(language)), mode=mode),
        value=start is not None,
        key=f"{key}.wanted",
        persist_state="session",
    )
    with st.container(horizontal=True, gap="xsmall", wrap=False, vertical_alignment="bottom"):
        entry = (
            _ask_weight(limits, key=key, language=language)
            if shared
            else {
                "site_limit": _ask_site_limit(None if start is None else start.site_limit, key=key, language=language),
                "budget_yuan": _ask_budget(None if start is None else start.budget_yuan, key=key, language=language),
            }
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
    return {**entry, **stands}


def _ask_site_limit(start: int | None, *, key: str, language: Language) -> float | None:
    st.session_state.setdefault(f"{key}.site_limit", start)
    return st.number_input(
        say("page.site_limit", language),
        min_value=0,
        value=None,
        step=1,
        placeholder=say("page.unlimited", language),
        key=f"{key}.site_limit",
        persist_state="session",
    )


def _ask_weight(limits: ServiceScenario, *, key: str, language: Language) -> dict[str, float | None]:
    weight = st.number_input(
        say("page.weight", language),
        min_value=0.1,
        value=limits.weight,
        step=0.5,
        format="%g",
        help=say("page.weight_help", language),
        key=f"{key}.weight",
        persist_state="session",
    )
    return {"weight": weight}


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


def _scenario(
    start: Scenario,
    services: Mapping[str, ServiceScenario],
    picks: Picks,
    budget_yuan: float | None,
    *,
    peak_day: bool,
) -> Scenario:
    """The start with these services, limits and picks on this kind of day; its name tells where they differ."""
    asked = start.model_copy(
        update={
            "services": dict(services),
            "budget_yuan": budget_yuan,
            "proposed": picks.proposed,
            "no_go": picks.no_go,
            "peak_day": peak_day,
        }
    )
    if asked == start:
        return start
    name = {language: say("page.adjusted", language, preset=start.name) for language in LANGUAGES}
    return Scenario.model_validate({**asked.model_dump(), "name": Text.model_validate(name)})


def _start_afresh(turn_key: str, on_reset: Callable[[], None]) -> None:
    st.session_state[turn_key] += 1
    on_reset()

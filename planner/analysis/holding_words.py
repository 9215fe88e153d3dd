"""What is said of how plans hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from planner.bridges import bridges_of
from planner.figures import share_text
from planner.situations import Situation
from planner.words import Language, say

if TYPE_CHECKING:
    from planner.analysis.will_it_hold import WillItHold


def situation_names(answer: WillItHold, language: Language) -> Mapping[object, str]:
    """What each situation is called."""
    return {situation.key: _name(answer, situation, language) for situation in answer.situations}


def bridge_name(key: str, name: str, language: Language) -> str:
    """What a bridge is called, one without a name too."""
    return key if name else say("ask_will_it_hold.unnamed_bridge", language, number=key.lstrip("#"))


def _name(answer: WillItHold, situation: Situation, language: Language) -> str:
    study, name = answer.plan.study, situation.of
    if situation.kind == "period":
        name = study.catalog.periods[name].name.in_language(language)
    elif situation.kind == "bridge":
        of = next(bridge for bridge in bridges_of(study.streets) if bridge.key == name)
        name = bridge_name(of.key, of.name, language)
    elif situation.kind == "centre":
        name = str(study.centres.set_index("centre_id").loc[name, "name"])
    return say(f"ask_will_it_hold.in_{situation.kind}", language, name=name)


def holding_told(answer: WillItHold, language: Language) -> tuple[str, ...]:
    """The sentences of the answer, the most important first."""
    lines = [_in_hand_told(answer, language)]
    lines += [_goal_told(answer, goal, language) for goal in answer.solutions]
    lines += _sites_told(answer, language)
    if len(answer.together.parts) > 1:
        lines.append(say("ask_will_it_hold.together", language))
    figures = answer.plan.study.catalog.situations
    mark = say("ask.list_mark", language)
    names = answer.names(language)["situation"]
    days = mark.join(
        say("ask_will_it_hold.days", language, situation=names[each.key], days=each.days)
        for each in answer.situations
        if each.days > 0
    )
    lines.append(say("ask_will_it_hold.year", language, days=days))
    for text in dict.fromkeys(
        source.in_language(language)
        for source in (figures.rain_demand_source, figures.rain_speed_source, figures.demand_variation.source)
    ):
        lines.append(text)
    return tuple(lines)


def _in_hand_told(answer: WillItHold, language: Language) -> str:
    own = answer.frame[answer.frame["plan"] == "in_hand"].set_index("situation")
    covered = own["covered_share"].to_numpy(dtype=float)
    least = int(covered.argmin())
    return say(
        "ask_will_it_hold.fares", language,
        ordinary=share_text(float(covered[own.index == "ordinary"][0])),
        situation=answer.names(language)["situation"][own.index[least]],
        least=share_text(float(covered[least])),
        best=share_text(float(own["best_share"].to_numpy(dtype=float)[least])),
    )  # fmt: skip


def _goal_told(answer: WillItHold, goal: str, language: Language) -> str:
    """What the plan made for a goal comes to, against the plan in hand, and whether it is proven."""
    solution = next(found for name, found in answer.solutions.items() if name == goal)
    measured = {}
    for held in (goal, "in_hand"):
        own = answer.frame[answer.frame["plan"] == held]
        measured[held] = {
            "average": float(np.average(own["covered_share"], weights=own["days"])),
            "worst": float(own["covered_share"].min()),
            "regret": float(own["regret_share"].max()),
        }[goal]
    proof = say("ask_will_it_hold.proven", language)
    if not (solution.status == "optimal" and solution.gap == 0):
        key = "not_proven_regret" if goal == "regret" else "not_proven"
        proof = say(f"ask_will_it_hold.{key}", language, bound=share_text(solution.bound))
    return say(
        f"ask_will_it_hold.told_{goal}", language,
        share=share_text(measured[goal]), in_hand=share_text(measured["in_hand"]), proof=proof,
    )  # fmt: skip


def _sites_told(answer: WillItHold, language: Language) -> list[str]:
    from planner.analysis.will_it_hold import SAFE_SHARE

    sites, mark = answer.sites, say("ask.list_mark", language)
    about = {"draws": answer.draws, "variation": f"{answer.variation:.0%}", "safe": f"{SAFE_SHARE:.0%}"}
    safe = sites[sites["chosen_share"] >= SAFE_SHARE]["name"]
    key = "safe" if len(safe) else "none_safe"
    lines = [say(f"ask_will_it_hold.{key}", language, sites=mark.join(safe), **about)]
    if answer.draws_proven < answer.draws:
        lines.append(say("ask_will_it_hold.draws_not_proven", language, count=answer.draws - answer.draws_proven))
    if (sites["alike"] > 0).any():
        lines.append(say("ask_will_it_hold.alike_told", language))
    return lines

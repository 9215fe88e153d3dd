"""What the planner decided about single places, as a list from which each can be taken back."""

from __future__ import annotations

import streamlit as st

from planner.plan import Plan
from planner.report.tables import service_name
from planner.ui.desk import Desk
from planner.ui.picks import Picks
from planner.ui.plain_text import plain
from planner.words import say


def show_picks(hand: Desk, plan: Plan) -> None:
    """Required and forbidden candidates, own places and no-go areas; nothing where nothing was decided."""
    picks, language = hand.picks, hand.language
    if picks.are_none:
        return
    with st.container(border=True, key="picks", gap="xsmall"):
        st.markdown(f"**{say('tools.picks', language)}**")
        for service, verdicts in picks.verdicts.items():
            if service not in plan.services:
                continue
            part = plan.services[service]
            names = dict(zip(part.sites.frame["site_id"], part.sites.frame["name"], strict=True))
            names |= dict(zip(part.sites.rejected["host_id"], part.sites.rejected["name"], strict=True))
            of = service_name(plan, service, language)
            for site, verdict in verdicts.items():
                text = say(f"tools.picked_{verdict}", language, name=names.get(site, site), service=of)
                _line(hand, text, f"{service}.{site}", picks.without(service, site))
        for own in picks.proposed:
            text = say("tools.picked_proposed", language, name=own.name)
            _line(hand, text, own.site_id, picks.withdrawing(own.site_id))
        for index, area in enumerate(picks.no_go):
            text = say("tools.picked_no_go", language, name=area.name)
            _line(hand, text, f"no_go.{index}", picks.releasing(index))


def _line(hand: Desk, text: str, key: str, without: Picks) -> None:
    """A line that tells a choice, with a button that leaves the planner with the choices ``without`` it."""
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown(plain(text), width="content")
        st.button(
            say("tools.take_back", hand.language),
            key=f"{hand.draft_key}.take_back.{key}",
            on_click=hand.pick,
            args=(without,),
            type="tertiary",
        )

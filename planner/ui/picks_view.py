"""What the planner decided about single places, as a list from which each can be taken back."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from planner.plan import Plan
from planner.report.tables import service_name
from planner.ui.desk import Desk
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
                _line(text, f"{service}.{site}", lambda s=service, i=site: hand.pick(hand.picks.without(s, i)), hand)
        for own in picks.proposed:
            text = say("tools.picked_proposed", language, name=own.name)
            _line(text, own.site_id, lambda i=own.site_id: hand.pick(hand.picks.withdrawing(i)), hand)
        for index, area in enumerate(picks.no_go):
            text = say("tools.picked_no_go", language, name=area.name)
            _line(text, f"no_go.{index}", lambda i=index: hand.pick(hand.picks.releasing(i)), hand)


def _line(text: str, key: str, take_back: Callable[[], None], hand: Desk) -> None:
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown(plain(text), width="content")
        st.button(
            say("tools.take_back", hand.language),
            key=f"{hand.draft_key}.take_back.{key}",
            on_click=take_back,
            type="tertiary",
        )

"""Pages in Streamlit's own test runner: opened one by one, and run until no work is under way."""

import time
from pathlib import Path

from streamlit.testing.v1 import AppTest

from planner.figures import share_text
from planner.maps.live import MapEvent
from planner.ui import plan_map

APP = Path(__file__).parent.parent / "app.py"
DEMO = APP.parent / "data" / "demo"


_ONE_PAGE = """
from importlib import import_module
import streamlit as st
page = st.session_state.get("turned_to", "{page}")
getattr(import_module(f"planner.ui.{{page}}_page"), f"show_{{page}}_page")()
"""


def opened(page: str, language: str | None = None) -> AppTest:
    """A session that opens one page, such as ``"plan"``, without the head that all pages have."""
    return _settled(AppTest.from_string(_ONE_PAGE.format(page=page), default_timeout=120), language)


def turned_to(session: AppTest, page: str) -> AppTest:
    """The same session at another page."""
    session.session_state["turned_to"] = page
    return settled(session.run())


def whole(language: str | None = None) -> AppTest:
    """A session that opens the page program itself, at its first page."""
    return _settled(AppTest.from_file(APP, default_timeout=120), language)


def settled(app: AppTest) -> AppTest:
    """The page once no work is under way in it."""
    for _ in range(600):
        if not any(button.key.endswith(".stop") for button in app.button):
            return app
        time.sleep(0.1)
        app.run()
    raise AssertionError("the work does not end")


def click(app: AppTest, monkeypatch, kind: str, name: str = "", *, at=(116.4, 39.9), ring=()) -> AppTest:
    """What the page makes of a click on its map."""
    event = MapEvent(kind, name, *at, tuple(ring), 1)
    with monkeypatch.context() as patch:
        patch.setattr(plan_map, "clicked_on", lambda key: event if key == "map" else None)
        app.run()
    return settled(app)


def entry(app: AppTest, name: str):
    """The widget whose key ends so, such as ``rest_station.site_limit``."""
    widgets = [*app.number_input, *app.checkbox, *app.button, *app.segmented_control, *app.selectbox, *app.text_input]
    return next(widget for widget in widgets if widget.key and widget.key.endswith(f".{name}"))


def shares(app: AppTest) -> list[str]:
    """The covered shares on the cards of a plan."""
    assert not app.exception
    return [metric.value for metric in app.metric]


def planned_shares(plan) -> list[str]:
    return [share_text(share) for share in plan.summary()["covered_share_planned"]]


def _settled(app: AppTest, language: str | None) -> AppTest:
    if language:
        app.query_params["lang"] = language
    return settled(app.run())

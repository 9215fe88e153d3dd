"""Long work: waited for, told of, stopped, and replaced."""

import threading
import time

import pytest
from streamlit.testing.v1 import AppTest

from planner import Scenario, make_plan
from planner.ui import work
from planner.ui.work import Job, Stopped
from planner.words import say


def test_a_job_gives_what_was_made():
    job = Job("key", lambda _: 42)
    assert job.wait(10)
    assert job.result() == 42


def test_a_job_raises_what_the_work_raised():
    job = Job("key", lambda _: 1 / 0)
    assert job.wait(10)
    with pytest.raises(ZeroDivisionError):
        job.result()


def test_a_job_that_is_stopped_between_its_steps_has_nothing():
    begun, go_on = threading.Event(), threading.Event()

    def make(job):
        begun.set()
        go_on.wait(10)
        job.go_on()
        return "never"

    job = Job("key", make)
    begun.wait(10)
    job.stop()
    go_on.set()
    assert job.wait(10)
    with pytest.raises(Stopped):
        job.result()


def test_a_plan_that_is_stopped_keeps_its_best_answer_with_its_bound(demo_study):
    scenario = Scenario.model_validate({"services": {"rest_station": {"site_limit": 6}}, "time_limit_s": 60})

    def make(job):
        job.stop()
        return make_plan(demo_study, scenario)

    job = Job("key", make)
    assert job.wait(60)
    part = job.result().services["rest_station"]
    assert part.solution.bound >= part.solution.objective
    assert len(part.new_sites) <= 6


PAGE = """
import time
import streamlit as st
from planner.ui.work import Stopped, done
def make(job):
    job.step = "**everything**"
    job.best, job.bound = 90.0, 99.0
    while not st_stop.exists() and not job.is_stopped:
        time.sleep(0.01)
    job.go_on()
    return st_key
from pathlib import Path
st_stop = Path({flag!r})
st_key = st.session_state.get("key", "first")
try:
    found = done("here", st_key, make, "zh")
    st.text(f"found {{found}}")
except Stopped:
    st.text("stopped")
"""


@pytest.fixture
def slow(tmp_path, monkeypatch):
    """A page whose work ends when a file appears."""
    monkeypatch.setattr(work, "_PATIENCE_S", 0.05)
    flag = tmp_path / "go"
    return AppTest.from_string(PAGE.format(flag=str(flag)), default_timeout=60).run(), flag


def button(app):
    return next((button for button in app.button if button.key == "job.here.stop"), None)


def until(app, text):
    for _ in range(200):
        if [shown.value for shown in app.text] == [text] and button(app) is None:
            return True
        time.sleep(0.05)
        app.run()
    return False


def test_the_page_tells_how_far_the_work_is_and_then_shows_its_result(slow):
    app, flag = slow
    assert app.text[0].value == "found None"
    told = next(text.value for text in app.markdown if "%" in text.value)
    assert "everything" in told
    assert say("work.so_far", "zh", gap=0.1) in told
    flag.touch()
    assert until(app, "found first")


def test_work_can_be_stopped_from_the_page(slow):
    app, _ = slow
    button(app).click().run()
    assert until(app, "stopped")


def test_work_asked_for_later_takes_the_place_of_the_earlier(slow):
    app, flag = slow
    earlier = app.session_state["job.here"]
    app.session_state["key"] = "second"
    app.run()
    assert earlier.is_stopped
    flag.touch()
    assert until(app, "found second")

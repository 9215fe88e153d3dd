from pathlib import Path

import pytest

from planner import Plan, Study, load_study, make_plan

DEMO = Path(__file__).parent.parent / "data" / "demo"


@pytest.fixture(autouse=True)
def chinese_reader(monkeypatch):
    """Whatever the machine's locale, a test that says nothing of it reads Chinese."""
    monkeypatch.setenv("PLANNER_LANG", "zh")


@pytest.fixture(scope="session")
def demo_study() -> Study:
    return load_study(DEMO)


@pytest.fixture(scope="session")
def demo_plan(demo_study: Study) -> Plan:
    return make_plan(demo_study, demo_study.scenarios["base"])

"""A tiny study and plan to save; no study is read and nothing is planned for them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, make_url
from sqlalchemy.engine import Connection

from planner import Scenario
from planner.store import PlanDraft, SavedSolution

VILLAGE = {
    "study.toml": b'name = "\xe5\xb0\x8f\xe6\x9d\x91"',
    "maps/grids.geojson": b"{}" * 500,
    "hosts.csv": b"a,b\n1,2\n",
}
ROWS = {"covered_share_today": 1 / 3, "new_sites": 2, "status": "optimal", "demand_is_estimate": False, "odd": None}


def draft(study_id: str, name: str = "基本方案", *, sites: tuple[str, ...] = ("H1", "H2"), note: str = "") -> PlanDraft:
    scenario = Scenario.model_validate({"services": {"rest_station": {"site_limit": 2}}})
    solution = SavedSolution(
        site_ids=sites, objective=0.1 + 0.2, bound=1e300 / 3, gap=0.0, status="optimal", method="search", runtime_s=0.25
    )
    return PlanDraft(
        study_id=study_id,
        name=name,
        note=note,
        scenario=scenario.model_dump(mode="json"),
        solutions={"rest_station": solution},
        figures={"rest_station": ROWS},
        planner_version="0.1.0",
    )


@contextmanager
def beside(place: str) -> Iterator[Connection]:
    """A connection to the database of a store that goes past the store."""
    if "://" in place:
        url = make_url(place).set(drivername="postgresql+psycopg")
    else:
        url = make_url(f"sqlite:///{Path(place) / 'planner.sqlite'}")
    engine = create_engine(url)
    try:
        with engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()

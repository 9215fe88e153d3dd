"""The shape of the package: who may import whom, and what the core does not load."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "planner"
# From the ground up; a module may import from its own floor and from those before it.
FLOORS = [
    {"words", "errors", "crs", "figures", "hours", "shipped_files", "atomic"},
    {"combining", "catalog", "scenario"},
    {"intake"},
    {"siting", "travel", "sites", "demand", "coverage", "density", "answered", "hotspots"}
    | {"queueing", "bridges", "equity", "accessibility"},
    {
        "today",
        "decided",
        "side_by_side",
        "choosing",
        "plan",
        "reasons",
        "curves",
        "details",
        "comparison",
        "store",
        "stations",
        "situations",
    },
    {"analysis"},
    {"maps"},
    {"report"},
    {"ui", "cli"},
]
FLOOR_OF = {room: i for i, floor in enumerate(FLOORS) for room in floor}


def modules():
    return sorted(p for p in PACKAGE.rglob("*.py") if p.name not in ("__main__.py",) and "shipped" not in p.parts)


def imported_rooms(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names = [node.module] if node.module != "planner" else [f"planner.{alias.name}" for alias in node.names]
        yield from (name.split(".")[1] for name in names if name.startswith("planner."))


def room_of(path):
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


def test_every_room_has_a_floor():
    assert {room_of(path) for path in modules()} - {"__init__"} - set(FLOOR_OF) == set()


def test_imports_run_one_way():
    from_above = {}
    for path in modules():
        floor = FLOOR_OF.get(room_of(path), len(FLOORS))
        above = {room for room in imported_rooms(path) if FLOOR_OF.get(room, len(FLOORS)) > floor}
        if above:
            from_above[str(path.relative_to(PACKAGE))] = above
    assert from_above == {}


def test_the_optimizer_knows_no_frames_maps_or_files():
    for path in (PACKAGE / "siting").rglob("*.py"):
        rooms = set(imported_rooms(path))
        assert rooms <= {"siting", "errors"}, path.name
        assert "pandas" not in path.read_text(encoding="utf-8")


def test_no_question_asks_another():
    for path in (PACKAGE / "analysis").glob("*/*.py"):
        *_, room = path.relative_to(PACKAGE).parts[:-1]
        asked = {
            node.module.split(".")[2]
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("planner.analysis.")
        }
        others = {name for name in asked if (PACKAGE / "analysis" / name).is_dir()} - {room}
        assert not others, f"{path.relative_to(PACKAGE)} imports from {others}"


def test_importing_the_planner_loads_no_screen():
    heavy = (
        "'streamlit', 'folium', 'matplotlib', 'osmnx', 'geopandas', 'numba', 'duckdb', 'pyarrow', 'h3', 'sqlalchemy'"
    )
    code = f"import planner, sys; print([m for m in ({heavy}) if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_planning_loads_no_screen():
    screens = "'streamlit', 'folium', 'matplotlib'"
    code = f"from planner import *; import sys; print([m for m in ({screens}) if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_rooms_that_draw_are_reached_by_name():
    code = "import planner; print(planner.maps.plan_map.__name__, planner.report.write_report.__name__)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["plan_map", "write_report"]


def test_an_unknown_attribute_is_an_attribute_error():
    import planner

    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = planner.nothing

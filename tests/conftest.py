from __future__ import annotations

import os

# Before numpy is loaded: each worker keeps to one core, or their threads wait for each other over small matrices.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")

import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import postgres_server
import pytest
from several_plans import several_plans

from planner import Plan, Study, load_study, make_plan

if TYPE_CHECKING:
    from pyproj import CRS

    from planner.intake.study import Streets
    from planner.intake.uploads import Draft
    from planner.words import Language

DEMO = Path(__file__).parent.parent / "data" / "demo"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long files, those in a browser, first: whoever runs the last file keeps nobody waiting.

    Of these first the ones without a plan, so that not both workers compile the kernels of a new checkout at once.
    """
    long = {item.path for item in items if item.get_closest_marker("browser") is not None}
    planned = {item.path for item in items if item.path in long and "demo_plan" in item.fixturenames}
    items.sort(key=lambda item: (item.path not in long, item.path in planned))


@pytest.fixture(autouse=True)
def chinese_reader(monkeypatch):
    """Whatever the machine's locale, a test that says nothing of it reads Chinese."""
    monkeypatch.setenv("PLANNER_LANG", "zh")


@pytest.fixture(autouse=True)
def a_store_of_its_own(monkeypatch, tmp_path_factory, request):
    """No test sees or touches the saved work of whoever runs it."""
    monkeypatch.setenv("PLANNER_STORE", str(tmp_path_factory.getbasetemp() / f"store-{abs(hash(request.node.nodeid))}"))


@pytest.fixture(autouse=True)
def at_this_computer(monkeypatch):
    """A page in Streamlit's own test runner, which has no address, is asked for from this computer."""
    if "streamlit.testing.v1" in sys.modules:
        look_for_components_once()
        monkeypatch.setattr("planner.ui.sign_in.is_of_this_computer", lambda *_: True)


@cache
def look_for_components_once() -> None:
    """Every session of the runner looks through all installed packages for components; ours are in none of them."""
    from streamlit.components.v2 import manifest_scanner

    manifest_scanner.scan_component_manifests = cache(manifest_scanner.scan_component_manifests)


@pytest.fixture(scope="session")
def demo_study() -> Study:
    return load_study(DEMO)


@pytest.fixture(scope="session")
def demo_plan(demo_study: Study) -> Plan:
    return make_plan(demo_study, demo_study.scenarios["base"])


@pytest.fixture(scope="session")
def plans(demo_study: Study) -> dict[str, Plan]:
    """Three small plans to compare, by name."""
    return several_plans(demo_study)


@pytest.fixture(scope="module", params=["zh", "en"])
def language(request: pytest.FixtureRequest) -> Language:
    """Each of the two languages in turn."""
    return request.param


@pytest.fixture(scope="session")
def kept_streets() -> dict[tuple[str, bytes, CRS], Streets]:
    return {}


@pytest.fixture
def streets_read_once(monkeypatch: pytest.MonkeyPatch, kept_streets: dict[tuple[str, bytes, CRS], Streets]) -> None:
    """A street map that a test copies or uploads along with what it is about is read once, which is half the time that
    reading a study takes.
    """
    from planner.intake import reading

    read = reading.read_streets

    def read_once(path: Path, metric: CRS) -> Streets:
        if not path.is_file():
            return read(path, metric)
        map_and_system = path.name, path.read_bytes(), metric
        if map_and_system not in kept_streets:
            kept_streets[map_and_system] = read(path, metric)
        return kept_streets[map_and_system]

    monkeypatch.setattr(reading, "read_streets", read_once)


@pytest.fixture(scope="session")
def postgres() -> Iterator[postgres_server.Server]:
    """A PostgreSQL server, started once; where none can run, only a machine of our own may go without."""
    try:
        started = postgres_server.started()
        server = started.__enter__()
    except (OSError, RuntimeError) as error:
        if "CI" in os.environ:
            raise
        pytest.skip(f"PostgreSQL does not run here: {error}")
    yield server
    started.__exit__(None, None, None)


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a new store may be: a folder, and the URL of an empty database."""
    if request.param == "sqlite":
        return str(tmp_path / "saved")
    server: postgres_server.Server = request.getfixturevalue("postgres")
    return server.new_database()


@pytest.fixture
def draft() -> Iterator[Draft]:
    """A draft of a study without any file yet."""
    from planner.intake.uploads import Draft, PrivateFolder

    home = PrivateFolder()
    yield Draft(home.path, name="小村")
    home.remove()

"""The notebooks: kept without outputs, and run from end to end in one kernel, emptied between them."""

import os
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

# The kernel's first cell. All notebooks read the demonstration street and most make its plan: once is enough. What it
# binds outlives the emptying between two notebooks, which takes the names of a cell away.
ONCE = """
def read_and_plan_once():
    import planner
    from functools import cache

    make_plan, made = planner.make_plan, {}

    def make_once(study, scenario):
        asked = id(study), scenario.model_dump_json()
        if asked not in made:
            made[asked] = make_plan(study, scenario)
        return made[asked]

    planner.load_study, planner.make_plan = cache(planner.load_study), make_once

read_and_plan_once()
"""

HOME = Path(__file__).parent.parent / "notebooks"
NOTEBOOKS = sorted(HOME.glob("*.ipynb"))


def read(path):
    return nbformat.read(path, as_version=4)


def code_of(path):
    return [cell for cell in read(path).cells if cell.cell_type == "code"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_kept_without_outputs(path):
    nbformat.validate(read(path))
    assert code_of(path)
    assert not any(cell.outputs or cell.execution_count is not None or cell.metadata for cell in code_of(path))
    assert len({cell.id for cell in read(path).cells}) == len(read(path).cells)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_every_notebook_runs_from_end_to_end():
    """One after another in one kernel, which loads and reads once what they share; names are forgotten in between."""
    books = {path.name: read(path) for path in NOTEBOOKS}
    together = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(ONCE)])
    for name, book in books.items():
        fresh = nbformat.v4.new_code_cell(f"%reset -f -s\nprint({name!r})")
        together.cells += [fresh, *book.cells]
    client = NotebookClient(together, timeout=300, kernel_name="python3", resources={"metadata": {"path": HOME}})
    client.execute(env={**os.environ, "PYTHONPATH": str(HOME.parent)})
    for name, book in books.items():
        shown = [output for cell in book.cells if cell.cell_type == "code" for output in cell.outputs]
        assert any("image/png" in output.get("data", {}) for output in shown), f"{name} shows no figure"
        assert not any(output.get("name") == "stderr" for output in shown), name

"""What is written of the counted deliveries."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from delivery_records import write_records
from density_world import LUNCH, RULES, counted, five_riders, records, rules
from pyproj import Transformer
from study_world import box, geojson, write_study

from planner import load_study
from planner.crs import metric_crs
from planner.density import count_deliveries, density, write_density
from planner.density.writing import study_line
from planner.errors import ArgumentError, MissingFileError, OutputError, RecordsError

HERE = Path(__file__).parent


def test_what_is_written_is_ready_for_a_study(tmp_path):
    """Three squares of five riders each in the small world; the study reads what was counted."""
    x, y = Transformer.from_crs(4326, metric_crs(116.35, 39.98), always_xy=True).transform(116.35, 39.98)
    back = Transformer.from_crs(metric_crs(116.35, 39.98), 4326, always_xy=True)
    spots = [back.transform(x // 100 * 100 + 50 + 100 * i, y // 100 * 100 + 50) for i in range(3)]
    rows = [row for lon, lat in spots for row in five_riders(at=f"{lon:.8f},{lat:.8f}")]
    path = records(tmp_path / "r.csv", *rows)
    found, written = write_density([path], tmp_path / "out", rules(system="wgs84", metric=None))
    assert [p.name for p in written] == ["cells.csv", "cells.geojson", "density.json", "set_aside.csv"]
    assert study_line(found).startswith('cells = { path = "cells.csv", crs = "wgs84", cell_size_m = 100')
    study = load_study(write_study(tmp_path / "study", cells_csv=(tmp_path / "out" / "cells.csv").read_bytes()))
    assert study.deliveries["meals"].sum() == 15
    np.testing.assert_allclose(
        np.sort(study.centre_xy[:, 0]), [x // 100 * 100 + 50 + 100 * i for i in range(3)], atol=0.02
    )


def test_polygons_give_grid_totals_for_every_grid_and_period(tmp_path):
    """Of three grids the west has five riders, the middle none at all, the east two, too far away to go elsewhere."""
    shapes = [({"grid_code": code}, box(x, 0, 100)) for code, x in (("011", 0), ("012", 200), ("013", 400))]
    (tmp_path / "grids.geojson").write_text(geojson(*shapes), encoding="utf-8")
    at = {code: ",".join(map(str, np.mean(shape["coordinates"][0][:4], axis=0))) for (_, shape), code in
          zip(shapes, ("011", "012", "013"), strict=True)}  # fmt: skip
    rows = five_riders(at["011"]) + five_riders(at["011"], kind="快递") + five_riders(at["013"])[:2]
    rows += [f"{LUNCH},116.0,39.0,外卖,r1"]
    polygon_rules = rules(system="wgs84", cell=str(tmp_path / "grids.geojson"), metric=None)
    with pytest.raises(ArgumentError, match="不足"):
        density([records(tmp_path / "few.csv", *five_riders(at["013"])[:2])], polygon_rules)
    found = density([records(tmp_path / "r.csv", *rows, *five_riders(at["012"]))], polygon_rules)
    table = found.rows.set_index(["grid_code", "period"])
    assert len(table) == 15
    assert table.loc[("011", "lunch"), "parcels_per_day"] == 5
    assert table.loc[("011", "dinner"), "parcels_per_day"] == 0
    assert np.isnan(table.loc[("013", "lunch"), "meals_per_day"])
    assert found.set_aside == {"outside_cells": 1}
    assert study_line(found).startswith("grid_totals = ")


def test_hexagons_are_those_of_h3(tmp_path):
    import h3

    found = density([records(tmp_path / "r.csv", *five_riders())], rules(cell="h3:10", system="wgs84"))
    assert found.rows["cell_id"].tolist() == [h3.latlng_to_cell(36.66, 117.02, 10)]
    assert found.shapes["meals_lunch"].tolist() == [5.0]
    assert study_line(found) is None


@pytest.mark.parametrize("cell", ["5m", "100", "h3:16", "h3:x", "hexagons"])
def test_cells_that_cannot_be_are_refused(tmp_path, cell):
    with pytest.raises(ArgumentError, match=cell):
        counted(records(tmp_path / "r.csv"), cell=cell)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"system": "mars"}, "mars"), ({"k": 0}, "k"), ({"threads": 0}, "threads"), ({"memory_gb": 0.1}, "0.1"),
    ],
)  # fmt: skip
def test_rules_that_cannot_be_are_refused(tmp_path, changes, says):
    with pytest.raises(ArgumentError, match=says):
        counted(records(tmp_path / "r.csv"), **changes)


def test_a_file_that_is_not_there_is_said(tmp_path):
    for changes in ({}, {"boundary": tmp_path / "none.geojson"}, {"cell": str(tmp_path / "none.geojson")}):
        path = records(tmp_path / "r.csv") if changes else tmp_path / "none.csv"
        with pytest.raises(MissingFileError, match="none"):
            count_deliveries([path], rules(**changes))


def test_what_was_there_before_a_fault_is_still_there(tmp_path):
    out = tmp_path / "out"
    write_density([records(tmp_path / "r.csv", *five_riders())], out, RULES)
    before = {p.name: p.read_bytes() for p in out.iterdir()}
    with pytest.raises(RecordsError):
        write_density([records(tmp_path / "bad.csv", header="x,y")], out, RULES)
    (out / "cells.csv").unlink()
    (out / "cells.csv").mkdir()
    with pytest.raises(OutputError):
        write_density([tmp_path / "r.csv"], out, RULES)
    after = {p.name: p.read_bytes() for p in out.iterdir() if p.is_file()}
    assert after == {name: content for name, content in before.items() if name != "cells.csv"}
    with pytest.raises(RecordsError):
        write_density([tmp_path / "bad.csv"], tmp_path / "never", RULES)
    assert not (tmp_path / "never").exists()


def test_an_interrupt_leaves_nothing_half_written(tmp_path):
    path = write_records(tmp_path / "r.csv", 300_000, seed=1)

    def stop(*_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_density([path], tmp_path / "out", RULES, progress=stop)
    assert not (tmp_path / "out").exists()
    assert not unfinished(tmp_path)


AGAIN_AND_AGAIN = """
import signal, sys
from pathlib import Path
from density_world import RULES
from planner.density import write_density
signal.signal(signal.SIGINT, signal.default_int_handler)  # what a shell starts in the background ignores it
print("ready", flush=True)
while True:
    write_density([Path(sys.argv[1])], Path(sys.argv[2]), RULES)
"""


def test_ctrl_c_in_the_middle_leaves_nothing_half_written(tmp_path):
    """In a process of its own: where the signal meets the engine's own code, that may end the process at once."""
    path = write_records(tmp_path / "r.csv", 300_000, seed=1)
    write_density([path], tmp_path / "whole", RULES)
    whole = {file.name: file.read_bytes() for file in (tmp_path / "whole").iterdir()}
    settings = {**os.environ, "PYTHONPATH": os.pathsep.join([str(HERE.parent), str(HERE)])}
    command = [sys.executable, "-c", AGAIN_AND_AGAIN, path, tmp_path / "out"]
    with subprocess.Popen(command, env=settings, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as other:
        assert other.stdout.readline() == "ready\n"
        time.sleep(0.3)
        other.send_signal(signal.SIGINT)
        _, said = other.communicate(timeout=120)
    assert other.returncode != 0
    if (tmp_path / "out").exists():
        assert {file.name: file.read_bytes() for file in (tmp_path / "out").iterdir()} == whole
    if "KeyboardInterrupt" in said:
        assert not unfinished(tmp_path)


def unfinished(folder):
    return [path for path in folder.rglob("*") if path.name.startswith(".writing-")]


def test_the_same_files_give_the_same_bytes(tmp_path):
    path = write_records(tmp_path / "r.parquet", 20_000, seed=2, spread_km=1.0)
    for name in ("one", "two"):
        write_density([path], tmp_path / name, RULES)
    for file in (tmp_path / "one").iterdir():
        assert file.read_bytes() == (tmp_path / "two" / file.name).read_bytes(), file.name


def test_the_generator_gives_the_same_records_for_the_same_seed(tmp_path):
    one, two, other = (write_records(Path(tmp_path / f"{i}.csv"), 500, seed=s) for i, s in enumerate((1, 1, 2)))
    assert one.read_bytes() == two.read_bytes() != other.read_bytes()
